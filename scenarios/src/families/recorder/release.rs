//! `recorder.release.*`: ReleaseExclusiveAccess, and what else gives the device free.

use crate::families::locking::{
    NAME, NO_HANDLE, OTHER_NAME, acquired, events, expect_events, locked, released, unlocked,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::{Capability, HostEvent};

pub(in crate::families) const RELEASE: &[Scenario] = &[
    Scenario {
        slug: "recorder.release.last-frees-device",
        clauses: &["imapi2-release", "imapi2-acquire"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "after as many releases as acquires another client gets the device, and not before",
        body: Body::Example(last_frees_device),
    },
    Scenario {
        slug: "recorder.release.at-zero-fails",
        clauses: &["imapi2-release", "decision-14"],
        level: Level::Should,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a release without an acquire fails and changes nothing",
        body: Body::Example(at_zero_fails),
    },
    Scenario {
        slug: "recorder.release.one-too-many",
        clauses: &["imapi2-release", "decision-14"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "one release more than acquires fails, and the count does not go below zero",
        body: Body::Example(one_too_many),
    },
    Scenario {
        slug: "recorder.release.at-zero-foreign",
        clauses: &["imapi2-release", "decision-15", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a release by an object that has not acquired fails and leaves a foreign lock alone",
        body: Body::Example(at_zero_foreign),
    },
    Scenario {
        slug: "recorder.release.nested-is-silent",
        clauses: &["imapi2-release", "decision-16"],
        level: Level::Should,
        needs: &[Capability::Notifications, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a release that is not the last notifies nobody",
        body: Body::Example(nested_is_silent),
    },
    Scenario {
        slug: "recorder.release.last-notifies",
        clauses: &["decision-17", "decision-55", "cdrom-sample"],
        level: Level::Should,
        needs: &[Capability::Notifications, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the last release tells listeners that the disc left, that it is there, and that the device is unlocked",
        body: Body::Example(last_notifies),
    },
    Scenario {
        slug: "recorder.release.by-drop",
        clauses: &["decision-30", "cdrom-sample"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "destroying an object frees the device however often it had acquired",
        body: Body::Example(by_drop),
    },
    Scenario {
        slug: "recorder.release.by-crash",
        clauses: &["imapi2-acquire", "decision-31"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "the death of the owner's process frees the device, and another client can take it",
        body: Body::Example(by_crash),
    },
    Scenario {
        slug: "recorder.release.not-by-others-crash",
        clauses: &["imapi2-acquire", "decision-31"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "the death of a process that was refused, and of one that only asked, leaves the lock alone",
        body: Body::Example(not_by_others_crash),
    },
    Scenario {
        slug: "recorder.release.drop-without-acquire",
        clauses: &["decision-15", "decision-30"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "destroying an object that holds nothing leaves a foreign lock alone",
        body: Body::Example(drop_without_acquire),
    },
    Scenario {
        slug: "recorder.release.again-and-again",
        clauses: &["imapi2-acquire", "imapi2-release"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "taking and freeing the device a hundred times, at depths from one to ten, leaves nothing behind",
        body: Body::Example(again_and_again),
    },
];

fn last_frees_device(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    for _ in 0..3 {
        acquired(stage, &mut mine)?;
    }
    for _ in 0..3 {
        stage.expect_owner(&mut other, Some(NAME))?;
        let answer = stage.lock(&mut other, OTHER_NAME, discrig_device::VolumePolicy::Respect);
        stage.expect(&crate::families::locking::ALREADY_LOCKED, answer)?;
        released(stage, &mut mine)?;
    }
    stage.expect_owner(&mut other, None)?;
    locked(stage, &mut other)?;
    unlocked(stage, &mut other)
}

fn at_zero_fails(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    stage.expect_owner(&mut witness, None)?;
    acquired(stage, &mut mine)?;
    stage.expect_owner(&mut witness, Some(NAME))
}

fn one_too_many(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    for _ in 0..2 {
        acquired(stage, &mut mine)?;
        released(stage, &mut mine)?;
        for _ in 0..2 {
            let answer = stage.release(&mut mine);
            stage.expect(&RELEASE_AT_ZERO, answer)?;
        }
    }
    Ok(())
}

fn at_zero_foreign(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

fn nested_is_silent(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut listener = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    events(stage, &mut listener)?;
    released(stage, &mut mine)?;
    expect_events(stage, &mut listener, &[])
}

fn last_notifies(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut listener = stage.open(HOST, HERE)?;
    events(stage, &mut listener)?;
    acquired(stage, &mut mine)?;
    expect_events(stage, &mut listener, &[HostEvent::ExclusiveLock])?;
    released(stage, &mut mine)?;
    let wanted = [HostEvent::MediaRemoval, HostEvent::MediaArrival, HostEvent::ExclusiveUnlock];
    expect_events(stage, &mut listener, &wanted)
}

fn by_drop(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for _ in 0..3 {
        acquired(stage, &mut mine)?;
    }
    stage.expect_owner(&mut witness, Some(NAME))?;
    drop(mine);
    stage.expect_owner(&mut witness, None)
}

fn by_crash(stage: &mut Stage<'_>) -> Verdict {
    let mut theirs = stage.ready_recorder(HOST, ELSEWHERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for _ in 0..2 {
        let answer = stage.acquire(&mut theirs, false, OTHER_NAME);
        stage.expect(&SUCCEEDS, answer)?;
    }
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    stage.expect_owner(&mut witness, None)?;
    acquired(stage, &mut mine)?;
    let answer = stage.release(&mut theirs);
    stage.expect(&NO_HANDLE, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)
}

fn not_by_others_crash(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut theirs = stage.ready_recorder(HOST, ELSEWHERE)?;
    let mut asking = stage.open(HOST, ELSEWHERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let answer = stage.acquire(&mut theirs, false, OTHER_NAME);
    stage.expect(&crate::families::locking::ACQUIRE_FOREIGN, answer)?;
    stage.expect_owner(&mut asking, Some(NAME))?;
    stage.act("kill the other process", |bench| bench.kill(ELSEWHERE))?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn drop_without_acquire(stage: &mut Stage<'_>) -> Verdict {
    let mut other = stage.open(HOST, HERE)?;
    let idle = stage.ready_recorder(HOST, HERE)?;
    locked(stage, &mut other)?;
    drop(idle);
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

fn again_and_again(stage: &mut Stage<'_>) -> Verdict {
    const ROUNDS: usize = 100;
    const DEPTHS: usize = 10;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for round in 0..ROUNDS {
        let depth = 1 + round % DEPTHS;
        for _ in 0..depth {
            acquired(stage, &mut mine)?;
        }
        stage.expect_owner(&mut witness, Some(NAME))?;
        for _ in 0..depth {
            released(stage, &mut mine)?;
        }
        stage.expect_owner(&mut witness, None)?;
    }
    Ok(())
}
