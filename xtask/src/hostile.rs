//! `cargo xtask hostile`: a server among enemies.
//!
//! Eight connections send PDUs that were right once, with bytes changed, lost and doubled; hundreds say nothing, and one logs in a byte each second.
//! Beside them an honest initiator reads a drive of its own, compares every byte, and logs in anew all the time. It must never fail, the server
//! must neither end nor grow, and it must end in order when it is asked to.

mod enemy;
mod honest;
mod wire;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use anyhow::{Context as _, Result, ensure};

use crate::release;
use crate::served::Served;
use honest::Report;
use wire::Chance;

/// How long, and with which luck.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask hostile\n  cargo xtask hostile --seconds 20 --idle 100 --seed 7"
)]
pub(crate) struct Args {
    /// How long
    #[arg(long, value_name = "N", default_value_t = 600)]
    seconds: u64,
    /// Decides on what is changed
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Connections that send mutated PDUs
    #[arg(long, value_name = "N", default_value_t = 8)]
    enemies: u64,
    /// Connections that say nothing
    #[arg(long, value_name = "N", default_value_t = 500)]
    idle: usize,
    /// A server that is built already
    #[arg(long, value_name = "PROGRAM")]
    server: Option<PathBuf>,
}

/// Blocks of the disc that the honest initiator reads.
const BLOCKS: u32 = 16 << 10;

/// Part of the time in which the server may still grow: buffers and tables get as large as they ever will.
const WARM_UP: f64 = 0.3;

/// What memory may vary by: a tenth, and this much of measuring.
const SLACK_KIB: u64 = 1024;

/// What everybody knows.
struct Field {
    address: SocketAddr,
    over: AtomicBool,
    /// Connections of enemies so far.
    attacks: AtomicU64,
}

impl Field {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let program = release::discrig(args.server.as_deref())?;
    let folder = env::temp_dir().join(format!("discrig-hostile-{}", process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let disc = folder.join("honest.iso");
    honest::write_disc(&disc, BLOCKS)?;
    let connections = (args.idle + 64).to_string();
    let honest = format!("honest,disc=iso:{}", disc.display());
    // Discs that stay as they are, since what is written to one in memory is memory; for the same reason little can be sent at once.
    let a = format!("a,disc=iso:{}", disc.display());
    let drives = ["--drive", &honest, "--drive", &a, "--drive", "b,disc=blank:bd-re"];
    let limits =
        ["--max-connections", &connections, "--max-data", "1048576", "--log-format", "none", "--grace", "1s"];
    let arguments = [&drives[..], &limits].concat();
    let server = Served::start(&program, &arguments, &folder.join("serve.log"))?;
    let field = Field { address: server.address, over: AtomicBool::new(false), attacks: AtomicU64::new(0) };
    let (report, memory) = battle(args, &server, &field)?;
    server.end()?;
    fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    writeln!(
        io::stdout(),
        "{} attacks; the honest initiator logged in {} times and read {} MiB, each command within {:?}; memory {} to {} KiB",
        field.attacks.load(Ordering::Relaxed),
        report.logins,
        report.bytes >> 20,
        report.slowest,
        memory.0,
        memory.1,
    )?;
    Ok(())
}

/// Lets everybody loose for the time, and gives what the honest initiator saw and how much memory the server had.
fn battle(args: &Args, server: &Served, field: &Field) -> Result<(Report, (u64, u64))> {
    thread::scope(|scope| {
        let honest = scope.spawn(|| honest::live(field));
        for enemy in 0..args.enemies {
            let chance = Chance::new(args.seed.wrapping_add(enemy.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            scope.spawn(move || enemy::fight(field, enemy, chance));
        }
        scope.spawn(|| enemy::crawl(field));
        scope.spawn(|| enemy::idle(field, args.idle));
        let memory = watch(server, Duration::from_secs(args.seconds), &|| honest.is_finished());
        field.over.store(true, Ordering::Relaxed);
        let report = honest.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the honest initiator died")));
        let memory = memory?;
        Ok((report.context("the honest initiator failed")?, memory))
    })
}

/// Measures the server's memory: the most in the first half after the warm-up and the most in the second.
fn watch(server: &Served, time: Duration, is_lost: &dyn Fn() -> bool) -> Result<(u64, u64)> {
    let began = Instant::now();
    let (warm, half) = (time.mul_f64(WARM_UP), time.mul_f64(WARM_UP + (1.0 - WARM_UP) / 2.0));
    let (mut before, mut after) = (0, 0);
    while began.elapsed() < time && !is_lost() {
        let resident = server.resident_kib()?;
        match began.elapsed() {
            elapsed if elapsed < warm => {}
            elapsed if elapsed < half => before = resident.max(before),
            _ => after = resident.max(after),
        }
        thread::sleep(Duration::from_millis(100));
    }
    ensure!(
        is_lost() || after <= before + before / 10 + SLACK_KIB,
        "the server grew from {before} to {after} KiB"
    );
    Ok((before, after))
}
