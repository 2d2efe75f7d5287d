//! What a disc costs: `footprint memory` or `footprint FILE` puts a blank BD-R XL of 128 GB into a drive, kept there, records 1024 MiB of it, or
//! as many as a second argument says, and tells how much the memory of the process and the disc file grew. Linux knows both.

use core::time::Duration;
use discrig_device::{Device, Instant, Request};
use discrig_disc::{Disc, DiscState, MediumKind, MemoryStore, Store};
use discrig_drive::{Drive, DriveConfig, HostEvent, NexusId, VirtualClock, VirtualPort};
use discrig_storage::{DiscFile, Replace};
use discrig_wire::command::{SynchronizeCache, TestUnitReady, Write10};
use std::error::Error;
use std::io::Write;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;

const TIMEOUT: Duration = Duration::from_secs(3600);
const BLOCK: usize = 2048;
/// Bytes of a WRITE.
const LENGTH: usize = 64 << 10;
/// WRITEs between two SYNCHRONIZE CACHE: 16 MiB.
const SYNCHRONIZE: usize = 256;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (place, mib) = match arguments.as_slice() {
        [place] => (place.as_str(), 1024),
        [place, mib] => (place.as_str(), mib.parse()?),
        _ => return Err("usage: footprint memory|FILE [MIB]".into()),
    };
    record(mib, (place != "memory").then_some(Path::new(place)))
}

/// Records so much of a blank disc and says what it cost.
fn record(mib: usize, path: Option<&Path>) -> Outcome<()> {
    let state = DiscState::blank(MediumKind::BdRXlQl)?;
    let empty = memory()?;
    let store: Box<dyn Store> = match path {
        Some(path) => Box::new(DiscFile::create(path, &state, Replace::Never)?),
        None => Box::new(MemoryStore::default()),
    };
    let drive = Drive::new(DriveConfig::default(), Instant::ZERO);
    let mut rig = Rig { drive, clock: VirtualClock::default() };
    rig.drive.host_event(Instant::ZERO, HostEvent::SwapDisc(Some(Disc { state, store })))?;
    // Unit attentions.
    for _ in 0..4 {
        _ = rig.port().execute(Request::none(TestUnitReady {}, TIMEOUT));
    }
    let (blank, blank_file) = (memory()?, room(path)?);
    let mut bytes: Vec<u8> =
        (0..LENGTH as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let count = (LENGTH / BLOCK) as u16;
    for step in 0..(mib << 20) / LENGTH {
        bytes[0] = step as u8;
        let first = step as u32 * u32::from(count);
        let write = Write10 { logical_block_address: first, transfer_length: count, ..Write10::default() };
        rig.send(Request::output(write, &bytes, TIMEOUT))?;
        if (step + 1) % SYNCHRONIZE == 0 {
            rig.send(Request::none(SynchronizeCache::default(), TIMEOUT))?;
        }
    }
    let (full, full_file) = (memory()?, room(path)?);
    let share = |grown: u64| grown as f64 / (mib << 20) as f64;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "blank: {} KiB of memory, {} KiB of disk",
        (blank.saturating_sub(empty)) >> 10,
        blank_file >> 10
    )?;
    let (memory, disk) = (full.saturating_sub(blank), full_file - blank_file);
    writeln!(
        out,
        "{mib} MiB recorded: {} KiB of memory ({:.3}), {} KiB of disk ({:.3})",
        memory >> 10,
        share(memory),
        disk >> 10,
        share(disk)
    )?;
    drop(rig);
    path.map_or(Ok(()), |path| Ok(std::fs::remove_file(path)?))
}

struct Rig {
    drive: Drive,
    clock: VirtualClock,
}

impl Rig {
    fn port(&mut self) -> VirtualPort<'_> {
        VirtualPort { drive: &mut self.drive, clock: &mut self.clock, nexus: NexusId(0) }
    }

    fn send(&mut self, request: Request<'_>) -> Outcome<()> {
        let cdb = request.cdb;
        match self.port().execute(request)?.code() {
            None => Ok(()),
            Some(code) => Err(format!("{cdb}: {code}").into()),
        }
    }
}

/// Bytes of memory that the process has.
fn memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
}

/// Bytes of disk that a file has.
#[cfg(unix)]
fn room(path: Option<&Path>) -> Outcome<u64> {
    use std::os::unix::fs::MetadataExt as _;
    path.map_or(Ok(0), |path| Ok(std::fs::metadata(path)?.blocks() * 512))
}

#[cfg(not(unix))]
fn room(_: Option<&Path>) -> Outcome<u64> {
    Err("only Unix tells how much room a sparse file has".into())
}
