//! Media change notification: the switch, polls, what is told and what is swallowed.

use super::*;
use crate::Media;
use HostEvent::{DeviceRemoved, MediaArrival, MediaRemoval};
use rstest::rstest;

const POLL: &str = "GET EVENT STATUS NOTIFICATION";

/// Counted per file and for the device; enabling what the file has not disabled is an error (#25).
#[test]
fn the_switch_is_counted_per_file() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    assert_eq!(rig.enable(mine), Err(ErrorKind::InvalidState));
    rig.disable(mine).unwrap();
    rig.disable(mine).unwrap();
    rig.disable(theirs).unwrap();
    assert_eq!(rig.driver.snapshot().notification_off, 3);
    assert_eq!([rig.enable(mine), rig.enable(mine)], [Ok(()), Ok(())]);
    assert_eq!(rig.enable(mine), Err(ErrorKind::InvalidState));
    assert_eq!(rig.driver.snapshot().notification_off, 1);
    assert_eq!(rig.enable(theirs), Ok(()));
    assert_eq!(rig.driver.snapshot().notification_off, 0);
}

/// #29: the count ends with an error, not with a wrap.
#[test]
fn the_count_has_an_end() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.unit.as_mut().unwrap().notification_off = u32::MAX;
    assert_eq!(rig.disable(mine), Err(ErrorKind::InvalidState));
    assert_eq!(rig.driver.snapshot().notification_off, u32::MAX);
    assert_eq!(rig.driver.holders()[0].notification_off, 0);
}

/// #24, #28.
#[test]
fn the_owner_may_switch_and_the_lock_does_not() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(rig.driver.snapshot().notification_off, 0);
    assert_eq!(rig.disable(mine), Ok(()));
    assert_eq!(rig.disable(theirs), Err(ErrorKind::Locked));
    rig.unlock(mine).unwrap();
    assert_eq!(rig.driver.snapshot().notification_off, 1);
}

/// What listeners are told when the drive is looked at again, with and without media events.
#[rstest]
#[case::nothing(true, 0, true, &[])]
#[case::taken_out(true, 3, false, &[MediaRemoval])]
#[case::taken_out_without_event(true, 0, false, &[MediaRemoval])]
#[case::put_in(false, 2, true, &[MediaArrival])]
#[case::still_empty(false, 0, false, &[])]
#[case::exchanged(true, 2, true, &[MediaRemoval, MediaArrival])]
fn changes_are_told(
    #[case] before: bool,
    #[case] event: u8,
    #[case] after: bool,
    #[case] expected: &[HostEvent],
    #[values(false, true)] no_events: bool,
) {
    let mut rig = Rig::new();
    rig.drive.disc = before;
    rig.driver.attach(&mut rig.drive).unwrap();
    let mine = rig.open(MINE);
    rig.drive.no_events = no_events;
    rig.drive.event = event;
    rig.drive.disc = after;
    if no_events && before && event == 2 {
        rig.drive.answer(0x00, Answer::Check(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED));
    }
    assert_eq!(rig.events(mine), expected);
    let media = if after { Media::Present } else { Media::Absent };
    assert_eq!((rig.driver.snapshot().media, rig.driver.snapshot().media_reported), (media, media));
}

/// A drive without media events is asked for them once.
#[test]
fn polls_fall_back_for_good() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.no_events = true;
    let mut next = || rig.driver.next_event(&mut rig.drive, mine).unwrap();
    assert_eq!([next(), next()], [None, None]);
    assert_eq!(rig.sent(), [POLL, "TEST UNIT READY", "TEST UNIT READY"]);
}

/// A drive that cannot tell at the moment tells nothing.
#[rstest]
#[case::busy(0x4A, Answer::Status(Status::BUSY), &[POLL, "TEST UNIT READY"])]
#[case::silent(0x4A, Answer::Error(ErrorKind::Timeout), &[POLL])]
#[case::getting_ready(0x00, Answer::Check(codes::LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY), &[POLL])]
fn polls_that_fail(#[case] opcode: u8, #[case] answer: Answer, #[case] expected: &[&str]) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.answer(opcode, answer);
    assert_eq!(kind(rig.driver.next_event(&mut rig.drive, mine)), Ok(None));
    assert_eq!(rig.sent(), expected);
    assert_eq!(rig.driver.snapshot().media, Media::Present);
}

/// #26: changes are followed while notification is off, and not told when it is on again; later ones are.
#[rstest]
#[case::switched_on(false)]
#[case::closed(true)]
fn missed_changes_are_swallowed(#[case] close: bool) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.disable(mine).unwrap();
    rig.drive.disc = false;
    assert_eq!(rig.events(theirs), []);
    assert_eq!(rig.driver.snapshot().media, Media::Absent, "followed");
    if close { rig.close(mine) } else { rig.enable(mine) }.unwrap();
    assert_eq!(rig.events(theirs), []);
    rig.drive.disc = true;
    assert_eq!(rig.events(theirs), [MediaArrival]);
}

/// #27: giving the lock up first loses the pair for good, switching notification on first shows it.
#[rstest]
#[case::unlock_then_enable(true, 0)]
#[case::enable_then_unlock(false, 2)]
fn order_of_unlock_and_enable(#[case] unlock_first: bool, #[case] media_events: usize) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.disable(mine).unwrap();
    rig.lock(mine).unwrap();
    if unlock_first {
        rig.unlock(mine).unwrap();
        rig.enable(mine).unwrap();
    } else {
        rig.enable(mine).unwrap();
        rig.unlock(mine).unwrap();
    }
    let is_media = |event: &HostEvent| matches!(event, MediaRemoval | MediaArrival);
    assert_eq!(rig.events(theirs).into_iter().filter(is_media).count(), media_events);
}

/// #28: a lock keeps the poll out, the owner's own listening included, and unlock makes up for it.
#[rstest]
fn polls_are_postponed_by_a_lock(#[values(false, true)] owner_listens: bool) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    rig.drive.disc = false;
    rig.events(if owner_listens { mine } else { theirs });
    assert!(rig.sent().is_empty());
    assert!(rig.driver.snapshot().poll_postponed);
    rig.unlock(mine).unwrap();
    assert_eq!(rig.sent(), [POLL]);
    assert!(!rig.driver.snapshot().poll_postponed);
    let seen: Vec<HostEvent> = rig.driver.notifications().map(|notification| notification.event).collect();
    use HostEvent::{ExclusiveLock, ExclusiveUnlock};
    assert_eq!(seen, [ExclusiveLock, MediaRemoval, MediaArrival, ExclusiveUnlock, MediaRemoval]);
}

/// A change of the disc that the driver met on another occasion is told at the next poll.
#[test]
fn attentions_met_elsewhere_are_not_lost() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.abandon(mine);
    rig.drive.answer(0x00, Answer::Check(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED));
    rig.owner(mine).unwrap();
    assert_eq!(rig.events(mine), [MediaRemoval, MediaArrival]);
}

/// Without a poll that fell due there is none at unlock.
#[test]
fn unlock_does_not_poll_by_itself() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.unlock(mine).unwrap();
    assert!(rig.sent().is_empty());
}

/// Each file sees everything since its opening once, in order.
#[test]
fn every_file_listens_for_itself() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.disc = false;
    assert_eq!(rig.events(mine), [MediaRemoval]);
    let late = rig.open(MINE);
    rig.drive.disc = true;
    assert_eq!(rig.events(late), [MediaArrival]);
    assert_eq!(rig.events(mine), [MediaArrival]);
    assert_eq!(rig.events(mine), []);
}

/// The end of the drive is the last thing that a file hears, even if its drive comes back.
#[test]
fn removal_is_the_last_notification() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.unplugged = true;
    assert_eq!(kind(rig.driver.next_event(&mut rig.drive, mine)), Ok(Some(DeviceRemoved)));
    rig.drive.unplugged = false;
    rig.driver.attach(&mut rig.drive).unwrap();
    let new = rig.open(MINE);
    rig.drive.disc = false;
    assert_eq!(rig.events(new), [MediaRemoval]);
    assert_eq!(kind(rig.driver.next_event(&mut rig.drive, mine)), Err(ErrorKind::Gone));
}
