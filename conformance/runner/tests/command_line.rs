//! The command as users meet it: exit codes, messages, reports.

#![expect(clippy::expect_used, reason = "without the program there is nothing to test")]

use rstest::rstest;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn discrig(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_discrig")).args(arguments).output().expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the program was not killed")
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn a_run_leaves_its_reports_and_ends_with_zero() {
    let reports = folder("reports");
    let output = discrig(&["test", "--cases", "8", "--report-dir", reports.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", words(&output));
    for file in ["junit.xml", "results.json", "summary.md", "report.html", "events.ndjson"] {
        assert!(reports.join(file).metadata().is_ok_and(|file| file.len() > 0), "{file}");
    }
}

#[test]
fn a_defect_is_nonconformance_and_its_reproduction_replays() {
    let reports = folder("defect");
    let dir = reports.to_str().unwrap();
    let run =
        ["test", "--defect", "release-never-frees", "--only", "recorder.property.*", "--report-dir", dir];
    let output = discrig(&run);
    assert_eq!(code(&output), 100, "{}", words(&output));
    let results = std::fs::read_to_string(reports.join("results.json")).unwrap();
    let results: serde_json::Value = serde_json::from_str(&results).unwrap();
    let reproduction = find(&results, "reproduction").expect("a property says how to reproduce it");
    let file = reports.join("reproduction.toml");
    std::fs::write(&file, reproduction).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(code(&discrig(&["replay", file, "--defect", "release-never-frees"])), 100);
    let healthy = discrig(&["replay", file]);
    assert_eq!(code(&healthy), 0, "{}", words(&healthy));
}

/// timeout(1) tells a program to end, and then all of its group: that is one request, and no reason to leave without a report.
#[cfg(unix)]
#[test]
fn a_run_that_is_told_to_end_twice_at_once_is_reported() {
    let reports = folder("interrupted");
    let run = ["test", "--only", "recorder.property.*", "--cases", "4000000000", "--report-dir"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_discrig"))
        .args(run)
        .arg(&reports)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let began = Instant::now();
    while !std::fs::read_to_string(reports.join("events.ndjson"))
        .is_ok_and(|events| events.contains("scenario-started"))
    {
        assert!(began.elapsed() < Duration::from_secs(60), "the run does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    for _ in 0..2 {
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
    }
    assert_eq!(child.wait().unwrap().code(), Some(106));
    let summary = std::fs::read_to_string(reports.join("summary.md")).unwrap();
    assert!(summary.contains("SIGTERM"), "{summary}");
}

/// The first text under `key`, wherever it is.
fn find(value: &serde_json::Value, key: &str) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => fields
            .get(key)
            .and_then(|found| found.as_str().map(str::to_owned))
            .or_else(|| fields.values().find_map(|value| find(value, key))),
        serde_json::Value::Array(items) => items.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

#[rstest]
#[case::unknown_target(&["test", "sr0"], 2, "is no target")]
#[case::unknown_profile(&["test", "emulator:none"], 2, "no profile")]
#[case::misspelt_pattern(&["test", "--only", "recoder.*"], 2, "matches no scenario")]
#[case::unknown_defect(&["test", "--defect", "none"], 2, "no defect")]
#[case::unknown_disc(&["test", "--disc", "vinyl"], 2, "is no disc")]
#[case::missing_image(&["inspect", "--disc", "iso:/nonexistent.iso"], 96, "nonexistent.iso")]
#[case::missing_faults(&["test", "--faults", "/nonexistent.toml"], 2, "nonexistent.toml")]
#[case::bad_shard(&["test", "--shard", "3/2"], 2, "I/N")]
#[case::bad_hazard(&["test", "--allow", "fire"], 2, "observe")]
#[case::bad_cdb(&["exec", "emulator", "--", "12", "zz"], 2, "hexadecimal")]
#[case::missing_replay(&["replay", "/nonexistent.toml"], 2, "nonexistent.toml")]
#[cfg_attr(target_os = "linux", case::no_such_node(&["inspect", "/dev/nonexistent"], 96, "nonexistent"))]
#[cfg_attr(target_os = "linux", case::null(&["inspect", "/dev/null"], 96, "/dev/null"))]
#[cfg_attr(target_os = "linux", case::directory(&["inspect", "/dev/"], 96, "/dev/"))]
fn bad_input_is_named(#[case] arguments: &[&str], #[case] expected: i32, #[case] named: &str) {
    let output = discrig(arguments);
    assert_eq!(code(&output), expected, "{}", words(&output));
    assert!(words(&output).contains(named), "{}", words(&output));
}

#[test]
fn one_command_is_decoded() {
    let output = discrig(&["exec", "emulator", "--", "12", "00", "00", "00", "24", "00"]);
    assert_eq!(code(&output), 0, "{}", words(&output));
    assert!(words(&output).contains("INQUIRY") && words(&output).contains("DISCRIG"), "{}", words(&output));
}

#[test]
fn a_report_that_cannot_be_written_has_its_own_code() {
    let output = discrig(&["test", "--only", "recorder.release.*", "--report-dir", "/dev/null/reports"]);
    assert_eq!(code(&output), 110, "{}", words(&output));
}
