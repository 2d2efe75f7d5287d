//! Words and numbers as people read them, the same in every document.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

use crate::{Record, Run, StepRecord, Verdict};

/// Whether a character would not show, or would rearrange what stands around it: control characters, directional
/// formatting, and the code points that XML 1.0 cannot hold. Line feed and tab are layout and stay.
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control(),
    }
}

/// The text with its hidden characters written as escapes: what a drive says in its INQUIRY data can neither vanish
/// from a document nor disturb it or a terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hidden(c) { push_escape(&mut shown, c) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// As [`visible`], on one line.
pub(crate) fn visible_line(text: &str) -> Cow<'_, str> {
    match visible(text) {
        text if text.contains(['\n', '\t']) => {
            Cow::Owned(text.trim_end().replace('\n', " \u{23ce} ").replace('\t', " "))
        }
        text => text,
    }
}

fn push_escape(out: &mut String, c: char) {
    // Writing into a String cannot fail.
    let _ = match u32::from(c) {
        code @ 0..=0xff => write!(out, "\\x{code:02x}"),
        code => write!(out, "\\u{{{code:x}}}"),
    };
}

/// HTML escaping that also makes hidden characters visible. The template names it for every value it shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisibleHtml;

impl askama::filters::Escaper for VisibleHtml {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, text: &str) -> fmt::Result {
        askama::filters::Html.write_escaped_str(dest, &visible(text))
    }
}

/// A duration in the unit that suits it.
pub(crate) fn duration(ns: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    match ns {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => decimal(ns, 1_000, "µs"),
        1_000_000..SECOND => decimal(ns, 1_000_000, "ms"),
        _ if ns < 60 * SECOND => decimal(ns, SECOND, "s"),
        _ => {
            let seconds = ns / SECOND;
            match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
                (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
                (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
            }
        }
    }
}

/// At most three digits, cut and not rounded, so that no unit ever shows a thousand of itself.
fn decimal(value: u64, unit: u64, name: &str) -> String {
    let (whole, hundredths) = (value / unit, value % unit * 100 / unit);
    match whole {
        0..10 => format!("{whole}.{hundredths:02} {name}"),
        10..100 => format!("{whole}.{} {name}", hundredths / 10),
        _ => format!("{whole} {name}"),
    }
}

/// `1 scenario`, `2 scenarios`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The verdict with what an expectation adds to it: `fail (expected failure)`.
pub(crate) fn label(record: &Record) -> String {
    match record.expectation() {
        Some(expectation) => format!("{} ({})", record.verdict(), expectation.words()),
        None => record.verdict().to_string(),
    }
}

/// What a reader looks at first, the worst first: title and scenarios.
pub(crate) fn sections(run: &Run) -> [(&'static str, Vec<&Record>); 3] {
    let of = |wanted| {
        run.records().filter(move |record| !record.is_nonconforming() && record.verdict() == wanted).collect()
    };
    [
        ("Not as expected", run.nonconforming().collect()),
        ("Inconclusive", of(Verdict::Inconclusive)),
        ("Expected failures", of(Verdict::Fail)),
    ]
}

/// The reason of a verdict and what an expectation adds to it.
pub(crate) fn remark(record: &Record) -> String {
    match (record.reason(), record.expectation()) {
        (reason, None) => reason.to_owned(),
        ("", Some(expectation)) => format!("{}: {}", expectation.words(), expectation.reason()),
        (reason, Some(expectation)) => {
            format!("{reason} ({}: {})", expectation.words(), expectation.reason())
        }
    }
}

/// Why the run ended, where it said so.
pub(crate) fn end_reason(run: &Run) -> Option<&str> {
    run.finished().map(|finished| finished.reason.as_str()).filter(|reason| !reason.is_empty())
}

/// A clause by its id, spelled out where the run knows it.
pub(crate) fn clause(run: &Run, id: &str) -> String {
    run.clause(id).map_or_else(|| id.to_owned(), |clause| format!("{clause} [{id}]"))
}

/// Several clauses by their ids, spelled out.
pub(crate) fn clauses(run: &Run, ids: &[String]) -> String {
    ids.iter().map(|id| clause(run, id)).collect::<Vec<_>>().join("; ")
}

/// What a finding says, as plain text over several lines.
pub(crate) fn finding(run: &Run, record: &Record) -> Option<String> {
    let finding = record.outcome.as_ref()?.finding.as_ref()?;
    let mut lines = vec![finding.message.clone()];
    for allowed in &finding.expected {
        lines.push(format!("expected: {}{}", allowed.answer, because(run, &allowed.clauses)));
    }
    if !finding.observed.is_empty() {
        lines.push(format!("observed: {}", finding.observed));
    }
    lines.extend(finding.clauses.iter().map(|id| format!("clause:   {}", clause(run, id))));
    lines.extend(finding.seed.map(|seed| format!("seed:     {seed}")));
    if !finding.steps.is_empty() {
        lines.push("steps:".to_owned());
        lines.extend(finding.steps.iter().map(step));
    }
    if let Some(reproduction) = &finding.reproduction {
        lines.push("shortest reproduction, for discrig replay:".to_owned());
        lines.push(reproduction.trim_end().to_owned());
    }
    lines.push(format!("again:    {}", rerun_command(run, record)));
    Some(lines.join("\n"))
}

fn because(run: &Run, ids: &[String]) -> String {
    if ids.is_empty() { String::new() } else { format!(", by {}", clauses(run, ids)) }
}

/// One step on one line.
fn step(step: &StepRecord) -> String {
    let cdb = step.cdb.as_ref().map(|cdb| format!(" [{cdb}]")).unwrap_or_default();
    let sense = step.sense.as_ref().map(|sense| format!(", {sense}")).unwrap_or_default();
    let told = format!("{}: {}{cdb} -> {}{sense}", step.actor, step.action, step.answer);
    format!("{:>4}. {} ({})", step.n, visible_line(&told), duration(step.elapsed_ns))
}

/// Options of `discrig test` with a value that a command for one scenario gives itself, or does not want.
const REPLACED_OPTIONS: [&str; 5] = ["--only", "--report-dir", "--seed", "--shard", "--skip"];

/// The command that runs one scenario again, as the run was started.
pub(crate) fn rerun_command(run: &Run, record: &Record) -> String {
    let header = run.header();
    let mut words: Vec<String> = match header.argv.as_slice() {
        [_, arguments @ ..] if !arguments.is_empty() => kept_arguments(arguments),
        _ => vec!["test".to_owned(), header.target.name.clone()],
    };
    words.retain(|word| !word.is_empty());
    words.extend(["--only".to_owned(), record.scenario.slug.clone()]);
    words.extend(header.seed.into_iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    format!("discrig {}", command_line(&words))
}

fn kept_arguments(arguments: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let (name, value) =
            argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value)));
        if !REPLACED_OPTIONS.contains(&name) {
            kept.push(argument.clone());
        } else if value.is_none() {
            arguments.next();
        }
    }
    kept
}

/// Words as one line for a shell.
pub(crate) fn command_line(words: &[String]) -> String {
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
pub(crate) fn shell_word(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, RunStarted, Scenario};

    #[test]
    fn durations_keep_three_digits() {
        let check = |ns, text| assert_eq!(duration(ns), text);
        check(0, "0 s");
        check(999, "999 ns");
        check(1_000, "1.00 µs");
        check(999_999, "999 µs");
        check(12_345_678, "12.3 ms");
        check(59_999_999_999, "59.9 s");
        check(60_000_000_000, "1 min 00 s");
        check(3_599_999_999_999, "59 min 59 s");
        check(5_400_000_000_000, "1 h 30 min");
        check(u64::MAX, "5124095 h 34 min");
    }

    #[test]
    fn hidden_characters_show() {
        let check = |text, shown| assert_eq!(visible(text), shown);
        check("DVD-RW é 光", "DVD-RW é 光");
        check("a\tb\nc", "a\tb\nc");
        check("\0\x1b[31m\r\x7f\u{85}", "\\x00\\x1b[31m\\x0d\\x7f\\x85");
        check("\u{202e}\u{feff}\u{ffff}", "\\u{202e}\\u{feff}\\u{ffff}");
        assert_eq!(visible_line("a\nb\tc\n"), "a \u{23ce} b c");
    }

    fn command(argv: &[&str], seed: Option<u64>) -> String {
        let mut header = RunStarted {
            seed,
            argv: argv.iter().map(|&word| word.to_owned()).collect(),
            ..RunStarted::default()
        };
        header.target.name = "emulator:it's".to_owned();
        header.plan = vec![Scenario::unplanned("a.b")];
        let run = Run::from_events([&Event::RunStarted(Box::new(header))]);
        rerun_command(&run, run.records().next().unwrap())
    }

    #[test]
    fn rerun_replaces_the_selection() {
        let check = |argv: &[&str], text| assert_eq!(command(argv, Some(7)), text);
        check(&[], r"discrig test 'emulator:it'\''s' --only a.b --seed 7");
        check(&["x/discrig"], r"discrig test 'emulator:it'\''s' --only a.b --seed 7");
        check(
            &[
                "discrig",
                "test",
                "/dev/sr0",
                "--only",
                "c.*",
                "--seed=1",
                "--defect",
                "d",
                "--report-dir=o",
                "--skip",
                "e",
            ],
            "discrig test /dev/sr0 --defect d --only a.b --seed 7",
        );
        check(&["discrig", "test", "--only"], "discrig test --only a.b --seed 7");
        assert_eq!(command(&["discrig", "test"], None), "discrig test --only a.b");
    }
}
