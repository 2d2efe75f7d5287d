//! Closing, death, removal and return.

use super::*;
use HostEvent::{DeviceRemoved, ExclusiveLock, ExclusiveUnlock, MediaArrival, MediaRemoval};
use discrig_device::TrayLock;
use rstest::rstest;

#[derive(Clone, Copy, Debug)]
enum End {
    Close,
    Kill,
}

fn end(rig: &mut Rig, handle: HandleId, how: End) -> Outcome {
    match how {
        End::Close => rig.close(handle),
        End::Kill => rig.kill(MINE),
    }
}

/// #30, #31: tray locks, then notification, then the lock with its notifications, which are therefore shown.
#[rstest]
fn a_file_frees_what_it_holds_in_order(#[values(End::Close, End::Kill)] how: End) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.disable(mine).unwrap();
    rig.disable(mine).unwrap();
    rig.driver.lock_tray(&mut rig.drive, mine, TrayLock::Protected).unwrap();
    rig.lock(mine).unwrap();
    rig.sent();
    assert_eq!(end(&mut rig, mine, how), Ok(()));
    let state = rig.driver.snapshot();
    assert_eq!((state.protected_tray_locks, state.notification_off, state.owner), (0, 0, Owner::Nobody));
    assert_eq!(rig.sent(), ["ALLOW"]);
    assert_eq!(rig.events(theirs), [ExclusiveLock, MediaRemoval, MediaArrival, ExclusiveUnlock]);
    assert_eq!(rig.lock(theirs), Ok(()));
    assert_eq!(rig.close(mine), Err(ErrorKind::InvalidHandle));
    assert_eq!(rig.lock(mine), Err(ErrorKind::InvalidHandle));
}

/// What other files hold is not touched.
#[test]
fn others_keep_what_they_hold() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.disable(theirs).unwrap();
    rig.driver.lock_tray(&mut rig.drive, theirs, TrayLock::Protected).unwrap();
    rig.driver.lock_tray(&mut rig.drive, mine, TrayLock::Simple).unwrap();
    rig.lock(theirs).unwrap();
    rig.sent();
    rig.kill(MINE).unwrap();
    let state = rig.driver.snapshot();
    assert_eq!((state.protected_tray_locks, state.simple_tray_locks, state.notification_off), (1, 1, 1));
    assert_eq!(state.owner, named(NAME));
    assert!(rig.sent().is_empty());
}

/// #32: a file lives as long as its last handle, whoever holds that.
#[rstest]
fn the_last_handle_counts(#[values(MINE, THEIRS)] heir: ProcessId) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    let heirloom = rig.driver.duplicate(mine, heir).unwrap();
    rig.lock(mine).unwrap();
    assert_eq!(rig.close(mine), Ok(()));
    assert_eq!(rig.owner(heirloom), Ok(named(NAME)));
    assert_eq!(rig.ready(heirloom).map(|answer| answer.is_good()), Ok(true), "it is the owner");
    assert_eq!(rig.owner(mine), Err(ErrorKind::InvalidHandle));
    if heir == THEIRS {
        rig.kill(MINE).unwrap();
        assert!(rig.is_locked());
    }
    rig.kill(heir).unwrap();
    assert!(!rig.is_locked());
    assert_eq!(rig.driver.holders(), []);
}

/// A process that dies closes its files in the order in which it opened them.
#[test]
fn death_closes_in_order_of_opening() {
    let mut rig = Rig::new();
    let (first, second, other) = (rig.open(MINE), rig.open(MINE), rig.open(THEIRS));
    rig.driver.lock_tray(&mut rig.drive, first, TrayLock::Protected).unwrap();
    rig.driver.lock_tray(&mut rig.drive, second, TrayLock::Protected).unwrap();
    rig.lock(second).unwrap();
    rig.sent();
    rig.kill(MINE).unwrap();
    assert_eq!(rig.sent(), ["ALLOW"], "when the second file goes, not the first");
    assert_eq!(rig.driver.holders().len(), 1);
    assert_eq!(rig.owner(other), Ok(Owner::Nobody));
}

/// #31: a hung command delays the end of its file, for as long as the queue waits; then the lock is freed all the same.
#[rstest]
#[case::done(Answer::Good, Duration::from_millis(1))]
#[case::never_done(Answer::Error(ErrorKind::Timeout), Duration::from_millis(10_001))]
fn an_abandoned_command_delays_the_end(#[case] answer: Answer, #[case] delay: Duration) {
    let mut rig = Rig::new();
    let (mine, _) = rig.pair();
    rig.lock(mine).unwrap();
    rig.abandon(mine);
    let started = rig.drive.now;
    rig.drive.answer(0x00, answer);
    assert_eq!(rig.kill(MINE), Ok(()));
    assert_eq!(rig.sent(), ["TEST UNIT READY"]);
    assert_eq!(rig.drive.now.since(started), delay);
    assert!(!rig.is_locked());
}

/// Another file's abandoned command delays nobody's end.
#[test]
fn strangers_do_not_wait_at_the_end() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    rig.abandon(mine);
    rig.close(theirs).unwrap();
    assert!(rig.sent().is_empty());
}

/// The tray could not be freed: said, and everything else is done.
#[test]
fn close_reports_what_failed_and_frees_the_rest() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.lock_tray(&mut rig.drive, mine, TrayLock::Protected).unwrap();
    rig.disable(mine).unwrap();
    rig.lock(mine).unwrap();
    rig.drive.answer(0x1E, Answer::Status(Status::RESERVATION_CONFLICT));
    assert_eq!(rig.close(mine), Err(ErrorKind::Reserved));
    let state = rig.driver.snapshot();
    assert_eq!((state.owner, state.notification_off, state.protected_tray_locks), (Owner::Nobody, 0, 0));
}

/// #33: with the drive goes everything, without the notifications of an unlock; old files are dead for ever.
#[rstest]
#[case::told(false)]
#[case::found_out(true)]
fn removal(#[case] found_out: bool) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.driver.mount(&mut rig.drive).unwrap();
    rig.lock_as(mine, NAME, VolumePolicy::Ignore).unwrap();
    rig.disable(mine).unwrap();
    rig.drive.unplugged = true;
    if found_out {
        assert_eq!(rig.ready(mine).unwrap_err(), ErrorKind::Gone);
    } else {
        rig.driver.detach(rig.drive.now);
    }
    assert!(!rig.driver.is_attached() && !rig.is_locked() && !rig.driver.is_mounted());
    for handle in [mine, theirs] {
        assert_eq!(rig.lock(handle), Err(ErrorKind::Gone));
        assert_eq!(rig.unlock(handle), Err(ErrorKind::Gone));
        assert_eq!(rig.owner(handle), Err(ErrorKind::Gone));
        assert_eq!(rig.disable(handle), Err(ErrorKind::Gone));
        assert_eq!(rig.enable(handle), Err(ErrorKind::Gone));
        assert_eq!(rig.ready(handle).unwrap_err(), ErrorKind::Gone);
        assert_eq!(kind(rig.driver.properties(handle)).unwrap_err(), ErrorKind::Gone);
        assert_eq!(kind(rig.driver.duplicate(handle, MINE)).unwrap_err(), ErrorKind::Gone);
        assert_eq!(kind(rig.driver.eject(&mut rig.drive, handle)), Err(ErrorKind::Gone));
        assert_eq!(rig.events(handle), [ExclusiveLock, DeviceRemoved]);
    }
    assert_eq!(kind(rig.driver.open(&mut rig.drive, MINE)).unwrap_err(), ErrorKind::Gone);
    assert_eq!(rig.close(mine), Ok(()));
}

/// #34: what comes back is another instance, unlocked; who opens it finds it, also if nobody told the driver.
#[rstest]
#[case::told(true)]
#[case::found_by_opening(false)]
fn return_of_the_drive(#[case] told: bool) {
    let mut rig = Rig::new();
    let old = rig.open(MINE);
    rig.lock(old).unwrap();
    rig.driver.detach(rig.drive.now);
    if told {
        rig.driver.attach(&mut rig.drive).unwrap();
    }
    let new = rig.open(THEIRS);
    assert_eq!(rig.owner(new), Ok(Owner::Nobody));
    assert_eq!(rig.lock(new), Ok(()));
    assert_eq!(rig.unlock(old), Err(ErrorKind::Gone));
    assert_eq!(rig.close(old), Ok(()));
    assert_eq!(rig.owner(new), Ok(named(NAME)), "the end of the old file is not the new owner's");
    assert_eq!(rig.driver.snapshot().instance, Some(2));
}

/// Who the drive is and whether there is a disc is found out on arrival, through unattended attentions.
#[test]
fn arrival_swallows_unit_attentions() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        rig.drive.answer(0x00, Answer::Check(codes::POWER_ON_OCCURRED));
    }
    rig.driver.attach(&mut rig.drive).unwrap();
    let ready = "TEST UNIT READY";
    assert_eq!(rig.sent(), ["INQUIRY", "INQUIRY", ready, ready, ready, ready]);
    assert_eq!(rig.driver.snapshot().media, crate::Media::Present);
}

/// The bound on that: a drive that only ever raises attentions is taken as it is.
#[test]
fn attentions_without_end() {
    let mut rig = Rig::new();
    for _ in 0..100 {
        rig.drive.answer(0x00, Answer::Check(codes::POWER_ON_OCCURRED));
    }
    rig.driver.attach(&mut rig.drive).unwrap();
    assert_eq!(rig.sent().len(), 2 + 1 + 10);
    assert_eq!(rig.driver.snapshot().media, crate::Media::Unknown);
}

/// Drives that cannot be used, and why.
#[rstest]
#[case::no_answer(Answer::Error(ErrorKind::Timeout), 5, ErrorKind::Timeout)]
#[case::broken(Answer::Check(codes::INTERNAL_TARGET_FAILURE), 5, ErrorKind::Hardware)]
#[case::busy(Answer::Status(Status::BUSY), 5, ErrorKind::Busy)]
#[case::no_sense(Answer::Status(Status::CHECK_CONDITION), 5, ErrorKind::Hardware)]
#[case::hard_disk(Answer::Good, 0, ErrorKind::Unsupported)]
#[case::no_unit(Answer::Good, 0x7F, ErrorKind::Unsupported)]
fn arrival_of_a_useless_drive(#[case] answer: Answer, #[case] peripheral: u8, #[case] expected: ErrorKind) {
    let mut rig = Rig { driver: ClassDriver::new(HostConfig::default()), drive: Drive::default() };
    rig.drive.answer(0x12, answer);
    rig.drive.peripheral = peripheral;
    assert_eq!(kind(rig.driver.attach(&mut rig.drive)), Err(expected));
    assert!(!rig.driver.is_attached());
    rig.drive.peripheral = 5;
    assert!(rig.driver.open(&mut rig.drive, MINE).is_ok(), "and the next look finds it well");
}

/// A serial number that is refused is none.
#[test]
fn a_drive_without_serial_number() {
    let mut rig = Rig::new();
    rig.drive.answer(0x12, Answer::Good);
    rig.drive.answer(0x12, Answer::Check(codes::INVALID_FIELD_IN_CDB));
    rig.driver.attach(&mut rig.drive).unwrap();
    let mine = rig.open(MINE);
    assert_eq!(rig.driver.properties(mine).unwrap().serial, "");
}

/// A restarted host knows nothing of before, and its handles are never those of before.
#[test]
fn restart() {
    let mut rig = Rig::quirky(Quirk::OwnerDeathKeepsLock);
    let old = rig.open(MINE);
    rig.lock(old).unwrap();
    rig.kill(MINE).unwrap();
    rig.driver.exhaust(true);
    assert!(rig.is_locked());
    rig.driver.restart();
    rig.driver.attach(&mut rig.drive).unwrap();
    let new = rig.open(MINE);
    assert!(new > old);
    assert_eq!(rig.lock(old), Err(ErrorKind::InvalidHandle));
    assert_eq!(rig.lock(new), Ok(()));
}

/// Not even a lock that outlived its drive.
#[test]
fn restart_frees_what_survived() {
    let mut rig = Rig::quirky(Quirk::LockSurvivesRemoval);
    let old = rig.open(MINE);
    rig.lock(old).unwrap();
    rig.driver.detach(rig.drive.now);
    rig.driver.restart();
    let new = rig.open(MINE);
    assert_eq!(rig.lock(new), Ok(()));
}
