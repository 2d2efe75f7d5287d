//! What the documents look like, and what no document may contain.

use discrig_reports::{DOCUMENTS, Event, Results, Run, Summary, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use crate::common;

fn document(file: &str, run: &Run) -> String {
    DOCUMENTS.iter().find(|document| document.file == file).unwrap().render(run).unwrap()
}

/// The page without its style sheet and script, which are reviewed where they are written.
fn redacted(page: &str) -> String {
    let mut page = page.to_owned();
    for tag in ["style", "script"] {
        let start = page.find(&format!("<{tag}>")).unwrap() + tag.len() + 2;
        let end = start + page[start..].find(&format!("</{tag}>")).unwrap();
        page.replace_range(start..end, "…");
    }
    page
}

fn check(name: &str, events: &[Event]) {
    let run = Run::from_events(events);
    for document in DOCUMENTS {
        let text = document.render(&run).unwrap();
        let text = if document.file.ends_with(".html") { redacted(&text) } else { text };
        insta::assert_snapshot!(format!("{name}-{}", document.file), text);
    }
    insta::assert_snapshot!(format!("{name}-terminal"), Summary::new(&run));
}

#[test]
fn every_verdict() {
    let events = common::full();
    let counts = Run::from_events(&events).counts();
    assert!(
        Verdict::ALL.iter().all(|&verdict| counts.get(verdict) > 0),
        "the fixture misses a verdict: {counts}"
    );
    check("full", &events);
}

#[test]
fn interrupted_run() {
    check("interrupted", &common::interrupted());
}

#[test]
fn empty_run() {
    check("empty", &common::empty());
}

#[test]
fn run_that_failed_before_it_knew_its_target() {
    let mut header = common::header();
    header.target.identity = None;
    header.plan.clear();
    let reason = "/dev/sr7: no such device; `discrig list` shows what is there".to_owned();
    check("setup", &[common::started(header), Event::SetupFailed { reason }, common::over(100)]);
}

#[test]
fn no_event_at_all() {
    for document in DOCUMENTS {
        assert!(document.render(&Run::new()).unwrap().ends_with('\n'), "{}", document.file);
    }
    assert!(Summary::new(&Run::new()).to_string().contains("incomplete"));
}

#[test]
fn hidden_characters_are_shown_or_escaped() {
    for events in [common::full(), common::interrupted(), common::empty()] {
        let run = Run::from_events(&events);
        let documents = DOCUMENTS.iter().map(|document| (document.file, document.render(&run).unwrap()));
        for (file, text) in documents.chain([("terminal", Summary::new(&run).to_string())]) {
            // JSON carries texts as they were received; its own syntax escapes the lower control characters.
            let kept = if file == "results.json" { &['\u{85}', '\u{202e}'][..] } else { &[] };
            let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || c == '\u{202e}';
            let mut found: Vec<_> = text.chars().filter(|&c| hidden(c)).collect();
            found.sort();
            found.dedup();
            assert_eq!(found, kept, "{file}");
        }
    }
}

#[test]
fn page_needs_nothing_beside_itself_and_runs_nothing_foreign() {
    let page = document("report.html", &Run::from_events(&common::full()));
    for reference in ["http:", "https:", "src=", "@import", "url(", "<link rel=\"stylesheet", "//cdn"] {
        assert!(!page.contains(reference), "the page refers to {reference}");
    }
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<b>&").count(), 0, "the product name became markup");
}

#[test]
fn page_is_balanced() {
    let page = redacted(&document("report.html", &Run::from_events(&common::full())));
    for tag in [
        "details", "summary", "section", "table", "tr", "td", "th", "ul", "li", "div", "dl", "p", "code",
        "pre",
    ] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
}

#[test]
fn colour_is_all_that_colour_adds() {
    let run = Run::from_events(&common::full());
    let coloured = Summary::new(&run).colour(true).to_string();
    let mut plain = String::new();
    for (index, part) in coloured.split("\x1b[").enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_ne!(coloured, plain);
    assert_eq!(plain, Summary::new(&run).to_string());
}

#[test]
fn results_are_read_back() {
    for events in [common::full(), common::interrupted(), common::empty()] {
        let run = Run::from_events(&events);
        let results: Results = serde_json::from_str(&document("results.json", &run)).unwrap();
        assert_eq!(results, Results::from(&run));
        assert_eq!(results.counts.total(), results.scenarios.len());
    }
}

#[test]
fn junit_agrees_with_the_exit_code() {
    let check = |events: &[Event], tests, failures, errors, skipped| {
        let xml = document("junit.xml", &Run::from_events(events));
        let report = Report::deserialize_from_str(&xml).unwrap();
        let cases = report.test_suites.iter().flat_map(|suite| &suite.test_cases);
        let (mut failed, mut erred, mut skips) = (0, 0, 0);
        for case in cases.clone() {
            match &case.status {
                TestCaseStatus::Success { .. } => {}
                TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => failed += 1,
                TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => erred += 1,
                TestCaseStatus::Skipped { .. } => skips += 1,
            }
        }
        assert_eq!((cases.count(), failed, erred, skips), (tests, failures, errors, skipped));
        let heading = (report.tests, report.failures, report.errors, report.skipped);
        assert_eq!(heading, (tests, failures, errors, skipped), "the heading disagrees with the cases");
    };
    // The stale entry has a case of its own; an unexpected pass is a failure, an expected failure is a skip.
    check(&common::full(), 13, 3, 1, 6);
    check(&common::passing(), 12, 0, 0, 0);
    check(&common::empty(), 1, 0, 1, 0);
    check(&common::interrupted(), 13, 0, 1, 12);
}
