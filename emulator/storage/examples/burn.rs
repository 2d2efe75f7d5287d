//! Burns without end, to be killed: `burn FILE SEED` goes on with the disc in FILE, or creates it, and says `synced N` when all blocks below N
//! are safe; `burn FILE SEED --check N` looks whether they are, and whether the state of the disc is legal.

use discrig_disc::{Area, DiscState, MediumKind, Recording, Sequence, Session, Store, Track, TrackStatus};
use discrig_storage::DiscFile;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const KIND: MediumKind = MediumKind::BdR;
const BLOCK: usize = 2048;
/// Blocks of a write, at most.
const LONGEST: u64 = 96;
/// Writes between two commits, at most.
const RAREST: u64 = 8;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [file, seed] => parsed(seed).and_then(|seed| burn(Path::new(file), seed)),
        [file, seed, "--check", least] => {
            parsed(seed).and_then(|seed| parsed(least).and_then(|least| check(Path::new(file), seed, least)))
        }
        _ => Err("usage: burn FILE SEED [--check N]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Box<dyn Error>> {
    text.parse().map_err(|_| format!("{text}: not a number").into())
}

fn burn(path: &Path, seed: u64) -> Result<(), Box<dyn Error>> {
    let (mut file, mut state) = if path.exists() {
        let opened = DiscFile::open(path)?;
        (opened.file, opened.state)
    } else {
        let state = begun();
        (DiscFile::create(path, &state)?, state)
    };
    let mut out = std::io::stdout().lock();
    let mut bytes = Vec::new();
    for step in 0u64.. {
        let track = track_mut(&mut state)?;
        let drawn = mixed(seed ^ step ^ (track.next as u64) << 20);
        let room = u64::from(KIND.spec().capacity) - track.next as u64;
        let count = (1 + drawn % LONGEST).min(room) as i32;
        bytes.clear();
        for block in track.next..track.next + count {
            bytes.extend(contents(seed, block));
        }
        file.write(Area::User, track.next, &bytes)?;
        track.next += count;
        let full = u64::from(KIND.spec().capacity) == track.next as u64;
        if full || (drawn >> 32).is_multiple_of(RAREST) {
            let next = track.next;
            file.commit(&state)?;
            writeln!(out, "synced {next}")?;
            out.flush()?;
        }
        if full {
            break;
        }
    }
    Ok(())
}

fn check(path: &Path, seed: u64, least: i32) -> Result<(), Box<dyn Error>> {
    let mut opened = DiscFile::open(path)?;
    let next = track_mut(&mut opened.state)?.next;
    let expected = {
        let mut state = begun();
        track_mut(&mut state)?.next = next;
        state
    };
    if opened.state != expected || next < 0 || next as u32 > KIND.spec().capacity {
        return Err(format!("the state is not legal: {:?}", opened.state).into());
    }
    if next < least {
        return Err(format!("blocks below {least} were synced, but the disc ends at {next}").into());
    }
    let mut bytes = vec![0; 64 * BLOCK];
    for first in (0..next).step_by(64) {
        let count = (next - first).min(64);
        let part = &mut bytes[..count as usize * BLOCK];
        opened.file.read(Area::User, first, part)?;
        for (block, bytes) in (first..).zip(part.chunks_exact(BLOCK)) {
            if !contents(seed, block).eq(bytes.iter().copied()) {
                return Err(format!("block {block} is not what was written").into());
            }
        }
    }
    let recovered = if opened.recovered { ", recovered" } else { "" };
    writeln!(std::io::stdout(), "intact {next}{recovered}")?;
    Ok(())
}

/// A BD-R that an open track was begun on.
fn begun() -> DiscState {
    let session = Session { tracks: vec![Track::open(1, 0)], ..Session::default() };
    let sequence = Sequence { sessions: vec![session], ..Sequence::default() };
    DiscState::with(KIND, Recording::Sequential(sequence))
}

fn track_mut(state: &mut DiscState) -> Result<&mut Track, &'static str> {
    match &mut state.recording {
        Recording::Sequential(sequence) => sequence
            .track_mut(1)
            .filter(|track| track.status == TrackStatus::Open)
            .ok_or("there is no open track"),
        Recording::Random(_) => Err("the disc is not sequential"),
    }
}

/// What a block is made of.
fn contents(seed: u64, block: i32) -> impl Iterator<Item = u8> {
    let base = mixed(seed ^ mixed(block as u64));
    (0..BLOCK as u64 / 8).flat_map(move |word| mixed(base.wrapping_add(word)).to_le_bytes())
}

/// Mixes bits well enough that no two blocks are alike.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
