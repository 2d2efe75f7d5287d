//! Where the blocks of a disc are kept.

use crate::state::DiscState;
use core::fmt::Debug;
use core::ops::Range;
use std::collections::BTreeMap;
use thiserror::Error;

/// What is kept for each block. A block has user data or a raw sector, as the form of its track says, and sub-channels where they were given.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Area {
    /// Whole sectors of a compact disc, 2352 bytes each.
    Raw,
    /// Sub-channels P to W of a compact disc's sector, de-interleaved, 96 bytes each: 12 of P, 12 of Q, and so on.
    SubChannel,
    /// User data, 2048 bytes each; header, error detection and correction follow from them.
    User,
}

impl Area {
    /// All of them.
    pub const ALL: [Area; 3] = [Area::Raw, Area::SubChannel, Area::User];

    /// Bytes of a record.
    #[must_use]
    pub const fn stride(self) -> usize {
        match self {
            Area::Raw => 2352,
            Area::SubChannel => 96,
            Area::User => 2048,
        }
    }

    /// Splits records from block `first` on into runs that lie in one chunk of `per_chunk` blocks each. For stores that keep chunks.
    pub fn runs(self, per_chunk: i32, first: i32, length: usize) -> impl Iterator<Item = ChunkRun> {
        let stride = self.stride();
        let mut from = 0;
        core::iter::from_fn(move || {
            if from >= length {
                return None;
            }
            let block = first.saturating_add((from / stride) as i32);
            let (chunk, within) = (block.div_euclid(per_chunk), block.rem_euclid(per_chunk) as usize);
            let bytes = from..length.min(from + (per_chunk as usize - within) * stride);
            from = bytes.end;
            Some(ChunkRun { chunk, at: within * stride, bytes })
        })
    }
}

/// Records that lie in one chunk of a store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChunkRun {
    /// Number of the chunk: its first block, divided by the blocks of a chunk.
    pub chunk: i32,
    /// Where they begin in the chunk, in bytes.
    pub at: usize,
    /// Which bytes of the records they are.
    pub bytes: Range<usize>,
}

/// A store that could not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Nothing can be written: an image of a pressed disc.
    #[error("the store is read-only")]
    ReadOnly,
    /// There is no room for more.
    #[error("the store is full: {0}")]
    Full(String),
    /// It cannot be read or written.
    #[error("{0}")]
    Failed(String),
}

/// Keeps the blocks of one disc. A store that only reads, as that of a pressed disc, is read-only by what is provided.
///
/// Addresses are logical block addresses, negative in pre-gap and lead-in.
pub trait Store: Debug + Send {
    /// Fills `buffer` with whole records from block `first` on. What was never written, or erased, reads as zeros. The last record may be cut
    /// short by the buffer.
    ///
    /// # Errors
    /// [`StoreError`]; the buffer's contents are then undefined.
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError>;

    /// Keeps whole records from block `first` on.
    ///
    /// # Errors
    /// [`StoreError`]; which of the records are kept is then undefined, others are untouched.
    fn write(&mut self, _area: Area, _first: i32, _records: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    /// Forgets what every area has of these blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    fn erase(&mut self, _blocks: Range<i32>) -> Result<(), StoreError> {
        Err(StoreError::ReadOnly)
    }

    /// Makes everything written so far, with this state, survive whatever happens to process and machine.
    ///
    /// # Errors
    /// [`StoreError`]; then the last commit still stands.
    fn commit(&mut self, _state: &DiscState) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether reading can neither fail nor take a detour.
    fn is_memory(&self) -> bool {
        false
    }
}

/// Blocks that are kept together.
const CHUNK: i32 = 32;

/// Blocks in memory, as many as were written.
#[derive(Clone, Default)]
pub struct MemoryStore {
    chunks: BTreeMap<(Area, i32), Box<[u8]>>,
}

impl Debug for MemoryStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MemoryStore").field("chunks", &self.chunks.len()).finish()
    }
}

impl Store for MemoryStore {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        for ChunkRun { chunk, at, bytes } in area.runs(CHUNK, first, buffer.len()) {
            let part = &mut buffer[bytes];
            match self.chunks.get(&(area, chunk)) {
                Some(bytes) => part.copy_from_slice(&bytes[at..at + part.len()]),
                None => part.fill(0),
            }
        }
        Ok(())
    }

    fn write(&mut self, area: Area, first: i32, records: &[u8]) -> Result<(), StoreError> {
        let whole = records.len() / area.stride() * area.stride();
        for ChunkRun { chunk, at, bytes } in area.runs(CHUNK, first, whole) {
            let part = &records[bytes];
            let full = CHUNK as usize * area.stride();
            if part.len() == full {
                // A whole chunk is kept as it comes, without clearing it first.
                match self.chunks.get_mut(&(area, chunk)) {
                    Some(bytes) => bytes.copy_from_slice(part),
                    None => {
                        self.chunks.insert((area, chunk), part.into());
                    }
                }
                continue;
            }
            let bytes = self.chunks.entry((area, chunk)).or_insert_with(|| vec![0; full].into_boxed_slice());
            bytes[at..at + part.len()].copy_from_slice(part);
        }
        Ok(())
    }

    fn erase(&mut self, blocks: Range<i32>) -> Result<(), StoreError> {
        if blocks.is_empty() {
            return Ok(());
        }
        let chunks = blocks.start.div_euclid(CHUNK)..=(blocks.end - 1).div_euclid(CHUNK);
        for area in Area::ALL {
            let stride = area.stride();
            let touched: Vec<i32> = self
                .chunks
                .range((area, *chunks.start())..=(area, *chunks.end()))
                .map(|((_, at), _)| *at)
                .collect();
            for chunk in touched {
                let first = chunk * CHUNK;
                let from = (blocks.start - first).clamp(0, CHUNK) as usize;
                let to = (blocks.end.saturating_sub(first)).clamp(0, CHUNK) as usize;
                if to - from == CHUNK as usize {
                    self.chunks.remove(&(area, chunk));
                } else if let Some(bytes) = self.chunks.get_mut(&(area, chunk)) {
                    bytes[from * stride..to * stride].fill(0);
                }
            }
        }
        Ok(())
    }

    fn is_memory(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_what_is_erased_is_zero(
            steps in prop::collection::vec((0u8..3, 0usize..3, -100i32..100, 1usize..70), 1..40),
        ) {
            let mut store = MemoryStore::default();
            let mut plain: BTreeMap<(Area, i32), u8> = BTreeMap::new();
            for (fill, (what, area, first, count)) in (1u8..).zip(steps) {
                let area = Area::ALL[area];
                let blocks = first..first + count as i32;
                if what == 0 {
                    store.erase(blocks.clone()).unwrap();
                    plain.retain(|(_, block), _| !blocks.contains(block));
                } else {
                    store.write(area, first, &vec![fill; count * area.stride()]).unwrap();
                    plain.extend(blocks.map(|block| ((area, block), fill)));
                }
            }
            for area in Area::ALL {
                let mut bytes = vec![0xEE; 300 * area.stride()];
                store.read(area, -150, &mut bytes).unwrap();
                for (block, record) in (-150..).zip(bytes.chunks(area.stride())) {
                    let expected = plain.get(&(area, block)).copied().unwrap_or(0);
                    prop_assert!(record.iter().all(|byte| *byte == expected), "{area:?} {block}");
                }
            }
        }
    }
}
