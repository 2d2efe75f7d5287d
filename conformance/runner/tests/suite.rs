//! `cargo test`: one line per scenario on the emulated bench, and one per known defect that the suite must find.

use discrig_bench::{Defect, EmulatedBench, EmulatorConfig};
use discrig_device::Bench as _;
use discrig_recorder::PortableSource;
use discrig_scenarios::{Scenario, Settings, Stage, Stop};
use libtest_mimic::{Arguments, Failed, Trial};

/// What cannot be judged on the emulator's own disc, a CD: shown as ignored, never as passed.
const NOT_ON_A_CD: &[&str] = &["identity.disc.structure-length"];

/// Cases per property; `discrig test` runs more.
const CASES: u32 = 64;

fn main() {
    let scenarios = discrig_scenarios::scenarios().map(|scenario| {
        Trial::test(format!("emulator::{}", scenario.slug), move || pass(scenario))
            .with_kind(scenario.kind().name())
            .with_ignored_flag(NOT_ON_A_CD.contains(&scenario.slug))
    });
    let defects = discrig_fixtures::defects()
        .map(|(name, table)| Trial::test(format!("defect::{name}"), move || is_caught(table)));
    libtest_mimic::run(&Arguments::from_args(), scenarios.chain(defects).collect()).exit();
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
