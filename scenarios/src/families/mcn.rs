//! `mcn.*`: the switch for media change notification: counted, and never to be confused with exclusive access.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{NAME, SHUT_OUT, acquired, events, expect_events, locked, released, unlocked};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::HostEvent::{self, ExclusiveLock, ExclusiveUnlock, MediaArrival, MediaRemoval};
use discrig_device::{Capability, ErrorKind};
use discrig_recorder::Hresult;

/// EnableMcn by an object that has switched nothing off.
const AT_ZERO: Allowed = allowed!("EnableMcn at count zero":
    Pattern::Failed(Hresult::E_FAIL) => "decision-25",
    Pattern::Failed(Hresult::ERROR_BAD_COMMAND) => "decision-25",
);
/// The same on a handle.
pub(super) const HANDLE_AT_ZERO: Allowed = allowed!("switching on what the handle has not switched off":
    Pattern::Error(ErrorKind::InvalidState) => "ddi-mcn-control",
);
/// The switch in the hands of the owner.
const BY_OWNER: Allowed = allowed!("the switch in the hands of the owner":
    Pattern::Ok => "decision-24",
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "decision-24",
);

macro_rules! switches {
    ($($slug:literal [$($clause:literal),+] $level:ident [$($need:ident),*] $hazard:ident $body:ident, $summary:literal;)+) => {
        pub(super) const MCN: &[Scenario] = &[$(Scenario {
            slug: $slug,
            clauses: &[$($clause),+],
            level: Level::$level,
            needs: &[Capability::NotificationSwitch, $(Capability::$need),*],
            hazard: Hazard::$hazard,
            summary: $summary,
            body: Body::Example($body),
        }),+];
    };
}

switches! {
    "mcn.count.pairs" ["imapi2-disable-mcn", "imapi2-enable-mcn"] Must [Notifications, DataDisc] Observe
        pairs, "notification is off from the first disable to the last enable";
    "mcn.count.at-zero" ["imapi2-enable-mcn", "decision-25"] Should [] Observe
        at_zero, "an enable without a disable fails, and the count does not go below zero";
    "mcn.count.per-object" ["ddi-mcn-control", "imapi2-enable-mcn"] Must [Notifications, DataDisc] Observe
        per_object, "one object cannot count back what another has switched off, and notification stays off meanwhile";
    "mcn.count.per-handle" ["ddi-mcn-control"] Must [] Observe
        per_handle, "one handle cannot switch on what another has switched off, of whichever process";
    "mcn.lock.independent" ["imapi2-disable-mcn", "imapi2-acquire", "decision-28"] Must [OpenWhileLocked] Observe
        independent, "neither count changes the other: acquires and disables are taken back in any order";
    "mcn.lock.by-owner" ["decision-24"] May [OpenWhileLocked] Observe
        by_owner, "the owner may use the switch, or is refused without effect";
    "mcn.lock.leaves-switch-alone" ["decision-28"] Should [Notifications, DataDisc] Observe
        leaves_switch_alone, "taking and freeing the device leaves notification on";
    "mcn.lock.foreign-refuses" ["imapi2-disable-mcn", "imapi2-enable-mcn", "decision-23"] Must [MandatoryLock, SecondProcess, OpenWhileLocked] Observe
        foreign_refuses, "while another client has the device the switch is LOCKED, and the count is as before afterwards";
    "mcn.notify.pair-suppressed" ["decision-27", "cdrom-sample"] Should [Notifications, DataDisc] Observe
        pair_suppressed, "a release while notification is off tells of the unlock and not of the disc";
    "mcn.notify.missed-is-swallowed" ["decision-26", "cdrom-sample"] Should [Notifications, DataDisc, Changer, QuietBus] Tray
        missed_is_swallowed, "changes of the disc while notification is off are not told when it is on again";
    "mcn.notify.works-again" ["decision-26", "imapi2-enable-mcn"] Must [Notifications, DataDisc, QuietBus] Tray
        works_again, "changes of the disc after the last enable are told as ever";
    "mcn.close.drains" ["decision-30", "ddi-mcn-control"] Must [Notifications, DataDisc] Observe
        close_drains, "the end of an object takes its disables back, and no other's";
    "mcn.close.before-lock" ["decision-30", "cdrom-sample"] Should [Notifications, DataDisc] Observe
        close_before_lock, "the end of an owner switches notification on before it frees the device, so the disc is told of";
    "mcn.close.by-crash" ["imapi2-disable-mcn", "decision-31"] Must [Notifications, DataDisc, SecondProcess] Observe
        by_crash, "after the death of the process that switched notification off it is on again";
}

/// What an unlock tells while a disc is known and notification is on.
const PAIR_AND_UNLOCK: [HostEvent; 3] = [MediaRemoval, MediaArrival, ExclusiveUnlock];

fn off(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Answer {
    stage.recorder_call(seat, "DisableMcn", |recorder| recorder.disable_mcn())
}

fn on(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Answer {
    stage.recorder_call(seat, "EnableMcn", |recorder| recorder.enable_mcn())
}

fn disabled(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = off(stage, seat);
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

fn enabled(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = on(stage, seat);
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

/// A listener that has heard everything so far.
fn listener(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    events(stage, &mut seat)?;
    Ok(seat)
}

/// Whether notification is on: a lock and unlock of the listener's own tells of the disc then, and only then.
fn expect_on(stage: &mut Stage<'_>, ears: &mut HandleSeat, wanted: bool) -> Verdict {
    locked(stage, ears)?;
    unlocked(stage, ears)?;
    let told: &[HostEvent] = if wanted {
        &[ExclusiveLock, MediaRemoval, MediaArrival, ExclusiveUnlock]
    } else {
        &[ExclusiveLock, ExclusiveUnlock]
    };
    expect_events(stage, ears, told)
}

fn pairs(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    expect_on(stage, &mut ears, true)?;
    for _ in 0..3 {
        disabled(stage, &mut mine)?;
    }
    for _ in 0..3 {
        expect_on(stage, &mut ears, false)?;
        enabled(stage, &mut mine)?;
    }
    expect_on(stage, &mut ears, true)
}

fn at_zero(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    for _ in 0..2 {
        let answer = on(stage, &mut mine);
        stage.expect(&AT_ZERO, answer)?;
        disabled(stage, &mut mine)?;
        enabled(stage, &mut mine)?;
    }
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer).map(|_| ())
}

fn per_object(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    let answer = on(stage, &mut other);
    stage.expect(&AT_ZERO, answer)?;
    expect_on(stage, &mut ears, false)?;
    disabled(stage, &mut other)?;
    enabled(stage, &mut mine)?;
    expect_on(stage, &mut ears, false)?;
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer)?;
    enabled(stage, &mut other)?;
    expect_on(stage, &mut ears, true)
}

fn per_handle(stage: &mut Stage<'_>) -> Verdict {
    let mut others = vec![stage.open(HOST, HERE)?];
    if stage.bench.capabilities().has(Capability::SecondProcess) {
        others.push(stage.open(HOST, ELSEWHERE)?);
    }
    let mut mine = stage.open(HOST, HERE)?;
    let answer = stage.host_call(&mut mine, "switch notification off", |handle| handle.disable());
    stage.expect(&SUCCEEDS, answer)?;
    for other in &mut others {
        let answer = stage.host_call(other, "switch notification on", |handle| handle.enable());
        stage.expect(&HANDLE_AT_ZERO, answer)?;
    }
    let answer = stage.host_call(&mut mine, "switch notification on", |handle| handle.enable());
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

fn independent(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    disabled(stage, &mut mine)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    acquired(stage, &mut mine)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)?;
    enabled(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    let before_owner = off(stage, &mut mine);
    stage.expect(&BY_OWNER, before_owner)?;
    released(stage, &mut mine)?;
    // One of the first two, and that of the owner if it counted.
    stage.expect_owner(&mut witness, None)?;
    enabled(stage, &mut mine)?;
    if before_owner == Answer::Ok {
        enabled(stage, &mut mine)?;
    }
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer).map(|_| ())
}

fn by_owner(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let answer = off(stage, &mut mine);
    stage.expect(&BY_OWNER, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    if answer == Answer::Ok {
        enabled(stage, &mut mine)?;
        stage.expect_owner(&mut witness, Some(NAME))?;
        let answer = on(stage, &mut mine);
        stage.expect(&AT_ZERO, answer)?;
    }
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)?;
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer).map(|_| ())
}

fn leaves_switch_alone(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer)?;
    events(stage, &mut ears)?;
    expect_on(stage, &mut ears, true)
}

fn foreign_refuses(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    disabled(stage, &mut mine)?;
    locked(stage, &mut other)?;
    for answer in [off(stage, &mut mine), on(stage, &mut mine)] {
        stage.expect(&SHUT_OUT, answer)?;
    }
    unlocked(stage, &mut other)?;
    enabled(stage, &mut mine)?;
    let answer = on(stage, &mut mine);
    stage.expect(&AT_ZERO, answer).map(|_| ())
}

fn pair_suppressed(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[ExclusiveLock, ExclusiveUnlock])?;
    enabled(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[])
}

fn missed_is_swallowed(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    unit::require_tray(stage, &mut ears)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    unit::change_disc(stage, &mut ears, None)?;
    expect_events(stage, &mut ears, &[])?;
    enabled(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[])
}

fn works_again(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    unit::require_tray(stage, &mut ears)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    enabled(stage, &mut mine)?;
    unit::insist(unit::eject(stage, &mut ears), "eject")?;
    expect_events(stage, &mut ears, &[MediaRemoval])?;
    unit::insist(unit::load(stage, &mut ears), "load")?;
    unit::settle(stage, &mut ears)?;
    expect_events(stage, &mut ears, &[MediaArrival])
}

fn close_drains(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    disabled(stage, &mut other)?;
    disabled(stage, &mut other)?;
    drop(other);
    expect_on(stage, &mut ears, false)?;
    drop(mine);
    expect_on(stage, &mut ears, true)
}

fn close_before_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    disabled(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[ExclusiveLock])?;
    drop(mine);
    expect_events(stage, &mut ears, &PAIR_AND_UNLOCK)
}

fn by_crash(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut theirs = stage.ready_recorder(HOST, ELSEWHERE)?;
    disabled(stage, &mut theirs)?;
    disabled(stage, &mut theirs)?;
    expect_on(stage, &mut ears, false)?;
    stage.act("kill the other process", |bench| bench.kill(ELSEWHERE))?;
    expect_on(stage, &mut ears, true)
}
