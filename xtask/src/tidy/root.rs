//! What stands at the top of the repository.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::Tree;

/// What must be there.
const REQUIRED: &[&str] = &[
    ".cargo",
    ".ci",
    ".config",
    ".github",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "clippy.toml",
    "conformance",
    "deny.toml",
    "emulator",
    "fixtures",
    "reports",
    "scenarios",
    "xtask",
];

/// What may be there.
const OPTIONAL: &[&str] = &["rustfmt.toml"];

/// The root holds what the architecture names and nothing else.
pub(crate) fn contents(tree: &Tree) -> Vec<Finding> {
    let present: BTreeSet<&str> = tree.paths.iter().filter_map(|path| path.split('/').next()).collect();
    let surplus =
        present.iter().filter(|name| !REQUIRED.contains(name) && !OPTIONAL.contains(name)).map(|name| {
            Finding::new(
                name,
                0,
                "has no place at the root",
                "move it into the folder it belongs to, or remove it",
            )
        });
    let missing = REQUIRED.iter().filter(|name| !present.contains(*name));
    surplus.chain(missing.map(|name| Finding::new(name, 0, "is missing at the root", "add it"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(change: impl Fn(&mut Vec<String>)) -> Vec<String> {
        let mut paths: Vec<String> = REQUIRED
            .iter()
            .map(|name| if name.contains('.') { (*name).to_owned() } else { format!("{name}/a") })
            .collect();
        change(&mut paths);
        let tree = Tree { paths, ..Tree::default() };
        contents(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_usual_root_passes() {
        assert_eq!(findings(|paths| paths.push("rustfmt.toml".into())), [""; 0]);
    }

    #[test]
    fn scrap_and_gaps_are_found() {
        assert!(findings(|paths| paths.push("notes.txt".into()))[0].starts_with("notes.txt: has no place"));
        assert!(findings(|paths| paths.push("docs/a.md".into()))[0].starts_with("docs: has no place"));
        assert!(
            findings(|paths| paths.retain(|path| path != "README.md"))[0]
                .starts_with("README.md: is missing")
        );
    }
}
