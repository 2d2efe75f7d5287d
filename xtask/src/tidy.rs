//! `cargo xtask tidy`: the invariants of the workspace, each as one named check.
//!
//! The table `checks!` below is the list. A row gives a check its name, its reason and its function, and puts it under
//! `cargo test` as well, where it runs on the repository itself. Each check has negative tests on small samples beside its
//! function, so that it is known to be able to fail.

mod attributes;
mod dependencies;
mod documents;
mod generated;
mod lexer;
mod manifests;
mod root;
mod sans_io;
mod size;
mod source;
mod text;
mod tree;
mod unsafety;

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Result, bail, ensure};

pub(crate) use tree::Tree;

/// Which checks to run.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask tidy\n  cargo xtask tidy --only sans-io --only file-size\n  cargo xtask tidy --list"
)]
pub(crate) struct Args {
    /// Run this check alone; may be given several times
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,
    /// Print the checks with their reasons and run nothing
    #[arg(long)]
    list: bool,
}

/// One invariant.
struct Check {
    /// Name on the command line and in reports.
    name: &'static str,
    /// Why the invariant is worth a check.
    reason: &'static str,
    /// Finds what breaks it.
    run: fn(&Tree) -> Vec<Finding>,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Severity {
    /// The check fails.
    Failure,
    /// Worth knowing; the check passes.
    Warning,
}

/// One place where an invariant is broken.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    severity: Severity,
    path: String,
    /// Counted from 1; 0 is the file as a whole.
    line: usize,
    what: String,
    remedy: String,
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Failure,
            path: path.into(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, remedy, .. } = self;
        match line {
            0 => write!(f, "{path}: {what}; {remedy}"),
            _ => write!(f, "{path}:{line}: {what}; {remedy}"),
        }
    }
}

/// Makes the table of checks, and from each row a test on the repository itself.
macro_rules! checks {
    ($($name:ident $reason:literal $run:path,)*) => {
        const CHECKS: &[Check] = &[$(Check { name: stringify!($name), reason: $reason, run: $run }),*];

        #[cfg(test)]
        mod repository {
            $(#[test]
            fn $name() {
                super::tests::holds(stringify!($name));
            })*
        }
    };
}

checks! {
    dependency_directions "the suite cannot know whom it judges, and layers know only what lies below them"
        dependencies::directions,
    sans_io "time is an argument and randomness a seed, so that every run can be repeated"
        sans_io::calls,
    defined_order "iteration order that anyone can see is defined"
        sans_io::order,
    unsafe_placement "unsafe code stays where an operating system asks for it"
        unsafety::placement,
    unsafe_reasons "an unsafe block is as good as its argument"
        unsafety::reasons,
    manifests "one version, one edition, one set of lints for all crates"
        manifests::inheritance,
    workspace_lints "what a lint can check is a lint, and it stays switched on"
        manifests::lints,
    lint_exceptions "an exception without a reason outlives its cause"
        attributes::exceptions,
    root_contents "who opens the folder sees the architecture and no scrap"
        root::contents,
    stray_markers "unfinished business belongs to the tracker, not to the source"
        text::markers,
    whitespace "differences show changes and nothing else"
        text::whitespace,
    machine_paths "the project works on every machine"
        text::machine_paths,
    registry_hosts "dependencies come from crates.io, whatever mirror a machine uses"
        text::registry_hosts,
    product_words "texts speak about recorders and about nothing else"
        text::product_words,
    file_size "a file has one subject"
        size::files,
    function_size "a function fits a screen"
        size::functions,
    module_docs "who opens a file learns what it is for"
        documents::module_docs,
    code_map "the map shows the whole country"
        documents::code_map,
    document_paths "documents speak of what exists"
        documents::paths,
    changelog "the changelog tells of the version being built"
        documents::changelog,
    generated_files "generated files come from their generator"
        generated::up_to_date,
    peers "no other emulated drive is ahead"
        crate::peers::behind,
}

impl Check {
    /// The name as people type it.
    fn title(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// Runs the checks that `args` ask for and prints all findings.
///
/// # Errors
/// When a check fails, when no check has a given name, or when the repository cannot be read.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = &mut io::stdout().lock();
    if args.list {
        for check in CHECKS {
            writeln!(out, "{:22} {}", check.title(), check.reason)?;
        }
        return Ok(());
    }
    let checks = select(&args.only)?;
    let tree = Tree::read(root())?;
    let failed = report(&checks, &tree, out)?;
    if failed > 0 {
        bail!("{failed} of {} checks failed", checks.len());
    }
    Ok(())
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The checks of the given names; all of them where no name is given.
fn select(names: &[String]) -> Result<Vec<&'static Check>> {
    let names: Vec<String> = names.iter().map(|name| name.replace('-', "_")).collect();
    for name in &names {
        let known = CHECKS.iter().any(|check| check.name == name);
        ensure!(known, "no check is called {name}; `cargo xtask tidy --list` prints their names");
    }
    Ok(CHECKS
        .iter()
        .filter(|check| names.is_empty() || names.iter().any(|name| name == check.name))
        .collect())
}

/// Runs `checks` on `tree`, writes findings and a summary to `out`, and returns how many checks failed.
fn report(checks: &[&Check], tree: &Tree, out: &mut dyn Write) -> io::Result<usize> {
    let (mut failed, mut warnings) = (0, 0);
    for check in checks {
        let findings = (check.run)(tree);
        let failures = findings.iter().filter(|finding| finding.severity == Severity::Failure).count();
        failed += usize::from(failures > 0);
        warnings += findings.len() - failures;
        let outcome = if failures > 0 { "FAILED" } else { "ok" };
        writeln!(out, "{outcome:6} {:22} {}", check.title(), check.reason)?;
        for finding in &findings {
            let label = if finding.severity == Severity::Warning { "warning: " } else { "" };
            writeln!(out, "       {label}{finding}")?;
        }
    }
    let passed = checks.len() - failed;
    writeln!(out, "{passed} checks passed, {failed} failed, {warnings} warnings")?;
    Ok(failed)
}

/// Line of the first line of `text` for which `is_it` holds, counted from 1; 0 where there is none.
fn line_where(text: &str, is_it: impl Fn(&str) -> bool) -> usize {
    text.lines().position(is_it).map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use super::*;

    /// Runs one check on the repository itself.
    pub(super) fn holds(name: &str) {
        static TREE: OnceLock<Tree> = OnceLock::new();
        let tree = TREE.get_or_init(|| Tree::read(root()).unwrap());
        let mut out = Vec::new();
        let failed = report(&select(&[name.to_owned()]).unwrap(), tree, &mut out).unwrap();
        assert_eq!(failed, 0, "\n{}", String::from_utf8_lossy(&out));
    }

    #[test]
    fn unknown_names_are_refused() {
        let error = select(&["no-such-check".into()]).err().unwrap();
        assert!(error.to_string().contains("--list"), "{error}");
    }

    #[test]
    fn names_are_typed_with_hyphens() {
        let found = select(&["sans-io".into()]).unwrap();
        assert_eq!(found.iter().map(|check| check.name).collect::<Vec<_>>(), ["sans_io"]);
        assert_eq!(select(&[]).unwrap().len(), CHECKS.len());
    }

    #[test]
    fn all_findings_are_reported_and_warnings_do_not_fail() {
        fn bad(_: &Tree) -> Vec<Finding> {
            vec![
                Finding::new("a.rs", 3, "is odd", "make it even"),
                Finding::new("b", 0, "is large", "split").warning(),
            ]
        }
        fn large(tree: &Tree) -> Vec<Finding> {
            bad(tree).into_iter().map(Finding::warning).collect()
        }
        let bad = Check { name: "bad_one", reason: "r", run: bad };
        let large = Check { name: "large", reason: "r", run: large };
        let mut out = Vec::new();
        let failed = report(&[&bad, &large], &Tree::default(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(failed, 1);
        for expected in [
            "FAILED bad-one",
            "a.rs:3: is odd; make it even",
            "warning: b: is large; split",
            "ok     large",
            "1 checks passed, 1 failed, 3 warnings",
        ] {
            assert!(out.contains(expected), "{expected}: {out}");
        }
    }
}
