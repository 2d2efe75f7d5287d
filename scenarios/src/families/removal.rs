//! `removal.*`: the drive goes away while it is held, and comes back as a new instance.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{
    GONE, HANDLE_GONE, HOST_DOES, NAME, OTHER_NAME, acquired, events, expect_events, locked, pulled,
    put_back, ready, released, send_ready,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::fault::{Action, DisappearWhen, Rule};
use discrig_device::{Capability, DeviceError, Effect, ErrorKind, HostEvent, HostTray, Replug, TrayLock};
use discrig_wire::command::TestUnitReady;

pub(super) const REMOVAL: &[Scenario] = &[
    Scenario {
        slug: "removal.recorder.every-lock-member",
        clauses: &["decision-33", "imapi2-acquire", "imapi2-release", "imapi2-owner"],
        level: Level::Must,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "whichever lock member the owner calls first after the removal, it says that the device is not there",
        body: Body::Example(every_lock_member),
    },
    Scenario {
        slug: "removal.recorder.switch-member",
        clauses: &["decision-33", "imapi2-disable-mcn", "imapi2-enable-mcn"],
        level: Level::Should,
        needs: &[Capability::Plug, Capability::NotificationSwitch],
        hazard: Hazard::Wedge,
        summary: "the switch for media change notification of a removed drive says that the device is not there",
        body: Body::Example(switch_member),
    },
    Scenario {
        slug: "removal.recorder.release-zeroes-count",
        clauses: &["decision-33", "decision-35", "imapi2-release"],
        level: Level::Should,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "after the release of a removed drive the object counts from zero again, however often it had acquired",
        body: Body::Example(release_zeroes_count),
    },
    Scenario {
        slug: "removal.recorder.stays-dead",
        clauses: &["decision-33", "decision-34"],
        level: Level::Must,
        needs: &[Capability::Plug, Capability::OpenWhileLocked],
        hazard: Hazard::Wedge,
        summary: "an object of before the removal stays dead when the drive is back, and its end disturbs no new owner",
        body: Body::Example(object_stays_dead),
    },
    Scenario {
        slug: "removal.handle.stays-dead",
        clauses: &["bench", "decision-33", "decision-34"],
        level: Level::Must,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "handles of before the removal find the device gone, also when the drive is back",
        body: Body::Example(handle_stays_dead),
    },
    Scenario {
        slug: "removal.return.unlocked",
        clauses: &["decision-34", "imapi2-acquire"],
        level: Level::Must,
        needs: &[Capability::Plug, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a drive that is back is free, and a new object can take it and talk to it",
        body: Body::Example(unlocked_after_return),
    },
    Scenario {
        slug: "removal.return.foreign-lock-gone",
        clauses: &["decision-34", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::Plug, Capability::SecondProcess],
        hazard: Hazard::Wedge,
        summary: "the lock of another process ends with the instance of the drive that it was on",
        body: Body::Example(foreign_lock_gone),
    },
    Scenario {
        slug: "removal.return.nothing-prevented",
        clauses: &["spc3-6.13", "mmc5-6.14"],
        level: Level::Must,
        // A plug that leaves the drive its power leaves the prevention too: only who commands the power can ask for this.
        needs: &[Capability::Plug, Capability::ResetPower, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a drive that was without power prevents no removal when it is back",
        body: Body::Example(nothing_prevented),
    },
    Scenario {
        slug: "removal.return.tray-lock-gone",
        clauses: &["decision-34", "ddi-ejection-control"],
        level: Level::Must,
        needs: &[
            Capability::Plug,
            Capability::ResetPower,
            Capability::HostTray,
            Capability::ProtectedTrayLock,
            Capability::DataDisc,
        ],
        hazard: Hazard::Wedge,
        summary: "the host's tray locks on the old instance do not hold the tray of the new one",
        body: Body::Example(tray_lock_gone),
    },
    Scenario {
        slug: "removal.return.notification-is-on",
        clauses: &["decision-34", "ddi-mcn-control", "decision-25"],
        level: Level::Must,
        needs: &[
            Capability::Plug,
            Capability::NotificationSwitch,
            Capability::Notifications,
            Capability::DataDisc,
        ],
        hazard: Hazard::Wedge,
        summary: "what the old instance had switched off is on for the new one, and cannot be counted back there",
        body: Body::Example(notification_is_on),
    },
    Scenario {
        slug: "removal.return.other-identity",
        clauses: &["decision-34", "imapi2-identity"],
        level: Level::Must,
        needs: &[Capability::Plug, Capability::PlugOther],
        hazard: Hazard::Wedge,
        summary: "another drive in the same place is seen as such by new handles and objects, and not at all by old ones",
        body: Body::Example(other_identity),
    },
    Scenario {
        slug: "removal.notify.no-unlock",
        clauses: &["decision-33", "cdrom-sample"],
        level: Level::Should,
        needs: &[Capability::Plug, Capability::Notifications],
        hazard: Hazard::Wedge,
        summary: "listeners learn of the removal once, and of no unlock, although the lock ends with it",
        body: Body::Example(no_unlock_told),
    },
    Scenario {
        slug: "removal.command.during",
        clauses: &["design-effect-unknown", "decision-33"],
        level: Level::Must,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "a drive that disappears in the middle of a command leaves the effect of that command unknown",
        body: Body::Example(during_command),
    },
    Scenario {
        slug: "removal.command.during-by-owner",
        clauses: &["decision-33", "decision-34", "imapi2-send-command"],
        level: Level::Should,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "an owner whose drive disappears in the middle of its command has lost the lock",
        body: Body::Example(during_command_of_owner),
    },
    Scenario {
        slug: "removal.command.after",
        clauses: &["decision-33", "bench"],
        level: Level::Must,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "a drive that disappears after it answered has answered: only the next command finds it gone",
        body: Body::Example(after_command),
    },
    Scenario {
        slug: "removal.command.for-a-time",
        clauses: &["decision-33", "decision-34"],
        level: Level::Must,
        needs: &[Capability::Plug],
        hazard: Hazard::Wedge,
        summary: "a drive that was away for a time works again, through new handles only",
        body: Body::Example(for_a_time),
    },
];

/// EnableMcn by an object that has switched nothing off.
const ENABLE_AT_ZERO: Allowed = allowed!("EnableMcn at count zero":
    Pattern::Failed(discrig_recorder::Hresult::E_FAIL) => "decision-25",
    Pattern::Failed(discrig_recorder::Hresult::ERROR_BAD_COMMAND) => "decision-25",
);

/// How long a drive that disappears for a time is away.
const AWAY: Duration = Duration::from_secs(3);

// --- recorders -------------------------------------------------------------------------------------------------------

/// A member under its name.
type Member = fn(&mut Stage<'_>, &mut RecorderSeat) -> Answer;

/// What concerns the lock, and a command, which the lock is for.
const LOCK_MEMBERS: [Member; 4] = [
    |stage, seat| stage.acquire(seat, false, NAME),
    |stage, seat| stage.release(seat),
    |stage, seat| stage.exclusive_owner(seat).0,
    send_ready,
];

const SWITCH_MEMBERS: [Member; 2] = [
    |stage, seat| stage.recorder_call(seat, "DisableMcn", |recorder| recorder.disable_mcn()),
    |stage, seat| stage.recorder_call(seat, "EnableMcn", |recorder| recorder.enable_mcn()),
];

/// An owner at depth two whose drive is gone by now.
fn bereft(stage: &mut Stage<'_>) -> Result<RecorderSeat, Stop> {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    pulled(stage)?;
    Ok(mine)
}

/// The member says that the device is gone.
fn says_gone(stage: &mut Stage<'_>, seat: &mut RecorderSeat, member: Member) -> Verdict {
    let answer = member(stage, seat);
    stage.expect(&GONE, answer).map(|_| ())
}

/// Each member is the first one to learn it once, and what it answers does not spoil the answers of the others.
fn every_lock_member(stage: &mut Stage<'_>) -> Verdict {
    for first in LOCK_MEMBERS {
        let mut mine = bereft(stage)?;
        says_gone(stage, &mut mine, first)?;
        LOCK_MEMBERS.into_iter().try_for_each(|member| says_gone(stage, &mut mine, member))?;
        put_back(stage, Replug::Same)?;
    }
    Ok(())
}

fn switch_member(stage: &mut Stage<'_>) -> Verdict {
    for first in SWITCH_MEMBERS {
        let mut mine = bereft(stage)?;
        says_gone(stage, &mut mine, first)?;
        says_gone(stage, &mut mine, LOCK_MEMBERS[1])?;
        SWITCH_MEMBERS.into_iter().try_for_each(|member| says_gone(stage, &mut mine, member))?;
        put_back(stage, Replug::Same)?;
    }
    Ok(())
}

fn release_zeroes_count(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = bereft(stage)?;
    let answer = stage.release(&mut mine);
    stage.expect(&GONE, answer)?;
    put_back(stage, Replug::Same)?;
    // An object that still counted would refuse this, or release without complaint.
    let answer = stage.initialize(&mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    let mut witness = stage.open(HOST, HERE)?;
    stage.expect_owner(&mut witness, None)
}

fn object_stays_dead(stage: &mut Stage<'_>) -> Verdict {
    let mut old = bereft(stage)?;
    put_back(stage, Replug::Same)?;
    let mut new = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let answer = stage.acquire(&mut new, false, OTHER_NAME);
    stage.expect(&SUCCEEDS, answer)?;
    LOCK_MEMBERS.into_iter().try_for_each(|member| says_gone(stage, &mut old, member))?;
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    drop(old);
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    released(stage, &mut new)?;
    stage.expect_owner(&mut witness, None)
}

// --- handles ---------------------------------------------------------------------------------------------------------

/// Nothing but that the device is gone is to be had through this handle.
fn dead(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answers = [
        stage.command(seat, TestUnitReady {}),
        stage.owner(seat),
        stage.lock(seat, OTHER_NAME, discrig_device::VolumePolicy::Respect),
        stage.unlock(seat),
        stage.host_call(seat, "properties", |handle| handle.properties().map(drop)),
    ];
    answers.into_iter().try_for_each(|answer| stage.expect(&HANDLE_GONE, answer).map(|_| ()))
}

fn handle_stays_dead(stage: &mut Stage<'_>) -> Verdict {
    let mut owner = stage.open(HOST, HERE)?;
    locked(stage, &mut owner)?;
    pulled(stage)?;
    dead(stage, &mut owner)?;
    put_back(stage, Replug::Same)?;
    dead(stage, &mut owner)?;
    // What was opened since is another matter, and changes nothing for the old one.
    let mut new = unit::seat(stage, HOST)?;
    dead(stage, &mut owner)?;
    stage.expect_owner(&mut new, None)
}

fn unlocked_after_return(stage: &mut Stage<'_>) -> Verdict {
    let old = bereft(stage)?;
    put_back(stage, Replug::Same)?;
    let mut witness = unit::seat(stage, HOST)?;
    stage.expect_owner(&mut witness, None)?;
    let mut new = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut new)?;
    let answer = send_ready(stage, &mut new);
    stage.expect(&SUCCEEDS, answer)?;
    released(stage, &mut new)?;
    drop(old);
    Ok(())
}

fn foreign_lock_gone(stage: &mut Stage<'_>) -> Verdict {
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut theirs)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    dead(stage, &mut theirs)?;
    let (answer, name) = stage.exclusive_owner(&mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(name != OTHER_NAME, || format!("the owner is still {name:?}"))?;
    released(stage, &mut mine)
}

// --- the tray --------------------------------------------------------------------------------------------------------

fn nothing_prevented(stage: &mut Stage<'_>) -> Verdict {
    let mut old = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut old)?;
    let answer = unit::prevent(stage, &mut old, true);
    stage.expect(&HOST_DOES, answer)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut new = unit::seat(stage, HOST)?;
    let answer = unit::eject(stage, &mut new);
    stage.expect(&EJECTS_AGAIN, answer).map(|_| ())
}

/// Eject of a drive that is back.
const EJECTS_AGAIN: Allowed = allowed!("eject after power was off": Pattern::Ok => "spc3-6.13");

/// A tray call of the host.
fn tray_call(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    name: &str,
    call: impl FnOnce(&mut dyn HostTray) -> Result<(), DeviceError>,
) -> Verdict {
    let answer = stage.host_call(seat, name, |handle| match handle.tray() {
        Some(tray) => call(tray),
        None => Err(DeviceError::new(ErrorKind::Unsupported, "tray calls")),
    });
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

fn tray_lock_gone(stage: &mut Stage<'_>) -> Verdict {
    let mut old = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut old)?;
    for lock in [TrayLock::Protected, TrayLock::Simple] {
        tray_call(stage, &mut old, "lock the tray", |tray| tray.lock_tray(lock))?;
    }
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut new = unit::seat(stage, HOST)?;
    tray_call(stage, &mut new, "eject", |tray| tray.eject())?;
    tray_call(stage, &mut new, "load", |tray| tray.load())
}

// --- notifications ---------------------------------------------------------------------------------------------------

/// What a listener of the old instance still gets, up to the word that the device is gone.
fn last_events(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<HostEvent>, Stop> {
    const MOST: usize = 64;
    let (mut seen, at) = (Vec::new(), stage.bench.now());
    while seen.len() < MOST {
        match seat.handle.next_event() {
            Ok(Some(event)) => seen.push(event),
            Ok(None) => break,
            Err(error) if error.kind() == ErrorKind::Gone => break,
            Err(error) => return Err(error.into()),
        }
    }
    stage.log(&seat.label, "last notifications", None, &format!("{seen:?}"), at);
    Ok(seen)
}

fn no_unlock_told(stage: &mut Stage<'_>) -> Verdict {
    let mut listener = stage.open(HOST, HERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    events(stage, &mut listener)?;
    pulled(stage)?;
    let answer = stage.release(&mut mine);
    stage.expect(&GONE, answer)?;
    let seen = last_events(stage, &mut listener)?;
    stage.ensure(seen == [HostEvent::DeviceRemoved], || {
        format!("the removal is to be all that listeners learn; they learn {seen:?}")
    })
}

fn notification_is_on(stage: &mut Stage<'_>) -> Verdict {
    let mut old = stage.ready_recorder(HOST, HERE)?;
    let answer = SWITCH_MEMBERS[0](stage, &mut old);
    stage.expect(&SUCCEEDS, answer)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut listener = unit::seat(stage, HOST)?;
    let mut new = stage.ready_recorder(HOST, HERE)?;
    let answer = SWITCH_MEMBERS[1](stage, &mut new);
    stage.expect(&ENABLE_AT_ZERO, answer)?;
    // The host learns of the disc, which may have taken its time, before the lock holds its polls back.
    events(stage, &mut listener)?;
    // A host whose switch is off keeps the disc's removal and arrival to itself.
    acquired(stage, &mut new)?;
    events(stage, &mut listener)?;
    released(stage, &mut new)?;
    let wanted = [HostEvent::MediaRemoval, HostEvent::MediaArrival, HostEvent::ExclusiveUnlock];
    expect_events(stage, &mut listener, &wanted)?;
    drop(old);
    Ok(())
}

// --- another drive ---------------------------------------------------------------------------------------------------

/// What tells one drive from another.
fn identity(seat: &mut HandleSeat) -> Result<(Vec<u8>, String), Stop> {
    let properties = seat.handle.properties()?;
    Ok((properties.inquiry, properties.serial))
}

fn other_identity(stage: &mut Stage<'_>) -> Verdict {
    let mut old = stage.open(HOST, HERE)?;
    let before = identity(&mut old)?;
    pulled(stage)?;
    put_back(stage, Replug::Other)?;
    dead(stage, &mut old)?;
    let mut new = unit::seat(stage, HOST)?;
    let after = identity(&mut new)?;
    stage.ensure(before != after, || format!("another drive shows the identity of the first: {after:?}"))?;
    let (answer, inquiry) =
        stage.read(&mut new, discrig_wire::command::Inquiry { allocation_length: 36, ..Default::default() });
    stage.expect(&HOST_DOES, answer)?;
    let known = after.0.get(..inquiry.len());
    stage.ensure(known == Some(inquiry.as_slice()), || {
        "what the host remembers is not what the drive says that is there now".to_owned()
    })
}

// --- by fault rule ---------------------------------------------------------------------------------------------------

/// The next TEST UNIT READY makes the drive disappear.
fn disappears(stage: &mut Stage<'_>, when: DisappearWhen, away: Option<Duration>) -> Verdict {
    let return_ms = away.map(|span| span.as_millis() as u64);
    let action = Action::Disappear { when, return_ms, identity: Replug::Same };
    stage.inject(Rule::new(action).on_command(TestUnitReady::SPEC.name).times(1))
}

fn during_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    disappears(stage, DisappearWhen::During, None)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&HANDLE_GONE, answer)?;
    stage.ensure(answer == Answer::Error(ErrorKind::Gone, Effect::Unknown), || {
        format!("what became of the command cannot be known, but the host says: {answer}")
    })?;
    let answer = unit::test(stage, &mut seat);
    stage.ensure(answer == Answer::Error(ErrorKind::Gone, Effect::NotDone), || {
        format!("a command to a drive that is gone is certainly not done, but the host says: {answer}")
    })?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn during_command_of_owner(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    disappears(stage, DisappearWhen::During, None)?;
    LOCK_MEMBERS.into_iter().rev().try_for_each(|member| says_gone(stage, &mut mine, member))?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn after_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let before = unit::test(stage, &mut seat);
    disappears(stage, DisappearWhen::After, None)?;
    let last = unit::test(stage, &mut seat);
    stage.ensure(last == before, || format!("the last answer is to be {before}, it is {last}"))?;
    dead(stage, &mut seat)?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn for_a_time(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    locked(stage, &mut seat)?;
    disappears(stage, DisappearWhen::Before, Some(AWAY))?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&HANDLE_GONE, answer)?;
    stage.wait(AWAY + Duration::from_secs(1));
    dead(stage, &mut seat)?;
    works_anew(stage)
}

/// The drive is there, free, and answers; whoever opens it now has nothing to do with what was before.
fn works_anew(stage: &mut Stage<'_>) -> Verdict {
    let mut new = unit::seat(stage, HOST)?;
    stage.expect_owner(&mut new, None)?;
    let answer = ready(stage, &mut new);
    stage.expect(&crate::families::locking::ANSWERED, answer)?;
    let mut recorder = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut recorder)?;
    released(stage, &mut recorder)
}
