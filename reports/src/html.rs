//! `report.html`: one page that needs nothing beside itself.
//!
//! The markup is `templates/report.html`; this module answers its questions about the run.

use std::{cmp::Reverse, collections::BTreeMap};

use askama::Template;

use crate::{Counts, ExitCode, Family, Finding, Outcome, Record, Run, Verdict, exit_code, text};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    run: &'a Run,
    exit: ExitCode,
    counts: Counts,
    families: Vec<Family>,
    /// What deserves attention first, then by slug.
    records: Vec<&'a Record>,
}

/// Renders the document.
pub(crate) fn render(run: &Run) -> Result<String, String> {
    let mut records: Vec<_> = run.records().collect();
    records.sort_by_key(|record| (Reverse(record.is_nonconforming()), Reverse(record.verdict())));
    let page = Page { run, exit: exit_code(run), counts: run.counts(), families: run.families(), records };
    page.render().map(|text| text + "\n").map_err(|error| error.to_string())
}

impl Page<'_> {
    /// The conclusion in one sentence with its numbers.
    fn lead(&self) -> String {
        let not_as_expected = self.run.nonconforming().count();
        let total = text::counted(self.counts.total(), "scenario");
        let stale = match self.run.stale_expectations().len() {
            0 => String::new(),
            stale => format!(", and {} stale", text::counted(stale, "expectation")),
        };
        match (self.counts.ran(), not_as_expected) {
            (0, _) if self.counts.total() == 0 => format!("No scenario was planned{stale}."),
            (0, _) => format!("None of {total} ran{stale}."),
            (ran, 0) => format!("{ran} of {total} ran, none against expectation{stale}."),
            (ran, bad) => format!("{ran} of {total} ran, {bad} not as expected{stale}."),
        }
    }

    /// How the conclusion is to be felt: a class of the style sheet.
    fn mood(&self) -> &'static str {
        match self.exit {
            ExitCode::AsExpected => "pass",
            ExitCode::NothingRan | ExitCode::Incomplete => "inconclusive",
            _ => "fail",
        }
    }

    /// The facts of target and run: name and value.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let header = self.run.header();
        let identity = header.target.identity.as_ref();
        let facts = [
            ("Drive", identity.map(ToString::to_string)),
            ("Serial number", identity.and_then(|identity| identity.serial.clone())),
            ("Target", Some(header.target.name.clone())),
            ("Reached by", Some(header.target.backend.clone())),
            ("Started", Some(header.started_at.clone())),
            ("Took", self.run.finished().map(|finished| text::duration(finished.elapsed_real_ns))),
            ("Ended", text::end_reason(self.run).map(str::to_owned)),
            ("Seed", header.seed.map(|seed| seed.to_string())),
            ("Judged by", Some(format!("{} {}", header.tool.name, header.tool.version))),
        ];
        let given = |(name, value): (_, Option<String>)| {
            Some((name, value.filter(|value| !value.trim().is_empty())?))
        };
        facts.into_iter().filter_map(given).collect()
    }

    /// Whether the page opens with this scenario unfolded: where one alone is to be looked at.
    fn is_open(&self, record: &Record) -> bool {
        record.is_nonconforming() && self.run.nonconforming().nth(1).is_none()
    }

    /// The tables of names and values that the run was made under.
    fn conditions(&self) -> [(&'static str, &BTreeMap<String, String>); 2] {
        let header = self.run.header();
        [("Capabilities declared by the bench", &header.capabilities), ("Policies", &header.policies)]
    }

    fn clause(&self, id: &str) -> String {
        text::clause(self.run, id)
    }

    fn again(&self, record: &Record) -> String {
        text::rerun_command(self.run, record)
    }

    /// How to run a written reproduction on this target.
    fn replay(&self) -> String {
        format!("discrig replay case.toml {}", text::shell_word(&self.run.header().target.name))
    }

    fn command_line(&self) -> String {
        text::command_line(&self.run.header().argv)
    }

    fn pretty(&self, state: &serde_json::Value) -> String {
        format!("{state:#}")
    }

    /// Share of a verdict among counts, in percent.
    fn share(&self, count: usize, counts: &Counts) -> String {
        format!("{:.3}", count as f64 * 100.0 / counts.total().max(1) as f64)
    }
}

fn finding(record: &Record) -> Option<&Finding> {
    record.outcome.as_ref()?.finding.as_ref()
}

/// The seed that the reader needs: the finding's own, or the property's.
fn seed(outcome: &Outcome) -> Option<u64> {
    outcome.finding.as_ref().and_then(|finding| finding.seed).or(outcome.seed)
}

/// A sign beside the colour, for those who do not see colours.
fn sign(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Untested => "·",
        Verdict::Skipped => "–",
        Verdict::Pass => "✓",
        Verdict::Inconclusive => "?",
        Verdict::Fail => "✗",
        Verdict::Error => "!",
    }
}
