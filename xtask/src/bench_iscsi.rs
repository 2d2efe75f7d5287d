//! `cargo xtask bench iscsi`: reads over iSCSI, beside tgt's CD drive with the same disc.
//!
//! The client of both is `qemu-img bench`. Runs alternate, so that what else the machine does concerns both; of each pair the ratio is taken, and
//! the middle of the ratios is what counts. A bare TCP echo of the same bytes is the floor below which no read at depth 1 can get.

mod echo;
mod tgt;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

use anyhow::{Context as _, Result, ensure};

use crate::children::{self, Death};
use crate::release;
use crate::served::Served;
use crate::vm::tools::{self, Tool};
use tgt::Tgt;

const TOOLS: &[Tool] = &[
    Tool { program: "qemu-img", package: "qemu-utils" },
    Tool { program: "tgtadm", package: "tgt" },
    Tool { program: "tgtd", package: "tgt" },
];

/// What to measure.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask bench iscsi\n  cargo xtask bench iscsi --pairs 3 --share 0.2"
)]
pub(crate) struct Args {
    /// The bench
    #[arg(value_parser = ["iscsi"])]
    bench: String,
    /// Pairs of runs in each row
    #[arg(long, value_name = "N", default_value_t = 9)]
    pairs: usize,
    /// Share of the usual number of reads
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    share: f64,
    /// A server that is built already
    #[arg(long, value_name = "PROGRAM")]
    server: Option<PathBuf>,
}

/// One row: how much is read at once, how many reads are under way, and how many reads a run has.
struct Row {
    bytes: usize,
    depth: usize,
    reads: u32,
}

const ROWS: [Row; 4] = [
    Row { bytes: 2 << 10, depth: 1, reads: 20_000 },
    Row { bytes: 2 << 10, depth: 32, reads: 60_000 },
    Row { bytes: 64 << 10, depth: 1, reads: 6_000 },
    Row { bytes: 64 << 10, depth: 16, reads: 12_000 },
];

/// Bytes of the disc, which stays in the page cache.
const DISC: usize = 64 << 20;

pub(crate) fn run(args: &Args) -> Result<()> {
    tools::require(TOOLS)?;
    let program = release::discrig(args.server.as_deref())?;
    let folder = env::temp_dir().join(format!("discrig-bench-{}", process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let disc = folder.join("disc.iso");
    fs::write(&disc, pattern(DISC))?;
    let drive = format!("a,disc=iso:{}", disc.display());
    let ours =
        Served::start(&program, &["--drive", &drive, "--log-format", "none"], &folder.join("serve.log"))?;
    let theirs = Tgt::start(&folder, &disc)?;
    let ours_at = format!("portal={},target=iqn.2026-11.dev.discrig:a,lun=0", ours.address);
    let mut out = io::stdout();
    writeln!(out, "| read | depth | discrig, µs | tgt, µs | tgt / discrig | floor, µs |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for row in &ROWS {
        let reads = ((f64::from(row.reads) * args.share) as u32).max(100);
        let (mut us, mut them, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for pair in 0..args.pairs {
            let measure = |image: &str| bench(image, row, reads);
            // Whoever comes first has a colder machine, so they take turns with that too.
            let (a, b) = if pair % 2 == 0 {
                let a = measure(&ours_at)?;
                (a, measure(&theirs.image)?)
            } else {
                let b = measure(&theirs.image)?;
                (measure(&ours_at)?, b)
            };
            us.push(a);
            them.push(b);
            ratios.push(b / a);
        }
        let floor = match row.depth {
            1 => format!("{:.1}", echo::microseconds(row.bytes, reads)?),
            _ => String::new(),
        };
        writeln!(
            out,
            "| {} KiB | {} | {:.1} | {:.1} | {:.2} | {floor} |",
            row.bytes >> 10,
            row.depth,
            middle(&mut us),
            middle(&mut them),
            middle(&mut ratios),
        )?;
    }
    drop(theirs);
    ours.end()?;
    fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))
}

/// Microseconds for each read.
fn bench(image: &str, row: &Row, reads: u32) -> Result<f64> {
    let size = row.bytes.to_string();
    let output = Command::new("qemu-img")
        .args(["bench", "-c", &reads.to_string(), "-d", &row.depth.to_string(), "-s", &size, "-S", &size])
        .args([
            "--image-opts",
            &format!("driver=raw,file.driver=iscsi,file.transport=tcp,{}", file_options(image)),
        ])
        .output()
        .context("starting qemu-img")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "qemu-img bench: {}", String::from_utf8_lossy(&output.stderr).trim());
    let seconds = said
        .lines()
        .find_map(|line| line.strip_prefix("Run completed in ")?.split(' ').next()?.parse::<f64>().ok());
    let seconds = seconds.with_context(|| format!("qemu-img bench does not say how long it took: {said}"))?;
    Ok(seconds * 1e6 / f64::from(reads))
}

/// Options of the image as those of its protocol layer.
fn file_options(image: &str) -> String {
    image.split(',').map(|option| format!("file.{option}")).collect::<Vec<_>>().join(",")
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Bytes that do not repeat within a page.
fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32 / 4).flat_map(|word| word.wrapping_mul(0x9E37_79B1).to_le_bytes()).collect()
}

/// Starts a program of this machine, also where the administrator's programs are not in the search path.
fn program(name: &str) -> Result<Command> {
    Ok(children::command(
        tools::find(name).with_context(|| format!("{name} is not installed"))?,
        Death::Killed,
    ))
}

/// A port that nobody uses at this moment.
fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A path as text, for programs that take it as a part of an argument.
fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no text", path.display()))
}
