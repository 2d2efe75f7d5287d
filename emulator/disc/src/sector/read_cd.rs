//! What READ CD and READ CD MSF return of a sector (MMC-5 6.20, 6.21): main channel, C2 error pointers, sub-channel, in this order.

use super::pack::PackSymbols;
use super::sub_channel::{FORMATTED_Q_BYTES, formatted_q, interleave};
use super::{SUB_CHANNEL_BYTES, Sector, SectorType, SubChannels};
use core::ops::Range;
use thiserror::Error;

/// A selection that a drive does not follow.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum SelectionError {
    /// The buffer cannot take a block; not a matter of the command.
    #[error("a block has {needed} bytes, the buffer {given}")]
    Buffer {
        /// Bytes of a block.
        needed: usize,
        /// Bytes of the buffer.
        given: usize,
    },
    /// A reserved value, or parts of the main channel that are not next to each other in this type of sector: INVALID FIELD IN CDB.
    #[error("the selection is illegal")]
    IllegalField,
    /// The sector has another type than was expected: ILLEGAL MODE FOR THIS TRACK.
    #[error("the sector has another type")]
    SectorType,
}

/// C2 error pointers (byte 9, bits 2 and 1).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum C2Errors {
    /// None.
    #[default]
    None,
    /// 294 bytes, a bit for each byte of the sector.
    Pointers,
    /// 296 bytes: the sum of all pointers, a pad byte, and the pointers.
    PointersAndBlock,
}

impl C2Errors {
    /// Bytes of a block. They are all zero where nothing is wrong with the sector.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            C2Errors::None => 0,
            C2Errors::Pointers => 294,
            C2Errors::PointersAndBlock => 296,
        }
    }
}

/// Sub-channel selection (byte 10, bits 2 to 0).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SubChannelSelection {
    /// 0: none.
    #[default]
    None,
    /// 1: 96 symbols of P to W, as they are on the disc.
    Raw,
    /// 2: 16 bytes, the formatted Q sub-channel.
    Q,
    /// 4: 96 symbols of R to W, de-interleaved into packs and corrected.
    CorrectedRw,
}

impl SubChannelSelection {
    /// Bytes of a block.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            SubChannelSelection::None => 0,
            SubChannelSelection::Q => FORMATTED_Q_BYTES,
            SubChannelSelection::Raw | SubChannelSelection::CorrectedRw => SUB_CHANNEL_BYTES,
        }
    }
}

/// Stretch of a sector that is returned; none when the combination is illegal.
type Part = Option<(u16, u16)>;

const NOTHING: Part = Some((0, 0));
const ILLEGAL: Part = None;
const SYNC: Part = Some((0, 12));
const HEADER: Part = Some((12, 16));
const SUBHEADER: Part = Some((16, 24));
const HEADERS: Part = Some((12, 24));
const SYNC_HEADER: Part = Some((0, 16));
const SYNC_HEADERS: Part = Some((0, 24));
const ALL: Part = Some((0, 2352));
/// From the header to the end.
const FROM_12: Part = Some((12, 2352));
/// From behind the header to the end.
const FROM_16: Part = Some((16, 2352));
/// From behind the subheader to the end. User data of form 2 are these 2328 bytes, with the EDC.
const FROM_24: Part = Some((24, 2352));
/// User data of mode 1, and what stands before.
const USER_1: [Part; 3] = [Some((0, 2064)), Some((12, 2064)), Some((16, 2064))];
/// User data of mode 2 form 1, and what stands before.
const USER_F1: [Part; 4] = [Some((0, 2072)), Some((12, 2072)), Some((16, 2072)), Some((24, 2072))];

/// What is returned for the upper five bits of byte 9 (SYNC, two bits of header codes, USER DATA, EDC/ECC), by type of data sector: mode 1,
/// mode 2 formless, form 1, form 2. A part that a type does not have is nothing.
const PARTS: [[Part; 4]; 32] = {
    const NEVER: [Part; 4] = [ILLEGAL; 4];
    [
        [NOTHING; 4],                                           // 00h nothing
        NEVER,                                                  // 08h EDC/ECC
        [USER_1[2], FROM_16, USER_F1[3], FROM_24],              // 10h user data
        [FROM_16, FROM_16, FROM_24, FROM_24],                   // 18h user data, EDC/ECC
        [HEADER; 4],                                            // 20h header
        NEVER,                                                  // 28h header, EDC/ECC
        [USER_1[1], FROM_12, ILLEGAL, ILLEGAL],                 // 30h header, user data
        [FROM_12, FROM_12, ILLEGAL, ILLEGAL],                   // 38h header, user data, EDC/ECC
        [NOTHING, NOTHING, SUBHEADER, SUBHEADER],               // 40h subheader
        NEVER,                                                  // 48h subheader, EDC/ECC
        [USER_1[2], FROM_16, USER_F1[2], FROM_16],              // 50h subheader, user data
        [FROM_16; 4],                                           // 58h subheader, user data, EDC/ECC
        [HEADER, HEADER, HEADERS, HEADERS],                     // 60h headers
        NEVER,                                                  // 68h headers, EDC/ECC
        [USER_1[1], FROM_12, USER_F1[1], FROM_12],              // 70h headers, user data
        [FROM_12; 4],                                           // 78h headers, user data, EDC/ECC
        [SYNC; 4],                                              // 80h sync
        NEVER,                                                  // 88h sync, EDC/ECC
        NEVER,                                                  // 90h sync, user data
        NEVER,                                                  // 98h sync, user data, EDC/ECC
        [SYNC_HEADER; 4],                                       // A0h sync, header
        NEVER,                                                  // A8h sync, header, EDC/ECC
        [USER_1[0], ALL, ILLEGAL, ILLEGAL],                     // B0h sync, header, user data
        [ALL, ALL, ILLEGAL, ILLEGAL],                           // B8h sync, header, user data, EDC/ECC
        NEVER,                                                  // C0h sync, subheader
        NEVER,                                                  // C8h sync, subheader, EDC/ECC
        NEVER,                                                  // D0h sync, subheader, user data
        NEVER,                                                  // D8h sync, subheader, user data, EDC/ECC
        [SYNC_HEADER, SYNC_HEADER, SYNC_HEADERS, SYNC_HEADERS], // E0h sync, headers
        NEVER,                                                  // E8h sync, headers, EDC/ECC
        [USER_1[0], ALL, USER_F1[0], ALL],                      // F0h sync, headers, user data
        [ALL; 4],                                               // F8h all
    ]
};

/// What a READ CD command asks for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ReadCdSelection {
    /// The sector type that is expected; any when there is none.
    expected: Option<SectorType>,
    /// Upper five bits of byte 9.
    main: u8,
    /// C2 error pointers.
    pub c2: C2Errors,
    /// Sub-channel.
    pub sub_channel: SubChannelSelection,
}

impl ReadCdSelection {
    /// Reads the fields of the CDB: expected sector type (byte 1, bits 4 to 2), main channel selection (byte 9), and sub-channel selection
    /// (byte 10, bits 2 to 0).
    ///
    /// # Errors
    /// [`SelectionError::IllegalField`] for reserved values, and for what is illegal in every type of sector or in that which is expected.
    pub fn new(expected: u8, main: u8, sub_channel: u8) -> Result<ReadCdSelection, SelectionError> {
        let expected = match expected {
            0 => None,
            _ => Some(
                SectorType::ALL
                    .into_iter()
                    .find(|kind| *kind as u8 == expected)
                    .ok_or(SelectionError::IllegalField)?,
            ),
        };
        let c2 = match main & 0b111 {
            0b000 => C2Errors::None,
            0b010 => C2Errors::Pointers,
            0b100 => C2Errors::PointersAndBlock,
            _ => return Err(SelectionError::IllegalField),
        };
        let sub_channel = match sub_channel {
            0 => SubChannelSelection::None,
            1 => SubChannelSelection::Raw,
            2 => SubChannelSelection::Q,
            4 => SubChannelSelection::CorrectedRw,
            _ => return Err(SelectionError::IllegalField),
        };
        let selection = ReadCdSelection { expected, main: main >> 3, c2, sub_channel };
        let mut kinds =
            SectorType::ALL.into_iter().filter(|kind| selection.expected.is_none_or(|it| it == *kind));
        if kinds.any(|kind| selection.main_channel(kind).is_some()) {
            Ok(selection)
        } else {
            Err(SelectionError::IllegalField)
        }
    }

    /// The sector type that is expected; any when there is none.
    #[must_use]
    pub const fn expected(&self) -> Option<SectorType> {
        self.expected
    }

    /// What is returned of the main channel of such a sector; `None` when that is illegal. All there is of audio is user data, which are
    /// returned whatever part is asked for.
    #[must_use]
    pub fn main_channel(&self, kind: SectorType) -> Option<Range<usize>> {
        let column = match kind {
            SectorType::CdDa if self.main == 0 => return Some(0..0),
            SectorType::CdDa => return Some(0..2352),
            SectorType::Mode1 => 0,
            SectorType::Mode2Formless => 1,
            SectorType::Mode2Form1 => 2,
            SectorType::Mode2Form2 => 3,
        };
        PARTS[usize::from(self.main)][column].map(|(from, to)| usize::from(from)..usize::from(to))
    }

    /// Bytes that a block has when its sector is of this type.
    ///
    /// # Errors
    /// [`SelectionError::SectorType`] when another type is expected, [`SelectionError::IllegalField`] when this one does not have the
    /// parts side by side.
    pub fn block_bytes(&self, kind: SectorType) -> Result<usize, SelectionError> {
        Ok(self.checked(kind)?.len() + self.c2.bytes() + self.sub_channel.bytes())
    }

    /// Copies a block into the beginning of `buffer`, and says how many bytes it has. The sector is read without C2 errors.
    ///
    /// # Errors
    /// Those of [`ReadCdSelection::block_bytes`], and [`SelectionError::Buffer`].
    pub fn extract(
        &self,
        kind: SectorType,
        from: &Source<'_>,
        buffer: &mut [u8],
    ) -> Result<usize, SelectionError> {
        let main = self.checked(kind)?;
        let needed = main.len() + self.c2.bytes() + self.sub_channel.bytes();
        let given = buffer.len();
        let block = buffer.get_mut(..needed).ok_or(SelectionError::Buffer { needed, given })?;
        let (data, block) = block.split_at_mut(main.len());
        data.copy_from_slice(&from.sector[main]);
        let (c2, sub_channel) = block.split_at_mut(self.c2.bytes());
        c2.fill(0);
        match self.sub_channel {
            SubChannelSelection::None => {}
            SubChannelSelection::Raw => sub_channel.copy_from_slice(&interleave(from.channels)),
            SubChannelSelection::Q => sub_channel.copy_from_slice(&formatted_q(from.channels)),
            SubChannelSelection::CorrectedRw => sub_channel.copy_from_slice(from.packs),
        }
        Ok(needed)
    }

    fn checked(&self, kind: SectorType) -> Result<Range<usize>, SelectionError> {
        if self.expected.is_some_and(|expected| expected != kind) {
            return Err(SelectionError::SectorType);
        }
        self.main_channel(kind).ok_or(SelectionError::IllegalField)
    }
}

/// What a block is taken from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The whole sector, plain.
    pub sector: &'a Sector,
    /// Its sub-channels, de-interleaved.
    pub channels: &'a SubChannels,
    /// The packs that begin in it, which takes the two sectors that follow ([`super::pack::collect`]). Looked at for corrected R to W only.
    pub packs: &'a PackSymbols,
}

#[cfg(test)]
#[path = "read_cd_tests.rs"]
mod tests;
