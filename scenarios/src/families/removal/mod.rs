//! `removal.*`: the drive goes away while it is held, and comes back as a new instance.

mod back;
mod command;
mod objects;

pub(super) use back::BACK;
pub(super) use command::COMMAND;
pub(super) use objects::OBJECTS;

use crate::answer::Answer;
use crate::families::locking::{
    GONE, HANDLE_GONE, NAME, OTHER_NAME, acquired, pulled, ready, released, send_ready,
};
use crate::families::{HERE, HOST, unit};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_wire::command::TestUnitReady;

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
