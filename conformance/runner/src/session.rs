//! Running scenarios on a bench, event by event.

use crate::convert;
use crate::expectations::Expectations;
use core::panic::AssertUnwindSafe;
use core::sync::atomic::AtomicBool;
use discrig_device::Bench;
use discrig_device::fault::Rule;
use discrig_recorder::RecorderSource;
use discrig_reports::{Event, Outcome, Verdict};
use discrig_scenarios::{Hazard, Scenario, Settings, Stage, Stop};
use std::panic::catch_unwind;
use std::time::Instant;

/// What a run judges, and under which terms.
pub struct Session<'a> {
    /// The laboratory.
    pub bench: &'a mut dyn Bench,
    /// Where recorder objects come from.
    pub source: &'a mut dyn RecorderSource,
    /// Seed and cases.
    pub settings: Settings,
    /// Fault rules that hold throughout.
    pub rules: &'a [Rule],
    /// What may be done to the drive.
    pub allowed: &'a [Hazard],
    /// Ends the run when it becomes true.
    pub cancelled: &'a AtomicBool,
}

/// Why a run ended before its last scenario.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ended {
    /// Every scenario had its turn.
    Done,
    /// The caller wanted it.
    Interrupted,
    /// The drive is gone for good.
    Lost(String),
}

impl Session<'_> {
    /// Judges `plan`, telling each event. Outcomes are compared with what was expected.
    pub fn run(
        &mut self,
        plan: &[&'static Scenario],
        expectations: &Expectations,
        tell: &mut dyn FnMut(Event),
    ) -> Ended {
        for scenario in plan {
            tell(Event::ScenarioStarted { slug: scenario.slug.to_owned() });
            let (mut outcome, ended) = match self.obstacle(scenario) {
                Some(reason) => (Outcome::skipped(reason), Ended::Done),
                None => self.judge(scenario),
            };
            expectations.judge(scenario.slug, &mut outcome);
            tell(Event::ScenarioFinished { slug: scenario.slug.to_owned(), outcome: Box::new(outcome) });
            if ended != Ended::Done {
                return ended;
            }
        }
        Ended::Done
    }

    /// Why a scenario is not run here.
    fn obstacle(&self, scenario: &Scenario) -> Option<String> {
        let hazard = scenario.hazard;
        if hazard != Hazard::Observe && !self.allowed.contains(&hazard) {
            return Some(format!("hazard `{hazard}` is not allowed here; --allow {hazard} allows it"));
        }
        scenario.obstacle(self.bench.capabilities())
    }

    /// Judges one scenario.
    pub fn judge(&mut self, scenario: &'static Scenario) -> (Outcome, Ended) {
        let (began, at) = (Instant::now(), self.bench.now());
        let mut stage =
            Stage::new(self.bench, self.source, self.settings).under(self.rules).until(self.cancelled);
        // A panic is a mistake of the suite or of a backend; it must not cost the report of all the others.
        let verdict = catch_unwind(AssertUnwindSafe(|| scenario.run(&mut stage)))
            .unwrap_or_else(|panic| Err(Stop::Rig(format!("panicked: {}", panic_text(&*panic)))));
        let (steps, remarks) = (stage.transcript().length() as u64, stage.variants().to_vec());
        let (verdict, ended) = self.settle(verdict);
        let mut outcome = convert::outcome(&verdict, &remarks);
        outcome.seed = Some(self.settings.seed);
        outcome.steps = steps;
        outcome.elapsed_real_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        outcome.elapsed_virtual_ns = self.bench.now().as_nanos().saturating_sub(at.as_nanos());
        (outcome, ended)
    }

    /// Finds out whether a drive that went away is gone for good.
    fn settle(&mut self, verdict: Result<(), Stop>) -> (Result<(), Stop>, Ended) {
        match verdict {
            Err(Stop::Interrupted) => (verdict, Ended::Interrupted),
            Err(Stop::Lost(reason)) => match self.bench.restore() {
                Ok(()) => (
                    Err(Stop::Rig(format!("the drive went away in the middle and came back: {reason}"))),
                    Ended::Done,
                ),
                Err(error) => (Err(Stop::Lost(reason)), Ended::Lost(error.to_string())),
            },
            other => (other, Ended::Done),
        }
    }
}

fn panic_text(panic: &(dyn core::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

/// Whether an outcome is worth a line of its own.
#[must_use]
pub fn is_noteworthy(outcome: &Outcome) -> bool {
    outcome.verdict >= Verdict::Inconclusive
}
