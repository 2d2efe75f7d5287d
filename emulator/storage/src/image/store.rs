//! Image files as the store of a disc: nothing is read before it is asked for, and nothing can be written.

use discrig_disc::sector::frame::{self, SYNC};
use discrig_disc::{Area, Store, StoreError};
use discrig_wire::msf::Msf;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are read at once, about.
const PIECE: usize = 64 << 10;

/// A file of an image. Clones share its position, so nobody else may move it between two calls.
#[derive(Clone, Debug)]
pub(super) struct ImageFile {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

/// How a record lies in a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Layout {
    /// As it is kept.
    Plain,
    /// With the bytes of each sample exchanged.
    Swapped,
    /// Mode 2 without sync and header.
    Tail,
}

/// Where blocks come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    /// From no file: mode 2 sectors of zeros. (Other gaps are not in the map at all, and read as zeros.)
    EmptyMode2,
    /// From a file.
    File {
        /// Which one.
        file: usize,
        /// Where the first record begins.
        offset: u64,
        /// From one record to the next.
        stride: u32,
        /// Where the bytes end; what is missing of the last record reads as zeros.
        end: u64,
        /// How records lie there.
        layout: Layout,
    },
}

/// Blocks that lie together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Stretch {
    pub(super) area: Area,
    pub(super) blocks: u32,
    pub(super) origin: Origin,
}

/// A read-only store over image files.
#[derive(Clone, Debug, Default)]
pub(super) struct ImageStore {
    pub(super) files: Vec<ImageFile>,
    /// By first block; they do not overlap.
    pub(super) stretches: BTreeMap<i32, Stretch>,
}

impl Store for ImageStore {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        buffer.fill(0);
        let stride = area.stride();
        let end = i64::from(first) + buffer.len().div_ceil(stride) as i64;
        let from = self.stretches.range(..=first).next_back().map_or(first, |(start, _)| *start);
        for (start, stretch) in self.stretches.range(from..) {
            let (start, stop) = (i64::from(*start), i64::from(*start) + i64::from(stretch.blocks));
            if start >= end {
                break;
            }
            let (low, high) = (start.max(first.into()), stop.min(end));
            if stretch.area != area || low >= high {
                continue;
            }
            let bytes = (low - i64::from(first)) as usize * stride
                ..buffer.len().min((high - i64::from(first)) as usize * stride);
            read(&self.files, stretch, (low - start) as u32, low as i32, &mut buffer[bytes])?;
        }
        Ok(())
    }
}

/// Fills `buffer` with the records of a stretch from its `skipped`-th on, which is this block.
fn read(
    files: &[ImageFile],
    stretch: &Stretch,
    skipped: u32,
    block: i32,
    buffer: &mut [u8],
) -> Result<(), StoreError> {
    let record = stretch.area.stride();
    let Origin::File { file, offset, stride, end, layout } = stretch.origin else {
        for (block, sector) in (block..).zip(buffer.chunks_mut(record)) {
            put_header(block, sector);
        }
        return Ok(());
    };
    let file = files.get(file).ok_or_else(|| StoreError::Failed("a file of the image is missing".into()))?;
    let at = offset + u64::from(skipped) * u64::from(stride);
    let stride = stride as usize;
    if stride == record && layout != Layout::Tail {
        file.fill(at, end, buffer)?;
    } else {
        let lead = if layout == Layout::Tail { 16 } else { 0 };
        let taken = record - lead;
        let mut piece = vec![0; PIECE / stride * stride];
        for (number, records) in (0u64..).zip(buffer.chunks_mut(PIECE / stride * record)) {
            let count = records.len().div_ceil(record);
            // The last record may end before its stride does.
            let wanted = (count - 1) * stride + taken;
            let from = at + number * (PIECE / stride * stride) as u64;
            file.fill(from, end, &mut piece[..wanted])?;
            for (from, to) in piece.chunks(stride).zip(records.chunks_mut(record)) {
                let to = to.get_mut(lead..).unwrap_or_default();
                let length = to.len().min(taken);
                to[..length].copy_from_slice(&from[..length]);
            }
        }
    }
    match layout {
        Layout::Plain => {}
        Layout::Swapped => buffer.as_chunks_mut::<2>().0.iter_mut().for_each(|sample| sample.reverse()),
        Layout::Tail => {
            (block..).zip(buffer.chunks_mut(record)).for_each(|(block, sector)| put_header(block, sector))
        }
    }
    Ok(())
}

/// Sync and header of a sector of mode 2.
fn put_header(block: i32, sector: &mut [u8]) {
    let header = frame::header(Msf::from_lba(block).unwrap_or_default(), 2);
    sector.iter_mut().zip(SYNC.iter().chain(&header)).for_each(|(to, from)| *to = *from);
}

impl ImageFile {
    pub(super) fn new(path: PathBuf, file: File) -> ImageFile {
        ImageFile { path, file: Arc::new(Mutex::new(file)) }
    }

    /// Fills a buffer from the file, with zeros beyond `end`.
    fn fill(&self, at: u64, end: u64, buffer: &mut [u8]) -> Result<(), StoreError> {
        let there = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX).min(buffer.len());
        let (head, tail) = buffer.split_at_mut(there);
        tail.fill(0);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let result = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(head));
        result.map_err(|error| StoreError::Failed(format!("{}: {}", self.path.display(), explained(&error))))
    }
}

fn explained(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "the image has become shorter since it was opened".into(),
        _ => error.to_string(),
    }
}
