//! `cargo xtask benches`: runs the criterion benches and shows in one table what they found, with the share of the reference where a group has one.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::MetadataCommand;
use serde_json::Value;

use crate::tidy::root;

/// The function that the others of its group are compared with.
const REFERENCE: &str = "memcpy";

/// Groups that have to reach a share of the throughput of their reference.
const DEMANDS: &[(&str, f64)] = &[("sequential", 0.5)];

/// What to run
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask benches\n  cargo xtask benches discrig-bench")]
pub(crate) struct Args {
    /// Run the benches of these packages alone
    #[arg(value_name = "PACKAGE")]
    packages: Vec<String>,
}

/// Runs the benches and shows the table.
///
/// # Errors
/// When a bench fails or cannot be read, or when a group does not reach what it has to.
pub(crate) fn run(args: &Args) -> Result<()> {
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec()?;
    let began = SystemTime::now();
    let mut found = Vec::new();
    for package in &metadata.packages {
        let is_chosen = args.packages.is_empty() || args.packages.contains(&package.name.to_string());
        for bench in package.targets.iter().filter(|target| is_chosen && target.is_bench()) {
            let status = Command::new(env!("CARGO"))
                .args([
                    "bench",
                    "--quiet",
                    "--package",
                    &package.name,
                    "--bench",
                    &bench.name,
                    "--",
                    "--noplot",
                    "--quiet",
                ])
                .current_dir(root())
                .stdout(io::stderr())
                .status()?;
            ensure!(status.success(), "the bench {} of {} failed", bench.name, package.name);
        }
    }
    read(metadata.target_directory.join("criterion").as_std_path(), began, &mut found)?;
    ensure!(!found.is_empty(), "nothing was measured");
    found.sort_by(|one, other| (&one.group, &one.name).cmp(&(&other.group, &other.name)));
    let out = &mut io::stdout().lock();
    for measured in &found {
        writeln!(out, "{}", line(measured, &found))?;
    }
    let short: Vec<String> = found.iter().filter_map(|measured| shortfall(measured, &found)).collect();
    ensure!(short.is_empty(), "{}", short.join("\n"));
    Ok(())
}

/// What criterion found out about one function.
#[derive(Clone, Debug, Default)]
struct Measured {
    group: String,
    name: String,
    /// Median of an iteration, in nanoseconds.
    nanos: f64,
    /// What an iteration moves, and in which unit.
    throughput: Option<(String, f64)>,
}

/// Reads every result below `folder` that is not older than `began`.
fn read(folder: &Path, began: SystemTime, found: &mut Vec<Measured>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let estimates = path.join("new/estimates.json");
        if fs::metadata(&estimates).and_then(|file| file.modified()).is_ok_and(|written| written >= began) {
            found.push(measured(&json(&estimates)?, &json(&path.join("new/benchmark.json"))?)?);
        } else if path.is_dir() {
            read(&path, began, found)?;
        }
    }
    Ok(())
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("understanding {}", path.display()))
}

fn measured(estimates: &Value, benchmark: &Value) -> Result<Measured> {
    let text = |key: &str| benchmark[key].as_str().unwrap_or_default().to_owned();
    let per = benchmark["throughput"].as_object().and_then(|map| map.iter().next());
    Ok(Measured {
        group: text("group_id"),
        name: text("function_id"),
        nanos: estimates["median"]["point_estimate"].as_f64().context("a result without a median")?,
        throughput: per.and_then(|(unit, count)| Some((unit.clone(), count.as_f64()?))),
    })
}

/// The share of the throughput of the group's reference, where it has one and this is not it.
fn share(measured: &Measured, all: &[Measured]) -> Option<f64> {
    let reference = all.iter().find(|other| other.group == measured.group && other.name == REFERENCE)?;
    (measured.name != REFERENCE).then(|| reference.nanos / measured.nanos)
}

/// A line of the table.
fn line(measured: &Measured, all: &[Measured]) -> String {
    let Measured { group, name, nanos, throughput } = measured;
    let rate = match throughput {
        Some((unit, count)) if unit.starts_with("Bytes") => {
            format!("{:9.2} GiB/s", count / nanos * 1e9 / f64::from(1 << 30))
        }
        Some((_, count)) => format!("{:9.2} M/s", count / nanos * 1e3),
        None => String::new(),
    };
    let share = share(measured, all).map_or(String::new(), |share| format!("{share:.2} of {REFERENCE}"));
    format!("{group:20} {name:34} {:>12.3} us {rate:16} {share}", nanos / 1e3).trim_end().to_owned()
}

/// In what a function does not reach what its group has to.
fn shortfall(measured: &Measured, all: &[Measured]) -> Option<String> {
    let (group, least) = DEMANDS.iter().find(|row| row.0 == measured.group)?;
    let share = share(measured, all).filter(|share| share < least)?;
    Some(format!("{group}/{}: {share:.2} of {REFERENCE}, and {least} has to be reached", measured.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(nanos: f64) -> [Measured; 2] {
        let one = |name: &str, nanos| Measured {
            group: "sequential".into(),
            name: name.into(),
            nanos,
            throughput: Some(("Bytes".into(), 131_072.0)),
        };
        [one(REFERENCE, 10_000.0), one("bd-re", nanos)]
    }

    #[test]
    fn shares_are_of_the_reference_of_the_group() {
        let all = all(12_500.0);
        assert!(line(&all[1], &all).ends_with("0.80 of memcpy"), "{}", line(&all[1], &all));
        assert!(line(&all[0], &all).ends_with("GiB/s"));
        assert_eq!(shortfall(&all[1], &all), None);
    }

    #[test]
    fn who_is_too_slow_is_named() {
        let all = all(25_000.0);
        assert!(shortfall(&all[1], &all).unwrap().starts_with("sequential/bd-re: 0.40"));
        assert_eq!(shortfall(&all[0], &all), None);
    }

    #[test]
    fn results_of_criterion_are_read() {
        let estimates = serde_json::json!({"median": {"point_estimate": 25.0}});
        let benchmark =
            serde_json::json!({"group_id": "a", "function_id": "b", "throughput": {"Elements": 2}});
        let found = measured(&estimates, &benchmark).unwrap();
        assert_eq!((found.group.as_str(), found.name.as_str(), found.nanos), ("a", "b", 25.0));
        assert_eq!(found.throughput, Some(("Elements".to_owned(), 2.0)));
        assert!(measured(&Value::Null, &benchmark).is_err());
    }
}
