//! The cores ask the system for nothing: no clock, no sleep, no thread, no socket, no file, no randomness.

use super::source::PathUse;
use super::tree::{Package, Tree};
use super::{Finding, line_where};

/// The packages that are held to it.
const CORES: &[&str] = &[
    "discrig-bench",
    "discrig-device",
    "discrig-disc",
    "discrig-drive",
    "discrig-host",
    "discrig-iscsi",
    "discrig-recorder",
    "discrig-scenarios",
    "discrig-wire",
];

/// One thing that cores do not do: the path that does it, and what to do instead.
struct Forbidden(&'static str, &'static str);

const TIME: &str = "take the time as an argument";
const WAIT: &str = "return a deadline and let the caller wait";
const CONCURRENCY: &str = "leave concurrency to the caller";
const BYTES: &str = "take bytes as an argument";
const SEED: &str = "take a seed as an argument";
const ORDER: &str = "use BTreeMap or BTreeSet";

const CALLS: &[Forbidden] = &[
    Forbidden("File::create", BYTES),
    Forbidden("File::open", BYTES),
    Forbidden("Instant::now", TIME),
    Forbidden("SystemTime::now", TIME),
    Forbidden("from_entropy", SEED),
    Forbidden("from_os_rng", SEED),
    Forbidden("getrandom", SEED),
    Forbidden("io::stdin", BYTES),
    Forbidden("rand::random", SEED),
    Forbidden("rand::rng", SEED),
    Forbidden("std::env", "take settings as arguments"),
    Forbidden("std::fs", BYTES),
    Forbidden("std::net", BYTES),
    Forbidden("std::os", "leave the operating system to a backend"),
    Forbidden("std::process", "return an error and let the command decide"),
    Forbidden("std::thread", CONCURRENCY),
    Forbidden("std::time::Instant", TIME),
    Forbidden("std::time::SystemTime", TIME),
    Forbidden("thread::sleep", WAIT),
    Forbidden("thread::spawn", CONCURRENCY),
    Forbidden("thread_rng", SEED),
];

/// Collections whose iteration order differs from run to run.
const UNORDERED: &[Forbidden] =
    &[Forbidden("HashMap", ORDER), Forbidden("HashSet", ORDER), Forbidden("RandomState", ORDER)];

/// Crates from outside that ask the system for nothing, with the features that the workspace gives them.
const PURE_CRATES: &[&str] = &[
    "bitflags",
    "crc32c",
    "md-5",
    "proptest",
    "rand_chacha",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "subtle",
    "thiserror",
    "toml",
];

/// The sources of the cores make no forbidden call, and the cores use only crates that do not make it for them.
pub(crate) fn calls(tree: &Tree) -> Vec<Finding> {
    let mut findings = search(tree, CALLS);
    findings.extend(cores(tree).flat_map(|package| crates(tree, package)));
    findings
}

/// The cores have no collection whose order is left to chance.
pub(crate) fn order(tree: &Tree) -> Vec<Finding> {
    search(tree, UNORDERED)
}

fn cores(tree: &Tree) -> impl Iterator<Item = &Package> {
    tree.packages.iter().filter(|package| CORES.contains(&package.name.as_str()))
}

/// Finds forbidden paths outside of tests.
fn search(tree: &Tree, forbidden: &[Forbidden]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, file) in cores(tree).flat_map(|package| tree.rust_of(package)) {
        for place in file.paths().iter().filter(|place| !file.is_test(place.line)) {
            if let Some(Forbidden(call, instead)) = forbidden.iter().find(|call| mentions(place, call.0)) {
                findings.push(Finding::new(path, place.line, format!("{call} in a core"), *instead));
            }
        }
    }
    findings
}

/// Whether the segments of `call` stand side by side in `place`.
fn mentions(place: &PathUse<'_>, call: &str) -> bool {
    let call: Vec<_> = call.split("::").collect();
    place.segments.windows(call.len()).any(|segments| segments == call)
}

/// Crates from outside, among the normal dependencies of a core, that are not known to be pure.
fn crates(tree: &Tree, package: &Package) -> Vec<Finding> {
    let path = format!("{}/Cargo.toml", package.folder);
    let is_ours = |name: &str| tree.packages.iter().any(|other| other.name == name);
    package
        .dependencies
        .iter()
        .filter(|dependency| !dependency.development && !is_ours(&dependency.name))
        .filter(|dependency| !PURE_CRATES.contains(&dependency.name.as_str()))
        .map(|dependency| {
            let line = line_where(tree.text(&path), |line| line.starts_with(&dependency.name));
            let what = format!("core {} depends on {}", package.name, dependency.name);
            let remedy = format!(
                "do without, or add it to PURE_CRATES in {} if it asks the system for nothing",
                file!()
            );
            Finding::new(&path, line, what, remedy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(source: &str) -> Tree {
        Tree::sample(&[("emulator/drive/src/lib.rs", source)]).with_package(
            "discrig-drive",
            "emulator/drive",
            &[],
        )
    }

    #[test]
    fn each_forbidden_call_is_found() {
        for Forbidden(call, _) in CALLS {
            let found = calls(&tree(&format!("\nfn f() {{ {call}(); }}")));
            assert_eq!((found.len(), found[0].line), (1, 2), "{call}");
        }
        for Forbidden(name, _) in UNORDERED {
            assert_eq!(order(&tree(&format!("use std::collections::{name};"))).len(), 1, "{name}");
        }
    }

    #[test]
    fn imports_do_not_hide_a_call() {
        for source in [
            "use std::{fs, net};",
            "use std::time::{Duration, Instant as Now};",
            "use std::{time::SystemTime, fmt};",
            "use std::thread;",
        ] {
            assert!(!calls(&tree(source)).is_empty(), "{source}");
        }
        assert_eq!(calls(&tree("use std::{\n  fmt,\n  fs,\n};"))[0].line, 3);
    }

    #[test]
    fn words_tests_and_other_crates_are_left_alone() {
        for source in [
            "// std::fs\nconst A: &str = \"std::fs\"; /* thread::spawn */",
            "use std::time::Duration;\nuse crate::time::Instant;",
            "#[cfg(test)]\nmod tests { fn f() { std::fs::read(\"a\"); } }",
            "fn hash_map() {}\nstruct MyHashMap;",
        ] {
            assert_eq!(calls(&tree(source)).len() + order(&tree(source)).len(), 0, "{source}");
        }
        let runner = Tree::sample(&[("conformance/runner/src/lib.rs", "use std::fs;")]).with_package(
            "discrig",
            "conformance/runner",
            &["rustix"],
        );
        assert!(calls(&runner).is_empty());
    }

    #[test]
    fn crates_that_reach_out_are_found() {
        let tree = Tree::sample(&[("emulator/wire/Cargo.toml", "[dependencies]\nrustix.workspace = true\n")])
            .with_package(
                "discrig-wire",
                "emulator/wire",
                &["rustix", "dev:tempfile", "serde", "discrig-device"],
            )
            .with_package("discrig-device", "emulator/device", &[]);
        let found = calls(&tree);
        assert_eq!((found.len(), found[0].line), (1, 2));
    }
}
