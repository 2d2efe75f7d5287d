//! `discrig test`: runs the suite and writes the reports.

use crate::cli::TestArguments;
use crate::convert;
use crate::expectations::Expectations;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::session::{Ended, Session};
use crate::target::{self, Opened, Stake, Terms, check_serial};
use crate::{selection, terminal};
use discrig_device::fault::{Plan, Rule};
use discrig_device::{HostId, Owner, ProcessId};
use discrig_reports::{
    Event, ExitCode, Identity, ReportError, Reporter, RunStarted, Summary, Target, Tool, exit_code,
    timestamp_now,
};
use discrig_scenarios::{Scenario, Settings};
use std::time::Instant;

/// Cases per property unless told otherwise.
const CASES_EMULATED: u32 = 256;
const CASES_PHYSICAL: u32 = 8;

pub(crate) fn run(arguments: &TestArguments) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let plan = selection::select(&arguments.only, &arguments.skip, arguments.shard)?;
    let rules = fault_rules(arguments)?;
    let interrupt = Interrupt::listen();
    let mut journal = Telling::new(Reporter::create(&arguments.report_dir)?);
    journal.reporter.subscribe(Progress::new());
    let reason = match set_up(arguments, &rules) {
        Err(failure @ Failure::Usage(_)) => return Err(failure),
        Err(failure) => {
            journal.tell(&Event::RunStarted(Box::new(header(arguments, &plan))));
            journal.tell(&Event::SetupFailed { reason: failure.to_string() });
            terminal::error(&failure);
            "set-up failed".to_owned()
        }
        Ok((opened, expectations, started)) => {
            let started = RunStarted { clauses: convert::clauses(), ..started };
            journal.tell(&Event::RunStarted(Box::new(RunStarted { ..with_plan(started, &plan) })));
            let is_planned = |slug: &str| plan.iter().any(|scenario| scenario.slug == slug);
            expectations.unchecked(is_planned).for_each(|event| journal.tell(&event));
            judge(arguments, opened, &rules, &plan, &expectations, &interrupt, &mut journal)
        }
    };
    let elapsed_real_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    journal.tell(&Event::RunFinished { reason, elapsed_real_ns });
    conclude(arguments, journal)
}

/// A reporter that keeps going when it cannot write, and remembers the first problem.
struct Telling {
    reporter: Reporter,
    problem: Option<ReportError>,
}

impl Telling {
    fn new(reporter: Reporter) -> Telling {
        Telling { reporter, problem: None }
    }

    fn tell(&mut self, event: &Event) {
        if let Err(error) = self.reporter.event(event) {
            self.problem.get_or_insert(error);
        }
    }
}

fn fault_rules(arguments: &TestArguments) -> Result<Vec<Rule>, Failure> {
    let Some(path) = &arguments.faults else { return Ok(Vec::new()) };
    let plan = Plan::from_toml(&Failure::read(path)?)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Ok(plan.rules)
}

/// What is known before the target has answered.
fn header(arguments: &TestArguments, plan: &[&'static Scenario]) -> RunStarted {
    let started = RunStarted {
        tool: Tool { name: "discrig".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        target: Target { name: arguments.target.to_string(), backend: String::new(), identity: None },
        seed: Some(arguments.seed),
        cases: u64::from(arguments.cases.unwrap_or(CASES_EMULATED)),
        allow: arguments.allow.iter().map(|hazard| hazard.name().to_owned()).collect(),
        argv: std::env::args().collect(),
        started_at: timestamp_now(),
        clauses: convert::clauses(),
        ..RunStarted::default()
    };
    with_plan(started, plan)
}

fn with_plan(started: RunStarted, plan: &[&'static Scenario]) -> RunStarted {
    RunStarted { plan: plan.iter().map(|scenario| convert::scenario(scenario)).collect(), ..started }
}

/// Opens the target, checks that it may be judged, and describes it.
fn set_up(arguments: &TestArguments, rules: &[Rule]) -> Result<(Opened, Expectations, RunStarted), Failure> {
    let terms = Terms { allowed: &arguments.allow, fresh: arguments.fresh, ..Terms::of(&arguments.iscsi) };
    let mut opened = arguments.target.open(&arguments.emulator, terms)?;
    let identity = opened.identity();
    refuse_if_locked(arguments, &mut opened)?;
    check_serial(opened.stake, &arguments.allow, arguments.serial.as_deref(), identity.as_ref())?;
    check_rules(&mut opened, rules)?;
    let expectations = expectations(arguments, identity.as_ref())?;
    let mut started = header(arguments, &[]);
    started.cases = u64::from(cases(arguments, &opened));
    started.allow =
        opened.stake.allowed(&arguments.allow).iter().map(|hazard| hazard.name().to_owned()).collect();
    started.target.backend = opened.backend.to_owned();
    started.target.identity = identity;
    started.capabilities = opened
        .bench
        .capabilities()
        .present()
        .map(|(capability, how)| (capability.name().to_owned(), how.to_owned()))
        .collect();
    started.policies =
        opened.source.policies().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok((opened, expectations, started))
}

/// What is expected of the target: what its profile says, and what a file says.
fn expectations(arguments: &TestArguments, identity: Option<&Identity>) -> Result<Expectations, Failure> {
    let own = match &arguments.target {
        target::Target::Emulator(profile) => Expectations::of_profile(profile, identity)?,
        target::Target::Iscsi(_) | target::Target::Node(_) => Expectations::default(),
    };
    match &arguments.expect {
        Some(path) => Ok(own.overridden_by(Expectations::read(path, identity)?)),
        None => Ok(own),
    }
}

/// Somebody else holds the drive: say so, with the name, instead of judging what is not ours.
fn refuse_if_locked(arguments: &TestArguments, opened: &mut Opened) -> Result<(), Failure> {
    let target = &arguments.target;
    let handle = opened.bench.open(HostId(0), ProcessId(0));
    let owner = handle
        .and_then(|mut handle| handle.owner())
        .map_err(|error| Failure::Target(format!("{target}: {error}")))?;
    match owner {
        Owner::Nobody => Ok(()),
        Owner::Named(name) => Err(Failure::Target(format!(
            "{target}: LOCKED, \"{name}\" holds exclusive access; end that program or wait until it is done"
        ))),
        Owner::Unnamed => Err(Failure::Target(format!(
            "{target}: LOCKED, a program whose name the system does not know, or a mounted volume, holds exclusive \
             access; unmount it or end that program"
        ))),
    }
}

/// Rules that the bench cannot honour are errors before the first scenario.
fn check_rules(opened: &mut Opened, rules: &[Rule]) -> Result<(), Failure> {
    if rules.is_empty() {
        return Ok(());
    }
    let faults = opened.bench.faults().ok_or_else(|| {
        Failure::Usage("this target has no fault injection, so --faults cannot be honoured".to_owned())
    })?;
    for rule in rules {
        faults.install(rule.clone()).map_err(|error| Failure::Usage(error.to_string()))?;
    }
    faults.lift();
    Ok(())
}

fn cases(arguments: &TestArguments, opened: &Opened) -> u32 {
    arguments.cases.unwrap_or(if opened.stake == Stake::Drive { CASES_PHYSICAL } else { CASES_EMULATED })
}

/// Judges the plan; the answer is why the run ended early, or nothing.
fn judge(
    arguments: &TestArguments,
    mut opened: Opened,
    rules: &[Rule],
    plan: &[&'static Scenario],
    expectations: &Expectations,
    interrupt: &Interrupt,
    journal: &mut Telling,
) -> String {
    let allowed = opened.stake.allowed(&arguments.allow);
    let mut session = Session {
        settings: Settings { cases: cases(arguments, &opened), seed: arguments.seed },
        allowed: &allowed,
        bench: opened.bench.as_mut(),
        source: opened.source.as_mut(),
        rules,
        cancelled: interrupt.flag(),
    };
    let ended = session.run(plan, expectations, &mut |event| journal.tell(&event));
    // The drive is left as it was found, also when the run was interrupted.
    let left = opened.bench.restore();
    match ended {
        Ended::Done => match left {
            Ok(()) => String::new(),
            Err(error) => {
                journal.tell(&Event::TargetLost { reason: error.to_string() });
                "the drive could not be restored".to_owned()
            }
        },
        Ended::Interrupted => {
            journal.tell(&Event::Interrupted { signal: interrupt.signal().to_owned() });
            "interrupted".to_owned()
        }
        Ended::Lost(reason) => {
            journal.tell(&Event::TargetLost { reason });
            "the drive is gone".to_owned()
        }
    }
}

fn conclude(arguments: &TestArguments, mut journal: Telling) -> Result<ExitCode, Failure> {
    let finished = journal.reporter.finish();
    let run = journal.reporter.run();
    if arguments.json {
        let path = arguments.report_dir.join("results.json");
        terminal::out(Failure::read(&path)?.trim_end());
    } else {
        terminal::out(&Summary::new(run).colour(terminal::is_interactive()).to_string());
        terminal::out(&format!("Reports: {}", arguments.report_dir.display()));
    }
    let code = exit_code(run);
    match (finished, journal.problem) {
        (Ok(_), None) => Ok(code),
        (Err(error), _) | (Ok(_), Some(error)) => Err(Failure::Report(error)),
    }
}
