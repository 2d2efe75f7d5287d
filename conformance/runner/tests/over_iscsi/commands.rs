//! The commands on a drive behind a target.

use crate::rig::{Folder, Served, discrig, verdicts, words};
use rstest::rstest;

/// What of the suite is run here: families that do not wait for anything, but where buffers run empty.
const QUICK: [&str; 4] = ["identity.*", "record.*", "reserve.*", "sense.*"];
const SLOW: &str = "record.*.underrun-*";

#[test]
fn a_served_drive_is_inspected_commanded_and_held() {
    let served = Served::start();
    let inspected = discrig(&["inspect", &served.address, "--json"]);
    assert_eq!(inspected.status.code(), Some(0), "{}", words(&inspected));
    let facts: serde_json::Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!((&facts["backend"], &facts["ready"]), (&"iSCSI".into(), &"yes".into()));
    assert_eq!(facts["locks"]["medium-removal"], "allowed");

    let answer = discrig(&["exec", &served.address, "--json", "--", "12", "00", "00", "00", "24", "00"]);
    assert_eq!(answer.status.code(), Some(0), "{}", words(&answer));
    let answer: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!((&answer["status"], &answer["transferred"]), (&0.into(), &36.into()));
    let written =
        discrig(&["exec", &served.address, "--", "2A", "0", "0", "0", "0", "0", "0", "0", "0", "0"]);
    assert_eq!(written.status.code(), Some(2), "{}", words(&written));
}

#[test]
fn the_suite_judges_a_served_drive_with_somebody_at_it() {
    let served = Served::start();
    let reports = Folder::new();
    let control = served.control();
    let inspected = discrig(&["inspect", &served.address, "--json"]);
    let facts: serde_json::Value = serde_json::from_slice(&inspected.stdout).unwrap();
    let mut arguments = vec!["test", &served.address, "--control", control.to_str().unwrap(), "--cases", "4"];
    arguments.extend(["--allow", "tray,write,erase,wedge", "--serial", facts["serial"].as_str().unwrap()]);
    arguments.extend(["--report-dir", reports.0.to_str().unwrap()]);
    QUICK.iter().for_each(|pattern| arguments.extend(["--only", pattern]));
    arguments.extend(["--skip", SLOW]);
    let judged = discrig(&arguments);
    let found = verdicts(&reports.0);
    let count = |verdict: &str| found.get(verdict).map_or(0, Vec::len);
    assert_eq!(judged.status.code(), Some(0), "{}", words(&judged));
    assert!(count("pass") > 400, "{found:?}");
    // Each skip has its reason in an ability that is declared not to be there.
    assert!(count("skipped") * 20 < count("pass"), "{found:?}");
}

#[test]
fn without_being_allowed_a_drive_is_observed_alone() {
    let served = Served::start();
    let reports = Folder::new();
    let folder = reports.0.to_str().unwrap();
    let judged = discrig(&["test", &served.address, "--only", "tray.*", "--report-dir", folder]);
    assert_eq!(judged.status.code(), Some(0), "{}", words(&judged));
    assert!(verdicts(&reports.0)["skipped"].iter().any(|slug| slug.starts_with("tray.eject")));
    let wedged = discrig(&["test", &served.address, "--allow", "wedge", "--report-dir", folder]);
    assert_eq!(wedged.status.code(), Some(2), "{}", words(&wedged));
    assert!(words(&wedged).contains("--serial"), "{}", words(&wedged));
}

#[rstest]
#[case::nobody(&["inspect", "iscsi://127.0.0.1:1/iqn.2026-11.dev.discrig:a/0"], 96, "is a target listening there?")]
#[case::secret(&["inspect", "iscsi://u:p@127.0.0.1/iqn.2026-11.dev.discrig:a/0"], 2, "no secret belongs into an address")]
#[case::form(&["inspect", "iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a"], 2, "iscsi://[USER@]HOST[:PORT]/TARGET/LUN")]
#[case::control(&["inspect", "emulator", "--control", "/x"], 2, "about iscsi:// targets")]
#[case::mutual(&["inspect", "emulator", "--chap-mutual-user", "x"], 2, "about iscsi:// targets")]
#[case::stranger(&["inspect", "iscsi://127.0.0.1/iqn.2001-04.com.example:cd/1", "--control", "/x"], 2, "is another's")]
#[case::lock(&["lock", "iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a/0", "--name", "x"], 2, "belongs to a host")]
#[case::disc(&["inspect", "iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a/0", "--disc", "none"], 2, "about the emulator")]
fn mistakes_are_explained(#[case] arguments: &[&str], #[case] code: i32, #[case] said: &str) {
    let output = discrig(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", words(&output));
    assert!(words(&output).contains(said), "{}", words(&output));
}

#[test]
fn targets_and_units_that_are_not_there_are_named() {
    let served = Served::start();
    let other = discrig(&["inspect", &served.address.replace(":a/0", ":b/0")]);
    assert_eq!(other.status.code(), Some(96), "{}", words(&other));
    assert!(words(&other).contains("which targets there are"), "{}", words(&other));
    let unit = discrig(&["inspect", &served.address.replace(":a/0", ":a/3")]);
    assert_eq!(unit.status.code(), Some(96), "{}", words(&unit));
    assert!(words(&unit).contains("no CD/DVD/BD device"), "{}", words(&unit));
}
