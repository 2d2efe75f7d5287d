//! Discs: what kinds there are, what is on one, and where its blocks come from.

use discrig_wire::feature::{FeatureCode, Profile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Bytes of a logical block.
pub const BLOCK: usize = 2048;

/// Families of media, which differ in optics, speeds and structures.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Blu-ray Disc.
    Bd,
    /// Compact disc.
    Cd,
    /// DVD of either format.
    Dvd,
}

/// What is the same for every disc of a kind.
#[derive(Debug)]
pub struct MediumSpec {
    /// The kind.
    pub kind: MediumKind,
    /// Its name in disc specifications, such as `dvd+r-dl`.
    pub name: &'static str,
    /// The profile that a drive reports with it.
    pub profile: Profile,
    /// Its family.
    pub family: Family,
    /// Blocks of user data, at most.
    pub capacity: u32,
    /// Recorded layers.
    pub layers: u8,
    /// Blocks of an ECC block or cluster.
    pub blocking: u16,
    /// It can be recorded, once and in sequence.
    pub recordable: bool,
    /// Features that are current for reading it.
    pub read_features: &'static [FeatureCode],
    /// Features that are current while it can be recorded.
    pub write_features: &'static [FeatureCode],
}

macro_rules! media {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:literal $profile:ident $family:ident $capacity:literal blocks, layers $layers:literal,
        blocking $blocking:literal, $recordable:literal, read [$($read:ident)*] write [$($write:ident)*];
    )+) => {
        /// A kind of disc.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum MediumKind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $kind,)+
        }

        impl MediumKind {
            /// One row per kind.
            pub const TABLE: &'static [MediumSpec] = &[$(MediumSpec {
                kind: MediumKind::$kind,
                name: $name,
                profile: Profile::$profile,
                family: Family::$family,
                capacity: $capacity,
                layers: $layers,
                blocking: $blocking,
                recordable: $recordable,
                read_features: &[$(FeatureCode::$read),*],
                write_features: &[$(FeatureCode::$write),*],
            }),+];
        }
    };
}

media! {
    /// BD-R, single layer, 25 GB.
    BdR "bd-r" BD_R_SRM Bd 12_219_392 blocks, layers 1, blocking 32, true,
        read [RANDOM_READABLE BD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE FORMATTABLE BD_WRITE];
    /// BD-R, double layer, 50 GB.
    BdRDl "bd-r-dl" BD_R_SRM Bd 24_438_784 blocks, layers 2, blocking 32, true,
        read [RANDOM_READABLE BD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE FORMATTABLE BD_WRITE];
    /// BD-R XL, triple layer, 100 GB.
    BdRXl "bd-r-xl" BD_R_SRM Bd 48_878_592 blocks, layers 3, blocking 32, true,
        read [RANDOM_READABLE BD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE FORMATTABLE BD_WRITE];
    /// BD-ROM, up to four layers.
    BdRom "bd-rom" BD_ROM Bd 62_500_864 blocks, layers 4, blocking 32, false,
        read [RANDOM_READABLE BD_READ REAL_TIME_STREAMING] write [];
    /// CD-R of 80 minutes.
    CdR "cd-r" CD_R Cd 359_849 blocks, layers 1, blocking 1, true,
        read [RANDOM_READABLE MULTI_READ CD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE CD_TRACK_AT_ONCE CD_MASTERING];
    /// CD-ROM with one data track.
    CdRom "cd-rom" CD_ROM Cd 359_849 blocks, layers 1, blocking 1, false,
        read [RANDOM_READABLE MULTI_READ CD_READ REAL_TIME_STREAMING] write [];
    /// DVD-R, single layer.
    DvdMinusR "dvd-r" DVD_R_SEQUENTIAL Dvd 2_297_888 blocks, layers 1, blocking 16, true,
        read [RANDOM_READABLE DVD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE DVD_R_RW_WRITE];
    /// DVD-R, dual layer.
    DvdMinusRDl "dvd-r-dl" DVD_R_DL_SEQUENTIAL Dvd 4_171_712 blocks, layers 2, blocking 16, true,
        read [RANDOM_READABLE DVD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE DVD_R_RW_WRITE];
    /// DVD+R, single layer.
    DvdPlusR "dvd+r" DVD_PLUS_R Dvd 2_295_104 blocks, layers 1, blocking 16, true,
        read [RANDOM_READABLE DVD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE DVD_PLUS_R];
    /// DVD+R, dual layer.
    DvdPlusRDl "dvd+r-dl" DVD_PLUS_R_DL Dvd 4_173_824 blocks, layers 2, blocking 16, true,
        read [RANDOM_READABLE DVD_READ REAL_TIME_STREAMING]
        write [INCREMENTAL_STREAMING_WRITABLE DVD_PLUS_R_DL];
    /// DVD-ROM of one or two layers.
    DvdRom "dvd-rom" DVD_ROM Dvd 4_173_824 blocks, layers 2, blocking 16, false,
        read [RANDOM_READABLE DVD_READ REAL_TIME_STREAMING] write [];
}

/// Blocks of a single-layer DVD; a pressed disc with more has two layers.
const DVD_LAYER: u32 = 2_298_496;
/// Blocks of a BD layer.
const BD_LAYER: u32 = 12_219_392;

impl MediumKind {
    /// The row of the kind.
    #[must_use]
    pub fn spec(self) -> &'static MediumSpec {
        &MediumKind::TABLE[self as usize]
    }

    /// The kind with this name in disc specifications.
    #[must_use]
    pub fn by_name(name: &str) -> Option<MediumKind> {
        MediumKind::TABLE.iter().find(|spec| spec.name == name).map(|spec| spec.kind)
    }

    /// The smallest pressed medium that holds so many blocks.
    fn pressed_for(blocks: u64) -> Option<MediumKind> {
        [MediumKind::CdRom, MediumKind::DvdRom, MediumKind::BdRom]
            .into_iter()
            .find(|kind| blocks <= u64::from(kind.spec().capacity))
    }
}

/// Why a disc cannot be made.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DiscError {
    /// The image has no bytes.
    #[error("an empty image makes no disc")]
    Empty,
    /// A blank of a pressed kind was asked for.
    #[error("a pressed disc is never blank")]
    NotRecordable(MediumKind),
    /// More than the largest disc holds.
    #[error("{0} blocks do not fit on any disc")]
    TooLarge(u64),
}

/// A block that its source could not give.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("block {block} cannot be read")]
pub struct BlockError {
    /// Address of the first such block.
    pub block: u32,
}

/// Where the blocks of an image come from when they are not in memory.
pub trait BlockSource {
    /// Bytes of the image. What is missing of the last block reads as zeros.
    fn size(&self) -> u64;

    /// Reads blocks from `block` on into `buffer`, whose length is a multiple of [`BLOCK`]. Called only for blocks inside the image.
    ///
    /// # Errors
    /// [`BlockError`] with the first block that cannot be read: the drive reports an unrecovered read error.
    fn read(&mut self, block: u32, buffer: &mut [u8]) -> Result<(), BlockError>;
}

/// What the drive knows about the disc in it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DiscState {
    /// What kind of disc.
    pub kind: MediumKind,
    /// Blocks that were recorded, from block 0 on. On recordable discs also the next writable address.
    pub recorded: u32,
}

impl DiscState {
    /// The row of the disc's kind.
    #[must_use]
    pub fn spec(&self) -> &'static MediumSpec {
        self.kind.spec()
    }

    /// Nothing was recorded.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.recorded == 0
    }

    /// More can be recorded.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.spec().recordable && self.free() > 0
    }

    /// Blocks that can still be recorded.
    #[must_use]
    pub fn free(&self) -> u32 {
        if self.spec().recordable { self.spec().capacity - self.recorded } else { 0 }
    }

    /// Layers that this disc has: pressed discs have as many as they need.
    #[must_use]
    pub fn layers(&self) -> u8 {
        let spec = self.spec();
        let layer = match spec.family {
            Family::Bd => BD_LAYER,
            Family::Cd => return 1,
            Family::Dvd => DVD_LAYER,
        };
        if spec.recordable {
            spec.layers
        } else {
            (self.recorded.div_ceil(layer) as u8).clamp(1, spec.layers)
        }
    }
}

/// A disc to be put into a drive.
pub struct Disc {
    pub(crate) state: DiscState,
    pub(crate) content: Content,
}

impl Disc {
    /// A pressed disc with an image's bytes: CD-ROM, DVD-ROM or BD-ROM by size.
    ///
    /// # Errors
    /// [`DiscError::Empty`] or [`DiscError::TooLarge`].
    pub fn from_image(bytes: impl Into<Arc<[u8]>>) -> Result<Disc, DiscError> {
        let bytes = bytes.into();
        Ok(Disc { state: pressed(bytes.len() as u64)?, content: Content::Memory(bytes) })
    }

    /// The same with blocks that are read when they are wanted.
    ///
    /// # Errors
    /// [`DiscError::Empty`] or [`DiscError::TooLarge`].
    pub fn from_source(source: Box<dyn BlockSource + Send>) -> Result<Disc, DiscError> {
        Ok(Disc { state: pressed(source.size())?, content: Content::Source(source) })
    }

    /// A recordable disc that nothing was written to.
    ///
    /// # Errors
    /// [`DiscError::NotRecordable`] for pressed kinds.
    pub fn blank(kind: MediumKind) -> Result<Disc, DiscError> {
        if !kind.spec().recordable {
            return Err(DiscError::NotRecordable(kind));
        }
        Ok(Disc { state: DiscState { kind, recorded: 0 }, content: Content::Sparse(BTreeMap::new()) })
    }

    /// What the drive will know about it.
    #[must_use]
    pub fn state(&self) -> DiscState {
        self.state
    }
}

impl core::fmt::Debug for Disc {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Disc").field("state", &self.state).finish_non_exhaustive()
    }
}

fn pressed(bytes: u64) -> Result<DiscState, DiscError> {
    let blocks = bytes.div_ceil(BLOCK as u64);
    if blocks == 0 {
        return Err(DiscError::Empty);
    }
    let kind = MediumKind::pressed_for(blocks).ok_or(DiscError::TooLarge(blocks))?;
    Ok(DiscState { kind, recorded: blocks as u32 })
}

/// Blocks that are kept together in sparse memory.
const CHUNK: u32 = 32;

/// The blocks themselves.
pub(crate) enum Content {
    Memory(Arc<[u8]>),
    Source(Box<dyn BlockSource + Send>),
    Sparse(BTreeMap<u32, Box<[u8]>>),
}

impl Content {
    /// Whether reading can neither fail nor take a detour.
    pub(crate) fn is_memory(&self) -> bool {
        !matches!(self, Content::Source(_))
    }

    /// Fills `buffer` from block `block` on, from the start of the block. What nobody recorded reads as zeros.
    pub(crate) fn read(&mut self, block: u32, buffer: &mut [u8]) -> Result<(), BlockError> {
        match self {
            Content::Memory(bytes) => {
                let from = bytes.len().min(block as usize * BLOCK);
                let there = (bytes.len() - from).min(buffer.len());
                let (head, tail) = buffer.split_at_mut(there);
                head.copy_from_slice(&bytes[from..from + there]);
                tail.fill(0);
            }
            Content::Source(source) => source.read(block, buffer)?,
            Content::Sparse(chunks) => {
                for (at, part) in (block..).zip(buffer.chunks_mut(BLOCK)) {
                    match chunks.get(&(at / CHUNK)) {
                        Some(chunk) => {
                            let from = (at % CHUNK) as usize * BLOCK;
                            part.copy_from_slice(&chunk[from..from + part.len()]);
                        }
                        None => part.fill(0),
                    }
                }
            }
        }
        Ok(())
    }

    /// Records whole blocks from `block` on; `false` when the content cannot be recorded.
    pub(crate) fn write(&mut self, block: u32, bytes: &[u8]) -> bool {
        let Content::Sparse(chunks) = self else { return false };
        for (at, part) in (block..).zip(bytes.chunks_exact(BLOCK)) {
            let chunk = chunks
                .entry(at / CHUNK)
                .or_insert_with(|| vec![0; CHUNK as usize * BLOCK].into_boxed_slice());
            let from = (at % CHUNK) as usize * BLOCK;
            chunk[from..from + BLOCK].copy_from_slice(part);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (row, spec) in MediumKind::TABLE.iter().enumerate() {
            assert_eq!(spec.kind as usize, row);
            assert_eq!(MediumKind::by_name(spec.name), Some(spec.kind));
            assert_eq!(spec.recordable, !spec.write_features.is_empty());
        }
        assert_eq!(MediumKind::by_name("floppy"), None);
    }

    #[rstest]
    #[case(1, MediumKind::CdRom, 1)]
    #[case(359_849, MediumKind::CdRom, 1)]
    #[case(359_850, MediumKind::DvdRom, 1)]
    #[case(2_298_497, MediumKind::DvdRom, 2)]
    #[case(4_173_824, MediumKind::DvdRom, 2)]
    #[case(4_173_825, MediumKind::BdRom, 1)]
    #[case(12_219_393, MediumKind::BdRom, 2)]
    fn the_size_of_an_image_chooses_the_medium(
        #[case] blocks: u64,
        #[case] kind: MediumKind,
        #[case] layers: u8,
    ) {
        let state = pressed(blocks * 2048).unwrap();
        assert_eq!((state.kind, state.layers(), u64::from(state.recorded)), (kind, layers, blocks));
    }

    #[test]
    fn discs_that_cannot_be_made() {
        assert_eq!(Disc::from_image([]).unwrap_err(), DiscError::Empty);
        assert_eq!(pressed(u64::MAX), Err(DiscError::TooLarge(1 << 53)));
        assert_eq!(Disc::blank(MediumKind::CdRom).unwrap_err(), DiscError::NotRecordable(MediumKind::CdRom));
    }

    #[test]
    fn memory_pads_the_last_block_and_sparse_memory_reads_back() {
        let mut memory = Content::Memory(vec![7u8; 3000].into());
        let mut buffer = [1; 2 * BLOCK];
        memory.read(1, &mut buffer).unwrap();
        assert_eq!((buffer[951], buffer[952], buffer[4095]), (7, 0, 0));
        assert!(!memory.write(0, &[0; BLOCK]));
        let mut sparse = Content::Sparse(BTreeMap::new());
        assert!(sparse.write(31, &[9; 2 * BLOCK]));
        sparse.read(30, &mut buffer).unwrap();
        assert_eq!((buffer[0], buffer[BLOCK]), (0, 9));
        sparse.read(32, &mut buffer).unwrap();
        assert_eq!((buffer[0], buffer[BLOCK]), (9, 0));
    }
}
