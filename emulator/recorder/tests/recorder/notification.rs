//! The media change notification switch.

use crate::world::{Op, World, acquire};
use discrig_device::ErrorKind;
use discrig_recorder::policy::{McnByOwner, McnUnderflow};
use discrig_recorder::{DiscRecorder2, Hresult, Member, Policy, documented};
use rstest::rstest;
use std::collections::BTreeSet;

fn switched_off(world: &World) -> u32 {
    world.state().switched_off.values().sum()
}

#[rstest]
#[case(McnByOwner::Allowed, Ok(()))]
#[case(McnByOwner::Refused, Err(Hresult::E_IMAPI_RECORDER_LOCKED))]
fn decision_24_the_switch_in_the_owners_hands(
    #[case] mcn_by_owner: McnByOwner,
    #[case] result: Result<(), Hresult>,
) {
    let world = World::new();
    let mut recorder = world.with(Policy { mcn_by_owner, ..Policy::default() });
    assert_eq!(recorder.disable_mcn(), Ok(()), "before the lock it is always allowed");
    acquire(&mut recorder).unwrap();
    assert_eq!(recorder.disable_mcn(), result);
    assert_eq!(recorder.enable_mcn(), result);
    assert_eq!(switched_off(&world), 1);
}

#[rstest]
#[case(McnUnderflow::Fail, Hresult::E_FAIL)]
#[case(McnUnderflow::BadCommand, Hresult::ERROR_BAD_COMMAND)]
fn decision_25_switching_on_what_is_on(#[case] mcn_underflow: McnUnderflow, #[case] code: Hresult) {
    let world = World::new();
    let mut recorder = world.with(Policy { mcn_underflow, ..Policy::default() });
    assert_eq!(recorder.enable_mcn(), Err(code));
    recorder.disable_mcn().unwrap();
    recorder.enable_mcn().unwrap();
    assert_eq!(recorder.enable_mcn(), Err(code));
}

#[test]
fn the_switch_and_the_lock_count_on_their_own() {
    let world = World::new();
    let mut recorder = world.recorder();
    recorder.disable_mcn().unwrap();
    recorder.disable_mcn().unwrap();
    assert_eq!((recorder.lock_count(), switched_off(&world)), (0, 2));
    acquire(&mut recorder).unwrap();
    recorder.enable_mcn().unwrap();
    assert_eq!((recorder.lock_count(), switched_off(&world)), (1, 1));
    recorder.release_exclusive_access().unwrap();
    assert_eq!((recorder.lock_count(), switched_off(&world)), (0, 1));
}

type Cause<'a> = (&'a dyn Fn(&World), Hresult);
type Call = fn(&mut discrig_recorder::CountingRecorder) -> Result<(), Hresult>;

#[rstest]
#[case(Member::DisableMcn, Op::Disable, DiscRecorder2::disable_mcn)]
#[case(Member::EnableMcn, Op::Enable, DiscRecorder2::enable_mcn)]
fn every_documented_code_has_a_cause(#[case] member: Member, #[case] op: Op, #[case] call: Call) {
    let causes: [Cause<'_>; 6] = [
        (&|world| world.fail(op, ErrorKind::Transport), Hresult::E_FAIL),
        (&|world| world.fail(op, ErrorKind::OutOfMemory), Hresult::E_OUTOFMEMORY),
        (&|world| world.fail(op, ErrorKind::Timeout), Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT),
        (&World::kill, Hresult::ERROR_INVALID_HANDLE),
        (&World::pull, Hresult::ERROR_DEV_NOT_EXIST),
        (&|world| world.steal("other"), Hresult::E_IMAPI_RECORDER_LOCKED),
    ];
    let mut reached = BTreeSet::new();
    for (cause, code) in causes {
        let world = World::new();
        let mut recorder = world.recorder();
        recorder.disable_mcn().unwrap();
        cause(&world);
        assert_eq!(call(&mut recorder), Err(code));
        reached.insert(code);
    }
    assert_eq!(reached, documented(member).iter().copied().collect());
}
