//! The summary for a terminal.

use std::fmt;

use crate::{ExitCode, Record, Run, Verdict, exit_code, text, text::visible_line};

/// Shows a run in plain text: a table of families, the reasons of skips, what is not as expected, the conclusion.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    run: &'a Run,
    colour: bool,
}

/// The colours of the terminal's own palette that are used.
#[derive(Clone, Copy)]
enum Style {
    Bold,
    Dim,
    Green,
    Red,
    Yellow,
}

impl Style {
    const fn code(self) -> u8 {
        match self {
            Self::Bold => 1,
            Self::Dim => 2,
            Self::Green => 32,
            Self::Red => 31,
            Self::Yellow => 33,
        }
    }

    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Untested | Verdict::Skipped => Self::Dim,
            Verdict::Pass => Self::Green,
            Verdict::Inconclusive => Self::Yellow,
            Verdict::Fail | Verdict::Error => Self::Red,
        }
    }
}

impl<'a> Summary<'a> {
    /// The summary of this run, without colour.
    pub fn new(run: &'a Run) -> Self {
        Self { run, colour: false }
    }

    /// With colour or without, as ANSI escapes. Escapes in the run's own texts never reach the terminal.
    #[must_use]
    pub fn colour(self, colour: bool) -> Self {
        Self { colour, ..self }
    }

    fn paint(&self, style: Style, text: impl fmt::Display) -> String {
        if self.colour { format!("\x1b[{}m{text}\x1b[0m", style.code()) } else { text.to_string() }
    }

    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 14;
        let total = self.run.counts();
        let columns: Vec<Verdict> = total.present().map(|(verdict, _)| verdict).collect();
        let families = self.run.families();
        let names = families.iter().map(|family| visible_line(&family.name)).chain(["all".into()]);
        let rows: Vec<_> = names.zip(families.iter().map(|family| family.counts).chain([total])).collect();
        let first = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max("family".len());
        let heads: String = columns.iter().map(|verdict| format!("{verdict:>WIDTH$}")).collect();
        writeln!(
            f,
            "{}",
            self.paint(Style::Bold, format_args!("{:first$}{heads}{:>WIDTH$}", "family", "total"))
        )?;
        for (name, counts) in &rows {
            write!(f, "{name:first$}")?;
            for &column in &columns {
                let count = counts.get(column);
                let style = if count == 0 { Style::Dim } else { Style::of(column) };
                f.write_str(&self.paint(style, format_args!("{count:>WIDTH$}")))?;
            }
            writeln!(f, "{:>WIDTH$}", counts.total())?;
        }
        writeln!(f)
    }

    fn skips(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.run.skips();
        if groups.is_empty() {
            return Ok(());
        }
        writeln!(f, "{}", self.paint(Style::Bold, "not judged"))?;
        for group in &groups {
            writeln!(f, "{:>5} {}: {}", group.slugs.len(), group.verdict, visible_line(&group.reason))?;
        }
        writeln!(f)
    }

    fn section(&self, f: &mut fmt::Formatter<'_>, title: &str, records: &[&Record]) -> fmt::Result {
        if records.is_empty() {
            return Ok(());
        }
        writeln!(f, "{}", self.paint(Style::Bold, title.to_lowercase()))?;
        for record in records {
            let label = self.paint(Style::of(record.verdict()), text::label(record));
            writeln!(f, "  {} {label}", visible_line(&record.scenario.slug))?;
            writeln!(f, "      {}", visible_line(&text::remark(record)))?;
            let finding = record.outcome.as_ref().and_then(|outcome| outcome.finding.as_ref());
            let clauses = finding.map(|finding| &finding.clauses).filter(|clauses| !clauses.is_empty());
            for id in clauses.unwrap_or(&record.scenario.clauses) {
                writeln!(f, "      {}", self.paint(Style::Dim, visible_line(&text::clause(self.run, id))))?;
            }
        }
        writeln!(f)
    }

    fn remarks(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stale in self.run.stale_expectations() {
            let label = self.paint(Style::Red, "stale expectation");
            writeln!(f, "{label} {}: {}", visible_line(&stale.entry), visible_line(&stale.reason))?;
        }
        for note in self.run.notes() {
            writeln!(f, "note: {}", visible_line(note))?;
        }
        if let Some(reason) = text::end_reason(self.run) {
            writeln!(f, "ended: {}", visible_line(reason))?;
        }
        if let Some(trouble) = self.run.trouble() {
            writeln!(f, "{}", self.paint(Style::Red, visible_line(&trouble)))?;
        }
        Ok(())
    }

    fn conclusion(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exit = exit_code(self.run);
        let style = if exit == ExitCode::AsExpected { Style::Green } else { Style::Red };
        write!(f, "{}: {}", self.paint(style, exit.meaning()), self.run.counts())?;
        match self.run.finished() {
            Some(finished) => writeln!(f, ", in {}", text::duration(finished.elapsed_real_ns)),
            None => writeln!(f),
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.run.counts().total() > 0 {
            self.table(f)?;
        }
        self.skips(f)?;
        // The worst stands last, where the eye is when the run is over.
        text::sections(self.run)
            .iter()
            .rev()
            .try_for_each(|(title, records)| self.section(f, title, records))?;
        self.remarks(f)?;
        self.conclusion(f)
    }
}
