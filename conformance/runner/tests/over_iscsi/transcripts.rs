//! The same steps and answers in process and over loopback, for the same seed, apart from time.

use crate::like::Like;
use crate::rig::Served;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use discrig::cli::{EmulatorArguments, IscsiArguments};
use discrig::target::{Target, Terms};
use discrig_device::{Bench, Capabilities, Capability};
use discrig_recorder::PortableSource;
use discrig_scenarios::{Hazard, Scenario, Settings, Stage, Stop};
use discrig_storage::DiscSpec;
use std::sync::Mutex;
use std::time::Instant;

/// How far two transcripts agree that are not the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Agreement {
    /// Up to the first step whose time is over. Over iSCSI the scenario passes, or says what cannot be brought about there.
    UntilTimeout,
    /// Often in every step; in their verdict always.
    Verdict,
}

/// Scenarios whose transcripts are not the same, how far they agree, and why not further.
const EXCEPTIONS: &[(Agreement, &str, &[&str])] = &[
    (
        Agreement::UntilTimeout,
        "an initiator aborts a command whose time is over by task management, and the drive is free; the emulated host abandons it, and the drive is busy with it until it is done",
        &[
            "recorder.acquire.code-command-timeout",
            "recorder.acquire.code-e-fail",
            "recorder.owner.code-command-timeout",
            "recorder.owner.code-e-fail",
            "recorder.owner.code-locked",
            "recorder.release.code-command-timeout",
            "recorder.release.code-e-fail",
            "recorder.release.code-locked-by-reservation",
            "timeout.answer.stays-away",
            "timeout.lock.acquire-meanwhile",
            "timeout.lock.release-meanwhile",
            "timeout.lock.shuts-out",
            "timeout.lock.survives",
            "timeout.next.bounded",
            "timeout.next.host-calls-bounded",
        ],
    ),
    (
        Agreement::Verdict,
        "an initiator whose connection is cut cannot know whether the command arrived before",
        &["removal.command.after", "removal.command.for-a-time"],
    ),
];

/// Abilities that the emulator has and no drive behind a target, and why. Scenarios that need them are not compared.
const ABSENT: &[(Capability, &str)] = &[
    (Capability::PlugOther, "the drive behind an address stays the same one"),
    (Capability::VirtualTime, "between processes time is real"),
];

/// Cases of properties: each restores both laboratories.
const CASES: u32 = 3;

/// How long is waited at most where time is real: at this pace the drive itself takes none.
const LONGEST: Duration = Duration::from_millis(20);
/// The family in which drives come back by themselves, after real time.
const COMES_BACK: &str = "removal.";

/// Laboratories of both kinds at once. Most of the time is spent with waiting for commands whose time is to be over.
const WORKERS: usize = 6;

/// Both laboratories, which say that they can do what both can.
struct Laboratories {
    inside: Like,
    outside: Like,
    abilities: [Capabilities; 2],
    _served: Served,
}

impl Laboratories {
    fn new() -> Laboratories {
        let served = Served::start();
        let target: Target = served.address.parse().unwrap();
        let iscsi = IscsiArguments { control: Some(served.control()), ..IscsiArguments::default() };
        let terms = Terms { allowed: Hazard::ALL, fresh: false, iscsi: Some(&iscsi) };
        let outside = target.open(&EmulatorArguments::default(), terms).unwrap().bench;
        let emulator: Target = "emulator".parse().unwrap();
        let disc = Some(DiscSpec::Iso(served.iso.clone()));
        let arguments = EmulatorArguments { disc, ..EmulatorArguments::default() };
        let inside = emulator.open(&arguments, Terms::default()).unwrap().bench;
        let abilities = [inside.capabilities().clone(), outside.capabilities().clone()];
        let like = |bench, longest_wait| Like::new(bench, abilities[1].clone(), longest_wait);
        let (inside, outside) = (like(inside, Duration::MAX), like(outside, LONGEST));
        Laboratories { inside, outside, abilities, _served: served }
    }

    /// Runs a scenario in both, if both can.
    fn compare(&mut self, scenario: &'static Scenario) -> Found {
        let [inside, outside] = &self.abilities;
        if let Some(missing) = scenario.needs.iter().find(|need| !outside.has(**need)) {
            let problem = inside.has(*missing) && !ABSENT.iter().any(|(absent, _)| absent == missing);
            return Found { steps: 0, problem: problem.then(|| format!("not compared without {missing}")) };
        }
        self.outside.longest_wait =
            if scenario.slug.starts_with(COMES_BACK) { Duration::MAX } else { LONGEST };
        let (steps, others) =
            (transcript(scenario, &mut self.inside), transcript(scenario, &mut self.outside));
        Found { steps: steps.len(), problem: problem(scenario.slug, &steps, &others) }
    }
}

/// What came of a scenario.
struct Found {
    steps: usize,
    problem: Option<String>,
}

/// What was done and answered, without times, and how it ended.
fn transcript(scenario: &Scenario, bench: &mut dyn Bench) -> Vec<String> {
    let mut source = PortableSource::default();
    let mut stage = Stage::new(bench, &mut source, Settings { cases: CASES, seed: 7 });
    let verdict = scenario.run(&mut stage);
    let mut steps: Vec<String> = stage
        .transcript()
        .entries()
        .iter()
        .map(|entry| {
            let cdb = entry.cdb.map(|cdb| format!(" [{cdb}]")).unwrap_or_default();
            format!("{}: {}{cdb} -> {}", entry.actor, entry.action, entry.answer)
        })
        .collect();
    steps.push(match verdict {
        Ok(()) => "pass".to_owned(),
        Err(Stop::Fail(finding)) => format!("fail: {}", finding.message),
        Err(other) => other.to_string(),
    });
    steps
}

/// What is wrong with two transcripts, for people.
fn problem(slug: &str, inside: &[String], outside: &[String]) -> Option<String> {
    let agreement = EXCEPTIONS.iter().find(|row| row.2.contains(&slug)).map(|row| row.0);
    let longest = inside.len().max(outside.len());
    let Some(at) = (0..longest).find(|at| inside.get(*at) != outside.get(*at)) else {
        let is_stale = agreement == Some(Agreement::UntilTimeout);
        return is_stale.then(|| format!("{slug}: does not differ any more"));
    };
    let step = |steps: &[String]| steps.get(at).map_or("(no such step)", String::as_str).to_owned();
    let told = |what| {
        Some(format!(
            "{slug}, {what} {}:\n  in process: {}\n  over iSCSI: {}",
            at + 1,
            step(inside),
            step(outside)
        ))
    };
    let is_over = |step: &String| TIMEOUTS.iter().any(|words| step.contains(words));
    match agreement {
        None => told("step"),
        Some(Agreement::UntilTimeout) if !inside.iter().take(at + 1).any(is_over) => {
            told("before any time was over, step")
        }
        Some(Agreement::UntilTimeout) => match outside.last().map(String::as_str) {
            Some(end) if end == "pass" || end.starts_with("skipped") => None,
            _ => told("which does not pass over iSCSI, step"),
        },
        Some(Agreement::Verdict) if inside.last() != outside.last() => told("which ends otherwise, step"),
        Some(Agreement::Verdict) => None,
    }
}

/// What a step says whose time was over.
const TIMEOUTS: [&str; 2] = ["no answer in time", "COMMAND_TIMEOUT"];

#[test]
fn transcripts_are_equal_in_process_and_over_loopback() {
    let scenarios: Vec<_> = discrig_scenarios::scenarios().collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                let mut laboratories = Laboratories::new();
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let compared = laboratories.compare(scenario);
                    found.lock().unwrap().push((began.elapsed(), scenario.slug, compared));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    assert_eq!(found.len(), scenarios.len());
    found.sort_by_key(|row| row.0);
    for (elapsed, slug, Found { steps, .. }) in &found {
        println!("{elapsed:>8.2?} {steps:>4} steps {slug}");
    }
    let problems: Vec<_> = found.iter().filter_map(|row| row.2.problem.as_deref()).collect();
    assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), found.len(), problems.join("\n"));
    for (_, why, slugs) in EXCEPTIONS {
        for slug in *slugs {
            assert!(
                found.iter().any(|row| row.1 == *slug && row.2.steps > 0),
                "{slug} is not compared ({why})"
            );
        }
    }
    let left_out: Vec<_> = found.iter().filter(|row| row.2.steps == 0).collect();
    for (absent, why) in ABSENT {
        let needs = |slug: &str| {
            scenarios.iter().any(|scenario| scenario.slug == slug && scenario.needs.contains(absent))
        };
        assert!(left_out.iter().any(|row| needs(row.1)), "nothing is left out without {absent} ({why})");
    }
}
