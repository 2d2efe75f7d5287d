//! Exclusive access: what is counted, what is told, and every documented code by its cause.

use crate::world::{Op, World, acquire, owner};
use core::time::Duration;
use discrig_device::{Effect, ErrorKind};
use discrig_recorder::policy::{ForeignLock, InvalidName, MountedVolume, ReleaseUnheld};
use discrig_recorder::{
    CountingRecorder, DiscRecorder2, DiscRecorder2Ex, Hresult, Member, Policy, documented,
};
use rstest::rstest;
use std::collections::BTreeSet;

const LOCKED: Hresult = Hresult::E_IMAPI_RECORDER_LOCKED;
const TIMEOUT: Hresult = Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT;

#[test]
fn decision_01_the_count_is_the_objects_own() {
    let world = World::new();
    let (mut one, two) = (world.recorder(), world.recorder());
    acquire(&mut one).unwrap();
    acquire(&mut one).unwrap();
    assert_eq!((one.lock_count(), two.lock_count()), (2, 0));
}

#[test]
fn decision_02_a_second_object_of_the_process_is_foreign() {
    let world = World::new();
    let (mut one, mut two) = (world.recorder(), world.recorder());
    acquire(&mut one).unwrap();
    assert_eq!(acquire(&mut two), Err(LOCKED));
    one.release_exclusive_access().unwrap();
    assert_eq!(acquire(&mut two), Ok(()));
}

#[rstest]
#[case(ForeignLock::Locked, LOCKED)]
#[case(ForeignLock::AccessDenied, Hresult::E_ACCESSDENIED)]
fn decision_03_a_foreign_lock(#[case] foreign_lock: ForeignLock, #[case] code: Hresult) {
    let world = World::new();
    let mut recorder = world.with(Policy { foreign_lock, ..Policy::default() });
    world.steal("other");
    assert_eq!(acquire(&mut recorder), Err(code));
    assert_eq!((recorder.lock_count(), world.owner().as_deref()), (0, Some("other")));
}

#[rstest]
#[case(MountedVolume::AccessDenied, Hresult::E_ACCESSDENIED)]
#[case(MountedVolume::BadCommand, Hresult::ERROR_BAD_COMMAND)]
fn decision_05_a_mounted_volume(#[case] mounted_volume: MountedVolume, #[case] code: Hresult) {
    let world = World::new();
    world.state().mounted = true;
    let mut recorder = world.with(Policy { mounted_volume, ..Policy::default() });
    assert_eq!(acquire(&mut recorder), Err(code));
    assert_eq!(recorder.acquire_exclusive_access(true, Some("tester")), Ok(()));
}

#[test]
fn decision_06_nothing_is_dismounted() {
    let world = World::new();
    world.state().mounted = true;
    let mut recorder = world.recorder();
    world.take_log();
    assert!(acquire(&mut recorder).is_err());
    assert_eq!(world.take_log(), [Op::Lock]);
    assert!(world.state().mounted);
}

#[test]
fn decision_07_force_never_evicts() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.steal("other");
    assert_eq!(recorder.acquire_exclusive_access(true, Some("tester")), Err(LOCKED));
    assert_eq!(world.owner().as_deref(), Some("other"));
}

#[test]
fn decision_08_the_first_name_stays() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    recorder.acquire_exclusive_access(true, Some("second")).unwrap();
    assert_eq!(world.owner().as_deref(), Some("tester"));
    assert_eq!(recorder.acquire_exclusive_access(false, Some("no/slash")), Err(Hresult::E_INVALIDARG));
    assert_eq!(recorder.lock_count(), 2);
}

#[test]
fn decision_09_a_volume_mounted_meanwhile_does_not_matter() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    world.state().mounted = true;
    assert_eq!(acquire(&mut recorder), Ok(()));
}

#[rstest]
#[case(None, Hresult::E_INVALIDARG, Hresult::E_INVALIDARG)]
#[case(Some(""), Hresult::E_INVALIDARG, Hresult::E_INVALIDARG)]
#[case(Some("a/b"), Hresult::E_INVALIDARG, Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID)]
#[case(Some("caf\u{e9}"), Hresult::E_INVALIDARG, Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID)]
fn decision_10_invalid_names(
    #[case] name: Option<&str>,
    #[case] code: Hresult,
    #[case] alternative: Hresult,
) {
    let world = World::new();
    let invalid_name = InvalidName::ClientNameIsNotValid;
    let mut by_default = world.recorder();
    let mut otherwise = world.with(Policy { invalid_name, ..Policy::default() });
    world.take_log();
    assert_eq!(by_default.acquire_exclusive_access(false, name), Err(code));
    assert_eq!(otherwise.acquire_exclusive_access(false, name), Err(alternative));
    assert_eq!(world.take_log(), [], "the host is not asked");
}

#[test]
fn decision_11_names_have_at_most_63_characters() {
    let mut recorder = World::new().recorder();
    let longest = "n".repeat(63);
    assert_eq!(recorder.acquire_exclusive_access(false, Some(&"n".repeat(64))), Err(Hresult::E_INVALIDARG));
    assert_eq!(recorder.acquire_exclusive_access(false, Some(&longest)), Ok(()));
    assert_eq!(owner(&mut recorder), Ok(longest));
}

#[test]
fn decision_12_order_of_checks() {
    let world = World::new();
    let mut unbound = world.unbound();
    let mut recorder = world.recorder();
    let bad = Some("a/b");
    assert_eq!(unbound.acquire_exclusive_access(false, bad), Err(Hresult::E_INVALIDARG));
    acquire(&mut recorder).unwrap();
    world.state().mounted = true;
    world.steal("other");
    assert_eq!(acquire(&mut recorder), Ok(()), "a count above zero goes before volume and owner");
    world.pull();
    assert_eq!(recorder.acquire_exclusive_access(false, bad), Err(Hresult::E_INVALIDARG));
    assert_eq!(acquire(&mut recorder), Err(Hresult::ERROR_DEV_NOT_EXIST), "the drive goes before the count");
}

#[rstest]
#[case(ReleaseUnheld::InvalidHandle, Hresult::ERROR_INVALID_HANDLE)]
#[case(ReleaseUnheld::Fail, Hresult::E_FAIL)]
fn decision_14_release_at_zero_is_invalid_handle(
    #[case] release_unheld: ReleaseUnheld,
    #[case] code: Hresult,
) {
    let world = World::new();
    let mut recorder = world.with(Policy { release_unheld, ..Policy::default() });
    assert_eq!(recorder.release_exclusive_access(), Err(code));
    acquire(&mut recorder).unwrap();
    recorder.release_exclusive_access().unwrap();
    assert_eq!(recorder.release_exclusive_access(), Err(code));
    assert_eq!(recorder.lock_count(), 0);
    assert!(!world.take_log().ends_with(&[Op::Unlock]));
}

#[rstest]
#[case(ReleaseUnheld::InvalidHandle)]
#[case(ReleaseUnheld::Fail)]
fn decision_15_release_at_zero_leaves_a_foreign_lock_alone(#[case] release_unheld: ReleaseUnheld) {
    let world = World::new();
    let mut recorder = world.with(Policy { release_unheld, ..Policy::default() });
    world.steal("other");
    world.take_log();
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_INVALID_HANDLE));
    assert_eq!(world.owner().as_deref(), Some("other"));
    assert!(!world.take_log().contains(&Op::Unlock));
}

#[test]
fn decision_16_only_the_last_release_reaches_the_host() {
    let world = World::new();
    let mut recorder = world.recorder();
    for _ in 0..3 {
        acquire(&mut recorder).unwrap();
    }
    for left in [2, 1] {
        world.take_log();
        recorder.release_exclusive_access().unwrap();
        assert_eq!(world.take_log(), [Op::Properties], "cached, no command");
        assert_eq!((recorder.lock_count(), world.owner().as_deref()), (left, Some("tester")));
    }
    recorder.release_exclusive_access().unwrap();
    assert_eq!(world.take_log(), [Op::Unlock]);
    assert_eq!(world.owner(), None);
    assert_eq!(world.take_sent(), []);
}

#[test]
fn decision_18_the_owner_of_a_free_device_is_empty() {
    assert_eq!(owner(&mut World::new().recorder()), Ok(String::new()));
}

#[test]
fn decision_19_the_owner_sees_its_own_first_name() {
    let mut recorder = World::new().recorder();
    acquire(&mut recorder).unwrap();
    recorder.acquire_exclusive_access(false, Some("later")).unwrap();
    assert_eq!(owner(&mut recorder).as_deref(), Ok("tester"));
}

#[test]
fn decision_20_a_foreign_owner_is_named() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.steal("other, v1.0");
    assert_eq!(owner(&mut recorder).as_deref(), Ok("other, v1.0"));
}

#[test]
fn decision_48_a_timeout_keeps_the_lock() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    world.fail(Op::Execute, ErrorKind::Timeout);
    assert_eq!(recorder.send_command_no_data(&[0; 6], &mut [0; 18], 1), Err(TIMEOUT));
    assert_eq!((recorder.lock_count(), world.owner().as_deref()), (1, Some("tester")));
    assert_eq!(recorder.release_exclusive_access(), Ok(()));
}

type Call = fn(&mut CountingRecorder) -> Result<(), Hresult>;
type Cause = (fn(&World, &mut CountingRecorder), Hresult);

fn fail_lock(world: &World, kind: ErrorKind) {
    world.fail(Op::Lock, kind);
}

const ACQUIRE_CAUSES: &[Cause] = &[
    (|world, _| fail_lock(world, ErrorKind::Hardware), Hresult::E_FAIL),
    (|world, _| fail_lock(world, ErrorKind::OutOfMemory), Hresult::E_OUTOFMEMORY),
    (|world, _| fail_lock(world, ErrorKind::Timeout), TIMEOUT),
    (|world, _| world.kill(), Hresult::ERROR_INVALID_HANDLE),
    (|world, _| world.pull(), Hresult::ERROR_DEV_NOT_EXIST),
    (|world, _| world.steal("other"), LOCKED),
    (|world, _| world.state().mounted = true, Hresult::E_ACCESSDENIED),
    (|world, _| fail_lock(world, ErrorKind::InvalidName), Hresult::E_INVALIDARG),
];

fn hold(recorder: &mut CountingRecorder) {
    acquire(recorder).unwrap();
}

const RELEASE_CAUSES: &[Cause] = &[
    (|world, recorder| (hold(recorder), world.fail(Op::Unlock, ErrorKind::Hardware)).1, Hresult::E_FAIL),
    (
        |world, recorder| (hold(recorder), world.fail(Op::Unlock, ErrorKind::OutOfMemory)).1,
        Hresult::E_OUTOFMEMORY,
    ),
    (|world, recorder| (hold(recorder), world.fail(Op::Unlock, ErrorKind::Timeout)).1, TIMEOUT),
    (|_, _| (), Hresult::ERROR_INVALID_HANDLE),
    (|world, recorder| (hold(recorder), world.pull()).1, Hresult::ERROR_DEV_NOT_EXIST),
    (|world, recorder| (hold(recorder), world.steal("other")).1, LOCKED),
];

const OWNER_CAUSES: &[Cause] = &[
    (|world, _| world.fail(Op::Owner, ErrorKind::Transport), Hresult::E_FAIL),
    (|world, _| world.fail(Op::Owner, ErrorKind::OutOfMemory), Hresult::E_OUTOFMEMORY),
    (|world, _| world.fail(Op::Owner, ErrorKind::Timeout), TIMEOUT),
    (|world, _| world.kill(), Hresult::ERROR_INVALID_HANDLE),
    (|world, _| world.pull(), Hresult::ERROR_DEV_NOT_EXIST),
    (|world, _| world.fail(Op::Owner, ErrorKind::Reserved), LOCKED),
];

fn check_causes(causes: &[Cause], call: Call) -> BTreeSet<Hresult> {
    causes
        .iter()
        .map(|(cause, code)| {
            let world = World::new();
            let mut recorder = world.recorder();
            cause(&world, &mut recorder);
            assert_eq!(call(&mut recorder), Err(*code));
            *code
        })
        .collect()
}

#[rstest]
#[case(Member::AcquireExclusiveAccess, ACQUIRE_CAUSES, acquire, &[])]
#[case(Member::ReleaseExclusiveAccess, RELEASE_CAUSES, DiscRecorder2::release_exclusive_access, &[])]
#[case(
    Member::ExclusiveAccessOwner,
    OWNER_CAUSES,
    |recorder: &mut CountingRecorder| owner(recorder).map(drop),
    &[Hresult::E_POINTER]
)]
fn every_documented_code_has_a_cause(
    #[case] member: Member,
    #[case] causes: &[Cause],
    #[case] call: Call,
    #[case] elsewhere: &[Hresult],
) {
    let mut reached = check_causes(causes, call);
    reached.extend(elsewhere);
    assert_eq!(reached, documented(member).iter().copied().collect());
}

#[rstest]
#[case(ErrorKind::Timeout, TIMEOUT)]
#[case(ErrorKind::Hardware, Hresult::E_FAIL)]
#[case(ErrorKind::Transport, Hresult::E_FAIL)]
#[case(ErrorKind::OutOfMemory, Hresult::E_OUTOFMEMORY)]
#[case(ErrorKind::Reserved, LOCKED)]
fn a_release_that_failed_can_be_tried_again(#[case] kind: ErrorKind, #[case] code: Hresult) {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    world.fail(Op::Unlock, kind);
    assert_eq!(recorder.release_exclusive_access(), Err(code));
    assert_eq!((recorder.lock_count(), world.owner().as_deref()), (1, Some("tester")));
    assert_eq!(recorder.release_exclusive_access(), Ok(()));
    assert_eq!((recorder.lock_count(), world.owner()), (0, None));
}

#[test]
fn a_lock_that_was_stolen_or_freed_is_lost() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    acquire(&mut recorder).unwrap();
    world.steal("other");
    recorder.release_exclusive_access().unwrap();
    assert_eq!(recorder.release_exclusive_access(), Err(LOCKED));
    assert_eq!((recorder.lock_count(), world.owner().as_deref()), (0, Some("other")));
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_INVALID_HANDLE));
    world.free();
    acquire(&mut recorder).unwrap();
    world.free();
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_INVALID_HANDLE));
    assert_eq!(acquire(&mut recorder), Ok(()), "the count is zero again");
}

#[test]
fn a_drive_that_goes_while_the_loss_is_looked_into() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    world.free();
    world.fail(Op::Owner, ErrorKind::Gone);
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_DEV_NOT_EXIST));
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_DEV_NOT_EXIST));
}

#[test]
fn a_dead_handle_has_lost_the_lock() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    acquire(&mut recorder).unwrap();
    world.kill();
    assert_eq!(recorder.release_exclusive_access(), Err(Hresult::ERROR_INVALID_HANDLE));
    assert_eq!(recorder.lock_count(), 0);
    assert_eq!(acquire(&mut recorder), Err(Hresult::ERROR_INVALID_HANDLE));
}

#[test]
fn what_only_counts_does_not_fail_for_what_the_host_cannot_say() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    for kind in [ErrorKind::OutOfMemory, ErrorKind::Timeout, ErrorKind::Transport] {
        world.fail(Op::Properties, kind);
        assert_eq!(acquire(&mut recorder), Ok(()));
        world.fail(Op::Properties, kind);
        assert_eq!(recorder.release_exclusive_access(), Ok(()));
    }
    assert_eq!(recorder.lock_count(), 1);
}

#[test]
fn a_lock_whose_answer_did_not_come_is_given_back() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.state().lock_without_answer = true;
    assert_eq!(acquire(&mut recorder), Err(TIMEOUT));
    assert_eq!((recorder.lock_count(), world.owner()), (0, None));
    assert_eq!(acquire(&mut recorder), Ok(()));
}

#[test]
fn a_lock_in_doubt_is_given_back_before_the_next_one() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.state().lock_without_answer = true;
    world.fail(Op::Unlock, ErrorKind::Timeout);
    assert_eq!(acquire(&mut recorder), Err(TIMEOUT));
    assert_eq!(world.owner().as_deref(), Some("tester"));
    assert_eq!(acquire(&mut recorder), Ok(()), "not refused by its own forgotten lock");
    assert_eq!(recorder.lock_count(), 1);
}

#[test]
fn a_lock_that_was_not_taken_is_not_given_back() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.take_log();
    world.fail_with(Op::Lock, ErrorKind::Timeout, Effect::NotDone);
    assert_eq!(acquire(&mut recorder), Err(TIMEOUT));
    assert_eq!(world.take_log(), [Op::Lock]);
    world.fail(Op::Lock, ErrorKind::Timeout);
    world.steal("other");
    assert_eq!(acquire(&mut recorder), Err(TIMEOUT));
    assert_eq!(world.owner().as_deref(), Some("other"), "a foreign lock is not disturbed");
    assert_eq!(acquire(&mut recorder), Err(LOCKED));
    assert_eq!(world.take_log(), [Op::Lock, Op::Unlock, Op::Lock]);
}

#[test]
fn decision_44_a_reservation_is_a_lock() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.reply([crate::world::Reply::Status(discrig_wire::Status::RESERVATION_CONFLICT, Duration::ZERO)]);
    assert_eq!(recorder.send_command_no_data(&[0; 6], &mut [0; 18], 1), Err(LOCKED));
    assert_eq!(owner(&mut recorder), Ok(String::new()));
}
