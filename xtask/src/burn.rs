//! `cargo xtask vm burn`: Debian's own burning tools on served drives, in a virtual machine.
//!
//! A stock Linux under QEMU sees drives through QEMU's iSCSI block driver, and the unmodified wodim, cdrskin, growisofs, dvd+rw-format, xorriso,
//! dvd+rw-mediainfo and sg3_utils use them. Each cell of the table (a tool in a mode on a medium, see [`rows`]) gets a fresh disc, and what
//! is read back is compared with what was to be burned. Beside our own drives stand those of other emulators, as far as they can be had.

mod cell;
pub(crate) mod data;
mod exceptions;
pub(crate) mod guest;
pub(crate) mod jobs;
mod lane;
pub(crate) mod media;
mod outcome;
mod rows;
pub(crate) mod server;
pub(crate) mod suite;
mod table;
mod trials;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::release;
use crate::vm;
use crate::vm::kernel::Kernel;
use crate::vm::tools::{self, Tool, Unavailable};
use cell::Cell;
use lane::{Burned, Limits, Shop};
use media::Medium;
use server::{Discrig, Server, Tgt};
use table::Column;

/// What the lane needs beside what every lane needs.
const TOOLS: &[Tool] = &[
    Tool { program: "cdrskin", package: "cdrskin" },
    Tool { program: "dvd+rw-format", package: "dvd+rw-tools" },
    Tool { program: "genisoimage", package: "genisoimage" },
    Tool { program: "growisofs", package: "growisofs" },
    Tool { program: "wodim", package: "wodim" },
];

/// Packages whose programs are not asked for by name: QEMU's iSCSI driver, and a peer.
const UNSEEN_PACKAGES: [&str; 2] = ["qemu-block-extra", "tgt"];

/// Other emulators that cannot be had, and why.
const ABSENT_PEERS: &[(&str, &str)] = &[(
    "CDEmu",
    "its virtual host adapter is a kernel module outside of the kernel (vhba), which Debian does not package, so a stock kernel has no such drive",
)];

/// Which cells to burn, and on which drives.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask vm burn\n  cargo xtask vm burn --only 'growisofs*' --medium dvd-r\n  \
                  cargo xtask vm burn --short --server discrig\n  cargo xtask vm burn --list\n  \
                  apt-get install --no-install-recommends $(cargo xtask vm burn --packages)"
)]
pub(crate) struct Args {
    /// Burn the cells whose names match
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,
    /// Burn on these media
    #[arg(long, value_name = "MEDIUM")]
    medium: Vec<Medium>,
    /// Burn a selection of a few minutes, in which each tool and each family of media occurs
    #[arg(long, conflicts_with_all = ["only", "medium"])]
    short: bool,
    /// Whose drives; all of them where none is named
    #[arg(long, value_name = "SERVER")]
    server: Vec<Choice>,
    /// Print the names of the cells and burn nothing
    #[arg(long)]
    list: bool,
    /// Print the Debian packages that the lane needs beyond those of the others, and burn nothing
    #[arg(long)]
    packages: bool,
    /// The program that serves our drives, instead of a release build made now
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// How many of our drives burn at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    drives: usize,
    /// Hard limit for one cell, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    cell_timeout: u64,
    /// Hard limit for all cells together, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    timeout: u64,
    /// Leave out the trials, in which something happens to a drive while it burns
    #[arg(long)]
    no_trials: bool,
    /// Fail where the lane cannot run, instead of skipping it
    #[arg(long)]
    require: bool,
}

/// A server that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Choice {
    /// `discrig serve`
    Discrig,
    /// tgt, the SCSI target of Debian
    Tgt,
}

impl Choice {
    const ALL: [Self; 2] = [Self::Discrig, Self::Tgt];

    const fn name(self) -> &'static str {
        match self {
            Self::Discrig => "discrig",
            Self::Tgt => "tgt",
        }
    }
}

/// Burns the cells that `args` ask for, prints the table and leaves it beside the transcripts.
///
/// # Errors
/// When a cell fails on our drives, when the lane cannot be set up, and with `--require` when it cannot run here.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = &mut io::stdout();
    if args.packages {
        let packages: BTreeSet<_> = TOOLS.iter().chain(suite::TOOLS).map(|tool| tool.package).collect();
        writeln!(out, "{}", packages.into_iter().chain(UNSEEN_PACKAGES).collect::<Vec<_>>().join(" "))?;
        return Ok(());
    }
    let cells = if args.short { cell::short()? } else { cell::select(&args.only, &args.medium)? };
    if args.list {
        cells.iter().try_for_each(|cell| writeln!(out, "{}", cell.name()))?;
        return Ok(());
    }
    let (kernel, columns) = match burn(args, &cells) {
        Ok(burned) => burned,
        Err(error) if error.is::<Unavailable>() && !args.require => return vm::skip(&error),
        Err(error) => return Err(error),
    };
    let folder = folder()?;
    let page = table::markdown(&kernel, &columns);
    fs::write(folder.join("table.md"), &page)?;
    fs::write(folder.join("table.json"), format!("{:#}\n", table::json(&kernel, &columns)))?;
    writeln!(out, "\n{page}\nThe transcripts and this table are in {}.", folder.display())?;
    conclude(&columns)
}

/// Our drives must not fail; what others cannot do is for comparison.
fn conclude(columns: &[Column]) -> Result<()> {
    let ours = columns.iter().filter(|column| column.server == Choice::Discrig.name());
    match ours.map(Column::failures).sum() {
        0 => Ok(()),
        failed => bail!("{failed} cells or trials failed"),
    }
}

/// The folder of the lane.
fn folder() -> Result<PathBuf> {
    Ok(release::target()?.join("vm/burn"))
}

/// Version of the kernel, and what came of the cells on each server.
fn burn(args: &Args, cells: &[Cell]) -> Result<(String, Vec<Column>)> {
    tools::require_all()?;
    tools::require(TOOLS)?;
    require_iscsi()?;
    let kernel = Kernel::obtain(&release::target()?.join("vm/kernel"))?;
    let folder = folder()?;
    let share = guest::prepare(&folder)?;
    let disc = share.join("data/first.iso");
    let mut columns = Vec::new();
    let mut shops = Vec::new();
    for choice in Choice::ALL {
        if !args.server.is_empty() && !args.server.contains(&choice) {
            continue;
        }
        match start(choice, args, &folder, &disc) {
            Ok(shop) => shops.push(shop),
            Err(error) if error.is::<Unavailable>() => {
                columns.push(Column::absent(choice.name(), format!("{error:#}")));
            }
            Err(error) => return Err(error.context(format!("starting {}", choice.name()))),
        }
    }
    if shops.is_empty() {
        let reasons = columns.iter().filter_map(|column| column.outcomes.as_ref().err().map(String::as_str));
        return Err(Unavailable(reasons.collect::<Vec<_>>().join("; ")).into());
    }
    let limits =
        Limits { cell: Duration::from_secs(args.cell_timeout), all: Duration::from_secs(args.timeout) };
    let burned = lane::run(&kernel, &share, &shops, cells, limits)?;
    let burned = shops.iter().zip(burned).map(|(shop, Burned { cells, trials })| Column {
        server: shop.server.name(),
        outcomes: Ok(cells),
        trials,
    });
    let absent = ABSENT_PEERS.iter().map(|&(server, reason)| Column::absent(server, reason.to_owned()));
    Ok((kernel.version.clone(), burned.chain(columns).chain(absent).collect()))
}

/// QEMU's iSCSI driver is in a package of its own. Asked for a drive without an address, QEMU says whether it knows the driver.
fn require_iscsi() -> Result<()> {
    let drive = ["-machine", "none", "-display", "none", "-nodefaults", "-drive", "if=none,driver=iscsi"];
    match tools::output("qemu-system-x86_64", drive, Path::new("/")) {
        Err(error) if error.to_string().contains("Unknown driver") => {
            let words = "QEMU has no iSCSI driver; apt-get install --no-install-recommends qemu-block-extra";
            Err(Unavailable(words.to_owned()).into())
        }
        _ => Ok(()),
    }
}

/// Starts a server with drives that hold the disc: QEMU attaches no drive whose capacity it cannot read.
fn start(choice: Choice, args: &Args, folder: &Path, disc: &Path) -> Result<Shop> {
    let (server, drives, trials): (Box<dyn Server>, _, _) = match choice {
        Choice::Discrig => {
            let drives = args.drives.max(1);
            let binary = release::discrig(args.binary.as_deref())?;
            let all = drives + usize::from(!args.no_trials);
            (Box::new(Discrig::start(&binary, folder, all, disc, &[])?), drives, !args.no_trials)
        }
        Choice::Tgt => {
            tools::require(&[Tool { program: "tgtd", package: "tgt" }])?;
            (Box::new(Tgt::start(folder, 1, disc)?), 1, false)
        }
    };
    Ok(Shop { server, drives, trials })
}
