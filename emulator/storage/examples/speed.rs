//! How fast a disc file is against a plain file: `speed FOLDER [MIB]`. Writes of 64 KiB in sequence, made durable every 16 MiB, both in one run.

use discrig_disc::{Area, DiscState, MediumKind, MemoryStore, Store};
use discrig_storage::DiscFile;
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const PIECE: usize = 64 << 10;
const BLOCKS: i32 = (PIECE / 2048) as i32;
const COMMIT: usize = (16 << 20) / PIECE;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, mib) = match arguments.as_slice() {
        [folder] => (Path::new(folder), 1024),
        [folder, mib] => (Path::new(folder), mib.parse()?),
        _ => return Err("usage: speed FOLDER [MIB]".into()),
    };
    let pieces = (mib << 20) / PIECE;
    let mut piece: Vec<u8> =
        (0..PIECE as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();

    let path = folder.join("plain");
    let mut plain = File::create(&path)?;
    let start = Instant::now();
    for step in 0..pieces {
        piece[0] = step as u8;
        plain.write_all(&piece)?;
        if (step + 1) % COMMIT == 0 {
            plain.sync_data()?;
        }
    }
    say("plain file, write", mib, start)?;
    std::fs::remove_file(&path)?;

    let path = folder.join("disc");
    let state = DiscState::blank(MediumKind::BdR)?;
    let mut disc = DiscFile::create(&path, &state)?;
    let (blank, start) = (room(&path)?, Instant::now());
    sequence(&mut disc, &state, pieces, &mut piece)?;
    say("disc file, write", mib, start)?;
    let grown = room(&path)? - blank;
    writeln!(
        std::io::stdout(),
        "disc file: {blank} bytes blank, {grown} more for {} written: {:.3}",
        mib << 20,
        grown as f64 / (mib << 20) as f64
    )?;
    let start = Instant::now();
    for step in 0..pieces {
        disc.read(Area::User, step as i32 * BLOCKS, &mut piece)?;
    }
    say("disc file, read", mib, start)?;
    drop(disc);
    std::fs::remove_file(&path)?;

    let mut memory = MemoryStore::default();
    let start = Instant::now();
    sequence(&mut memory, &state, pieces, &mut piece)?;
    say("memory, first write", mib, start)?;
    let start = Instant::now();
    sequence(&mut memory, &state, pieces, &mut piece)?;
    say("memory, write again", mib, start)?;
    let start = Instant::now();
    for step in 0..pieces {
        memory.read(Area::User, step as i32 * BLOCKS, &mut piece)?;
    }
    say("memory, read", mib, start)?;
    drop(memory);
    let mut plain = vec![0; mib << 20];
    for name in ["memcpy, first", "memcpy, again"] {
        let start = Instant::now();
        for part in plain.chunks_exact_mut(PIECE) {
            part.copy_from_slice(core::hint::black_box(&piece));
        }
        say(name, mib, start)?;
    }
    core::hint::black_box(&plain);
    Ok(())
}

fn sequence(
    store: &mut dyn Store,
    state: &DiscState,
    pieces: usize,
    piece: &mut [u8],
) -> Result<(), Box<dyn Error>> {
    for step in 0..pieces {
        piece[0] = step as u8;
        store.write(Area::User, step as i32 * BLOCKS, piece)?;
        if (step + 1) % COMMIT == 0 {
            store.commit(state)?;
        }
    }
    store.commit(state)?;
    Ok(())
}

fn say(what: &str, mib: usize, start: Instant) -> std::io::Result<()> {
    let rate = (mib << 20) as f64 / 1e6 / start.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{what:20} {rate:6.0} MB/s")
}

#[cfg(unix)]
fn room(path: &Path) -> std::io::Result<u64> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata(path)?.blocks() * 512)
}

#[cfg(not(unix))]
fn room(path: &Path) -> std::io::Result<u64> {
    Ok(std::fs::metadata(path)?.len())
}
