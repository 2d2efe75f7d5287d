//! `removal.command.*`: the drive goes away in the middle of a command, or right after it.

use super::{LOCK_MEMBERS, dead, says_gone, works_anew};
use crate::answer::Answer;
use crate::families::locking::{HANDLE_GONE, acquired, locked, put_back};
use crate::families::{HERE, HOST, unit};
use crate::stage::Stage;
use crate::stop::Verdict;
use core::time::Duration;
use discrig_device::fault::{Action, DisappearWhen, Rule};
use discrig_device::{Effect, ErrorKind, Replug};
use discrig_wire::command::TestUnitReady;

rows! {
    COMMAND:
    "removal.command.during" ["design-effect-unknown", "decision-33"] Must [Plug] Wedge
        during_command,
        "a drive that disappears in the middle of a command leaves the effect of that command unknown";
    "removal.command.during-by-owner" ["decision-33", "decision-34", "imapi2-send-command"] Should [Plug] Wedge
        during_command_of_owner,
        "an owner whose drive disappears in the middle of its command has lost the lock";
    "removal.command.after" ["decision-33", "bench"] Must [Plug] Wedge
        after_command,
        "a drive that disappears after it answered has answered: only the next command finds it gone";
    "removal.command.for-a-time" ["decision-33", "decision-34"] Must [Plug] Wedge
        for_a_time,
        "a drive that was away for a time works again, through new handles only";
}

/// How long a drive that disappears for a time is away.
const AWAY: Duration = Duration::from_secs(3);

/// The next TEST UNIT READY makes the drive disappear.
fn disappears(stage: &mut Stage<'_>, when: DisappearWhen, away: Option<Duration>) -> Verdict {
    let return_ms = away.map(|span| span.as_millis() as u64);
    let action = Action::Disappear { when, return_ms, identity: Replug::Same };
    stage.inject(Rule::new(action).on_command(TestUnitReady::SPEC.name).times(1))
}

fn during_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    disappears(stage, DisappearWhen::During, None)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&HANDLE_GONE, answer)?;
    stage.ensure(answer == Answer::Error(ErrorKind::Gone, Effect::Unknown), || {
        format!("what became of the command cannot be known, but the host says: {answer}")
    })?;
    let answer = unit::test(stage, &mut seat);
    stage.ensure(answer == Answer::Error(ErrorKind::Gone, Effect::NotDone), || {
        format!("a command to a drive that is gone is certainly not done, but the host says: {answer}")
    })?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn during_command_of_owner(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    disappears(stage, DisappearWhen::During, None)?;
    LOCK_MEMBERS.into_iter().rev().try_for_each(|member| says_gone(stage, &mut mine, member))?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn after_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let before = unit::test(stage, &mut seat);
    disappears(stage, DisappearWhen::After, None)?;
    let last = unit::test(stage, &mut seat);
    stage.ensure(last == before, || format!("the last answer is to be {before}, it is {last}"))?;
    dead(stage, &mut seat)?;
    put_back(stage, Replug::Same)?;
    works_anew(stage)
}

fn for_a_time(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    locked(stage, &mut seat)?;
    disappears(stage, DisappearWhen::Before, Some(AWAY))?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&HANDLE_GONE, answer)?;
    stage.wait(AWAY + Duration::from_secs(1));
    dead(stage, &mut seat)?;
    works_anew(stage)
}
