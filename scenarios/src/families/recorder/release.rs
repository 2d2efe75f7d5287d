//! `recorder.release.*`: ReleaseExclusiveAccess.

use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Capability;

pub(in crate::families) const RELEASE: &[Scenario] = &[
    Scenario {
        slug: "recorder.release.last-frees-device",
        clauses: &["imapi2-release", "imapi2-acquire"],
        level: Level::Must,
        needs: &[Capability::SecondProcess],
        hazard: Hazard::Observe,
        summary: "after as many releases as acquires another client gets the device, and not before",
        body: Body::Example(last_frees_device),
    },
    Scenario {
        slug: "recorder.release.at-zero-fails",
        clauses: &["imapi2-release", "decision-14"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a release without an acquire fails and changes nothing",
        body: Body::Example(at_zero_fails),
    },
];

fn last_frees_device(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    for _ in 0..3 {
        let answer = stage.acquire(&mut mine, false, "discrig suite");
        stage.expect(&SUCCEEDS, answer)?;
    }
    for _ in 0..3 {
        stage.expect_owner(&mut other, Some("discrig suite"))?;
        let answer = stage.release(&mut mine);
        stage.expect(&SUCCEEDS, answer)?;
    }
    stage.expect_owner(&mut other, None)
}

fn at_zero_fails(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    stage.expect_owner(&mut witness, None)?;
    let answer = stage.acquire(&mut mine, false, "discrig suite");
    stage.expect(&SUCCEEDS, answer)?;
    Ok(())
}
