//! Runs to report on. The texts are made to break documents that do not escape: markup of every format, control
//! characters as a drive's INQUIRY data may hold them, and characters that reorder a line.

use std::{collections::BTreeMap, path::PathBuf};

use discrig_reports::{
    AllowedAnswer, Clause, Event, Expectation, Finding, Identity, Kind, Level, Outcome, RunStarted, Scenario,
    StepRecord, Target, Tool, Verdict,
};

/// INQUIRY texts that no document may show as they are.
pub(crate) const NASTY_PRODUCT: &str = "BD\0-RE \x1b[31m<b>&\"'|`*_]]>";

pub(crate) fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn clause(id: &str, document: &str, number: &str, title: &str) -> Clause {
    Clause {
        id: id.to_owned(),
        document: document.to_owned(),
        number: number.to_owned(),
        title: title.to_owned(),
    }
}

pub(crate) fn scenario(slug: &str, kind: Kind, level: Level, summary: &str, clauses: &[&str]) -> Scenario {
    Scenario {
        slug: slug.to_owned(),
        summary: summary.to_owned(),
        kind,
        level,
        hazard: "observe".to_owned(),
        clauses: strings(clauses),
    }
}

fn plan() -> Vec<Scenario> {
    use Kind::{Example, Exhaustive, Property};
    use Level::{May, Must, Should};
    [
        ("attention.per-nexus", Example, Must, "Each nexus has unit attentions of its own.", &["sam.ua"][..]),
        ("foreign.owner-dies", Property, Must, "The death of the owner frees the drive.", &["imapi.owner"]),
        ("identity.serial", Example, May, "The unit serial number page answers.", &["spc.vpd80"]),
        ("mcn.unlock-notifies", Example, Should, "Unlock tells of a disc that changed.", &[]),
        ("recorder.acquire.counts", Property, Must, "Each acquire adds one to the count.", &["imapi.acquire"]),
        (
            "recorder.release.last-frees-device",
            Property,
            Must,
            "Only as many releases as there were acquires free the device; <script>alert(1)</script> | not *one* fewer.",
            &["imapi.release", "imapi.acquire"],
        ),
        ("recorder.walk", Exhaustive, Must, "Two hosts and three handles, every sequence of locks.", &["imapi.acquire"]),
        ("reserve.conflict", Example, Should, "A foreign reservation conflicts.", &["spc.reserve"]),
        ("sense.eject-prevented", Example, Must, "An eject under prevent has its own sense.", &["mmc.prevent"]),
        ("timeout.stall", Example, Must, "A stall ends at the asked time.", &[]),
        ("tray.lock-survives-close", Example, Must, "Closing one handle keeps the tray locked.", &["mmc.prevent"]),
        ("tray.wedge", Example, May, "A wedged tray is reported.", &[]),
    ]
    .into_iter()
    .map(|(slug, kind, level, summary, clauses)| scenario(slug, kind, level, summary, clauses))
    .collect()
}

pub(crate) fn header() -> RunStarted {
    RunStarted {
        tool: Tool { name: "discrig".to_owned(), version: "0.1.0".to_owned() },
        target: Target {
            name: "emulator:bd-re".to_owned(),
            backend: "emulator".to_owned(),
            identity: Some(Identity {
                vendor: "ACME<&>".to_owned(),
                product: NASTY_PRODUCT.to_owned(),
                revision: "1.0\u{202e}2".to_owned(),
                serial: Some("K\u{7}42\u{85}".to_owned()),
            }),
        },
        seed: Some(u64::MAX),
        cases: 256,
        capabilities: pairs(&[("faults", "yes"), ("foreign-host", "no: one port | only"), ("unplug", "yes")]),
        policies: pairs(&[
            ("release-without-acquire", "E_IMAPI_RECORDER_NOT_LOCKED"),
            ("owner-name", "<kept>"),
        ]),
        allow: strings(&["observe", "tray"]),
        argv: strings(&[
            "target/release/discrig",
            "test",
            "emulator:bd-re",
            "--defect",
            "release frees too early",
        ]),
        started_at: "2026-11-23T08:55:00Z".to_owned(),
        clauses: vec![
            clause("imapi.acquire", "IDiscRecorder2", "AcquireExclusiveAccess", "Remarks"),
            clause("imapi.owner", "IDiscRecorder2", "ExclusiveAccessOwner", ""),
            clause("imapi.release", "IDiscRecorder2", "ReleaseExclusiveAccess", "Remarks <counted> & *kept*"),
            clause("mmc.prevent", "MMC-6 r02g", "6.18", "PREVENT ALLOW MEDIUM REMOVAL"),
            clause("sam.ua", "SAM-5", "5.14", "Unit attention condition"),
            clause("spc.vpd80", "SPC-4", "7.8.15", "Unit Serial Number VPD page"),
        ],
        plan: plan(),
    }
}

fn steps() -> Vec<StepRecord> {
    let step =
        |n, actor: &str, action: &str, cdb: Option<&str>, answer: &str, sense: Option<&str>, elapsed_ns| {
            StepRecord {
                n,
                actor: actor.to_owned(),
                action: action.to_owned(),
                cdb: cdb.map(str::to_owned),
                answer: answer.to_owned(),
                sense: sense.map(str::to_owned),
                elapsed_ns,
            }
        };
    vec![
        step(
            1,
            "recorder 1 on host 0, handle 1",
            "AcquireExclusiveAccess(false, \"alice\")",
            None,
            "S_OK",
            None,
            1_500,
        ),
        step(
            2,
            "recorder 1 on host 0, handle 1",
            "AcquireExclusiveAccess(false, \"alice\")",
            None,
            "S_OK",
            None,
            900,
        ),
        step(
            3,
            "host 1, handle 1",
            "START STOP UNIT, eject | <now>",
            Some("1b 00 00 00 02 00"),
            "CHECK CONDITION",
            Some("ILLEGAL REQUEST, 53h/02h MEDIUM REMOVAL PREVENTED"),
            12_345_678,
        ),
        step(
            4,
            "recorder 1 on host 0, handle 1",
            "ReleaseExclusiveAccess()",
            None,
            "S_OK",
            None,
            61_000_000_000,
        ),
        step(
            5,
            "recorder 2 on host 1, handle 1",
            "AcquireExclusiveAccess(false, \"e\nve\")",
            None,
            "S_OK",
            None,
            0,
        ),
    ]
}

pub(crate) fn finding() -> Finding {
    Finding {
        message: "one release of two freed the device: </system-out> & ```still``` locked was expected"
            .to_owned(),
        expected: vec![
            AllowedAnswer {
                answer: "E_IMAPI_RECORDER_LOCKED (C0AA0210h)".to_owned(),
                clauses: strings(&["imapi.release", "imapi.acquire"]),
            },
            AllowedAnswer { answer: "HRESULT_FROM_WIN32(ERROR_BUSY)".to_owned(), clauses: Vec::new() },
        ],
        observed: "S_OK, and owner \"\u{1b}[2Jeve\"".to_owned(),
        clauses: strings(&["imapi.release", "not.registered"]),
        steps: steps(),
        seed: Some(u64::MAX - 1),
        reproduction: Some(
            "# ``` fences\n[[step]]\nhost = 0\ndo = \"acquire\"\nname = \"<alice> ]]> & co\"\n".to_owned(),
        ),
        state_before: Some(
            serde_json::json!({ "lock": { "owner": "<alice>", "count": 2 }, "prevented": ["nexus 0"] }),
        ),
    }
}

pub(crate) fn finished(slug: &str, outcome: Outcome) -> Event {
    Event::ScenarioFinished { slug: slug.to_owned(), outcome: Box::new(outcome) }
}

pub(crate) fn started(header: RunStarted) -> Event {
    Event::RunStarted(Box::new(header))
}

pub(crate) fn over(elapsed_real_ns: u64) -> Event {
    Event::RunFinished { reason: String::new(), elapsed_real_ns }
}

fn timed(outcome: Outcome) -> Outcome {
    Outcome { elapsed_virtual_ns: 90_000_000_000, elapsed_real_ns: 1_234_567, steps: 17, ..outcome }
}

fn reasoned(verdict: Verdict, reason: &str) -> Outcome {
    timed(Outcome { reason: Some(reason.to_owned()), ..Outcome::new(verdict) })
}

fn outcomes() -> Vec<(&'static str, Outcome)> {
    let expected = |reason: &str| Some(Expectation::ExpectedFail { reason: reason.to_owned() });
    vec![
        (
            "attention.per-nexus",
            reasoned(Verdict::Inconclusive, "three states of the model remain & none is | ruled out"),
        ),
        ("foreign.owner-dies", Outcome::skipped("the bench declares no foreign host | <one port>")),
        ("identity.serial", Outcome::skipped("the bench declares no foreign host | <one port>")),
        ("mcn.unlock-notifies", Outcome::skipped("needs --allow write")),
        ("recorder.acquire.counts", timed(Outcome { seed: Some(42), ..Outcome::new(Verdict::Pass) })),
        ("recorder.release.last-frees-device", timed(Outcome::failed(finding()))),
        ("recorder.walk", timed(Outcome::new(Verdict::Pass))),
        (
            "reserve.conflict",
            Outcome {
                expectation: expected("firmware 1.02 ignores reservations, reported"),
                ..reasoned(Verdict::Fail, "GOOD where RESERVATION CONFLICT is due")
            },
        ),
        (
            "sense.eject-prevented",
            Outcome {
                expectation: Some(Expectation::UnexpectedPass {
                    reason: "was wrong until firmware 1.01".to_owned(),
                }),
                ..timed(Outcome::new(Verdict::Pass))
            },
        ),
        ("timeout.stall", reasoned(Verdict::Error, "the bench's clock\nwent backwards: \x1b]0;title\x07")),
        ("tray.lock-survives-close", timed(Outcome::new(Verdict::Pass))),
    ]
}

/// A run with every verdict, every expectation and every special character, that comes to its end; `tray.wedge` had no
/// turn.
pub(crate) fn full() -> Vec<Event> {
    let mut events =
        vec![started(header()), Event::Note { text: "the tray was <open> at the start".to_owned() }];
    for (slug, outcome) in outcomes() {
        events.push(Event::ScenarioStarted { slug: slug.to_owned() });
        events.push(finished(slug, outcome));
    }
    events.push(Event::StaleExpectation {
        entry: "ACME/BD-RE/* | gone.scenario".to_owned(),
        reason: "no scenario has this slug & none `had`".to_owned(),
    });
    events.push(over(83_000_000_000));
    events
}

/// A run that somebody stopped while its third scenario was under way.
pub(crate) fn interrupted() -> Vec<Event> {
    let mut events = full();
    let third = events
        .iter()
        .position(|event| matches!(event, Event::ScenarioStarted { slug } if slug == "identity.serial"));
    events.truncate(third.expect("the full run has this scenario") + 1);
    events.push(Event::Interrupted { signal: "SIGINT".to_owned() });
    events.push(Event::RunFinished { reason: "interrupted".to_owned(), elapsed_real_ns: 2_000_000 });
    events
}

/// A run with nothing to do.
pub(crate) fn empty() -> Vec<Event> {
    let plan = Vec::new();
    vec![started(RunStarted { plan, ..header() }), over(1_000_000)]
}

/// A run in which all is as expected.
pub(crate) fn passing() -> Vec<Event> {
    let mut events = vec![started(header())];
    events.extend(plan().iter().map(|scenario| finished(&scenario.slug, Outcome::new(Verdict::Pass))));
    events.push(over(5_000_000));
    events
}

/// A directory of this test's own, empty.
pub(crate) fn directory(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    match std::fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            panic!("cannot empty {}: {error}", dir.display())
        }
        _ => dir,
    }
}
