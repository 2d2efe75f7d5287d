//! The honest initiator: it reads, compares, and logs in anew.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use discrig_iscsi::initiator::{Command, Data, Event};
use discrig_wire::command::{Read10, TestUnitReady};

use super::wire::{Chance, Wire, config};
use super::{BLOCKS, Field};

/// What anything may take at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// Commands of one session.
const COMMANDS: u32 = 2_000;
/// Unit attentions that are waited out after a login.
const ATTENTIONS: u32 = 4;
/// Blocks that are read at once, at most.
const RUN: u32 = 32;
const BLOCK: usize = 2048;

/// What the honest initiator saw.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) logins: u64,
    pub(super) bytes: u64,
    pub(super) slowest: Duration,
}

/// Writes a disc each of whose blocks says which one it is.
pub(super) fn write_disc(path: &Path, blocks: u32) -> Result<()> {
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    (0..blocks).try_for_each(|block| file.write_all(&contents(block)))?;
    Ok(file.flush()?)
}

fn contents(block: u32) -> [u8; BLOCK] {
    let mut bytes = [0; BLOCK];
    let mut chance = Chance::new(block.into());
    bytes.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&chance.next().to_le_bytes()));
    bytes
}

/// Reads until the battle is over.
pub(super) fn live(field: &Field) -> Result<Report> {
    let mut report = Report::default();
    let mut chance = Chance::new(1);
    while !field.is_over() {
        let mut wire = Wire::login(field.address, config("honest-host", 1, Some("honest"))?, PATIENCE)?;
        report.logins += 1;
        become_ready(&mut wire)?;
        for _ in 0..COMMANDS {
            if field.is_over() {
                break;
            }
            let count = 1 + chance.below(RUN as usize) as u32;
            let first = chance.below((BLOCKS - count) as usize) as u32;
            let began = Instant::now();
            let data = read(&mut wire, first, count)?;
            report.slowest = report.slowest.max(began.elapsed());
            report.bytes += data.len() as u64;
            for (block, bytes) in (first..).zip(data.chunks(BLOCK)) {
                ensure!(bytes == contents(block), "block {block} is not what it was");
            }
        }
        wire.connection.logout()?;
        let end = Instant::now() + PATIENCE;
        while !matches!(wire.next(end)?, Event::Closed(_)) {}
    }
    Ok(report)
}

fn become_ready(wire: &mut Wire) -> Result<()> {
    for _ in 0..=ATTENTIONS {
        let cdb = *TestUnitReady {}.cdb().padded();
        if execute(wire, Command { cdb, ..Command::default() })?.is_ok() {
            return Ok(());
        }
    }
    bail!("the drive does not become ready")
}

fn read(wire: &mut Wire, first: u32, count: u32) -> Result<Vec<u8>> {
    let read = Read10 { logical_block_address: first, transfer_length: count as u16, ..Read10::default() };
    let (cdb, length) = (*read.cdb().padded(), count * BLOCK as u32);
    let answer = execute(wire, Command { cdb, data: Data::In(length), ..Command::default() })?;
    let data = answer.map_err(|status| anyhow::anyhow!("a read ended with {status}"))?;
    ensure!(data.len() == length as usize, "{} bytes were read, not {length}", data.len());
    Ok(data)
}

/// The data of a command that ends with GOOD, or the status.
fn execute(wire: &mut Wire, command: Command) -> Result<Result<Vec<u8>, String>> {
    wire.connection.command(command)?;
    let end = Instant::now() + PATIENCE;
    loop {
        match wire.next(end)? {
            Event::Completed(done) if done.status.is_good() => return Ok(Ok(done.data_in)),
            Event::Completed(done) => return Ok(Err(done.status.to_string())),
            Event::Closed(reason) => bail!("the session is over: {reason:?}"),
            _ => {}
        }
    }
}
