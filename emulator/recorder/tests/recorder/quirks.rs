//! Each misbehaviour shows, and shows only where it should.

use crate::world::{Op, World, acquire, owner};
use discrig_device::ErrorKind;
use discrig_recorder::{CountingRecorder, DiscRecorder2, DiscRecorder2Ex, Hresult, Quirk};
use rstest::rstest;

/// What an outsider can see of a recorder that goes through everything once.
fn behaviour(world: &World, recorder: &mut CountingRecorder) -> Vec<String> {
    let mut seen = Vec::new();
    let mut see = |what: &str, result: Result<(), Hresult>| {
        seen.push(format!("{what}: {result:?}, held by {:?}", world.owner()));
    };
    see("owner of a free device", owner(recorder).map(drop));
    see("release at zero", recorder.release_exclusive_access());
    see("acquire", acquire(recorder));
    see("acquire again", recorder.acquire_exclusive_access(false, Some("later")));
    see("owner", owner(recorder).map(|name| assert!(["tester", "later"].contains(&name.as_str()))));
    seen.push(format!("name: {:?}", owner(recorder)));
    let mut see = |what: &str, result: Result<(), Hresult>| {
        seen.push(format!("{what}: {result:?}, held by {:?}", world.owner()));
    };
    see("release", recorder.release_exclusive_access());
    see("last release", recorder.release_exclusive_access());
    world.free();
    see("acquire", acquire(recorder));
    see("notification off", recorder.disable_mcn());
    see("release", recorder.release_exclusive_access());
    see("notification on", recorder.enable_mcn());
    world.free();
    see("acquire", acquire(recorder));
    see("eject", recorder.eject_media());
    world.fail(Op::Execute, ErrorKind::Timeout);
    see("timeout", recorder.send_command_no_data(&[0; 6], &mut [0; 18], 1).map(drop));
    world.steal("other");
    see("foreign", recorder.eject_media());
    world.pull();
    see("gone", recorder.eject_media());
    seen
}

fn difference(quirk: Quirk) -> Vec<(String, String)> {
    let world = World::new();
    let truth = behaviour(&world, &mut world.recorder());
    let world = World::new();
    let quirky = behaviour(&world, &mut world.quirky(quirk));
    truth.into_iter().zip(quirky).filter(|(truth, quirky)| truth != quirky).collect()
}

#[test]
fn every_quirk_shows() {
    for quirk in Quirk::ALL {
        assert_ne!(difference(*quirk), [], "{quirk} does nothing");
    }
}

#[rstest]
#[case(Quirk::AcquireNotCounted, "release: Ok(()), held by None")]
#[case(Quirk::EjectDropsLock, "eject: Ok(()), held by None")]
#[case(Quirk::GoneReportedAsFail, "gone: Err(E_FAIL(0x80004005)), held by None")]
#[case(
    Quirk::LockedReportedAsAccessDenied,
    "foreign: Err(E_ACCESSDENIED(0x80070005)), held by Some(\"other\")"
)]
#[case(Quirk::McnSharesLockCount, "release: Ok(()), held by Some(\"tester\")")]
#[case(Quirk::NameFromLastAcquire, "name: Ok(\"later\")")]
#[case(Quirk::OwnerErrorWhenFree, "owner of a free device: Err(E_FAIL(0x80004005)), held by None")]
#[case(Quirk::ReleaseBelowZeroSucceeds, "release at zero: Ok(()), held by None")]
#[case(Quirk::ReleaseFreesTooEarly, "release: Ok(()), held by None")]
#[case(Quirk::ReleaseNeverFrees, "last release: Ok(()), held by Some(\"tester\")")]
#[case(
    Quirk::SecondAcquireRefused,
    "acquire again: Err(E_IMAPI_RECORDER_LOCKED(0xC0AA0210)), held by Some(\"tester\")"
)]
#[case(Quirk::TimeoutDropsLock, "timeout: Err(E_IMAPI_RECORDER_COMMAND_TIMEOUT(0xC0AA020D)), held by None")]
fn a_quirk_shows_where_it_should(#[case] quirk: Quirk, #[case] first: &str) {
    let difference = difference(quirk);
    assert_eq!(difference[0].1, first);
}
