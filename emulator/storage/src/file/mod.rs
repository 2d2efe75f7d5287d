//! A disc in a file, which keeps what is burned across restarts.
//!
//! # Format, version 1
//!
//! All numbers are little-endian. The file is made of pages of 4096 bytes:
//!
//! | page | contents |
//! |---|---|
//! | 0 | identification: `discrig disc` CR LF 1Ah LF, format version (4 bytes), CRC-32C of these 20 bytes; written last when a disc is created |
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

mod error;
mod identity;
mod pages;
mod session;
#[cfg(test)]
pub(crate) mod tests;

pub use error::DiscFileError;

use discrig_disc::{Area, DiscState, Store, StoreError};
use redb::backends::FileBackend;
use session::Session;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
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
/// While it is open no other process, and no second `DiscFile`, can open the file. After an error of the file system everything that was not
/// committed is lost: if there was something, the store refuses to go on, and the file has to be opened again.
#[derive(Debug)]
pub struct DiscFile {
    path: PathBuf,
    /// Absent after a failure.
    session: Option<Session<FileBackend>>,
    /// Chunks that were changed and wait to be handed to the database.
    waiting: BTreeMap<(Area, i32), Box<[u8]>>,
    /// Something was written since the last commit.
    uncommitted: bool,
    /// Why the store refuses to go on.
    failure: Option<String>,
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
    /// Creates a file for a disc, which must not exist, and commits its first state.
    ///
    /// # Errors
    /// [`DiscFileError::Exists`], [`DiscFileError::Full`], [`DiscFileError::Io`]; there is no file then, unless there was one.
    pub fn create(path: &Path, state: &DiscState) -> Result<DiscFile, DiscFileError> {
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).open(path).map_err(|source| {
                match source.kind() {
                    ErrorKind::AlreadyExists => DiscFileError::Exists { path: path.into() },
                    _ => DiscFileError::Io { path: path.into(), operation: "create", source },
                }
            })?;
        let created = lock(path, file).and_then(|backend| Session::create(path, backend, state));
        match created {
            Ok(session) => {
                // The name is to last as well. Systems that cannot do that for folders do it by themselves.
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
                Ok(DiscFile::with(path, session))
            }
            Err(error) => {
                let _ = std::fs::remove_file(path);
                Err(error)
            }
        }
    }

    /// Opens a disc file with the state of its last commit.
    ///
    /// # Errors
    /// [`DiscFileError`]; the file was not changed then.
    pub fn open(path: &Path) -> Result<Opened, DiscFileError> {
        let io = |operation| move |source| DiscFileError::Io { path: path.into(), operation, source };
        // What is foreign is not even opened for writing.
        identity::check(path, &mut File::open(path).map_err(io("open"))?)?;
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(io("open for writing"))?;
        let (session, recovered) = Session::open(path, lock(path, file)?)?;
        let mut file = DiscFile::with(path, session);
        let state = file.state()?;
        Ok(Opened { file, state, recovered })
    }

    fn with(path: &Path, session: Session<FileBackend>) -> DiscFile {
        DiscFile {
            path: path.into(),
            session: Some(session),
            waiting: BTreeMap::new(),
            uncommitted: false,
            failure: None,
        }
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn state(&mut self) -> Result<DiscState, DiscFileError> {
        match self.session.as_mut() {
            Some(session) => session.state(&self.path),
            None => {
                Err(DiscFileError::Damaged { path: self.path.clone(), detail: "it cannot be read".into() })
            }
        }
    }

    /// Runs an operation on the database. A failure ends the session with everything that was not committed.
    fn run<T>(
        &mut self,
        work: impl FnOnce(&mut Session<FileBackend>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(StoreError::Failed(failure.clone()));
        }
        let result = match self.session.as_mut() {
            Some(session) => work(session),
            None => self.reopened().and_then(work),
        };
        if let Err(error) = &result {
            self.session = None;
            self.waiting.clear();
            if core::mem::take(&mut self.uncommitted) {
                self.failure = Some(format!(
                    "{}: an earlier operation failed ({error}); everything committed before is safe; open the disc file again",
                    self.path.display()
                ));
            }
        }
        result
    }

    fn reopened(&mut self) -> Result<&mut Session<FileBackend>, StoreError> {
        let opened = DiscFile::open(&self.path).map_err(|error| StoreError::Failed(error.to_string()))?;
        let DiscFile { session, .. } = opened.file;
        match session {
            Some(session) => Ok(self.session.insert(session)),
            None => {
                Err(StoreError::Failed(format!("{}: the disc file cannot be opened", self.path.display())))
            }
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
        self.uncommitted |= self.failure.is_none();
        let whole = records.len() / area.stride() * area.stride();
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
        if blocks.is_empty() {
            return Ok(());
        }
        self.uncommitted |= self.failure.is_none();
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
        self.uncommitted |= self.failure.is_none();
        self.flush()?;
        self.run(|session| session.commit(state))?;
        self.uncommitted = false;
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
