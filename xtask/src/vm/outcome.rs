//! What came of a lane, read from what its guest left behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lanes::Lane;

/// Lines of the guest's console that are shown when something went wrong.
const CONSOLE_LINES: usize = 12;

/// What came of a lane.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Its name.
    pub(crate) lane: &'static str,
    /// Version of the kernel; empty where none was booted.
    pub(crate) kernel: String,
    /// What the guest checked and measured.
    pub(crate) checks: Vec<Check>,
    /// The suite's report, where there is one.
    pub(crate) report: Option<Report>,
    /// Exit code of the suite, where it ran as a whole.
    pub(crate) exit: Option<i32>,
    /// Time for everything, in seconds.
    pub(crate) seconds: f64,
    /// Why the lane was skipped.
    pub(crate) skipped: Option<String>,
    /// What went wrong with the lane itself.
    pub(crate) troubles: Vec<String>,
    /// The end of the guest's console.
    pub(crate) console: Vec<String>,
    /// Where everything is.
    pub(crate) folder: PathBuf,
}

/// One line of the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// How it stands.
    pub(crate) standing: Standing,
    /// Its name.
    pub(crate) name: String,
    /// What was seen.
    pub(crate) words: String,
}

/// How a check or a lane stands, from best known nothing to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// Measured, not judged.
    Fact,
    /// As it should be.
    Pass,
    /// Not judged.
    Skipped,
    /// Not as it should be.
    Fail,
}

impl Standing {
    /// All of them.
    const ALL: [Self; 4] = [Self::Fact, Self::Pass, Self::Skipped, Self::Fail];

    /// The word for it, in the guest's lines and in the table.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fact => "FACT",
            Self::Pass => "PASS",
            Self::Skipped => "SKIPPED",
            Self::Fail => "FAIL",
        }
    }
}

/// A suite's report, as far as the table needs it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Scenarios by verdict.
    pub(crate) counts: BTreeMap<String, u64>,
    /// Scenarios that failed or could not be judged.
    pub(crate) deviations: Vec<Deviation>,
}

/// A scenario with a bad verdict.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Deviation {
    /// Its slug.
    pub(crate) slug: String,
    /// Its verdict.
    pub(crate) verdict: String,
    /// The clauses it judges.
    pub(crate) clauses: String,
    /// What was seen.
    pub(crate) reason: String,
}

impl Outcome {
    /// A lane that could not run.
    pub(crate) fn skipped(lane: &'static Lane, reason: &str) -> Self {
        Self { skipped: Some(reason.to_owned()), ..Self::empty(lane, Path::new("")) }
    }

    fn empty(lane: &'static Lane, folder: &Path) -> Self {
        Self {
            lane: lane.name,
            kernel: String::new(),
            checks: Vec::new(),
            report: None,
            exit: None,
            seconds: 0.0,
            skipped: None,
            troubles: Vec::new(),
            console: Vec::new(),
            folder: folder.to_owned(),
        }
    }

    /// Reads what a guest left in its folder. What is not there and should be is a trouble.
    pub(crate) fn read(lane: &'static Lane, folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let mut outcome = Self::empty(lane, folder);
        outcome.checks = parse_checks(&text("checks.tsv"));
        outcome.exit = text("suite.exit").trim().parse().ok();
        outcome.report = Report::parse(&text("report/results.json"));
        let console =
            String::from_utf8_lossy(&fs::read(folder.join("console.log")).unwrap_or_default()).into_owned();
        let lines: Vec<_> = console.lines().map(|line| line.trim_end().to_owned()).collect();
        outcome.console = lines.get(lines.len().saturating_sub(CONSOLE_LINES)..).unwrap_or_default().to_vec();
        match text("done").trim() {
            "" => outcome.trouble("the guest did not come to its end"),
            "0" => {}
            code => outcome.trouble(&format!("the guest's script ended with {code}")),
        }
        for name in lane.checks {
            if !outcome.checks.iter().any(|check| check.name == *name && check.standing > Standing::Fact) {
                outcome.trouble(&format!("check {name} was not made"));
            }
        }
        if outcome.exit.is_some() && outcome.report.is_none() {
            outcome.trouble("the suite left no report");
        }
        outcome
    }

    /// Notes that something went wrong with the lane itself.
    fn trouble(&mut self, words: &str) {
        self.troubles.push(words.to_owned());
    }

    /// Notes what the other troubles come from.
    pub(crate) fn cause(&mut self, words: &str) {
        self.troubles.insert(0, words.to_owned());
    }

    /// How the lane stands: as its worst check; a lane with troubles has failed.
    pub(crate) fn standing(&self) -> Standing {
        match (&self.skipped, self.troubles.is_empty()) {
            (Some(_), _) => Standing::Skipped,
            (None, false) => Standing::Fail,
            (None, true) => self.checks.iter().map(|check| check.standing).max().unwrap_or(Standing::Skipped),
        }
    }
}

impl Report {
    /// Reads `results.json` leniently: what is not there is not counted.
    fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let mut report = Self::default();
        let documents = clauses_by_id(&value);
        for scenario in value.get("scenarios")?.as_array()? {
            let word = |name: &str| scenario.get(name).and_then(Value::as_str).unwrap_or_default();
            let verdict = word("verdict");
            *report.counts.entry(verdict.to_owned()).or_default() += 1;
            if matches!(verdict, "fail" | "error" | "inconclusive") {
                report.deviations.push(Deviation {
                    slug: word("slug").to_owned(),
                    verdict: verdict.to_owned(),
                    clauses: named_clauses(scenario, &documents),
                    reason: word("reason").to_owned(),
                });
            }
        }
        Some(report)
    }

    /// How many scenarios came to a verdict.
    pub(crate) fn count(&self, verdict: &str) -> u64 {
        self.counts.get(verdict).copied().unwrap_or(0)
    }
}

/// Document and number of each clause that the report lists.
fn clauses_by_id(results: &Value) -> BTreeMap<&str, String> {
    let entries = results.get("clauses").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entries
        .iter()
        .filter_map(|clause| {
            let word = |name: &str| clause.get(name).and_then(Value::as_str).unwrap_or_default();
            let id = clause.get("id")?.as_str()?;
            Some((id, format!("{} {}", word("document"), word("number")).trim().to_owned()))
        })
        .collect()
}

/// The clauses of a scenario: document and number, or the id where the report has no more.
fn named_clauses(scenario: &Value, documents: &BTreeMap<&str, String>) -> String {
    let ids = scenario.get("clauses").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names = ids.iter().filter_map(Value::as_str).map(|id| match documents.get(id) {
        Some(document) if !document.is_empty() => document.clone(),
        _ => id.to_owned(),
    });
    names.collect::<Vec<_>>().join(", ")
}

fn parse_checks(text: &str) -> Vec<Check> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, '\t');
            let word = fields.next()?;
            let standing = Standing::ALL.into_iter().find(|standing| standing.word() == word)?;
            let name = fields.next()?.to_owned();
            Some(Check { standing, name, words: fields.next().unwrap_or_default().trim().to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lanes::LANES;
    use super::*;

    fn outcome(checks: &str) -> Outcome {
        Outcome { checks: parse_checks(checks), ..Outcome::empty(&LANES[0], Path::new("")) }
    }

    #[test]
    fn a_lane_stands_as_its_worst_check() {
        for (checks, expected) in [
            ("PASS\ta\tb\nFACT\tc\td\n", Standing::Pass),
            ("PASS\ta\tb\nSKIPPED\tc\td\n", Standing::Skipped),
            ("FAIL\ta\tb\nPASS\tc\td\n", Standing::Fail),
            ("", Standing::Skipped),
            ("nonsense\n", Standing::Skipped),
        ] {
            assert_eq!(outcome(checks).standing(), expected, "{checks:?}");
        }
        let mut troubled = outcome("PASS\ta\tb\n");
        troubled.trouble("the guest did not come to its end");
        assert_eq!(troubled.standing(), Standing::Fail);
    }

    #[test]
    fn a_guest_that_left_nothing_has_failed() {
        let outcome = Outcome::read(&LANES[0], Path::new("no/such/folder"));
        assert_eq!(outcome.standing(), Standing::Fail);
        for name in LANES[0].checks {
            assert!(outcome.troubles.iter().any(|trouble| trouble.contains(name)), "{name}");
        }
    }

    #[test]
    fn reports_are_counted_and_deviations_carry_their_clauses() {
        let text = r#"{
            "clauses": [{ "id": "mmc.eject", "document": "MMC-6", "number": "6.42", "title": "t" }],
            "scenarios": [
                { "slug": "tray.a", "verdict": "fail", "clauses": ["mmc.eject", "other"], "reason": "02/53/00" },
                { "slug": "tray.b", "verdict": "pass", "clauses": [] },
                { "slug": "tray.c", "verdict": "pass" }
            ]
        }"#;
        let report = Report::parse(text).unwrap();
        assert_eq!((report.count("pass"), report.count("fail"), report.count("skipped")), (2, 1, 0));
        assert_eq!(
            report.deviations,
            [Deviation {
                slug: "tray.a".into(),
                verdict: "fail".into(),
                clauses: "MMC-6 6.42, other".into(),
                reason: "02/53/00".into()
            }]
        );
    }

    #[test]
    fn nonsense_is_no_report() {
        for text in ["", "[]", "{", "{\"scenarios\": 1}"] {
            assert!(Report::parse(text).is_none(), "{text}");
        }
    }
}
