//! `cargo test`: one line per scenario on the emulated bench, one per profile that the emulator can have, and one per known defect that the
//! suite must find.

use discrig::cli::EmulatorArguments;
use discrig::expectations::Expectations;
use discrig::session::{Ended, Session};
use discrig::target::Target;
use discrig_bench::{Defect, EmulatedBench, EmulatorConfig};
use discrig_device::Bench as _;
use discrig_recorder::PortableSource;
use discrig_reports::{Expectation, Record, Run};
use discrig_scenarios::{Hazard, Scenario, Settings, Stage, Stop};
use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::atomic::AtomicBool;

/// What cannot be judged on the emulator's own disc, a CD: shown as ignored, never as passed.
const NOT_ON_A_CD: &[&str] = &["identity.disc.structure-length"];

/// Cases per property; `discrig test` runs more.
const CASES: u32 = 64;

/// The same on each profile, where the whole suite is one test: as many as `discrig test` runs where a deviation has to show, and few
/// elsewhere.
const CASES_TO_DEVIATE: u32 = 256;
const CASES_TO_CONFORM: u32 = 8;

fn main() {
    let scenarios = discrig_scenarios::scenarios().map(|scenario| {
        Trial::test(format!("emulator::{}", scenario.slug), move || pass(scenario))
            .with_kind(scenario.kind().name())
            .with_ignored_flag(NOT_ON_A_CD.contains(&scenario.slug))
    });
    let defects = discrig_fixtures::defects()
        .map(|(name, table)| Trial::test(format!("defect::{name}"), move || is_caught(table)));
    let profiles = discrig_fixtures::profiles()
        .map(|(name, _)| Trial::test(format!("profile::{name}"), move || is_as_expected(name)));
    libtest_mimic::run(&Arguments::from_args(), profiles.chain(scenarios).chain(defects).collect()).exit();
}

/// Every scenario of the suite ends on a profile as it should: in its known deviations if it is a peer's, and well otherwise.
fn is_as_expected(profile: &str) -> Result<(), Failed> {
    let mut opened = Target::Emulator(profile.to_owned())
        .open(&EmulatorArguments::default(), Default::default())
        .map_err(|failure| failure.to_string())?;
    let expectations = Expectations::of_profile(profile, opened.identity().as_ref())
        .map_err(|failure| failure.to_string())?;
    let (deviating, conforming): (Vec<_>, Vec<_>) = discrig_scenarios::scenarios()
        .partition(|scenario| expectations.scenarios().any(|slug| slug == scenario.slug));
    let mut run = Run::new();
    for (plan, cases) in [(deviating, CASES_TO_DEVIATE), (conforming, CASES_TO_CONFORM)] {
        let mut session = Session {
            bench: opened.bench.as_mut(),
            source: opened.source.as_mut(),
            settings: Settings { cases, seed: 0 },
            rules: &[],
            allowed: Hazard::ALL,
            cancelled: &AtomicBool::new(false),
        };
        let ended = session.run(&plan, &expectations, &mut |event| run.apply(&event));
        if ended != Ended::Done {
            return Err(format!("{ended:?}").into());
        }
    }
    let unseen = expectations.scenarios().filter(|slug| !run.record(slug).is_some_and(is_expected));
    let mut odd: Vec<String> = unseen.map(|slug| format!("{slug}: does not end as expected")).collect();
    let nonconforming = run.records().filter(|record| record.is_nonconforming());
    odd.extend(nonconforming.map(|record| format!("{}: {}", record.scenario.slug, record.reason())));
    if odd.is_empty() { Ok(()) } else { Err(odd.join("\n").into()) }
}

fn is_expected(record: &Record) -> bool {
    matches!(record.expectation(), Some(Expectation::ExpectedFail { .. }))
}

fn pass(scenario: &Scenario) -> Result<(), Failed> {
    match verdict(scenario, EmulatorConfig::default(), PortableSource::default())? {
        Ok(()) => Ok(()),
        Err(stop) => Err(tell(&stop).into()),
    }
}

/// A defect is caught when each scenario that is said to find it fails.
fn is_caught(table: &'static toml::Table) -> Result<(), Failed> {
    let defect = Defect::from_table(table)?;
    if defect.caught_by.is_empty() {
        return Err("no scenario is said to find it".into());
    }
    for slug in &defect.caught_by {
        let scenario = discrig_scenarios::find(slug).ok_or_else(|| format!("`{slug}` is no scenario"))?;
        let mut config = EmulatorConfig::default();
        config.afflict(&defect);
        let source = PortableSource { quirks: defect.recorder.clone(), ..PortableSource::default() };
        match verdict(scenario, config, source)? {
            Err(Stop::Fail(_)) => {}
            Err(other) => return Err(format!("{slug}: {other}").into()),
            Ok(()) => return Err(format!("{slug} passes").into()),
        }
    }
    Ok(())
}

fn verdict(
    scenario: &Scenario,
    config: EmulatorConfig,
    mut source: PortableSource,
) -> Result<Result<(), Stop>, Failed> {
    let mut bench = EmulatedBench::new(config)?;
    if let Some(reason) = scenario.obstacle(bench.capabilities()) {
        return Err(format!("the emulator lacks an ability: {reason}").into());
    }
    let mut stage = Stage::new(&mut bench, &mut source, Settings { cases: CASES, seed: 0 });
    Ok(scenario.run(&mut stage))
}

fn tell(stop: &Stop) -> String {
    let Stop::Fail(finding) = stop else { return stop.to_string() };
    let mut text = finding.message.clone();
    for (step, n) in finding.steps.iter().zip(1..) {
        text.push_str(&format!("\n{n:>4}  {}: {} -> {}", step.actor, step.action, step.answer));
    }
    if let Some(reproduction) = &finding.reproduction {
        text.push_str(&format!("\n\n{reproduction}"));
    }
    text
}
