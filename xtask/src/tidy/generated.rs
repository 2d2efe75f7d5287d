//! Files that a program writes.

use super::Finding;
use super::tree::Tree;

/// What the head of a generated file says.
const MARK: &str = concat!("@", "generated");

/// Lines of a file in which the mark is looked for.
const HEAD: usize = 5;

/// Files with the mark that belong to other programs, which check them.
const FOREIGN: &[&str] = &["Cargo.lock"];

/// One generated file: its path, the command that writes it, and its text as it should be.
struct Generator {
    path: &'static str,
    command: &'static str,
    text: fn(&Tree) -> String,
}

/// All generators. A file with the mark belongs to a row, and a row to a file.
const GENERATORS: &[Generator] = &[
    Generator { path: crate::media::PAGE, command: "cargo xtask media", text: |_| crate::media::page() },
    Generator { path: crate::peers::PAGE, command: "cargo xtask peers", text: crate::peers::page },
];

/// Generated files have a generator and are what it writes.
pub(crate) fn up_to_date(tree: &Tree) -> Vec<Finding> {
    check(tree, GENERATORS)
}

fn check(tree: &Tree, generators: &[Generator]) -> Vec<Finding> {
    let is_known =
        |path: &str| FOREIGN.contains(&path) || generators.iter().any(|generator| generator.path == path);
    let is_marked = |text: &str| text.lines().take(HEAD).any(|line| line.contains(MARK));
    let orphans =
        tree.texts.iter().filter(|(path, text)| is_marked(text) && !is_known(path)).map(|(path, _)| {
            let remedy = format!("add its generator to {}, or remove the mark", file!());
            Finding::new(path, 1, "is marked as generated and has no generator", remedy)
        });
    let stale = generators
        .iter()
        .filter(|generator| tree.text(generator.path) != (generator.text)(tree))
        .map(|generator| {
            Finding::new(
                generator.path,
                0,
                "is not what its generator writes",
                format!("run {}", generator.command),
            )
        });
    orphans.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: [Generator; 1] =
        [Generator { path: "a.md", command: "cargo xtask a", text: |_| format!("{MARK}\na\n") }];

    #[test]
    fn orphans_and_stale_files_are_found() {
        let fresh = format!("{MARK}\na\n");
        assert!(check(&Tree::sample(&[("a.md", &fresh)]), &ONE).is_empty());
        let stale = check(&Tree::sample(&[("a.md", "b\n")]), &ONE);
        assert!(stale[0].remedy.contains("cargo xtask a"), "{}", stale[0]);
        let orphan = check(&Tree::sample(&[("a.md", &fresh), ("b.md", &fresh)]), &ONE);
        assert_eq!((orphan.len(), orphan[0].path.as_str()), (1, "b.md"));
        assert!(check(&Tree::sample(&[("a.md", &fresh), ("Cargo.lock", &fresh)]), &ONE).is_empty());
        assert_eq!(up_to_date(&Tree::sample(&[("b.md", &fresh)])).len(), 1 + GENERATORS.len());
    }
}
