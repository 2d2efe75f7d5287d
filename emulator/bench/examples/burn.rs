//! Burns through the emulated drive without end, to be killed.
//!
//! `burn MEDIUM FILE SEED` puts the disc in FILE into a drive (or creates it), says `begun`, goes on recording it, and says `synced N` when SYNCHRONIZE CACHE has
//! answered for everything below block N. `burn MEDIUM FILE SEED N` looks whether all of that reads back, and whether the drive agrees with
//! itself about the disc.

use core::time::Duration;
use discrig_device::{Device, Instant, Request};
use discrig_disc::{Disc, DiscState, MediumKind};
use discrig_drive::{Drive, DriveConfig, HostEvent, NexusId, VirtualClock, VirtualPort};
use discrig_storage::{DiscFile, Replace};
use discrig_wire::capacity::FormatType;
use discrig_wire::command::{
    FormatUnit, Read10, ReadDiscInformation, ReadTrackInformation, SynchronizeCache, TestUnitReady, Write10,
};
use discrig_wire::disc::{DiscInformation, DiscStatus};
use discrig_wire::format::{FORMAT_CODE, FormatDescriptor, FormatListHeader, FormatParameters};
use discrig_wire::reply::Reply;
use discrig_wire::track::TrackInformation;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

type Outcome<T> = Result<T, Box<dyn Error>>;

const BLOCK: usize = 2048;
/// Blocks of an ECC block or cluster of any medium.
const CLUSTER: u32 = 32;
/// Clusters of a WRITE, at most.
const LONGEST: u64 = 3;
/// WRITEs between two SYNCHRONIZE CACHE, at most.
const RAREST: u64 = 6;
const TIMEOUT: Duration = Duration::from_secs(36_000);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [medium, file, seed] => parsed(seed).and_then(|seed| burn(&mut Rig::new(medium, file, seed)?)),
        [medium, file, seed, least] => parsed(seed).and_then(|seed| {
            parsed(least).and_then(|least| check(&mut Rig::new(medium, file, seed)?, least))
        }),
        _ => Err("usage: burn MEDIUM FILE SEED [BLOCKS]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to report that standard error is closed.
            _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Outcome<T> {
    text.parse().map_err(|_| format!("{text}: not a number").into())
}

/// A drive with the disc in it.
struct Rig {
    drive: Drive,
    clock: VirtualClock,
    seed: u64,
}

impl Rig {
    fn new(medium: &str, file: &str, seed: u64) -> Outcome<Rig> {
        let path = Path::new(file);
        let disc = if path.exists() {
            let opened = DiscFile::open(path)?;
            Disc { state: opened.state, store: Box::new(opened.file) }
        } else {
            let kind = MediumKind::by_name(medium).ok_or_else(|| format!("{medium}: no such medium"))?;
            let state = DiscState::blank(kind)?;
            Disc { store: Box::new(DiscFile::create(path, &state, Replace::Never)?), state }
        };
        let mut rig = Rig {
            drive: Drive::new(DriveConfig::default(), Instant::ZERO),
            clock: VirtualClock::default(),
            seed,
        };
        rig.drive.host_event(Instant::ZERO, HostEvent::SwapDisc(Some(disc)))?;
        // Unit attentions.
        for _ in 0..3 {
            _ = rig.port().execute(Request::none(TestUnitReady {}.cdb(), TIMEOUT));
        }
        if rig.information()?.disc_status == DiscStatus::EMPTY {
            rig.format()?;
        }
        Ok(rig)
    }

    fn port(&mut self) -> VirtualPort<'_> {
        VirtualPort { drive: &mut self.drive, clock: &mut self.clock, nexus: NexusId(0) }
    }

    fn send(&mut self, request: Request<'_>) -> Outcome<()> {
        let cdb = request.cdb;
        let completion = self.port().execute(request)?;
        match completion.code() {
            None => Ok(()),
            Some(code) => Err(format!("{cdb}: {code}").into()),
        }
    }

    fn information(&mut self) -> Outcome<DiscInformation> {
        let mut bytes = [0; 34];
        let command = ReadDiscInformation { data_type: 0, allocation_length: 34 };
        self.send(Request::input(command, &mut bytes, TIMEOUT))?;
        Ok(DiscInformation::parse(&bytes)?)
    }

    fn track(&mut self) -> Outcome<TrackInformation> {
        let mut bytes = [0; 48];
        let number = self.information()?.last_track_in_last_session;
        let command = ReadTrackInformation {
            address_type: 1,
            address: number.into(),
            allocation_length: 48,
            ..ReadTrackInformation::default()
        };
        self.send(Request::input(command, &mut bytes, TIMEOUT))?;
        Ok(TrackInformation::parse(&bytes)?)
    }

    /// What has to be formatted before it is recorded, is.
    fn format(&mut self) -> Outcome<()> {
        let Some(disc) = &self.drive.state().disc else { return Err("no disc".into()) };
        let offers = disc.format_capacities().1;
        let wanted = [FormatType::BD_RE_WITHOUT_SPARE, FormatType::DVD_PLUS_RW_BASIC];
        let Some(offer) = offers.into_iter().find(|offer| wanted.contains(&offer.format_type)) else {
            return Ok(());
        };
        let list = FormatParameters {
            header: FormatListHeader::default(),
            descriptor: FormatDescriptor::of(offer, 0),
        };
        let mut bytes = [0; FormatParameters::SIZE];
        list.encode(&mut Reply::new(&mut bytes, FormatParameters::SIZE));
        let command = FormatUnit { format_data: true, format_code: FORMAT_CODE, ..FormatUnit::default() };
        self.send(Request::output(command, &bytes, TIMEOUT))
    }

    /// What a block holds when it was recorded.
    fn contents(&self, block: u32) -> impl Iterator<Item = u8> + use<> {
        let mut word = mixed(self.seed ^ u64::from(block));
        (0..BLOCK / 8).flat_map(move |_| {
            word = mixed(word);
            word.to_le_bytes()
        })
    }
}

/// A step of splitmix64.
fn mixed(seed: u64) -> u64 {
    let word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

fn burn(rig: &mut Rig) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "begun")?;
    out.flush()?;
    // Discs that are written anywhere are written from the beginning again.
    let track = rig.track()?;
    let mut next = if track.next_writable_valid { track.next_writable } else { 0 };
    let end = next + if track.next_writable_valid { track.free_blocks } else { track.size };
    for step in 0u64.. {
        let drawn = mixed(rig.seed ^ step << 32 ^ u64::from(next));
        let count = (CLUSTER * (1 + (drawn % LONGEST) as u32)).min(end - next);
        if count == 0 {
            break;
        }
        let bytes: Vec<u8> = (next..next + count).flat_map(|block| rig.contents(block)).collect();
        let command =
            Write10 { logical_block_address: next, transfer_length: count as u16, ..Write10::default() };
        rig.send(Request::output(command, &bytes, TIMEOUT))?;
        next += count;
        if (drawn >> 32).is_multiple_of(RAREST) {
            rig.send(Request::none(SynchronizeCache::default().cdb(), TIMEOUT))?;
            writeln!(out, "synced {next}")?;
            out.flush()?;
        }
    }
    Ok(())
}

fn check(rig: &mut Rig, least: u32) -> Outcome<()> {
    for first in (0..least).step_by(CLUSTER as usize) {
        let mut bytes = vec![0; CLUSTER as usize * BLOCK];
        let command =
            Read10 { logical_block_address: first, transfer_length: CLUSTER as u16, ..Read10::default() };
        rig.send(Request::input(command, &mut bytes, TIMEOUT))?;
        if !bytes.into_iter().eq((first..first + CLUSTER).flat_map(|block| rig.contents(block))) {
            return Err(format!("blocks from {first} on are not what was recorded").into());
        }
    }
    let (information, track) = (rig.information()?, rig.track()?);
    if track.next_writable_valid {
        if track.next_writable < least {
            return Err(format!(
                "{least} blocks were safe, and recording goes on at {}",
                track.next_writable
            )
            .into());
        }
        if least > 0 && information.disc_status == DiscStatus::EMPTY {
            return Err("the disc is recorded and said to be blank".into());
        }
    }
    Ok(())
}
