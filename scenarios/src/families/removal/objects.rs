//! `removal.recorder.*`, `removal.handle.*`: what is left of recorder objects and handles when the drive goes away.

use super::{LOCK_MEMBERS, SWITCH_MEMBERS, bereft, dead, says_gone};
use crate::families::locking::{GONE, OTHER_NAME, acquired, locked, pulled, put_back, released};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{HERE, HOST, unit};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Replug;

rows! {
    OBJECTS:
    "removal.recorder.every-lock-member" ["decision-33", "imapi2-acquire", "imapi2-release", "imapi2-owner"] Must [Plug] Wedge
        every_lock_member,
        "whichever lock member the owner calls first after the removal, it says that the device is not there";
    "removal.recorder.switch-member" ["decision-33", "imapi2-disable-mcn", "imapi2-enable-mcn"] Should [Plug, NotificationSwitch] Wedge
        switch_member,
        "the switch for media change notification of a removed drive says that the device is not there";
    "removal.recorder.release-zeroes-count" ["decision-33", "decision-35", "imapi2-release"] Should [Plug] Wedge
        release_zeroes_count,
        "after the release of a removed drive the object counts from zero again, however often it had acquired";
    "removal.recorder.stays-dead" ["decision-33", "decision-34"] Must [Plug, OpenWhileLocked] Wedge
        object_stays_dead,
        "an object of before the removal stays dead when the drive is back, and its end disturbs no new owner";
    "removal.handle.stays-dead" ["bench", "decision-33", "decision-34"] Must [Plug] Wedge
        handle_stays_dead,
        "handles of before the removal find the device gone, also when the drive is back";
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
