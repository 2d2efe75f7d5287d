//! `recorder.acquire.*`: AcquireExclusiveAccess.

use crate::families::locking::{
    ACQUIRE_FOREIGN, ACQUIRE_MOUNTED, NAME, OTHER_NAME, acquired, locked, mounted, released, unlocked,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::{Capability, ResetKind, VolumePolicy};

pub(in crate::families) const ACQUIRE: &[Scenario] = &[
    Scenario {
        slug: "recorder.acquire.excludes-others",
        clauses: &["imapi2-acquire", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "after the first acquire no recorder of another process gets the device, and after the release it does",
        body: Body::Example(excludes_others),
    },
    Scenario {
        slug: "recorder.acquire.other-object-same-process",
        clauses: &["decision-1", "decision-2", "imapi2-acquire"],
        level: Level::Should,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a second object of the same process is a client of its own: it is refused and counts nothing",
        body: Body::Example(other_object_same_process),
    },
    Scenario {
        slug: "recorder.acquire.refused-counts-nothing",
        clauses: &["imapi2-acquire", "decision-3"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "an acquire that was refused leaves the count at zero: one later acquire needs exactly one release",
        body: Body::Example(refused_counts_nothing),
    },
    Scenario {
        slug: "recorder.acquire.nested-first-name-stays",
        clauses: &["decision-8", "decision-19", "imapi2-owner"],
        level: Level::Should,
        needs: &[Capability::OwnerName, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a nested acquire under another name counts, and the device keeps the name of the first",
        body: Body::Example(nested_first_name_stays),
    },
    Scenario {
        slug: "recorder.acquire.nested-bad-name",
        clauses: &["decision-8", "decision-10", "imapi2-acquire"],
        level: Level::Should,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a nested acquire with a bad name is refused and does not count",
        body: Body::Example(nested_bad_name),
    },
    Scenario {
        slug: "recorder.acquire.nested-ignores-force",
        clauses: &["decision-8", "decision-9"],
        level: Level::Should,
        needs: &[Capability::Volume, Capability::ForceLock, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a nested acquire without force succeeds although a volume is mounted, since the device is held already",
        body: Body::Example(nested_ignores_force),
    },
    Scenario {
        slug: "recorder.acquire.force-never-evicts",
        clauses: &["decision-7", "imapi2-acquire"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::ForceLock, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "an acquire with force is refused while another client has the device, and that client keeps it",
        body: Body::Example(force_never_evicts),
    },
    Scenario {
        slug: "recorder.acquire.mounted-refused",
        clauses: &["imapi2-acquire", "decision-5", "decision-6"],
        level: Level::Must,
        needs: &[Capability::Volume, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "without force a mounted volume keeps the device from being taken, and is not dismounted by the attempt",
        body: Body::Example(mounted_refused),
    },
    Scenario {
        slug: "recorder.acquire.mounted-forced",
        clauses: &["imapi2-acquire", "decision-6"],
        level: Level::Must,
        needs: &[Capability::Volume, Capability::ForceLock, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "with force the device is taken although a volume is mounted, which is still mounted afterwards",
        body: Body::Example(mounted_forced),
    },
    Scenario {
        slug: "recorder.acquire.mounted-before-foreign",
        clauses: &["decision-12", "decision-13", "cdrom-sample"],
        level: Level::Should,
        needs: &[
            Capability::Volume,
            Capability::ForceLock,
            Capability::SecondProcess,
            Capability::OpenWhileLocked,
        ],
        hazard: Hazard::Observe,
        summary: "where a volume is mounted and another client has the device, an acquire without force reports the volume",
        body: Body::Example(mounted_before_foreign),
    },
    Scenario {
        slug: "recorder.acquire.after-foreign-unlock",
        clauses: &["imapi2-acquire", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "as soon as a foreign handle unlocks the device it can be acquired",
        body: Body::Example(after_foreign_unlock),
    },
    Scenario {
        slug: "recorder.acquire.survives-bus-reset",
        clauses: &["cdrom-sample"],
        level: Level::Should,
        needs: &[Capability::ResetBus, Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Wedge,
        summary: "a bus reset leaves the count and the lock as they were",
        body: Body::Example(survives_bus_reset),
    },
];

fn excludes_others(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.ready_recorder(HOST, ELSEWHERE)?;
    acquired(stage, &mut mine)?;
    let answer = stage.acquire(&mut other, false, OTHER_NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    released(stage, &mut mine)?;
    acquired(stage, &mut other)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    released(stage, &mut other)
}

fn other_object_same_process(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut second = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let answer = stage.acquire(&mut second, false, OTHER_NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    let answer = stage.release(&mut second);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn refused_counts_nothing(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    for _ in 0..3 {
        let answer = stage.acquire(&mut mine, false, NAME);
        stage.expect(&ACQUIRE_FOREIGN, answer)?;
    }
    unlocked(stage, &mut other)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut other, None)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer).map(|_| ())
}

fn nested_first_name_stays(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let answer = stage.acquire(&mut mine, false, OTHER_NAME);
    stage.expect(&SUCCEEDS, answer)?;
    let (answer, name) = stage.exclusive_owner(&mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(name == NAME, || format!("the owner is called {name:?}, it locked as {NAME:?}"))?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn nested_bad_name(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let answer = stage.acquire(&mut mine, false, "no/slash");
    stage.expect(&super::names::BAD_NAME, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn nested_ignores_force(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    mounted(stage, HOST)?;
    let answer = stage.acquire(&mut mine, true, NAME);
    stage.expect(&SUCCEEDS, answer)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn force_never_evicts(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    let answer = stage.acquire(&mut mine, true, NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

fn mounted_refused(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    mounted(stage, HOST)?;
    // A volume that the first attempt had dismounted would let the second one through.
    for _ in 0..2 {
        let answer = stage.acquire(&mut mine, false, NAME);
        stage.expect(&ACQUIRE_MOUNTED, answer)?;
        stage.expect_owner(&mut witness, None)?;
    }
    stage.act("dismount", |bench| bench.volume().map_or(Ok(()), |volume| volume.dismount(HOST)))?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn mounted_forced(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    mounted(stage, HOST)?;
    let answer = stage.acquire(&mut mine, true, NAME);
    stage.expect(&SUCCEEDS, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&ACQUIRE_MOUNTED, answer).map(|_| ())
}

fn mounted_before_foreign(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    mounted(stage, HOST)?;
    let answer = stage.lock(&mut other, OTHER_NAME, VolumePolicy::Ignore);
    stage.expect(&crate::families::locking::HOST_DOES, answer)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&ACQUIRE_MOUNTED, answer)?;
    let answer = stage.acquire(&mut mine, true, NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    unlocked(stage, &mut other)
}

fn after_foreign_unlock(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    unlocked(stage, &mut other)?;
    acquired(stage, &mut mine)?;
    stage.expect_owner(&mut other, Some(NAME))?;
    released(stage, &mut mine)
}

fn survives_bus_reset(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    stage.act("bus reset", |bench| bench.reset(ResetKind::Bus))?;
    stage.expect_owner(&mut other, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut other, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut other, None)
}
