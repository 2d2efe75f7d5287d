//! The serial queue after a command was given up.

use super::*;
use discrig_device::Effect;
use rstest::rstest;

#[derive(Clone, Copy, Debug)]
enum Operation {
    Disable,
    Lock,
    Owner,
    Unlock,
}

fn operate(rig: &mut Rig, operation: Operation, handle: HandleId) -> Result<(), DeviceError> {
    let (driver, drive) = (&mut rig.driver, &mut rig.drive);
    match operation {
        Operation::Disable => driver.mcn_disable(drive, handle),
        Operation::Lock => driver.lock(drive, handle, NAME, VolumePolicy::Respect),
        Operation::Owner => driver.owner(drive, handle).map(|_| ()),
        Operation::Unlock => driver.unlock(drive, handle),
    }
}

/// What the drive's answer means to whoever waits in the queue. These are the genuine causes for which lock, unlock and owner fail (#48, #59).
#[rstest]
#[case::ready(Answer::Good, Ok(()))]
#[case::no_disc(Answer::Check(codes::MEDIUM_NOT_PRESENT), Ok(()))]
#[case::attention(Answer::Check(codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED), Ok(()))]
#[case::earlier_failure(Answer::Deferred(codes::INTERNAL_TARGET_FAILURE), Ok(()))]
#[case::still_busy(Answer::Error(ErrorKind::Timeout), Err(ErrorKind::Timeout))]
#[case::reserved(Answer::Status(Status::RESERVATION_CONFLICT), Err(ErrorKind::Reserved))]
#[case::busy(Answer::Status(Status::BUSY), Err(ErrorKind::Busy))]
#[case::full(Answer::Status(Status::TASK_SET_FULL), Err(ErrorKind::Busy))]
#[case::hardware(Answer::Check(codes::INTERNAL_TARGET_FAILURE), Err(ErrorKind::Hardware))]
#[case::transport(Answer::Error(ErrorKind::Transport), Err(ErrorKind::Transport))]
#[case::gone(Answer::Error(ErrorKind::Gone), Err(ErrorKind::Gone))]
fn the_queue_waits_for_the_drive(
    #[case] answer: Answer,
    #[case] expected: Outcome,
    #[values(Operation::Disable, Operation::Lock, Operation::Owner, Operation::Unlock)] operation: Operation,
) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    if matches!(operation, Operation::Unlock) {
        rig.lock(mine).unwrap();
    }
    rig.abandon(mine);
    let before = rig.driver.snapshot();
    let started = rig.drive.now;
    rig.drive.answer(0x00, answer);
    let outcome = operate(&mut rig, operation, mine);
    assert_eq!(rig.sent(), ["TEST UNIT READY"]);
    if let Err(error) = &outcome {
        assert_eq!(error.effect(), Effect::NotDone);
    }
    let outcome = kind(outcome);
    assert_eq!(outcome, expected);
    match expected {
        Ok(()) => {
            assert_eq!(rig.owner(mine), Ok(rig.driver.owner_now()));
            assert!(rig.sent().is_empty(), "the drive is done, so nobody waits any more");
        }
        Err(ErrorKind::Gone) => assert!(!rig.driver.is_attached()),
        Err(_) => {
            assert_eq!(rig.driver.snapshot(), before, "the lock is as it was");
            assert_eq!(operate(&mut rig, operation, mine).map_err(|e| e.kind()), Ok(()));
        }
    }
    if expected == Err(ErrorKind::Timeout) {
        assert!(rig.drive.now.since(started) >= Duration::from_secs(10), "the queue's own timeout");
    }
}

/// An outsider waits as well, and is told who owns the device when the queue moves on.
#[test]
fn outsiders_wait_too() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    rig.abandon(mine);
    rig.drive.answer(0x00, Answer::Error(ErrorKind::Timeout));
    assert_eq!(rig.owner(theirs), Err(ErrorKind::Timeout));
    assert_eq!(rig.owner(theirs), Ok(named(NAME)));
    assert_eq!(rig.sent(), ["TEST UNIT READY", "TEST UNIT READY"]);
}

/// A command waits in the drive, not in the queue: its own answer shows that the drive is done.
#[rstest]
#[case::answered(Answer::Good, 0)]
#[case::refused(Answer::Check(codes::MEDIUM_NOT_PRESENT), 0)]
#[case::conflict(Answer::Status(Status::RESERVATION_CONFLICT), 1)]
#[case::late(Answer::Error(ErrorKind::Timeout), 1)]
fn commands_are_not_preceded(#[case] answer: Answer, #[case] waits: usize) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.abandon(mine);
    rig.drive.answer(0x00, answer);
    let _ = rig.ready(mine);
    assert_eq!(rig.sent().len(), 1);
    rig.owner(mine).unwrap();
    assert_eq!(rig.sent().len(), waits);
}

/// Nothing was given up, so the queue is empty and nothing is sent.
#[test]
fn lock_operations_need_no_commands() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.ready(mine).unwrap();
    rig.sent();
    rig.lock(mine).unwrap();
    rig.owner(mine).unwrap();
    rig.disable(mine).unwrap();
    rig.enable(mine).unwrap();
    rig.unlock(mine).unwrap();
    assert!(rig.sent().is_empty());
}

/// A failure that leaves no doubt about the command does not hold the queue up.
#[test]
fn only_abandoned_commands_are_waited_for() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.answer(0x00, Answer::Error(ErrorKind::Transport));
    assert_eq!(rig.ready(mine).unwrap_err(), ErrorKind::Transport);
    rig.sent();
    rig.owner(mine).unwrap();
    assert!(rig.sent().is_empty());
}
