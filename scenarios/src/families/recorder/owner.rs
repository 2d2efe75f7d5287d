//! `recorder.owner.*`: ExclusiveAccessOwner.

use crate::families::locking::{NAME, OTHER_NAME, acquired, locked, released, unlocked};
use crate::families::sets::SUCCEEDS;
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{RecorderSeat, Stage};
use crate::stop::Verdict;
use discrig_device::Capability;

pub(in crate::families) const OWNER: &[Scenario] = &[
    Scenario {
        slug: "recorder.owner.free-is-empty",
        clauses: &["imapi2-owner", "decision-18"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "asking who has a free device succeeds with an empty name",
        body: Body::Example(free_is_empty),
    },
    Scenario {
        slug: "recorder.owner.mine",
        clauses: &["imapi2-owner", "decision-19"],
        level: Level::Must,
        needs: &[Capability::OwnerName],
        hazard: Hazard::Observe,
        summary: "the owner finds the name that it gave, and after its release nobody's",
        body: Body::Example(mine),
    },
    Scenario {
        slug: "recorder.owner.foreign",
        clauses: &["imapi2-owner", "decision-20"],
        level: Level::Must,
        needs: &[Capability::OwnerName, Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a client that was refused can ask for the name of the one that has the device",
        body: Body::Example(foreign),
    },
    Scenario {
        slug: "recorder.owner.same-for-all",
        clauses: &["imapi2-owner", "cdrom-sample"],
        level: Level::Must,
        needs: &[Capability::OwnerName, Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "owner, other objects and objects of other processes read the same name, case kept, at every depth of the count",
        body: Body::Example(same_for_all),
    },
];

/// The name that the recorder reads must be this one.
fn reads(stage: &mut Stage<'_>, seat: &mut RecorderSeat, wanted: &str) -> Verdict {
    let (answer, name) = stage.exclusive_owner(seat);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(name == wanted, || format!("the owner's name is to be {wanted:?}, it is {name:?}"))
}

fn free_is_empty(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    reads(stage, &mut mine, "")?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    reads(stage, &mut mine, "")
}

fn mine(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    reads(stage, &mut mine, NAME)?;
    released(stage, &mut mine)?;
    reads(stage, &mut mine, "")
}

fn foreign(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&crate::families::locking::ACQUIRE_FOREIGN, answer)?;
    reads(stage, &mut mine, OTHER_NAME)?;
    unlocked(stage, &mut other)?;
    reads(stage, &mut mine, "")
}

fn same_for_all(stage: &mut Stage<'_>) -> Verdict {
    const CASED: &str = "DiscRig Suite, CASE Kept";
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut second = stage.ready_recorder(HOST, HERE)?;
    let mut theirs = stage.ready_recorder(HOST, ELSEWHERE)?;
    for _ in 0..2 {
        let answer = stage.acquire(&mut mine, false, CASED);
        stage.expect(&SUCCEEDS, answer)?;
    }
    for left in [CASED, ""] {
        released(stage, &mut mine)?;
        for seat in [&mut mine, &mut second, &mut theirs] {
            reads(stage, seat, left)?;
        }
    }
    Ok(())
}
