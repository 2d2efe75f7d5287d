//! `discrig replay`: runs a recorded step list again.

use crate::cli::ReplayArguments;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::target::{Terms, check_serial};
use crate::terminal;
use discrig_reports::ExitCode;
use discrig_scenarios::property::Replay;
use discrig_scenarios::{Finding, Settings, Stage, Stop, find};

pub(crate) fn run(arguments: &ReplayArguments) -> Result<ExitCode, Failure> {
    let replay = Replay::from_toml(&Failure::read(&arguments.file)?)
        .map_err(|error| Failure::Usage(format!("{}: {error}", arguments.file.display())))?;
    let mut opened = arguments
        .target
        .open(&arguments.emulator, Terms { allowed: &arguments.allow, ..Terms::of(&arguments.iscsi) })?;
    let scenario = find(&replay.property)
        .ok_or_else(|| Failure::Usage(format!("`{}` is no scenario", replay.property)))?;
    let hazard = scenario.hazard;
    if !opened.stake.allowed(&arguments.allow).contains(&hazard) {
        return Err(Failure::Usage(format!(
            "the steps of {} are of the class `{hazard}`; --allow {hazard} allows them",
            replay.property
        )));
    }
    let identity = opened.identity();
    check_serial(opened.stake, &arguments.allow, arguments.serial.as_deref(), identity.as_ref())?;
    if let Some(reason) = scenario.obstacle(opened.bench.capabilities()) {
        return Err(Failure::Target(format!(
            "{} cannot run on {}: {reason}",
            replay.property, arguments.target
        )));
    }
    let interrupt = Interrupt::listen();
    let settings = Settings { cases: 1, seed: replay.seed };
    let mut stage =
        Stage::new(opened.bench.as_mut(), opened.source.as_mut(), settings).until(interrupt.flag());
    let verdict = replay.run(&mut stage);
    let steps = stage.transcript().entries().len();
    match verdict {
        Ok(()) => {
            terminal::out(&format!("{}: {steps} steps, every answer allowed", replay.property));
            Ok(ExitCode::AsExpected)
        }
        Err(Stop::Fail(finding)) => {
            terminal::out(&tell(&replay.property, &finding));
            Ok(ExitCode::Nonconformance)
        }
        Err(Stop::Lost(reason)) => {
            terminal::remark(&format!("discrig: the drive is gone: {reason}"));
            Ok(ExitCode::Incomplete)
        }
        Err(Stop::Interrupted) => Ok(ExitCode::Incomplete),
        Err(other) => Err(Failure::Target(other.to_string())),
    }
}

fn tell(property: &str, finding: &Finding) -> String {
    let mut text = format!("{property}: FAIL\n{}\n", finding.message);
    for (step, n) in finding.steps.iter().zip(1..) {
        text.push_str(&format!("{n:>4}  {:<40} {}\n", step.action, step.answer));
    }
    for clause in &finding.clauses {
        let title = discrig_fixtures::clause(clause).map_or("", |clause| clause.title.as_str());
        text.push_str(&format!("      [{clause}] {title}\n"));
    }
    text.trim_end().to_owned()
}
