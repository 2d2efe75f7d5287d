//! The host's tray locks, opening and closing.

use super::*;
use TrayLock::{Protected, Simple};
use discrig_device::TrayLock;
use rstest::rstest;

impl Rig {
    fn lock_tray(&mut self, handle: HandleId, lock: TrayLock) -> Outcome {
        kind(self.driver.lock_tray(&mut self.drive, handle, lock))
    }

    fn unlock_tray(&mut self, handle: HandleId, lock: TrayLock) -> Outcome {
        kind(self.driver.unlock_tray(&mut self.drive, handle, lock))
    }

    fn eject(&mut self, handle: HandleId) -> Outcome {
        kind(self.driver.eject(&mut self.drive, handle))
    }
}

/// The drive hears of the first lock and of the last unlock, whatever their kind and whoever it was.
#[test]
fn prevent_and_allow_at_the_transitions() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock_tray(mine, Simple).unwrap();
    assert_eq!(rig.sent(), ["PREVENT"]);
    rig.lock_tray(theirs, Protected).unwrap();
    rig.lock_tray(mine, Protected).unwrap();
    rig.unlock_tray(theirs, Simple).unwrap();
    rig.unlock_tray(mine, Protected).unwrap();
    assert!(rig.sent().is_empty());
    rig.unlock_tray(theirs, Protected).unwrap();
    assert_eq!(rig.sent(), ["ALLOW"]);
}

/// The simple lock belongs to nobody: anybody gives it up, also when there is none, and it outlives its file.
#[test]
fn the_simple_lock_belongs_to_nobody() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    assert_eq!(rig.unlock_tray(mine, Simple), Ok(()));
    assert!(rig.sent().is_empty());
    rig.lock_tray(mine, Simple).unwrap();
    rig.close(mine).unwrap();
    assert_eq!(rig.driver.snapshot().simple_tray_locks, 1);
    assert_eq!(rig.unlock_tray(theirs, Simple), Ok(()));
    assert_eq!(rig.sent(), ["PREVENT", "ALLOW"]);
}

/// The protected lock is the file's own.
#[test]
fn the_protected_lock_belongs_to_its_file() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock_tray(mine, Protected).unwrap();
    assert_eq!(rig.unlock_tray(theirs, Protected), Err(ErrorKind::InvalidState));
    assert_eq!(rig.unlock_tray(mine, Protected), Ok(()));
    assert_eq!(rig.unlock_tray(mine, Protected), Err(ErrorKind::InvalidState));
}

/// #38: a protected lock, one's own included, forbids the host's own calls without asking the drive.
#[rstest]
fn protected_locks_forbid_eject_and_load(#[values(false, true)] own: bool) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock_tray(if own { mine } else { theirs }, Protected).unwrap();
    rig.sent();
    assert_eq!(rig.eject(mine), Err(ErrorKind::Busy));
    assert_eq!(kind(rig.driver.load(&mut rig.drive, mine)), Err(ErrorKind::Busy));
    assert!(rig.sent().is_empty());
}

/// A simple lock is left to the drive to enforce.
#[test]
fn simple_locks_are_left_to_the_drive() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock_tray(mine, Simple).unwrap();
    rig.drive.answer(0x1B, Answer::Check(codes::MEDIUM_REMOVAL_PREVENTED));
    assert_eq!(rig.eject(mine), Err(ErrorKind::Busy));
    assert_eq!(rig.sent(), ["PREVENT", "EJECT"]);
}

/// What the drive says to an eject, as the host's call reports it (#38, #40).
#[rstest]
#[case::done(Answer::Good, Ok(()))]
#[case::prevented(Answer::Check(codes::MEDIUM_REMOVAL_PREVENTED), Err(ErrorKind::Busy))]
#[case::cannot(Answer::Check(codes::INVALID_FIELD_IN_CDB), Err(ErrorKind::Unsupported))]
#[case::not_ready(
    Answer::Check(codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS),
    Err(ErrorKind::InvalidState)
)]
#[case::stuck(Answer::Check(codes::MEDIA_LOAD_OR_EJECT_FAILED), Err(ErrorKind::Hardware))]
#[case::recovered(Answer::Check(codes::ROUNDED_PARAMETER), Ok(()))]
#[case::reserved(Answer::Status(Status::RESERVATION_CONFLICT), Err(ErrorKind::Reserved))]
#[case::late(Answer::Error(ErrorKind::Timeout), Err(ErrorKind::Timeout))]
fn what_the_drive_says(#[case] answer: Answer, #[case] expected: Outcome) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.answer(0x1B, answer);
    assert_eq!(rig.eject(mine), expected);
    assert_eq!(rig.sent(), ["EJECT"]);
}

#[test]
fn the_cause_is_kept() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.answer(0x1B, Answer::Check(codes::MEDIUM_REMOVAL_PREVENTED));
    let error = rig.driver.eject(&mut rig.drive, mine).unwrap_err();
    assert!(error.to_string().contains("05/53/02 MEDIUM REMOVAL PREVENTED"), "{error}");
}

/// #37: the owner ejects and stays the owner.
#[test]
fn eject_and_load_by_the_owner() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.eject(mine).unwrap();
    kind(rig.driver.load(&mut rig.drive, mine)).unwrap();
    assert_eq!(rig.sent(), ["EJECT", "LOAD"]);
    assert!(rig.is_locked());
}

/// A lock that the drive refused is not counted; an unlock is, so that the host does not hold what it cannot free.
#[test]
fn counts_when_the_drive_refuses() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.answer(0x1E, Answer::Check(codes::INTERNAL_TARGET_FAILURE));
    assert_eq!(rig.lock_tray(mine, Protected), Err(ErrorKind::Hardware));
    assert_eq!(rig.driver.snapshot().protected_tray_locks, 0);
    assert_eq!(rig.unlock_tray(mine, Protected), Err(ErrorKind::InvalidState));
    rig.lock_tray(mine, Protected).unwrap();
    rig.drive.answer(0x1E, Answer::Error(ErrorKind::Transport));
    assert_eq!(rig.unlock_tray(mine, Protected), Err(ErrorKind::Transport));
    assert_eq!(rig.driver.snapshot().protected_tray_locks, 0);
}

/// The counts end with an error, not with a wrap.
#[test]
fn the_counts_have_an_end() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.unit.as_mut().unwrap().simple = u32::MAX;
    assert_eq!(rig.lock_tray(mine, Simple), Err(ErrorKind::InvalidState));
    assert_eq!(rig.driver.snapshot().simple_tray_locks, u32::MAX);
}
