//! Who may depend on whom, as a table.

use super::tree::{Dependency, Package, Tree};
use super::{Finding, line_where};

/// What a package may depend on inside the workspace.
enum Allowed {
    /// Any package but these.
    AnyBut(&'static [&'static str]),
    /// These alone.
    Only(&'static [&'static str]),
}

use Allowed::{AnyBut, Only};

/// One row: a package, what it may depend on, and what its tests and benches may depend on besides.
struct Row(&'static str, Allowed, Allowed);

/// All packages of the workspace, from the bytes up to the command.
///
/// Tests of a lower layer may use what stands on top of it, but nothing may use the command or this tool. The suite keeps
/// its distance from what it judges in its tests, too.
const TABLE: &[Row] = &[
    Row("discrig-wire", Only(&[]), Only(&[])),
    Row("discrig-device", Only(&["discrig-wire"]), Only(&[])),
    Row("discrig-disc", Only(&["discrig-wire"]), Only(&[])),
    Row("discrig-storage", Only(&["discrig-wire", "discrig-disc"]), Only(&[])),
    Row("discrig-drive", Only(&["discrig-wire", "discrig-device", "discrig-disc"]), AnyBut(TOOLS)),
    Row("discrig-host", Only(&["discrig-wire", "discrig-device"]), AnyBut(TOOLS)),
    Row("discrig-recorder", Only(&["discrig-wire", "discrig-device"]), AnyBut(TOOLS)),
    Row("discrig-iscsi", Only(&["discrig-wire"]), Only(&[])),
    Row("discrig-bench", Only(LABORATORY), AnyBut(TOOLS)),
    Row("discrig-serve", Only(SERVER), Only(&["discrig-storage"])),
    Row("discrig-initiator", Only(INITIATOR), AnyBut(TOOLS)),
    Row("discrig-linux", Only(&["discrig-wire", "discrig-device", "discrig-recorder"]), AnyBut(TOOLS)),
    Row("discrig-fixtures", Only(&["discrig-wire", "discrig-device"]), Only(&[])),
    Row("discrig-scenarios", Only(SUITE), Only(&[])),
    Row("discrig-reports", Only(&[]), Only(&[])),
    Row("discrig", AnyBut(&["xtask"]), AnyBut(&["xtask"])),
    Row("xtask", Only(GENERATORS), Only(&[])),
];

/// What is asked for the pages that are generated, and what speaks to servers.
const GENERATORS: &[&str] = &[
    "discrig-wire",
    "discrig-device",
    "discrig-drive",
    "discrig-bench",
    "discrig-fixtures",
    "discrig-iscsi",
    "discrig-scenarios",
];

/// What a server of drives joins. Where discs come from it is told by whoever starts it.
const SERVER: &[&str] = &["discrig-wire", "discrig-device", "discrig-drive", "discrig-iscsi"];

/// What the laboratory around a drive behind a target joins.
const INITIATOR: &[&str] = &["discrig-wire", "discrig-device", "discrig-host", "discrig-iscsi"];

/// What the emulated laboratory joins.
const LABORATORY: &[&str] = &[
    "discrig-wire",
    "discrig-device",
    "discrig-disc",
    "discrig-storage",
    "discrig-drive",
    "discrig-host",
    "discrig-recorder",
    "discrig-fixtures",
];

/// What the suite may see.
const SUITE: &[&str] = &["discrig-wire", "discrig-device", "discrig-recorder", "discrig-fixtures"];

/// Packages that stand above all others.
const TOOLS: &[&str] = &["discrig", "xtask"];

/// Edges between packages of the workspace keep to [`TABLE`], and the table names the packages that exist.
pub(crate) fn directions(tree: &Tree) -> Vec<Finding> {
    check(tree, TABLE)
}

fn check(tree: &Tree, table: &[Row]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.packages {
        match table.iter().find(|row| row.0 == package.name) {
            Some(row) => findings.extend(edges(tree, package, row)),
            None => findings.push(Finding::new(
                &manifest(package),
                0,
                format!("package {} has no row in the table of dependency directions", package.name),
                "add a row that says what it may depend on",
            )),
        }
    }
    for row in table.iter().filter(|row| tree.packages.iter().all(|package| package.name != row.0)) {
        findings.push(Finding::new(
            file!(),
            0,
            format!("the table of dependency directions has a row for {}, which is no package", row.0),
            "remove the row",
        ));
    }
    findings
}

/// The forbidden edges of one package.
fn edges(tree: &Tree, package: &Package, row: &Row) -> Vec<Finding> {
    let ours = |dependency: &&Dependency| tree.packages.iter().any(|other| other.name == dependency.name);
    package
        .dependencies
        .iter()
        .filter(ours)
        .filter(|dependency| !is_allowed(dependency, row))
        .map(|dependency| {
            let path = manifest(package);
            let line = line_where(tree.text(&path), |line| {
                line.strip_prefix(&dependency.name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
            });
            let kind = if dependency.development { " for its tests" } else { "" };
            let what = format!("{} depends on {}{kind}", package.name, dependency.name);
            Finding::new(&path, line, what, format!("remove it: it may depend on {} only", describe(&row.1)))
        })
        .collect()
}

fn is_allowed(dependency: &Dependency, Row(_, normal, development): &Row) -> bool {
    let within = |allowed: &Allowed| match allowed {
        AnyBut(names) => !names.contains(&dependency.name.as_str()),
        Only(names) => names.contains(&dependency.name.as_str()),
    };
    within(normal) || dependency.development && within(development)
}

fn describe(allowed: &Allowed) -> String {
    match allowed {
        AnyBut(names) => format!("anything but {}", names.join(", ")),
        Only([]) => "crates from outside of the workspace".to_owned(),
        Only(names) => names.join(", "),
    }
}

fn manifest(package: &Package) -> String {
    format!("{}/Cargo.toml", package.folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(dependencies: &[&str]) -> Vec<String> {
        let rows = [
            Row("suite", Only(&["wire"]), Only(&[])),
            Row("wire", Only(&[]), AnyBut(&["runner"])),
            Row("drive", AnyBut(&["runner"]), Only(&[])),
            Row("runner", AnyBut(&[]), AnyBut(&[])),
        ];
        let tree = Tree::sample(&[(
            "suite/Cargo.toml",
            "[dependencies]\nwire.workspace = true\ndrive.workspace = true\n",
        )])
        .with_package("suite", "suite", dependencies)
        .with_package("wire", "wire", &["dev:drive"])
        .with_package("drive", "drive", &["wire"])
        .with_package("runner", "runner", &["suite", "serde"]);
        check(&tree, &rows).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn allowed_edges_pass() {
        assert_eq!(findings(&["wire", "serde", "dev:proptest"]), [""; 0]);
    }

    #[test]
    fn forbidden_edges_are_found_with_their_line() {
        assert_eq!(
            findings(&["drive"]),
            ["suite/Cargo.toml:3: suite depends on drive; remove it: it may depend on wire only"]
        );
        assert_eq!(findings(&["dev:drive", "dev:runner"]).len(), 2);
    }

    #[test]
    fn packages_and_rows_belong_together() {
        let tree = Tree::sample(&[]).with_package("new", "new", &[]);
        let found = check(&tree, &[Row("old", Only(&[]), Only(&[]))]);
        assert!(found[0].what.contains("package new has no row"), "{}", found[0]);
        assert!(found[1].what.contains("row for old"), "{}", found[1]);
    }

    #[test]
    fn the_suite_cannot_see_whom_it_judges() {
        for forbidden in ["discrig-drive", "discrig-host", "discrig-bench", "discrig-linux"] {
            for prefix in ["", "dev:"] {
                let edge = format!("{prefix}{forbidden}");
                let tree = Tree::sample(&[])
                    .with_package("discrig-scenarios", "scenarios", &[&edge])
                    .with_package(forbidden, "other", &[]);
                let found = directions(&tree);
                assert!(found.iter().any(|finding| finding.path == "scenarios/Cargo.toml"), "{edge}");
            }
        }
    }
}
