//! The table that is printed in the end.

use std::io::{self, Write};

use super::outcome::{Outcome, Report, Standing};

/// Verdicts with a column of their own; all others are in the last one.
const COLUMNS: &[&str] = &["pass", "fail", "skipped"];

/// Writes the table, and below it what was seen in each lane.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    for outcome in outcomes {
        write_details(out, outcome)?;
    }
    writeln!(
        out,
        "{:13} {:8} {:18} {:>5} {:>5} {:>5} {:>5} {:>5} {:>8}",
        "lane", "result", "kernel", "pass", "fail", "skip", "other", "exit", "seconds"
    )?;
    for outcome in outcomes {
        write_row(out, outcome)?;
    }
    Ok(())
}

fn write_row(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    let counts = outcome.report.as_ref().map_or([const { None }; 4], |report| counts(report).map(Some));
    let [pass, fail, skip, other] = counts.map(|count| or_dash(count.as_ref()));
    writeln!(
        out,
        "{:13} {:8} {:18} {pass:>5} {fail:>5} {skip:>5} {other:>5} {:>5} {:>8.1}",
        outcome.lane,
        outcome.standing().word(),
        or_dash((!outcome.kernel.is_empty()).then_some(&outcome.kernel)),
        or_dash(outcome.exit.as_ref()),
        outcome.seconds,
    )
}

/// Passed, failed, skipped, and everything else.
fn counts(report: &Report) -> [u64; 4] {
    let others = report.counts.iter().filter(|(verdict, _)| !COLUMNS.contains(&verdict.as_str()));
    let other = others.map(|(_, count)| count).sum();
    [report.count("pass"), report.count("fail"), report.count("skipped"), other]
}

fn or_dash(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn write_details(out: &mut dyn Write, outcome: &Outcome) -> io::Result<()> {
    match &outcome.skipped {
        Some(reason) => return writeln!(out, "{}: skipped: {reason}\n", outcome.lane),
        None => writeln!(out, "{}: {}", outcome.lane, outcome.folder.display())?,
    }
    for check in &outcome.checks {
        writeln!(out, "  {:8} {}: {}", check.standing.word(), check.name, check.words)?;
    }
    let deviations = outcome.report.iter().flat_map(|report| &report.deviations);
    for deviation in deviations {
        let clauses = if deviation.clauses.is_empty() { "no clause" } else { &deviation.clauses };
        writeln!(
            out,
            "  {:8} {} [{clauses}] {}",
            deviation.verdict,
            deviation.slug,
            one_line(&deviation.reason)
        )?;
    }
    for trouble in &outcome.troubles {
        writeln!(out, "  {:8} {trouble}", Standing::Fail.word())?;
    }
    if !outcome.troubles.is_empty() {
        for line in &outcome.console {
            writeln!(out, "  console  {line}")?;
        }
    }
    writeln!(out)
}

/// The text in one line of bearable length.
fn one_line(text: &str) -> String {
    const LIMIT: usize = 160;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LIMIT) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lanes::LANES;
    use super::*;

    #[test]
    fn skipped_lanes_say_why() {
        let mut out = Vec::new();
        write(&mut out, &[Outcome::skipped(&LANES[0], "not found: qemu")]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("skipped: not found: qemu"), "{text}");
        assert!(text.lines().last().unwrap().contains("SKIPPED"), "{text}");
    }

    #[test]
    fn every_verdict_is_counted_once() {
        let mut report = Report::default();
        for (verdict, count) in [("pass", 3), ("fail", 2), ("skipped", 5), ("error", 1), ("untested", 4)] {
            report.counts.insert(verdict.into(), count);
        }
        assert_eq!(counts(&report), [3, 2, 5, 5]);
    }

    #[test]
    fn reasons_stay_on_one_line() {
        assert_eq!(one_line("a\n  b"), "a b");
        assert_eq!(one_line(&"é".repeat(200)).chars().count(), 161);
    }
}
