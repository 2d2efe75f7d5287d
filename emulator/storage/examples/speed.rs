//! How fast a disc file is against a plain file: `speed FOLDER [MIB [ROUNDS]]`.
//!
//! Both are written in sequence, 64 KiB at a time, and made durable every 16 MiB, by turns, so that what else the machine does hits both. The
//! ratio is that of each round; its median counts.

use discrig_disc::{Area, DiscState, MediumKind, Store};
use discrig_storage::{DiscFile, Replace};
use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PIECE: usize = 64 << 10;
const BLOCKS: i32 = (PIECE / 2048) as i32;
const COMMIT: usize = (16 << 20) / PIECE;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, mib, rounds) = match arguments.as_slice() {
        [folder] => (folder, 512, 5),
        [folder, mib] => (folder, mib.parse()?, 5),
        [folder, mib, rounds] => (folder, mib.parse()?, rounds.parse()?),
        _ => return Err("usage: speed FOLDER [MIB [ROUNDS]]".into()),
    };
    let (folder, pieces) = (Path::new(folder), (mib << 20) / PIECE);
    let rate = |start: Instant| (pieces * PIECE) as f64 / 1e6 / start.elapsed().as_secs_f64();
    let mut ratios: [Vec<f64>; 2] = Default::default();
    let mut out = std::io::stdout();
    writeln!(out, "MB/s       plain write  disc write  plain read  disc read")?;
    for round in 1..=rounds {
        let (plain, disc) = (folder.join("speed.plain"), folder.join("speed.disc"));
        let figures = [
            timed(rate, || write_plain(&plain, pieces))?,
            timed(rate, || write_disc(&disc, pieces))?,
            timed(rate, || read_plain(&plain, pieces))?,
            timed(rate, || read_disc(&disc, pieces))?,
        ];
        std::fs::remove_file(plain)?;
        std::fs::remove_file(disc)?;
        let [written, kept, read, had] = figures;
        writeln!(out, "round {round:<4} {written:>11.0} {kept:>11.0} {read:>11.0} {had:>10.0}")?;
        ratios[0].push(kept / written);
        ratios[1].push(had / read);
    }
    for (what, ratios) in ["write", "read"].iter().zip(&mut ratios) {
        ratios.sort_by(f64::total_cmp);
        writeln!(out, "{what}: {:.2} of a plain file, the median of {rounds}", ratios[ratios.len() / 2])?;
    }
    Ok(())
}

fn timed(rate: impl Fn(Instant) -> f64, work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let start = Instant::now();
    work()?;
    Ok(rate(start))
}

/// What is written: never the same twice in a row.
fn pattern() -> Vec<u8> {
    (0..PIECE as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn write_plain(path: &Path, pieces: usize) -> Outcome<()> {
    let (mut file, mut piece) = (File::create(path)?, pattern());
    for step in 0..pieces {
        piece[0] = step as u8;
        file.write_all(&piece)?;
        if (step + 1) % COMMIT == 0 {
            file.sync_data()?;
        }
    }
    Ok(file.sync_data()?)
}

fn write_disc(path: &Path, pieces: usize) -> Outcome<()> {
    let state = DiscState::blank(MediumKind::BdR)?;
    let (mut disc, mut piece) = (DiscFile::create(path, &state, Replace::Existing)?, pattern());
    for step in 0..pieces {
        piece[0] = step as u8;
        disc.write(Area::User, step as i32 * BLOCKS, &piece)?;
        if (step + 1) % COMMIT == 0 {
            disc.commit(&state)?;
        }
    }
    Ok(disc.commit(&state)?)
}

fn read_plain(path: &Path, pieces: usize) -> Outcome<()> {
    let (mut file, mut piece) = (File::open(path)?, pattern());
    Ok((0..pieces).try_for_each(|_| file.read_exact(&mut piece))?)
}

fn read_disc(path: &Path, pieces: usize) -> Outcome<()> {
    let (mut disc, mut piece) = (DiscFile::open(path)?.file, pattern());
    Ok((0..pieces as i32).try_for_each(|step| disc.read(Area::User, step * BLOCKS, &mut piece))?)
}
