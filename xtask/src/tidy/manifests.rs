//! What every `Cargo.toml` inherits, and the lints that the workspace keeps switched on.

use toml::{Table, Value};

use super::tree::Tree;
use super::{Finding, line_where};

/// Keys of `[package]` that come from the workspace.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license"];

/// A lint of the workspace that must not sleep, and what it guards.
struct Guard(&'static str, &'static str, &'static str);

const GUARDS: &[Guard] = &[
    Guard("rust", "missing_docs", "public items are documented"),
    Guard("rust", "unsafe_op_in_unsafe_fn", "unsafe operations stand in blocks with a reason"),
    Guard("rust", "unused_must_use", "results are looked at"),
    Guard("clippy", "expect_used", "nothing panics on what came from outside"),
    Guard("clippy", "panic", "nothing panics on what came from outside"),
    Guard("clippy", "print_stderr", "output goes through the command"),
    Guard("clippy", "print_stdout", "output goes through the command"),
    Guard("clippy", "undocumented_unsafe_blocks", "unsafe blocks have a reason"),
    Guard("clippy", "unwrap_used", "nothing panics on what came from outside"),
];

/// Every package takes lints, version, edition, Rust version and licence from the workspace.
pub(crate) fn inheritance(tree: &Tree) -> Vec<Finding> {
    let manifests = tree.texts.iter().filter(|(path, _)| path.ends_with("/Cargo.toml"));
    manifests.flat_map(|(path, text)| package(path, text)).collect()
}

fn package(path: &str, text: &str) -> Vec<Finding> {
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => {
            return vec![Finding::new(path, 1, format!("is not TOML: {}", error.message()), "correct it")];
        }
    };
    let mut findings = Vec::new();
    if !is_inherited(manifest.get("lints")) {
        findings.push(Finding::new(
            path,
            0,
            "does not take the lints of the workspace",
            "add [lints] workspace = true",
        ));
    }
    for key in INHERITED {
        let value = manifest.get("package").and_then(|package| package.get(key));
        if !is_inherited(value) {
            let line = line_where(text, |line| line.starts_with(key));
            let what = format!("does not take {key} from the workspace");
            findings.push(Finding::new(path, line, what, format!("write {key}.workspace = true")));
        }
    }
    findings
}

fn is_inherited(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

/// The workspace keeps the lints of [`GUARDS`] at `warn` or above; CI turns warnings into errors.
pub(crate) fn lints(tree: &Tree) -> Vec<Finding> {
    let path = "Cargo.toml";
    let manifest: Table = tree.text(path).parse().unwrap_or_default();
    let lints = manifest.get("workspace").and_then(|workspace| workspace.get("lints"));
    let mut findings = Vec::new();
    for Guard(tool, lint, guards) in GUARDS {
        let entry = lints.and_then(|lints| lints.get(tool)).and_then(|tool| tool.get(lint));
        let level = entry.and_then(|entry| entry.get("level").unwrap_or(entry).as_str());
        if !matches!(level, Some("warn" | "deny" | "forbid")) {
            let line = line_where(tree.text(path), |line| line.starts_with(lint));
            let what = format!("lint {tool}::{lint} is {}, but by it {guards}", level.unwrap_or("not set"));
            findings.push(Finding::new(
                path,
                line,
                what,
                format!("set {lint} = \"warn\" in [workspace.lints.{tool}]"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\nlicense = { workspace = true }\n\n[lints]\nworkspace = true\n";

    #[test]
    fn inherited_manifests_pass() {
        assert!(inheritance(&Tree::sample(&[("a/Cargo.toml", GOOD)])).is_empty());
    }

    #[test]
    fn own_values_are_found() {
        for (from, to, line) in [
            ("edition.workspace = true", "edition = \"2021\"", 4),
            ("version.workspace = true\n", "version = \"2.0.0\"\n", 3),
            ("[lints]\nworkspace = true", "[lints]\nworkspace = false", 0),
            ("\n[lints]\nworkspace = true\n", "", 0),
        ] {
            let found = inheritance(&Tree::sample(&[("a/Cargo.toml", &GOOD.replacen(from, to, 1))]));
            assert_eq!((found.len(), found[0].line), (1, line), "{to}");
        }
        assert_eq!(inheritance(&Tree::sample(&[("a/Cargo.toml", "not toml")])).len(), 1);
    }

    #[test]
    fn sleeping_lints_are_found() {
        let level = |Guard(_, lint, _): &Guard, level: &str| format!("{lint} = \"{level}\"\n");
        let of = |tool: &str, value: &str| -> String {
            GUARDS.iter().filter(|guard| guard.0 == tool).map(|guard| level(guard, value)).collect()
        };
        let manifest = |value: &str| {
            format!(
                "[workspace.lints.rust]\n{}[workspace.lints.clippy]\n{}",
                of("rust", value),
                of("clippy", value)
            )
        };
        assert!(lints(&Tree::sample(&[("Cargo.toml", &manifest("warn"))])).is_empty());
        assert_eq!(lints(&Tree::sample(&[("Cargo.toml", &manifest("allow"))])).len(), GUARDS.len());
        assert_eq!(lints(&Tree::sample(&[("Cargo.toml", "[workspace]\n")])).len(), GUARDS.len());
        let table = manifest("deny")
            .replace("missing_docs = \"deny\"", "missing_docs = { level = \"allow\", priority = 1 }");
        let found = lints(&Tree::sample(&[("Cargo.toml", &table)]));
        assert_eq!((found.len(), found[0].line), (1, 2));
    }
}
