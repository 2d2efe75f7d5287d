//! `cargo xtask vm initiator`: the kernel's own iSCSI initiator on served drives.
//!
//! Debian's kernel and open-iscsi log in over the guest's network, where QEMU leads 10.0.2.2 to this machine's loopback address. The steps of the table in
//! [`steps`] follow each other in one guest: discovery, logins of all kinds, reading, burning, the suite; then commands are stalled,
//! plugs pulled and servers killed, and the kernel has to recover. Each step says how it stands; what the kernel logs about connections in a
//! step that breaks none is a failure.

mod stage;
mod steps;

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::burn::guest::{self, BOOT, Guest};
use crate::burn::jobs::{FUNCTIONS, Jobs};
use crate::release;
use crate::vm;
use crate::vm::kernel::Kernel;
use crate::vm::outcome::{Check, Standing};
use crate::vm::tools::{self, Tool, Unavailable};
use stage::Stage;

/// What the lane needs beside what every lane needs.
const TOOLS: &[Tool] = &[
    Tool { program: "growisofs", package: "growisofs" },
    Tool { program: "iscsi-ls", package: "libiscsi-bin" },
    Tool { program: "iscsiadm", package: "open-iscsi" },
    Tool { program: "iscsid", package: "open-iscsi" },
];

/// What the guest loads: its world over 9p, the network, and the initiator with what it needs for digests.
const MODULES: &[&str] = &[
    "virtio_pci",
    "9pnet_virtio",
    "9p",
    "virtio_net",
    "sr_mod",
    "sg",
    "isofs",
    "crc32c_generic",
    "iscsi_tcp",
];

/// The network of the guest; the host is reached as 10.0.2.2.
const NETWORK: [&str; 4] = ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"];

/// What jobs have in common beside [`FUNCTIONS`].
const OWN_FUNCTIONS: &str = include_str!("../vm/initiator/functions.sh");

/// What to serve with, and for how long
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask vm initiator\n  apt-get install --no-install-recommends $(cargo xtask vm initiator --packages)"
)]
pub(crate) struct Args {
    /// Print the Debian packages that the lane needs beyond those of the others, and run nothing
    #[arg(long)]
    packages: bool,
    /// The program that serves the drives and tests them, instead of a release build made now
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Hard limit for all steps together, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 540)]
    timeout: u64,
    /// Fail where the lane cannot run, instead of skipping it
    #[arg(long)]
    require: bool,
}

/// Carries out all steps and prints how they stand.
///
/// # Errors
/// When a step fails, when the lane cannot be set up, and with `--require` when it cannot run here.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = &mut io::stdout();
    if args.packages {
        let mut packages: Vec<_> = TOOLS.iter().map(|tool| tool.package).collect();
        packages.dedup();
        writeln!(out, "{}", packages.join(" "))?;
        return Ok(());
    }
    match attempt(args) {
        Ok(checks) => conclude(&checks),
        Err(error) if error.is::<Unavailable>() && !args.require => vm::skip(&error),
        Err(error) => Err(error),
    }
}

fn conclude(checks: &[Check]) -> Result<()> {
    match checks.iter().filter(|check| check.standing == Standing::Fail).count() {
        0 => Ok(()),
        failed => bail!("{failed} of {} steps failed", checks.len()),
    }
}

fn attempt(args: &Args) -> Result<Vec<Check>> {
    tools::require_all()?;
    tools::require(TOOLS)?;
    let target = release::target()?;
    let kernel = Kernel::obtain(&target.join("vm/kernel"))?;
    let folder = target.join("vm/initiator");
    let binary = release::discrig(args.binary.as_deref())?;
    let share = guest::prepare(&folder)?;
    fs::copy(&binary, share.join("discrig")).context("copying the program")?;
    let jobs = Jobs::new(&share, &[FUNCTIONS, OWN_FUNCTIONS].concat())?;
    let limit = Duration::from_secs(args.timeout);
    let mut stage = Stage::set(&binary, &folder, &share, &jobs, Instant::now() + limit)?;
    let started = Instant::now();
    let network = NETWORK.map(str::to_owned);
    let guest = Guest { kernel: &kernel, share: &share, modules: MODULES, drives: 0, further: &network };
    let checks = guest.during(&jobs, limit + BOOT, || stage.carry_out(steps::STEPS))?;
    let version = &kernel.version;
    let seconds = started.elapsed().as_secs();
    writeln!(io::stdout(), "Linux {version}, {seconds} s; logs are in {}", folder.display())?;
    Ok(checks)
}
