//! `host.events.*`: what listeners are told of locks.

use crate::families::locking::{OTHER_NAME, closed, events, expect_events, locked, unlocked};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::HostEvent::{self, ExclusiveLock, ExclusiveUnlock, MediaArrival, MediaRemoval};
use discrig_device::Owner;

rows! {
    /// Notifications of locks.
    EVENTS:
    "host.events.lock" ["cdrom-sample"] Should [Notifications, OpenWhileLocked] Observe
        lock_is_told, "a lock is told to every listener, once, and a refused one is not";
    "host.events.unlock-order" ["decision-55", "cdrom-sample"] Should [Notifications, DataDisc, OpenWhileLocked] Observe
        unlock_order, "an unlock is told in this order: the disc left, the disc is there, the device is unlocked";
    "host.events.close-order" ["decision-30", "decision-55"] Should [Notifications, DataDisc, OpenWhileLocked] Observe
        close_order, "closing the owner's handle is told like an unlock";
    "host.events.kill-order" ["decision-31", "decision-55"] Should [Notifications, DataDisc, SecondProcess, OpenWhileLocked] Observe
        kill_order, "the death of the owner's process is told like an unlock";
    "host.events.owner-until-told" ["decision-56", "decision-55", "cdrom-sample"] Should [Notifications, DataDisc, OwnerName, OpenWhileLocked] Observe
        owner_until_told, "whoever is told of an unlock or of the disc finds the owner still there at that moment, and nobody afterwards";
    "host.events.unlock-without-disc" ["decision-55", "cdrom-sample"] Should [Notifications, Changer, OpenWhileLocked] Tray
        unlock_without_disc, "without a disc an unlock tells of no disc";
    "host.events.refused-unlock" ["cdrom-sample"] Should [Notifications, OpenWhileLocked] Observe
        refused_unlock, "an unlock that is refused tells nobody anything";
    "host.events.change-under-lock" ["drvdoc-exclusive-access", "cdrom-sample"] Should [Notifications, DataDisc, QuietBus, OpenWhileLocked] Tray
        change_under_lock, "a disc that the owner takes out is told of after the unlock, not before";
    "host.events.each-listener" ["cdrom-sample"] Should [Notifications, OpenWhileLocked] Observe
        each_listener, "each listener gets every notification since it was opened, whatever the others have read";
}

/// What an unlock tells while a disc is known.
const PAIR_AND_UNLOCK: [HostEvent; 3] = [MediaRemoval, MediaArrival, ExclusiveUnlock];

/// A listener that has heard everything so far.
fn listener(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    events(stage, &mut seat)?;
    Ok(seat)
}

fn lock_is_told(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.open(HOST, HERE)?;
    let mut other = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    let answer = stage.lock(&mut other, "discrig", discrig_device::VolumePolicy::Respect);
    stage.expect(&crate::families::locking::ALREADY_LOCKED, answer)?;
    expect_events(stage, &mut ears, &[ExclusiveLock])?;
    expect_events(stage, &mut mine, &[ExclusiveLock])?;
    unlocked(stage, &mut mine)
}

fn unlock_order(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[ExclusiveLock])?;
    unlocked(stage, &mut mine)?;
    expect_events(stage, &mut ears, &PAIR_AND_UNLOCK)?;
    expect_events(stage, &mut ears, &[])
}

fn close_order(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    events(stage, &mut ears)?;
    closed(stage, mine)?;
    expect_events(stage, &mut ears, &PAIR_AND_UNLOCK)
}

fn kill_order(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut theirs)?;
    events(stage, &mut ears)?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    expect_events(stage, &mut ears, &PAIR_AND_UNLOCK)
}

/// What a listener has not heard yet, all of it told while the owner was there.
fn expect_told_under_lock(stage: &mut Stage<'_>, ears: &mut HandleSeat, wanted: &[HostEvent]) -> Verdict {
    let mut told = Vec::new();
    let at = stage.bench.now();
    // One more than is wanted, so that a notification too many shows.
    while told.len() <= wanted.len()
        && let Some(next) = ears.handle.next_told()?
    {
        told.push(next);
    }
    stage.log(&ears.label, "notifications with the owner", None, &format!("{told:?}"), at);
    if told.iter().any(|told| told.owner.is_none()) {
        return Err(Stop::Skip(
            "this host does not keep who held the device when it told of something".to_owned(),
        ));
    }
    let events: Vec<HostEvent> = told.iter().map(|told| told.event).collect();
    stage.ensure(events == wanted, || {
        format!("the notifications are to be {wanted:?}, they are {events:?}")
    })?;
    told.iter().try_for_each(|told| {
        let name = told.owner.as_ref().and_then(Owner::name);
        stage.ensure(name == Some(OTHER_NAME), || {
            format!(
                "at {:?} the device is to be held by {OTHER_NAME:?}, it was by {:?}",
                told.event, told.owner
            )
        })
    })
}

fn owner_until_told(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    expect_told_under_lock(stage, &mut ears, &[ExclusiveLock])?;
    unlocked(stage, &mut mine)?;
    expect_told_under_lock(stage, &mut ears, &PAIR_AND_UNLOCK)?;
    stage.expect_owner(&mut ears, None)?;
    locked(stage, &mut mine)?;
    events(stage, &mut ears)?;
    closed(stage, mine)?;
    expect_told_under_lock(stage, &mut ears, &PAIR_AND_UNLOCK)?;
    stage.expect_owner(&mut ears, None)
}

fn unlock_without_disc(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut ears)?;
    unit::change_disc(stage, &mut ears, None)?;
    let mut mine = stage.open(HOST, HERE)?;
    events(stage, &mut ears)?;
    locked(stage, &mut mine)?;
    unlocked(stage, &mut mine)?;
    expect_events(stage, &mut ears, &[ExclusiveLock, ExclusiveUnlock])
}

fn refused_unlock(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    let answer = stage.unlock(&mut other);
    stage.expect(&crate::families::locking::NOT_LOCKED, answer)?;
    expect_events(stage, &mut ears, &[])?;
    locked(stage, &mut mine)?;
    let answer = stage.unlock(&mut other);
    stage.expect(&crate::families::locking::NOT_OWNER, answer)?;
    expect_events(stage, &mut ears, &[ExclusiveLock])?;
    unlocked(stage, &mut mine)
}

fn change_under_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut ears = listener(stage)?;
    unit::require_tray(stage, &mut ears)?;
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    events(stage, &mut ears)?;
    unit::insist(unit::eject(stage, &mut mine), "eject")?;
    expect_events(stage, &mut ears, &[])?;
    unlocked(stage, &mut mine)?;
    let told = events(stage, &mut ears)?;
    // The pair of the unlock may come first: the host still thinks that the disc is there. In the end it has left.
    let left = told.iter().rposition(|event| *event == MediaRemoval);
    let came = told.iter().rposition(|event| *event == MediaArrival);
    stage.ensure(left.is_some() && left > came, || {
        format!("the last word on the disc is to be that it left; told was {told:?}")
    })
}

fn each_listener(stage: &mut Stage<'_>) -> Verdict {
    let (mut first, mut second) = (listener(stage)?, listener(stage)?);
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    expect_events(stage, &mut first, &[ExclusiveLock])?;
    let mut late = stage.open(HOST, HERE)?;
    expect_events(stage, &mut late, &[])?;
    unlocked(stage, &mut mine)?;
    let all = events(stage, &mut second)?;
    let rest = events(stage, &mut first)?;
    stage.ensure(all.first() == Some(&ExclusiveLock) && all[1..] == rest, || {
        format!("one listener got {rest:?} after the lock, the other {all:?} altogether")
    })
}
