//! The same steps and answers in process and over loopback, for the same seed, apart from time.

use crate::rig::Served;
use core::time::Duration;
use discrig::cli::{EmulatorArguments, IscsiArguments};
use discrig::target::{Target, Terms};
use discrig_device::fault::FaultControl;
use discrig_device::{
    Bench, Capabilities, Completion, DeviceError, DiscChanger, HostId, Instant, MemoryControl, Opener, Plug,
    ProcessId, ResetKind, SlowPath, TrayButton, VolumeControl,
};
use discrig_recorder::PortableSource;
use discrig_scenarios::{Hazard, Scenario, Settings, Stage, Stop};
use discrig_storage::DiscSpec;

/// What differs since an initiator aborts a command whose time is over by task management, while the emulated host abandons
/// it, and has to wait until the drive is done with it.
const ABORTED: &[&str] = &[
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
];

/// What may differ since an initiator whose connection is cut cannot know whether the command arrived before.
const CUT: &[&str] = &["removal.command.after", "removal.command.for-a-time"];

/// Fewest scenarios that both laboratories can do.
const FEWEST: usize = 490;

/// Cases of properties: each restores both laboratories.
const CASES: u32 = 3;

/// How long is waited at most where time is real: at this pace the drive itself takes none.
const LONGEST: Duration = Duration::from_millis(20);

/// A laboratory that says it can do what both can, and waits no longer than it has to.
struct Like<'a> {
    bench: Box<dyn Bench>,
    capabilities: &'a Capabilities,
    longest_wait: Duration,
}

impl Bench for Like<'_> {
    fn capabilities(&self) -> &Capabilities {
        self.capabilities
    }

    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError> {
        self.bench.opener(host, process)
    }

    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        self.bench.kill(process)
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        self.bench.reset(kind)
    }

    fn first_answer(&mut self) -> Result<Completion, DeviceError> {
        self.bench.first_answer()
    }

    fn now(&self) -> Instant {
        self.bench.now()
    }

    fn wait(&mut self, span: Duration) {
        self.bench.wait(span.min(self.longest_wait));
    }

    fn restore(&mut self) -> Result<(), DeviceError> {
        self.bench.restore()
    }

    fn faults(&mut self) -> Option<&mut dyn FaultControl> {
        self.bench.faults()
    }

    fn button(&mut self) -> Option<&mut dyn TrayButton> {
        self.bench.button()
    }

    fn changer(&mut self) -> Option<&mut dyn DiscChanger> {
        self.bench.changer()
    }

    fn memory(&mut self) -> Option<&mut dyn MemoryControl> {
        self.bench.memory()
    }

    fn plug(&mut self) -> Option<&mut dyn Plug> {
        self.bench.plug()
    }

    fn slow(&mut self) -> Option<&mut dyn SlowPath> {
        self.bench.slow()
    }

    fn volume(&mut self) -> Option<&mut dyn VolumeControl> {
        self.bench.volume()
    }
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

/// The first step in which two transcripts differ, for people.
fn difference(slug: &str, inside: &[String], outside: &[String]) -> Option<String> {
    let longest = inside.len().max(outside.len());
    let at = (0..longest).find(|at| inside.get(*at) != outside.get(*at))?;
    let step = |steps: &[String]| steps.get(at).map_or("(no such step)", String::as_str).to_owned();
    Some(format!("{slug}, step {}:\n  in process: {}\n  over iSCSI: {}", at + 1, step(inside), step(outside)))
}

#[test]
fn transcripts_are_equal_in_process_and_over_loopback() {
    let served = Served::start();
    let target: Target = served.address.parse().unwrap();
    let iscsi = IscsiArguments { control: Some(served.control()), ..IscsiArguments::default() };
    let terms = Terms { allowed: Hazard::ALL, fresh: false, iscsi: Some(&iscsi) };
    let outside = target.open(&EmulatorArguments::default(), terms).unwrap();
    let emulator: Target = "emulator".parse().unwrap();
    let disc = Some(DiscSpec::Iso(served.iso.clone()));
    let arguments = EmulatorArguments { disc, ..EmulatorArguments::default() };
    let inside = emulator.open(&arguments, Terms::default()).unwrap();
    let capabilities = outside.bench.capabilities().clone();
    let mut inside = Like { bench: inside.bench, capabilities: &capabilities, longest_wait: Duration::MAX };
    let mut outside = Like { bench: outside.bench, capabilities: &capabilities, longest_wait: LONGEST };

    let (mut compared, mut differences) = (0, Vec::new());
    for scenario in discrig_scenarios::scenarios() {
        if scenario.obstacle(&capabilities).is_some() {
            continue;
        }
        let began = std::time::Instant::now();
        let steps = transcript(scenario, &mut inside);
        let others = transcript(scenario, &mut outside);
        compared += 1;
        println!("{:>8.2?} {} steps {}", began.elapsed(), steps.len(), scenario.slug);
        let difference = difference(scenario.slug, &steps, &others);
        match difference {
            None if ABORTED.contains(&scenario.slug) => {
                differences.push(format!("{}: does not differ any more", scenario.slug));
            }
            Some(_) if ABORTED.contains(&scenario.slug) || CUT.contains(&scenario.slug) => {}
            difference => differences.extend(difference),
        }
    }
    assert!(differences.is_empty(), "{} of {compared}:\n{}", differences.len(), differences.join("\n"));
    assert!(compared >= FEWEST, "only {compared} scenarios were compared");
}
