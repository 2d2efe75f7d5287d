//! A disc in a file, which keeps what is burned across restarts.
//!
//! # Format, version 1
//!
//! All numbers are little-endian. The file is made of pages of 4096 bytes:
//!
//! | page | contents |
//! |---|---|
//! | 0 | identification: `discrig disc` CR LF 1Ah LF, format version (4 bytes), CRC-32C of these 20 bytes; written last when a disc is created, before the file gets its name |
//! | 1, 2 | heads, written by turns, the newest durable one never: number (8), bytes of the database (8), flags (1; bit 0: closed properly), 3 zeros, CRC-32C of the page with zeros here (4), 8 zeros, then the database's first page |
//! | 3 + 1025 *g* | group *g*: CRC-32C of each of the 1024 pages that follow, begun with the page's number in the database; a sum of 0 is kept as 1, and 0 stands for a page of zeros that was never written |
//! | 4 + 1025 *g* … | pages 1024 *g* to 1024 *g* + 1023 of the database (its first page is in the heads, and its place is left empty) |
//!
//! A page of nothing but zeros or FFh is not stored: what lies in its place does not match its checksum, and that of the one or the other does.
//!
//! The database is one of redb's, file format 3, with these tables:
//!
//! | table | key | value |
//! |---|---|---|
//! | `raw` | number of a chunk | 27 records of 2352 bytes |
//! | `sub-channel` | number of a chunk | 672 records of 96 bytes |
//! | `user` | number of a chunk | 31 records of 2048 bytes |
//! | `state` | none | format version (4 bytes), CRC-32C of what follows (4), the [`DiscState`] as JSON |
//!
//! A chunk's number is its first block divided by its length, rounded down; what was never written in it is zeros, and so is a chunk that is
//! not there.
//! Chunks have those lengths because a value takes a power of two of pages, with a few bytes of its own: 64 KiB here, of which 3 % are lost.
//! The file is sparse: its length says nothing about the room that it takes.
//!
//! # What survives
//!
//! A commit writes to free pages, makes them durable, then turns the head over and makes that durable. A crash at any moment leaves the state of
//! the last commit. Everything that is read was checked: what rotted is an error and never data.

mod create;
mod error;
mod identity;
mod pages;
mod session;
#[cfg(test)]
pub(crate) mod tests;
mod verify;

pub use error::DiscFileError;
pub use verify::{Damage, Verified};

use discrig_disc::{Area, DiscState, Extents, Store, StoreError};
use redb::backends::FileBackend;
use session::Session;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The newest format of disc files that is known here, and the one that is written.
pub const FORMAT_VERSION: u32 = 1;

/// Chunks that wait in memory until they are whole or committed, at most: four MiB.
const WAITING: usize = 64;

/// Blocks of a chunk; see the format.
const fn per_chunk(area: Area) -> i32 {
    match area {
        Area::Raw => 27,
        Area::SubChannel => 672,
        Area::User => 31,
    }
}

/// Bytes of a chunk.
const fn chunk_bytes(area: Area) -> usize {
    per_chunk(area) as usize * area.stride()
}

/// A store in a file. What was not committed is gone when it is dropped.
///
/// While it is open no other process, and no second `DiscFile`, can open the file. A failure while something was not committed loses all of that: then
/// the store can only be read, without the blocks that were lost, until it is reverted or opened again.
#[derive(Debug)]
pub struct DiscFile {
    path: PathBuf,
    /// Absent after a failure, until it is needed again.
    session: Option<Session<FileBackend>>,
    /// Chunks that were changed and wait to be handed to the database.
    waiting: BTreeMap<(Area, i32), Box<[u8]>>,
    /// Blocks that were changed since the last commit.
    uncommitted: Extents,
    /// What a failure has cost.
    loss: Option<Loss>,
}

/// What a failure has cost.
#[derive(Debug)]
struct Loss {
    /// Blocks of which the store no longer has what it was given.
    blocks: Extents,
    /// What happened, and what to do.
    message: String,
}

/// A disc file that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub file: DiscFile,
    /// The state of the last commit.
    pub state: DiscState,
    /// It was not closed properly: whatever was written after the last commit is gone.
    pub recovered: bool,
}

impl DiscFile {
    /// Opens a disc file with the state of its last commit.
    ///
    /// # Errors
    /// [`DiscFileError`]; the file was not changed then.
    pub fn open(path: &Path) -> Result<Opened, DiscFileError> {
        let (session, recovered) = open_session(path)?;
        let mut file = DiscFile::with(path, session);
        let state = file.session()?.state(path)?;
        Ok(Opened { file, state, recovered })
    }

    fn with(path: &Path, session: Session<FileBackend>) -> DiscFile {
        DiscFile {
            path: path.into(),
            session: Some(session),
            waiting: BTreeMap::new(),
            uncommitted: Extents::default(),
            loss: None,
        }
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Forgets everything since the last commit, failures too, and gives the state of that commit.
    ///
    /// # Errors
    /// [`DiscFileError`], if it cannot be read any longer.
    pub fn revert(&mut self) -> Result<DiscState, DiscFileError> {
        self.waiting.clear();
        self.uncommitted = Extents::default();
        self.loss = None;
        if self.session.as_mut().is_some_and(|session| session.abort().is_err()) {
            self.session = None;
        }
        let path = self.path.clone();
        self.session()?.state(&path)
    }

    /// The database, opened again if a failure has closed it.
    fn session(&mut self) -> Result<&mut Session<FileBackend>, DiscFileError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => open_session(&self.path)?.0,
        };
        Ok(self.session.insert(session))
    }

    /// Runs an operation on the database. A failure ends the session with everything that was not committed.
    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Session<FileBackend>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = match self.session() {
            Ok(session) => work(session),
            Err(error) => Err(StoreError::Failed(error.to_string())),
        };
        if let Err(error) = &result {
            self.session = None;
            self.waiting.clear();
            let blocks = core::mem::take(&mut self.uncommitted);
            if !blocks.is_empty() {
                let message = format!(
                    "{}: what was not yet safe is lost since an earlier operation failed ({error}); everything committed \
                     before can be read; to write, put the disc in again",
                    self.path.display()
                );
                self.loss = Some(Loss { blocks, message });
            }
        }
        result
    }

    /// Refuses to change anything after a loss: what would be kept then contradicts what was promised.
    fn writable(&self) -> Result<(), StoreError> {
        match &self.loss {
            Some(loss) => Err(StoreError::Failed(loss.message.clone())),
            None => Ok(()),
        }
    }

    /// Hands the chunks that wait to the database.
    fn flush(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = core::mem::take(&mut self.waiting);
        self.run(|session| {
            for area in Area::ALL {
                let chunks = waiting.range((area, i32::MIN)..=(area, i32::MAX));
                session.write(area, chunks.map(|((_, chunk), bytes)| (*chunk, &**bytes)))?;
            }
            Ok(())
        })
    }

    /// A chunk that is to be changed in part.
    fn waiting(&mut self, area: Area, chunk: i32) -> Result<&mut [u8], StoreError> {
        if !self.waiting.contains_key(&(area, chunk)) {
            if self.waiting.len() >= WAITING {
                self.flush()?;
            }
            let mut bytes = vec![0; chunk_bytes(area)].into_boxed_slice();
            self.run(|session| session.read(area, [(chunk, 0, &mut *bytes)]))?;
            self.waiting.insert((area, chunk), bytes);
        }
        match self.waiting.get_mut(&(area, chunk)) {
            Some(bytes) => Ok(bytes),
            None => Err(StoreError::Failed("a chunk was lost from memory".into())),
        }
    }
}

impl Store for DiscFile {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        let blocks = blocks(first, buffer.len().div_ceil(area.stride()));
        if let Some(loss) = self.loss.as_ref().filter(|loss| loss.blocks.intersects(blocks)) {
            return Err(StoreError::Failed(loss.message.clone()));
        }
        let mut rest = buffer;
        let mut wanted = Vec::new();
        for run in area.runs(per_chunk(area), first, rest.len()) {
            let (part, others) = rest.split_at_mut(run.bytes.len());
            rest = others;
            match self.waiting.get(&(area, run.chunk)) {
                Some(bytes) => part.copy_from_slice(&bytes[run.at..run.at + part.len()]),
                None => wanted.push((run.chunk, run.at, part)),
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        self.run(|session| session.read(area, wanted))
    }

    fn write(&mut self, area: Area, first: i32, records: &[u8]) -> Result<(), StoreError> {
        self.writable()?;
        let whole = records.len() / area.stride() * area.stride();
        self.uncommitted.insert(blocks(first, whole / area.stride()));
        for run in area.runs(per_chunk(area), first, whole) {
            let part = &records[run.bytes];
            if part.len() == chunk_bytes(area) {
                self.waiting.remove(&(area, run.chunk));
                self.run(|session| session.write(area, [(run.chunk, part)]))?;
            } else {
                self.waiting(area, run.chunk)?[run.at..run.at + part.len()].copy_from_slice(part);
            }
        }
        Ok(())
    }

    fn erase(&mut self, blocks: Range<i32>) -> Result<(), StoreError> {
        self.writable()?;
        if blocks.is_empty() {
            return Ok(());
        }
        self.uncommitted.insert(blocks.clone());
        for area in Area::ALL {
            let (length, stride) = (per_chunk(area), area.stride());
            let (first, last) = (blocks.start.div_euclid(length), (blocks.end - 1).div_euclid(length));
            // The chunks at both ends are kept in part, and those between are gone; of one that was never written nothing is begun.
            let (head, tail) = (blocks.start.rem_euclid(length), (blocks.end - 1).rem_euclid(length) + 1);
            let mut whole = first..last.saturating_add(1);
            if head != 0 || (first == last && tail != length) {
                whole.start += 1;
                let to = if first == last { tail } else { length };
                self.clear(area, first, head as usize * stride..to as usize * stride)?;
            }
            if tail != length && first != last {
                whole.end -= 1;
                self.clear(area, last, 0..tail as usize * stride)?;
            }
            self.waiting.retain(|(at, chunk), _| *at != area || !whole.contains(chunk));
            if !whole.is_empty() {
                self.run(|session| session.erase(area, whole))?;
            }
        }
        Ok(())
    }

    fn commit(&mut self, state: &DiscState) -> Result<(), StoreError> {
        self.writable()?;
        self.flush()?;
        self.run(|session| session.commit(state))?;
        self.uncommitted = Extents::default();
        Ok(())
    }
}

impl DiscFile {
    /// Clears a part of a chunk, if there is that chunk.
    fn clear(&mut self, area: Area, chunk: i32, bytes: Range<usize>) -> Result<(), StoreError> {
        let kept =
            self.waiting.contains_key(&(area, chunk)) || self.run(|session| session.has(area, chunk))?;
        if kept {
            self.waiting(area, chunk)?[bytes].fill(0);
        }
        Ok(())
    }
}

/// So many blocks from this one on.
fn blocks(first: i32, count: usize) -> Range<i32> {
    first..first.saturating_add(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Opens the database of a disc file; also whether it had to be recovered.
fn open_session(path: &Path) -> Result<(Session<FileBackend>, bool), DiscFileError> {
    let io = |operation| move |source| DiscFileError::Io { path: path.into(), operation, source };
    // What is foreign is not even opened for writing, and what is no file not at all: opening a pipe would wait for its other end.
    if !path.metadata().map_err(io("open"))?.is_file() {
        return Err(DiscFileError::NotADisc { path: path.into(), found: "it is a directory or a device" });
    }
    identity::check(path, &mut File::open(path).map_err(io("open"))?)?;
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(io("open for writing"))?;
    Session::open(path, lock(path, file)?)
}

/// Takes the file for this process alone.
fn lock(path: &Path, file: File) -> Result<FileBackend, DiscFileError> {
    FileBackend::new(file).map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => DiscFileError::InUse { path: path.into() },
        redb::DatabaseError::Storage(redb::StorageError::Io(source)) => {
            DiscFileError::Io { path: path.into(), operation: "lock", source }
        }
        other => {
            DiscFileError::Io { path: path.into(), operation: "lock", source: std::io::Error::other(other) }
        }
    })
}
