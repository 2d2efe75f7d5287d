//! Pages whose every byte is checked when it is read: what lies below the database.
//!
//! The database trusts what it reads, as it must: its own checksums are for what a crash tears. A disc may lie in a drawer for years, so here each
//! page has a checksum that is verified before anybody else sees it. The layout is documented in [`super`].

use redb::StorageBackend;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of a page.
pub(super) const PAGE: usize = 4096;
/// Pages of a group; a page of their checksums stands before them.
const GROUP: u64 = 1024;
/// Pages before the first group: identification and two heads.
const LEADING: u64 = 3;
/// Groups whose checksums are kept in memory, at most: one MiB.
const CACHED: usize = 256;

/// Bytes of the head that describe it; the beginning of the database's first page follows.
const HEAD: usize = 32;
/// Flag of a head: the file was closed properly.
const CLOSED: u8 = 1;

/// What went wrong below the database, as far as that is known here.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// Contents are not what was written.
    Damaged(String),
    /// There is no room.
    Full(String),
    /// Reading or writing failed.
    Io(String),
}

/// A file as checked pages, for the database as one run of bytes.
#[derive(Debug)]
pub(super) struct Pages<F> {
    inner: F,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Bytes that the database has.
    length: u64,
    /// The database's first page, which is written in place: in two heads by turns.
    first: Box<[u8; PAGE - HEAD]>,
    /// Number of the newest head.
    sequence: u64,
    /// The newest head is durable: the next goes to the other place.
    durable: bool,
    sums: BTreeMap<u64, Sums>,
    fault: Option<Fault>,
    /// Something was written since the file was opened.
    written: bool,
}

/// Checksums of a group.
#[derive(Debug)]
struct Sums {
    bytes: Vec<u8>,
    dirty: bool,
}

/// Where a page of the database lies in the file.
const fn position(page: u64) -> u64 {
    (LEADING + page / GROUP * (GROUP + 1) + 1 + page % GROUP) * PAGE as u64
}

/// Where the checksums of a group lie in the file.
const fn position_of_sums(group: u64) -> u64 {
    (LEADING + group * (GROUP + 1)) * PAGE as u64
}

/// Bytes of a file that holds so many bytes of the database.
const fn length_of_file(length: u64) -> u64 {
    if length == 0 { LEADING * PAGE as u64 } else { position(length.div_ceil(PAGE as u64) - 1) + PAGE as u64 }
}

/// The checksum of a page; never zero, which stands for a page of zeros that was never written.
fn sum(page: u64, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(page as u32, bytes).max(1)
}

/// Pages of nothing but one of these bytes take no room: their checksum tells which they are. The database has many of them.
const NOT_STORED: [u8; 2] = [0, 0xFF];

fn is_filled(page: &[u8], fill: u8) -> bool {
    page.iter().all(|byte| *byte == fill)
}

fn is_stored(page: &[u8; PAGE]) -> bool {
    !NOT_STORED.iter().any(|fill| is_filled(page, *fill))
}

/// Makes a page that was not stored what its checksum says.
fn restore(page: u64, contents: &mut [u8], expected: u32) -> bool {
    NOT_STORED.iter().any(|fill| {
        contents.fill(*fill);
        sum(page, contents) == expected
    })
}

/// Splits bytes of the database into runs of pages that lie together in the file: first page, and bytes from the beginning of `offset`.
fn runs(offset: u64, length: usize) -> impl Iterator<Item = (u64, core::ops::Range<usize>)> {
    let mut from = 0;
    core::iter::from_fn(move || {
        (from < length).then(|| {
            let page = (offset + from as u64) / PAGE as u64;
            // The first page is no run with others: it is kept in the heads.
            let end = if page == 0 { 1 } else { (page / GROUP + 1) * GROUP };
            let run = from..length.min((end * PAGE as u64 - offset) as usize);
            from = run.end;
            (page, run)
        })
    })
}

impl<F: StorageBackend> Pages<F> {
    /// Begins a new file.
    pub(super) fn create(inner: F) -> Result<Arc<Pages<F>>, Fault> {
        inner.set_len(length_of_file(0)).map_err(|error| fault_of(&error))?;
        Ok(Arc::new(Pages::new(inner, 0, Box::new([0; PAGE - HEAD]), 0)))
    }

    /// Opens a file; also whether it was closed properly.
    pub(super) fn open(inner: F) -> Result<(Arc<Pages<F>>, bool), Fault> {
        let present = inner.len().map_err(|error| fault_of(&error))?;
        let heads = [1, 2].map(|place| head(&inner, present, place));
        let heads = heads.into_iter().collect::<io::Result<Vec<_>>>().map_err(|error| fault_of(&error))?;
        let heads: Vec<Head> = heads.into_iter().flatten().collect();
        let needed = |head: &Head| length_of_file(head.length);
        let fewest = heads.iter().map(needed).min();
        // A head may have come further than the file before a crash: it was not durable then, and the other was.
        let newest =
            heads.into_iter().filter(|head| needed(head) <= present).max_by_key(|head| head.sequence);
        let newest = newest.ok_or_else(|| {
            Fault::Damaged(match fewest {
                Some(needed) => format!("{present} of {needed} bytes are there"),
                None => "neither of its heads is intact".into(),
            })
        })?;
        // A file that grew when the crash came is longer than its head says, and the database has use for that.
        let pages = (present / PAGE as u64).saturating_sub(LEADING);
        let length = (pages / (GROUP + 1) * GROUP + (pages % (GROUP + 1)).saturating_sub(1)) * PAGE as u64;
        Ok((Arc::new(Pages::new(inner, length, newest.first, newest.sequence)), newest.closed))
    }

    fn new(inner: F, length: u64, first: Box<[u8; PAGE - HEAD]>, sequence: u64) -> Pages<F> {
        let state = State {
            length,
            first,
            sequence,
            durable: true,
            sums: BTreeMap::new(),
            fault: None,
            written: false,
        };
        Pages { inner, state: Mutex::new(state) }
    }

    /// Writes the identification page and makes it durable.
    pub(super) fn identify(&self, page: &[u8; PAGE]) -> Result<(), Fault> {
        let written = self.inner.write(0, page).and_then(|()| self.inner.sync_data(false));
        written.map_err(|error| fault_of(&error))
    }

    /// Says in both heads that the file was closed properly, once the database has done its part.
    pub(super) fn close(&self) -> io::Result<()> {
        let mut state = self.state();
        if !state.written || state.fault.is_some() {
            return Ok(());
        }
        for _ in 0..2 {
            self.write_head(&mut state, CLOSED)?;
            self.sync(&mut state, false)?;
        }
        state.written = false;
        Ok(())
    }

    /// The first thing that went wrong, if anything did.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.state().fault.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an operation and remembers its fault.
    fn noting<T>(&self, operation: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        let result = operation(&mut state);
        if let Err(error) = &result {
            state.fault.get_or_insert_with(|| fault_of(error));
        }
        result
    }

    fn read_run(&self, state: &mut State, page: u64, count: usize) -> io::Result<Vec<u8>> {
        if page == 0 {
            let mut bytes = state.first.to_vec();
            bytes.resize(PAGE, 0);
            return Ok(bytes);
        }
        let mut bytes = self.inner.read(position(page), count * PAGE)?;
        let sums = self.sums(state, page / GROUP)?;
        for (page, contents) in (page..).zip(bytes.chunks_exact_mut(PAGE)) {
            let expected = sums.get(page);
            let intact = match expected {
                0 => is_filled(contents, 0),
                _ => sum(page, contents) == expected || restore(page, contents, expected),
            };
            if !intact {
                let place = position(page);
                return Err(io::Error::new(
                    ErrorKind::InvalidData,
                    format!("the page at byte {place} is damaged"),
                ));
            }
        }
        Ok(bytes)
    }

    fn write_run(&self, state: &mut State, page: u64, bytes: &[u8]) -> io::Result<()> {
        state.written = true;
        if page == 0 {
            let (kept, rest) = bytes.split_at(bytes.len().min(state.first.len()));
            if rest.iter().any(|byte| *byte != 0) {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "the first page is fuller than there is room for",
                ));
            }
            state.first[..kept.len()].copy_from_slice(kept);
            return self.write_head(state, 0);
        }
        let (pages, _) = bytes.as_chunks::<PAGE>();
        let fresh: Vec<u32> = (page..).zip(pages).map(|(page, contents)| sum(page, contents)).collect();
        if self.has(state, page, pages, &fresh)? {
            return Ok(());
        }
        let mut at = position(page);
        for run in pages.chunk_by(|one, other| is_stored(one) == is_stored(other)) {
            if run.first().is_some_and(is_stored) {
                self.inner.write(at, run.as_flattened())?;
            }
            at += (run.len() * PAGE) as u64;
        }
        let sums = self.sums(state, page / GROUP)?;
        for (page, sum) in (page..).zip(fresh) {
            sums.set(page, sum);
        }
        Ok(())
    }

    /// Whether the file has these pages already. The database reads each large page that it has put aside once more when it commits, and writes it
    /// again as it was: reading takes less than making the disk write everything twice.
    fn has(&self, state: &mut State, page: u64, pages: &[[u8; PAGE]], fresh: &[u32]) -> io::Result<bool> {
        let sums = self.sums(state, page / GROUP)?;
        // Equal checksums are a hint and no proof.
        let alike = (page..).zip(fresh).all(|(page, sum)| sums.get(page) == *sum);
        Ok(alike
            && pages.iter().all(is_stored)
            && self.inner.read(position(page), pages.len() * PAGE)? == pages.as_flattened())
    }

    /// The checksums of a group.
    fn sums<'s>(&self, state: &'s mut State, group: u64) -> io::Result<&'s mut Sums> {
        if !state.sums.contains_key(&group) && state.sums.len() >= CACHED {
            self.write_sums(state)?;
            state.sums.clear();
        }
        match state.sums.entry(group) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let bytes = self.inner.read(position_of_sums(group), PAGE)?;
                Ok(entry.insert(Sums { bytes, dirty: false }))
            }
        }
    }

    fn write_sums(&self, state: &mut State) -> io::Result<()> {
        for (group, sums) in state.sums.iter_mut().filter(|(_, sums)| sums.dirty) {
            self.inner.write(position_of_sums(*group), &sums.bytes)?;
            sums.dirty = false;
        }
        Ok(())
    }

    fn sync(&self, state: &mut State, eventual: bool) -> io::Result<()> {
        self.write_sums(state)?;
        self.inner.sync_data(eventual)?;
        state.durable = true;
        Ok(())
    }

    /// Writes the head, never over the one that is durable.
    fn write_head(&self, state: &mut State, flags: u8) -> io::Result<()> {
        if core::mem::take(&mut state.durable) {
            state.sequence += 1;
        }
        let mut page = vec![0; HEAD];
        page[..8].copy_from_slice(&state.sequence.to_le_bytes());
        page[8..16].copy_from_slice(&state.length.to_le_bytes());
        page[16] = flags;
        page.extend_from_slice(&*state.first);
        let check = crc32c::crc32c(&page).to_le_bytes();
        page[20..24].copy_from_slice(&check);
        self.inner.write((1 + state.sequence % 2) * PAGE as u64, &page)
    }
}

impl Sums {
    fn at(page: u64) -> usize {
        (page % GROUP) as usize * 4
    }

    fn get(&self, page: u64) -> u32 {
        let at = Sums::at(page);
        u32::from_le_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }

    fn set(&mut self, page: u64, sum: u32) {
        let at = Sums::at(page);
        self.bytes[at..at + 4].copy_from_slice(&sum.to_le_bytes());
        self.dirty = true;
    }
}

/// A head as it was read.
struct Head {
    sequence: u64,
    length: u64,
    closed: bool,
    first: Box<[u8; PAGE - HEAD]>,
}

/// The head at a place, if it is intact.
fn head<F: StorageBackend>(inner: &F, present: u64, place: u64) -> io::Result<Option<Head>> {
    if present < (place + 1) * PAGE as u64 {
        return Ok(None);
    }
    let mut page = inner.read(place * PAGE as u64, PAGE)?;
    let (mut sequence, mut length, mut check) = ([0; 8], [0; 8], [0; 4]);
    sequence.copy_from_slice(&page[..8]);
    length.copy_from_slice(&page[8..16]);
    check.copy_from_slice(&page[20..24]);
    page[20..24].fill(0);
    if crc32c::crc32c(&page) != u32::from_le_bytes(check) {
        return Ok(None);
    }
    let mut first = Box::new([0; PAGE - HEAD]);
    first.copy_from_slice(&page[HEAD..]);
    Ok(Some(Head {
        sequence: u64::from_le_bytes(sequence),
        length: u64::from_le_bytes(length).min(u64::MAX / 2),
        closed: page[16] & CLOSED != 0,
        first,
    }))
}

fn fault_of(error: &io::Error) -> Fault {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Fault::Damaged(error.to_string()),
        ErrorKind::FileTooLarge | ErrorKind::QuotaExceeded | ErrorKind::StorageFull => {
            Fault::Full(error.to_string())
        }
        _ => Fault::Io(error.to_string()),
    }
}

/// The pages, as the database wants them.
#[derive(Debug)]
pub(super) struct Shared<F>(pub(super) Arc<Pages<F>>);

impl<F: StorageBackend> StorageBackend for Shared<F> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.state().length)
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        self.0.noting(|state| {
            let within = (offset % PAGE as u64) as usize;
            let mut bytes = Vec::new();
            for (page, run) in runs(offset - within as u64, within + length) {
                let pages = self.0.read_run(state, page, run.len().div_ceil(PAGE))?;
                if bytes.is_empty() {
                    bytes = pages;
                } else {
                    bytes.extend_from_slice(&pages);
                }
            }
            bytes.drain(..within);
            bytes.truncate(length);
            Ok(bytes)
        })
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.noting(|state| {
            let pages = length.div_ceil(PAGE as u64);
            if length < state.length {
                // Pages that are cut off come back as zeros; the head must not ask for them when the crash comes.
                let group = pages / GROUP;
                state.sums.retain(|at, _| *at <= group);
                if !pages.is_multiple_of(GROUP) {
                    self.0.sums(state, group)?.bytes[Sums::at(pages)..].fill(0);
                    self.0.sums(state, group)?.dirty = true;
                }
                state.length = length;
                self.0.write_head(state, 0)?;
                self.0.sync(state, false)?;
            }
            self.0.inner.set_len(length_of_file(length))?;
            state.length = length;
            Ok(())
        })
    }

    fn sync_data(&self, eventual: bool) -> io::Result<()> {
        self.0.noting(|state| self.0.sync(state, eventual))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.noting(|state| {
            let within = (offset % PAGE as u64) as usize;
            for (page, run) in runs(offset - within as u64, within + data.len()) {
                let wanted = run.start.max(within) - within..run.end - within;
                let part = &data[wanted];
                let aligned = run.start > 0 || within == 0;
                if aligned && part.len().is_multiple_of(PAGE) {
                    self.0.write_run(state, page, part)?;
                    continue;
                }
                // Not whole pages: the first page alone, in practice.
                let mut pages = self.0.read_run(state, page, run.len().div_ceil(PAGE))?;
                let at = within.saturating_sub(run.start);
                pages[at..at + part.len()].copy_from_slice(part);
                self.0.write_run(state, page, &pages)?;
            }
            Ok(())
        })
    }
}
