//! `cargo xtask vm`: the suite on drives of a real kernel.
//!
//! Debian's own kernel boots under QEMU with software emulation. The guest sees the root file system of this machine,
//! read-only, and one folder per lane, read-write; it runs the release build of `discrig` on its optical drives and leaves
//! reports and checks in that folder. What a lane is stands in [`lanes`], what the guest does in `xtask/vm/*.sh`.
//!
//! A lane that cannot run here is skipped, with the reason, and a skip is never a pass: where nothing ran the exit code is 77.

mod guest;
pub(crate) mod initramfs;
pub(crate) mod kernel;
mod lanes;
pub(crate) mod modules;
pub(crate) mod outcome;
pub(crate) mod qemu;
pub(crate) mod rig;
mod table;
pub(crate) mod tools;

use std::cmp::Reverse;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::{burn, initiator};
use lanes::{LANES, Lane};
use outcome::{Outcome, Standing};
use rig::Rig;
use tools::{PACKAGES, Unavailable};

/// Exit code where everything was skipped, as test drivers have it for a skipped test: neither a failure nor a success. Callers such as `.ci/run` know
/// the number.
const NOTHING_RAN: i32 = 77;

/// Says why nothing can run here, and ends the process as skipped.
///
/// # Errors
/// When that cannot be said.
pub(crate) fn skip(reason: &anyhow::Error) -> Result<()> {
    let out = &mut io::stdout();
    writeln!(out, "skipped: {reason:#}")?;
    out.flush()?;
    process::exit(NOTHING_RAN);
}

/// Which lanes to run, and how.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  cargo xtask vm\n  cargo xtask vm ide-cd scsi-cd unplug\n  cargo xtask vm --list\n  \
                  cargo xtask vm scsi-cd -- --only 'recorder.*'\n  \
                  apt-get install --no-install-recommends $(cargo xtask vm --packages)"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    other: Option<Other>,
    /// Lanes to run; all of them where none is named
    #[arg(value_name = "LANE")]
    names: Vec<String>,
    /// Print the lanes and run nothing
    #[arg(long)]
    list: bool,
    /// Print the Debian packages that the lanes need and run nothing
    #[arg(long)]
    packages: bool,
    /// The program to test, instead of a release build made now
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// How many machines run at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    jobs: usize,
    /// Seed of the moments at which runs are killed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u16,
    /// Hard limit for all lanes together, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
    /// Fail where a lane cannot run, instead of skipping it
    #[arg(long)]
    require: bool,
    /// Further arguments of `discrig test` in every lane, to look at a part of it
    #[arg(last = true, value_name = "ARGUMENTS")]
    suite: Vec<String>,
}

/// What is done in virtual machines beside the lanes.
#[derive(Debug, clap::Subcommand)]
enum Other {
    /// Burn with Debian's own tools on served drives
    Burn(burn::Args),
    /// Let the kernel's own initiator use served drives
    Initiator(initiator::Args),
    /// Run libiscsi's tests against served drives
    Libiscsi(burn::suite::Args),
}

/// Runs the lanes that `args` ask for and prints what came of them.
///
/// # Errors
/// When a lane fails, when no lane has a given name, when the program cannot be built, and with `--require` when a lane is
/// skipped.
pub(crate) fn run(args: &Args) -> Result<()> {
    match &args.other {
        Some(Other::Burn(args)) => return burn::run(args),
        Some(Other::Initiator(args)) => return initiator::run(args),
        Some(Other::Libiscsi(args)) => return burn::suite::run(args),
        None => {}
    }
    let out = &mut io::stdout().lock();
    if args.packages {
        writeln!(out, "{}", PACKAGES.join(" "))?;
        return Ok(());
    }
    if args.list {
        for lane in LANES {
            writeln!(out, "{:12} {}", lane.name, lane.summary)?;
        }
        return Ok(());
    }
    let lanes = select(&args.names)?;
    let outcomes = match Rig::prepare(args.binary.as_deref(), args.seed, &args.suite) {
        Ok(rig) => run_all(&rig, &lanes, args),
        Err(error) if error.is::<Unavailable>() => {
            let reason = format!("{error:#}");
            lanes.iter().map(|lane| Outcome::skipped(lane, &reason)).collect()
        }
        Err(error) => return Err(error),
    };
    table::write(out, &outcomes)?;
    conclude(&outcomes, args.require)?;
    if outcomes.iter().all(|outcome| outcome.standing() == Standing::Skipped) {
        out.flush()?;
        process::exit(NOTHING_RAN);
    }
    Ok(())
}

/// The lanes of the given names, in the order of the table; all of them where no name is given.
fn select(names: &[String]) -> Result<Vec<&'static Lane>> {
    for name in names {
        ensure!(
            LANES.iter().any(|lane| lane.name == name),
            "no lane is called {name}; `cargo xtask vm --list` prints their names"
        );
    }
    Ok(LANES.iter().filter(|lane| names.is_empty() || names.iter().any(|name| name == lane.name)).collect())
}

/// Runs the lanes, as many at a time as asked for and long ones first, and returns their outcomes in the order of the table.
fn run_all(rig: &Rig, lanes: &[&'static Lane], args: &Args) -> Vec<Outcome> {
    let end = Instant::now() + Duration::from_secs(args.timeout);
    let mut queue: Vec<_> = lanes.iter().copied().enumerate().collect();
    queue.sort_by_key(|(_, lane)| Reverse(lane.limit_s));
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..args.jobs.clamp(1, lanes.len().max(1)) {
            scope.spawn(|| {
                while let Some(&(index, lane)) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = rig.run(lane, end.saturating_duration_since(Instant::now()));
                    let mut outcomes = outcomes.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    outcomes.push((index, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    outcomes.sort_by_key(|&(index, _)| index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn conclude(outcomes: &[Outcome], require: bool) -> Result<()> {
    let count = |standing: Standing| outcomes.iter().filter(|outcome| outcome.standing() == standing).count();
    match (count(Standing::Fail), count(Standing::Skipped)) {
        (0, 0) => Ok(()),
        (0, skipped) if require => bail!("{skipped} of {} lanes could not run", outcomes.len()),
        (0, _) => Ok(()),
        (failed, _) => bail!("{failed} of {} lanes failed", outcomes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_selected_by_name_in_the_order_of_the_table() {
        assert_eq!(select(&[]).unwrap().len(), LANES.len());
        let found = select(&["kill".into(), "ide-cd".into()]).unwrap();
        assert_eq!(found.iter().map(|lane| lane.name).collect::<Vec<_>>(), ["ide-cd", "kill"]);
        let error = select(&["no-such-lane".into()]).err().unwrap();
        assert!(error.to_string().contains("--list"), "{error}");
    }

    #[test]
    fn a_skip_is_neither_a_failure_nor_enough_where_required() {
        let skipped = Outcome::skipped(&LANES[0], "no QEMU");
        assert!(conclude(std::slice::from_ref(&skipped), false).is_ok());
        assert!(conclude(&[skipped], true).is_err());
    }
}
