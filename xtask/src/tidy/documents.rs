//! Documentation: of modules, and the pages at the root.

use toml::Table;

use super::Finding;
use super::lexer::is_word;
use super::tree::Tree;

/// Pages whose paths are checked.
const PAGES: &[&str] = &["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"];

/// Every Rust file begins with what it is for.
pub(crate) fn module_docs(tree: &Tree) -> Vec<Finding> {
    tree.rust
        .keys()
        .filter(|path| !tree.text(path).starts_with("//! "))
        .map(|path| {
            Finding::new(path, 1, "does not begin with module documentation", "begin it with a //! line")
        })
        .collect()
}

/// The code map in `ARCHITECTURE.md` names each package and its folder.
pub(crate) fn code_map(tree: &Tree) -> Vec<Finding> {
    let page = "ARCHITECTURE.md";
    if !tree.has(page) {
        return vec![Finding::new(
            page,
            0,
            "does not exist",
            "write it, with a map of all packages and folders",
        )];
    }
    let words: Vec<&str> = tree.text(page).split(|c: char| !is_path_character(c)).collect();
    let names = |wanted: &str| words.iter().any(|word| word.trim_end_matches(['/', '.']) == wanted);
    let mut findings = Vec::new();
    for package in &tree.packages {
        for (what, wanted) in [("package", &package.name), ("folder", &package.folder)] {
            if !names(wanted) {
                findings.push(Finding::new(
                    page,
                    0,
                    format!("does not name {what} {wanted}"),
                    "add it to the code map",
                ));
            }
        }
    }
    findings
}

/// Paths and links in the pages at the root lead somewhere.
pub(crate) fn paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in PAGES {
        for (index, line) in prose(tree.text(page)) {
            let links = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
            let links = links.filter(|link| !link.is_empty() && !link.contains("://"));
            let quoted = line.split('`').skip(1).step_by(2).filter(|quoted| is_tree_path(tree, quoted));
            for path in links.chain(quoted).filter(|path| !tree.has(path)) {
                findings.push(Finding::new(
                    page,
                    index + 1,
                    format!("{path} does not exist"),
                    "correct the path",
                ));
            }
        }
    }
    findings
}

/// Lines outside of code fences, with their index.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// Whether quoted words look like a path below a folder of the root, without placeholders.
fn is_tree_path(tree: &Tree, quoted: &str) -> bool {
    let folder = quoted.split('/').next().unwrap_or_default();
    quoted.contains('/') && quoted.chars().all(is_path_character) && tree.has(folder)
}

fn is_path_character(character: char) -> bool {
    character.is_ascii() && is_word(character as u8) || matches!(character, '/' | '.' | '-')
}

/// The changelog has a section for the version being built, or one that is not released yet, and something in it.
pub(crate) fn changelog(tree: &Tree) -> Vec<Finding> {
    let page = "CHANGELOG.md";
    let manifest: Table = tree.text("Cargo.toml").parse().unwrap_or_default();
    let version = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("version")?.as_str())
        .unwrap_or_default();
    let text = tree.text(page);
    let headings = ["## [Unreleased]".to_owned(), format!("## [{version}]")];
    let is_ours = |line: &&str| headings.iter().any(|heading| line.starts_with(heading.as_str()));
    if !text.lines().any(|line| is_ours(&line)) {
        let what = format!("has neither {} nor {}", headings[0], headings[1]);
        return vec![Finding::new(page, 0, what, "add one of them with what changed")];
    }
    let mut ours = false;
    let says_something = text.lines().any(|line| {
        if line.starts_with("## ") {
            ours = is_ours(&line);
        }
        ours && (line.starts_with("- ") || line.starts_with("* "))
    });
    if says_something {
        return Vec::new();
    }
    let line = text.lines().position(|line| is_ours(&line)).map_or(0, |index| index + 1);
    vec![Finding::new(page, line, "section without a change", "say what changed, as a list")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(findings: &[Finding]) -> Vec<usize> {
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn modules_say_what_they_are_for() {
        for (source, expected) in
            [("//! A.\n", 0), ("// A.\n", 1), ("//!\n", 1), ("", 1), ("#![forbid(unsafe_code)]\n//! A.\n", 1)]
        {
            assert_eq!(module_docs(&Tree::sample(&[("a/src/b.rs", source)])).len(), expected, "{source:?}");
        }
    }

    #[test]
    fn the_map_names_packages_and_folders() {
        for (text, expected) in [
            ("`emulator/wire` is discrig-wire.", 0),
            ("emulator/wire/: discrig-wire", 0),
            ("emulator/wire/src is discrig-wire", 1),
            ("emulator/wire is discrig-wire-old", 1),
            ("", 2),
        ] {
            let tree =
                Tree::sample(&[("ARCHITECTURE.md", text)]).with_package("discrig-wire", "emulator/wire", &[]);
            assert_eq!(code_map(&tree).len(), expected, "{text}");
        }
        assert_eq!(code_map(&Tree::sample(&[])).len(), 1);
    }

    #[test]
    fn paths_lead_somewhere() {
        let text = "See `emulator/wire` and [it](emulator/gone.md).\n\
                    `emulator/none/x.rs` and `TEST/UNIT` and `emulator/<name>/x` and [net](https://a.b/c)\n\
                    ```\n`emulator/sketch`\n```\n[top](#top) [lib](emulator/wire/lib.rs#a)\n";
        let tree = Tree::sample(&[("README.md", text), ("emulator/wire/lib.rs", "")]);
        assert_eq!(lines(&paths(&tree)), [1, 2]);
    }

    #[test]
    fn the_changelog_speaks_of_this_version() {
        let manifest = "[workspace.package]\nversion = \"0.3.0\"\n";
        for (text, expected) in [
            ("# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n", vec![]),
            ("## [0.3.0] - 2026-01-01\n- A.\n", vec![]),
            ("## [0.2.0] - 2026-01-01\n- A.\n", vec![0]),
            ("# Changelog\n## [Unreleased]\n## [0.2.0]\n- A.\n", vec![2]),
            ("", vec![0]),
        ] {
            let found = changelog(&Tree::sample(&[("Cargo.toml", manifest), ("CHANGELOG.md", text)]));
            assert_eq!(lines(&found), expected, "{text}");
        }
    }
}
