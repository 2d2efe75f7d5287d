//! `junit.xml`: what continuous integration reads.
//!
//! JUnit knows success, skipped, failure and error. Untested and inconclusive become skipped there, as does an expected
//! failure, each with words that tell them apart; whatever makes the run nonconforming or ends it early becomes a
//! failure or an error, so that a reader of this file alone comes to the same conclusion as the exit code.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::{Record, Run, Verdict, exit_code, text, text::visible};

/// Renders the document.
pub(crate) fn render(run: &Run) -> Result<String, String> {
    let mut report = Report::new("discrig");
    // A timestamp that is none is left out here; the other documents show it as it is.
    report.timestamp = run.header().started_at.parse().ok();
    if let Some(finished) = run.finished() {
        report.set_time(Duration::from_nanos(finished.elapsed_real_ns));
    }
    report.add_test_suites(run.families().iter().map(|family| suite(run, &family.name)));
    report.add_test_suites(expectations_suite(run));
    report.add_test_suites(run_suite(run));
    report.to_string().map_err(|error| error.to_string())
}

fn suite(run: &Run, family: &str) -> TestSuite {
    let mut suite = TestSuite::new(family);
    let mut time = Duration::ZERO;
    for record in run.records().filter(|record| record.scenario.family() == family) {
        let case = case(run, record);
        time += case.time.unwrap_or_default();
        suite.add_test_case(case);
    }
    suite.set_time(time);
    suite.add_properties(suite_properties(run));
    suite
}

fn suite_properties(run: &Run) -> Vec<Property> {
    let header = run.header();
    let identity = header.target.identity.as_ref();
    let properties = [
        ("target", header.target.name.clone()),
        ("backend", header.target.backend.clone()),
        ("identity", identity.map(ToString::to_string).unwrap_or_default()),
        ("tool", format!("{} {}", header.tool.name, header.tool.version)),
        ("seed", header.seed.map(|seed| seed.to_string()).unwrap_or_default()),
    ];
    properties.into_iter().filter(|(_, value)| !value.trim().is_empty()).map(property).collect()
}

fn property((name, value): (&str, String)) -> Property {
    Property::new(name, visible(&value))
}

fn case(run: &Run, record: &Record) -> TestCase {
    let scenario = &record.scenario;
    let mut case = TestCase::new(visible(&scenario.slug), status(run, record));
    case.set_classname(format!("discrig.{}", visible(scenario.family())));
    let mut properties = vec![
        ("verdict", text::label(record)),
        ("level", scenario.level.to_string()),
        ("kind", scenario.kind.to_string()),
    ];
    properties.extend(scenario.clauses.iter().map(|id| ("clause", text::clause(run, id))));
    if let Some(outcome) = &record.outcome {
        case.set_time(Duration::from_nanos(outcome.elapsed_real_ns));
        let finding_seed = outcome.finding.as_ref().and_then(|finding| finding.seed);
        properties.extend(finding_seed.or(outcome.seed).map(|seed| ("seed", seed.to_string())));
        properties.push(("steps", outcome.steps.to_string()));
    }
    case.add_properties(properties.into_iter().map(property));
    case
}

fn status(run: &Run, record: &Record) -> TestCaseStatus {
    let verdict = record.verdict();
    let mut status = match verdict {
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ if record.is_nonconforming() => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Pass => return TestCaseStatus::success(),
        _ => TestCaseStatus::skipped(),
    };
    let remark = text::remark(record);
    // These two are no skips, although JUnit has no other word for them.
    let message = match verdict {
        Verdict::Untested | Verdict::Inconclusive => format!("{verdict}: {remark}"),
        _ => remark,
    };
    status.set_message(text::visible_line(&message)).set_type(verdict.word());
    if let Some(finding) = text::finding(run, record) {
        status.set_description(visible(&finding));
    }
    status
}

/// Stale entries belong to no scenario, so they get cases of their own.
fn expectations_suite(run: &Run) -> Option<TestSuite> {
    let mut suite = TestSuite::new("expectations");
    for stale in run.stale_expectations() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(text::visible_line(&stale.reason)).set_type("stale expectation");
        let mut case = TestCase::new(visible(&stale.entry), status);
        case.set_classname("discrig.expectations");
        suite.add_test_case(case);
    }
    (!suite.test_cases.is_empty()).then_some(suite)
}

/// What concerns the run as a whole: an early end, or that nothing ran.
fn run_suite(run: &Run) -> Option<TestSuite> {
    let exit = exit_code(run);
    let nothing_ran = (run.counts().ran() == 0).then(|| "No scenario was executed.".to_owned());
    let message = run.trouble().or(nothing_ran)?;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(text::visible_line(&message)).set_type(exit.meaning());
    let mut case = TestCase::new("run comes to its end", status);
    case.set_classname("discrig.run");
    let mut suite = TestSuite::new("run");
    suite.add_test_case(case);
    Some(suite)
}
