//! `cargo xtask vm libiscsi`: the test suite of libiscsi against served drives, on loopback and without a machine.
//!
//! `iscsi-test-cu` is made for disks. It skips what a drive lacks and counts that as a pass, and a few of its tests contradict what holds for
//! optical drives; so each test is run by itself against a drive that was just switched on, what was skipped is counted as skipped, and
//! the contradictions are listed with their clauses.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use glob::Pattern;
use serde_json::json;

use super::Choice;
use super::exceptions::{EXCEPTIONS, Exception};
use super::media::Medium;
use super::server::{Address, Discrig, Process, Server as _, Tgt, program};
use crate::release;
use crate::vm::tools::{self, Tool, Unavailable};
use crate::vm::{self, rig};

/// What the lane needs.
pub(super) const TOOLS: &[Tool] = &[
    Tool { program: "iscsi-test-cu", package: "libiscsi-bin" },
    Tool { program: "xorriso", package: "xorriso" },
];
/// The disc in our drive: blocks can be read and written in any order, as on a disk, and it needs no formatting before.
const MEDIUM: Medium = Medium::DvdRam;
/// How long one test may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Which tests to run
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask vm libiscsi\n  cargo xtask vm libiscsi --only 'ALL.iSCSI*'")]
pub(crate) struct Args {
    /// Run the tests whose names match
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Whose drives; all of them where none is named
    #[arg(long, value_name = "SERVER")]
    server: Vec<Choice>,
    /// The program that serves our drives, instead of a release build made now
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// How a test stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// All of it was carried out, as expected.
    Passed,
    /// Something of it was not carried out.
    Skipped,
    /// Something was not as the test expects, and the test is wrong.
    Excepted,
    /// Something was not as the test expects.
    Failed,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Passed, Self::Skipped, Self::Excepted, Self::Failed];

    const fn word(self) -> &'static str {
        match self {
            Self::Excepted => "excepted",
            Self::Failed => "failed",
            Self::Passed => "passed",
            Self::Skipped => "skipped",
        }
    }
}

/// What came of the tests on one server.
struct Results {
    server: &'static str,
    tests: Vec<(String, Standing, String)>,
}

impl Results {
    fn count(&self, standing: Standing) -> usize {
        self.tests.iter().filter(|(_, other, _)| *other == standing).count()
    }
}

/// Runs the tests and prints what came of them.
///
/// # Errors
/// When a test fails on our drives, when fewer pass than on another server, and when the lane cannot be set up.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = &mut io::stdout();
    if let Err(error) = tools::require(TOOLS) {
        return vm::skip(&error);
    }
    let tests = select(&args.only)?;
    let folder = release::target()?.join("vm/libiscsi");
    rig::empty(&folder)?;
    super::data::make(&folder)?;
    let mut all = Vec::new();
    for choice in
        Choice::ALL.into_iter().filter(|choice| args.server.is_empty() || args.server.contains(choice))
    {
        match bench(choice, args, &folder) {
            Ok(bench) => all.push(bench.run_all(&tests)?),
            Err(error) if error.is::<Unavailable>() => {
                writeln!(out, "{}: skipped: {error:#}", choice.name())?
            }
            Err(error) => return Err(error),
        }
    }
    let page = markdown(&all);
    fs::write(folder.join("table.md"), &page)?;
    fs::write(folder.join("table.json"), format!("{:#}\n", json(&all)))?;
    writeln!(out, "{page}\nWhat the tests said is in {}.", folder.display())?;
    conclude(&all)
}

fn conclude(all: &[Results]) -> Result<()> {
    let Some(ours) = all.iter().find(|results| results.server == Choice::Discrig.name()) else {
        return Ok(());
    };
    let failed = ours.count(Standing::Failed);
    ensure!(failed == 0, "{failed} tests failed");
    for other in all {
        ensure!(
            other.count(Standing::Passed) <= ours.count(Standing::Passed),
            "more tests pass on {} than on our drives",
            other.server
        );
    }
    Ok(())
}

/// A drive for tests.
enum Bench {
    Discrig { server: Discrig, folder: PathBuf },
    Tgt { server: Tgt, folder: PathBuf },
}

fn bench(choice: Choice, args: &Args, folder: &Path) -> Result<Bench> {
    let disc = folder.join("first.iso");
    let own = folder.join(choice.name());
    fs::create_dir_all(&own)?;
    Ok(match choice {
        Choice::Discrig => {
            let binary = release::discrig(args.binary.as_deref())?;
            let server = Discrig::start(&binary, &own, 1, &disc, &[])?;
            Bench::Discrig { server, folder: own }
        }
        Choice::Tgt => {
            tools::require(&[Tool { program: "tgtd", package: "tgt" }])?;
            Bench::Tgt { server: Tgt::start(&own, 1, &disc)?, folder: own }
        }
    })
}

impl Bench {
    fn run_all(&self, tests: &[String]) -> Result<Results> {
        let (server, folder, address) = match self {
            Self::Discrig { server, folder } => (server.name(), folder, server.address(0)),
            Self::Tgt { server, folder } => (server.name(), folder, server.address(0)),
        };
        let mut results = Results { server, tests: Vec::new() };
        for test in tests {
            self.refresh()?;
            let said = carry_out(test, &address, &folder.join(format!("{test}.txt")))?;
            let exception = matches!(self, Self::Discrig { .. })
                .then(|| EXCEPTIONS.iter().find(|exception| exception.test == test))
                .flatten();
            results.tests.push(judge(test, &said, exception));
        }
        Ok(results)
    }

    /// A drive as if it had just been switched on, with a disc on which nothing was written.
    fn refresh(&self) -> Result<()> {
        match self {
            Self::Discrig { server, .. } => {
                server.control(0, &["reset", "power"])?;
                server.insert(0, MEDIUM)
            }
            Self::Tgt { .. } => Ok(()),
        }
    }
}

/// The names of the tests that match, as the tool lists them.
fn select(only: &[String]) -> Result<Vec<String>> {
    let patterns: Vec<Pattern> = only.iter().map(|text| Pattern::new(text)).collect::<Result<_, _>>()?;
    let Output { stdout, stderr, .. } = program("iscsi-test-cu")?.arg("-l").output()?;
    let listed = [stdout, stderr].concat();
    let tests: Vec<String> = String::from_utf8_lossy(&listed)
        .lines()
        .map(str::trim)
        .filter(|name| name.starts_with("ALL.") && name.matches('.').count() == 2)
        .filter(|name| patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name)))
        .map(str::to_owned)
        .collect();
    ensure!(!tests.is_empty(), "iscsi-test-cu has no such test; `iscsi-test-cu -l` prints their names");
    Ok(tests)
}

/// Runs one test and returns what it said; it is killed when its time is up.
fn carry_out(test: &str, address: &Address, transcript: &Path) -> Result<String> {
    let Address { port, target, lun } = address;
    let mut command: Command = program("iscsi-test-cu")?;
    command.args(["-v", "-d", "-t", test, &format!("iscsi://127.0.0.1:{port}/{target}/{lun}")]);
    let mut process = Process::start(&mut command, transcript)?;
    let end = Instant::now() + LIMIT;
    while process.is_running()? {
        if Instant::now() > end {
            return Ok(format!("did not end within {} s", LIMIT.as_secs()));
        }
        thread::sleep(Duration::from_millis(5));
    }
    let said = fs::read(transcript).with_context(|| format!("reading {}", transcript.display()))?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

fn judge(test: &str, said: &str, exception: Option<&Exception>) -> (String, Standing, String) {
    // What stands before is the tool's own looking around.
    let body = said.rsplit("Suite: ").next().unwrap_or(said);
    let standing = match counts(said) {
        // What comes behind is about tidying up.
        Some([1, 0]) if body.split("passed").next().is_some_and(|test| test.contains("[SKIPPED]")) => {
            Standing::Skipped
        }
        // An exception that is none must go.
        Some([1, 0]) if exception.is_some() => Standing::Failed,
        Some([1, 0]) => Standing::Passed,
        _ if exception.is_some() => Standing::Excepted,
        _ => Standing::Failed,
    };
    let words = match (standing, exception) {
        (Standing::Excepted, Some(exception)) => format!("{} ({})", exception.reason, exception.clause),
        (Standing::Failed, Some(_)) => "passes and is listed as an exception".to_owned(),
        (Standing::Failed, None) => body
            .lines()
            .find(|line| line.contains("[FAILED]"))
            .or(body.lines().next())
            .unwrap_or_default()
            .trim()
            .to_owned(),
        _ => String::new(),
    };
    (test.to_owned(), standing, words)
}

/// How many tests were run and how many of them failed, from the line `tests  1  1  1  0  0` of the summary.
fn counts(said: &str) -> Option<[u32; 2]> {
    let line = said.lines().find_map(|line| line.trim().strip_prefix("tests "))?;
    let numbers: Vec<u32> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
    Some([*numbers.get(1)?, *numbers.get(3)?])
}

fn markdown(all: &[Results]) -> String {
    let mut page = String::from("# libiscsi's tests\n\n| server |");
    let words = Standing::ALL.map(Standing::word);
    // Writing to a string does not fail.
    _ = writeln!(page, " {} | all |\n| --- |{}", words.join(" | "), " --- |".repeat(words.len() + 1));
    for results in all {
        let counts = Standing::ALL.map(|standing| results.count(standing).to_string());
        _ = writeln!(page, "| {} | {} | {} |", results.server, counts.join(" | "), results.tests.len());
    }
    for results in all {
        for (test, standing, words) in results.tests.iter().filter(|(_, _, words)| !words.is_empty()) {
            _ = write!(page, "\n- {} `{test}` {}: {words}", results.server, standing.word());
        }
    }
    page.push('\n');
    page
}

fn json(all: &[Results]) -> serde_json::Value {
    let servers = all.iter().map(|results| {
        let counts: BTreeMap<_, _> =
            Standing::ALL.into_iter().map(|standing| (standing.word(), results.count(standing))).collect();
        let tests = results.tests.iter().map(
            |(test, standing, words)| json!({ "name": test, "standing": standing.word(), "words": words }),
        );
        json!({ "name": results.server, "counts": counts, "tests": tests.collect::<Vec<_>>() })
    });
    json!({ "servers": servers.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "Run Summary:    Type  Total    Ran Passed Failed Inactive\n              suites      1      1    n/a      0        0\n";

    fn said(words: &str, failed: u32) -> String {
        format!(
            "[SKIPPED] looking around\nSuite: A\n  Test: B ...{words}\n\n{SUMMARY}               tests      1      1      {}      {failed}        0\n",
            1 - failed
        )
    }

    fn standing(text: &str, exception: Option<&Exception>) -> Standing {
        judge("ALL.A.B", text, exception).1
    }

    #[test]
    fn a_skip_is_no_pass() {
        assert_eq!(standing(&said("passed", 0), None), Standing::Passed);
        assert_eq!(standing(&said("passed    [SKIPPED] not implemented", 0), None), Standing::Passed);
        assert_eq!(standing(&said("    [SKIPPED] not implemented\npassed", 0), None), Standing::Skipped);
        assert_eq!(standing(&said("    [FAILED] oops\nFAILED", 1), None), Standing::Failed);
        assert_eq!(standing("Segmentation fault", None), Standing::Failed);
    }

    #[test]
    fn an_exception_excuses_a_failure_and_is_stale_without_one() {
        let exception = Some(&EXCEPTIONS[0]);
        assert_eq!(standing(&said("FAILED", 1), exception), Standing::Excepted);
        assert_eq!(standing(&said("passed", 0), exception), Standing::Failed);
    }
}
