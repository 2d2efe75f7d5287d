//! The table of tools and media, as Markdown and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::media::Medium;
use super::outcome::{Outcome, Verdict};
use super::rows::ROWS;
use super::trials::TrialOutcome;

/// What came of the cells on one server.
#[derive(Debug)]
pub(crate) struct Column {
    /// The server.
    pub(crate) server: &'static str,
    /// What came of its cells; or why it could not be had.
    pub(crate) outcomes: Result<Vec<Outcome>, String>,
    /// What came of its trials.
    pub(crate) trials: Vec<TrialOutcome>,
}

impl Column {
    /// A server that could not be had.
    pub(crate) fn absent(server: &'static str, reason: String) -> Self {
        Self { server, outcomes: Err(reason), trials: Vec::new() }
    }

    /// How many cells have a verdict.
    pub(crate) fn count(&self, word: &str) -> usize {
        self.outcomes.iter().flatten().filter(|outcome| outcome.verdict.word() == word).count()
    }

    /// How many cells and trials failed.
    pub(crate) fn failures(&self) -> usize {
        let trials = self.trials.iter().filter(|trial| trial.verdict != Verdict::Pass).count();
        self.count("fail") + trials
    }
}

/// The page: a table for each server, and below it what was not a pass.
pub(crate) fn markdown(kernel: &str, columns: &[Column]) -> String {
    let mut page = format!(
        "# What Debian's tools burn\n\n\
         Each cell begins with a fresh disc in a drive served over iSCSI; Linux {kernel} burns it with an unmodified tool, and what is read back\n\
         is compared byte for byte with what was to be burned.\n"
    );
    for column in columns {
        // Writing to a string does not fail.
        _ = write!(page, "\n## {}\n\n", column.server);
        match &column.outcomes {
            Ok(outcomes) => section(&mut page, column, outcomes),
            Err(reason) => _ = writeln!(page, "Skipped: {reason}"),
        }
        trials(&mut page, &column.trials);
    }
    page
}

fn section(page: &mut String, column: &Column, outcomes: &[Outcome]) {
    let titles: String = Medium::ALL.iter().map(|medium| format!(" {} |", medium.title())).collect();
    let rule = " --- |".repeat(Medium::ALL.len());
    _ = write!(page, "| |{titles}\n| --- |{rule}\n");
    for (tool, mode) in modes(outcomes) {
        let of = |medium| {
            outcomes.iter().find(|outcome| {
                let row = outcome.cell.row;
                (row.tool, row.mode, outcome.cell.medium) == (tool, mode, medium)
            })
        };
        let shown = |medium: &Medium| match of(*medium) {
            Some(outcome) => format!(" {} |", shown(outcome)),
            None => " |".to_owned(),
        };
        let cells: String = Medium::ALL.iter().map(shown).collect();
        _ = writeln!(page, "| {tool} {mode} |{cells}");
    }
    let counts = [
        ("pass", "passed"),
        ("fail", "failed"),
        ("n/a", "not applicable"),
        ("absent", "without such a medium"),
    ];
    let counts: Vec<_> =
        counts.iter().map(|(word, title)| format!("{} {title}", column.count(word))).collect();
    _ = writeln!(page, "\n{} cells: {}.", outcomes.len(), counts.join(", "));
    for outcome in outcomes {
        if matches!(outcome.verdict, Verdict::Fail { .. } | Verdict::NotApplicable(_)) {
            let (name, words) = (outcome.cell.name(), outcome.verdict.words());
            _ = write!(page, "\n- `{name}` {}: {}", outcome.verdict.word(), words.replace('`', "'"));
        }
    }
    page.push('\n');
}

/// What happened to drives while they burned, and what the tool said.
fn trials(page: &mut String, trials: &[TrialOutcome]) {
    if trials.is_empty() {
        return;
    }
    page.push_str("\n| while it burns | | the tool says |\n| --- | --- | --- |\n");
    for trial in trials {
        let words = [trial.heard.clone(), trial.verdict.words()].join(" ").replace('|', "/");
        let verdict = if trial.verdict == Verdict::Pass { "pass" } else { "**fail**" };
        _ = writeln!(page, "| {} | {verdict} | {} |", trial.name, words.trim());
    }
}

fn shown(outcome: &Outcome) -> &'static str {
    match outcome.verdict {
        Verdict::Absent(_) => "–",
        Verdict::Fail { .. } => "**fail**",
        Verdict::NotApplicable(_) | Verdict::Pass => outcome.verdict.word(),
    }
}

/// Tools and modes, in the order of the rows.
fn modes(outcomes: &[Outcome]) -> Vec<(&'static str, &'static str)> {
    let mut modes = Vec::new();
    for row in ROWS {
        let mode = (row.tool, row.mode);
        let present = outcomes.iter().any(|outcome| (outcome.cell.row.tool, outcome.cell.row.mode) == mode);
        if present && !modes.contains(&mode) {
            modes.push(mode);
        }
    }
    modes
}

/// The same for programs.
pub(crate) fn json(kernel: &str, columns: &[Column]) -> Value {
    let servers: Vec<Value> = columns
        .iter()
        .map(|column| match &column.outcomes {
            Ok(outcomes) => {
                json!({
                    "name": column.server,
                    "cells": outcomes.iter().map(cell).collect::<Vec<_>>(),
                    "trials": column.trials.iter().map(trial).collect::<Vec<_>>(),
                })
            }
            Err(reason) => json!({ "name": column.server, "skipped": reason }),
        })
        .collect();
    json!({ "kernel": kernel, "servers": servers })
}

fn cell(outcome: &Outcome) -> Value {
    let row = outcome.cell.row;
    json!({
        "tool": row.tool,
        "mode": row.mode,
        "medium": outcome.cell.medium.name(),
        "verdict": outcome.verdict.word(),
        "words": outcome.verdict.words(),
        "seconds": (outcome.seconds * 10.0).round() / 10.0,
        "transcript": outcome.transcript,
    })
}

fn trial(outcome: &TrialOutcome) -> Value {
    json!({
        "name": outcome.name,
        "verdict": outcome.verdict.word(),
        "words": outcome.verdict.words(),
        "tool": outcome.heard,
        "seconds": (outcome.seconds * 10.0).round() / 10.0,
        "transcript": outcome.transcript,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::cell;
    use super::*;

    fn column() -> Column {
        let verdicts = [Verdict::Pass, Verdict::trouble("`no`".into()), Verdict::Absent("has none".into())];
        let outcomes = cell::select(&["wodim.*".into()], &[]).unwrap().into_iter().zip(verdicts);
        let outcomes = outcomes.map(|(cell, verdict)| Outcome {
            cell,
            verdict,
            seconds: 1.25,
            transcript: PathBuf::new(),
        });
        let trial = TrialOutcome {
            name: "stall",
            verdict: Verdict::trouble("silence".into()),
            heard: String::new(),
            seconds: 2.0,
            transcript: PathBuf::new(),
        };
        Column { server: "discrig", outcomes: Ok(outcomes.collect()), trials: vec![trial] }
    }

    #[test]
    fn the_page_has_a_row_for_each_mode_and_words_for_what_did_not_pass() {
        let peer = Column::absent("peer", "it needs a module".into());
        let page = markdown("6.1", &[column(), peer]);
        assert!(page.contains("| wodim tao | pass | **fail** | |"), "{page}");
        assert!(page.contains("| wodim dao | – | |"), "{page}");
        assert!(
            page.contains("3 cells: 1 passed, 1 failed, 0 not applicable, 1 without such a medium."),
            "{page}"
        );
        assert!(page.contains("- `wodim.tao.cd-rw` fail: 'no'"), "{page}");
        assert!(page.contains("Skipped: it needs a module"), "{page}");
        assert!(page.contains("| stall | **fail** | silence |"), "{page}");
    }

    #[test]
    fn programs_get_every_cell() {
        let value = json("6.1", &[column()]);
        let cells = value["servers"][0]["cells"].as_array().unwrap();
        assert_eq!(cells.len(), 3);
        assert_eq!(cells[1]["verdict"], "fail");
        assert_eq!(cells[1]["medium"], "cd-rw");
        assert_eq!(value["servers"][0]["trials"][0]["words"], "silence");
    }
}
