//! Blocks as an initiator writes them: which bytes it gives, and what becomes of them in a store.
//!
//! Two tables: data block types of the write parameters page (MMC-5 7.5.4), and data forms of cue sheets (MMC-5 6.33).

use super::frame::{HEADER, Subheader, seal};
use super::pack::{PackSymbols, protect, spread};
use super::sub_channel::{FORMATTED_Q_BYTES, deinterleave, of_formatted_q};
use super::{SECTOR_BYTES, SUB_CHANNEL_BYTES, Sector, SectorType, SubChannels};
use crate::state::Form;
use discrig_wire::mode::DataBlockType;
use discrig_wire::msf::Msf;
use thiserror::Error;

/// Sub-channels that come behind the main channel of each block.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SubChannelFormat {
    /// None: the drive makes P and Q, and R to W are zero.
    #[default]
    None,
    /// 96 symbols whose R to W are packs: the drive adds parity and interleave.
    PackedRw,
    /// 16 bytes of P and Q, as the formatted Q sub-channel.
    Pq,
    /// 96 symbols as they are recorded.
    RawPw,
}

impl SubChannelFormat {
    /// Bytes of a block.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            SubChannelFormat::None => 0,
            SubChannelFormat::Pq => FORMATTED_Q_BYTES,
            SubChannelFormat::PackedRw | SubChannelFormat::RawPw => SUB_CHANNEL_BYTES,
        }
    }

    /// Sub-channels, de-interleaved as a store keeps them, of what came with a block; `None` when there is none or it has another length.
    /// `before` are the packs that were given with the two blocks before, the earlier first, with parity; packed R to W alone need them.
    ///
    /// In session at once P and Q are the drive's whatever was given: replace the first 24 bytes by those of the position.
    #[must_use]
    pub fn sub_channels(self, given: &[u8], before: [&PackSymbols; 2]) -> Option<SubChannels> {
        match self {
            SubChannelFormat::None => None,
            SubChannelFormat::PackedRw => {
                let mut packs = given.try_into().ok()?;
                protect(&mut packs);
                Some(spread(before, &packs))
            }
            SubChannelFormat::Pq => Some(of_formatted_q(given.try_into().ok()?)),
            SubChannelFormat::RawPw => Some(deinterleave(given.try_into().ok()?)),
        }
    }
}

/// What a sector becomes around the bytes that were given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sealing {
    /// Nothing is added: raw sectors, and audio.
    AsGiven,
    /// Completed by the form that the subheader has.
    BySubheader,
    /// Completed as this type.
    To(SectorType),
}

/// A form of block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlockFormat {
    /// Where the bytes of the main channel lie in the sector.
    first: usize,
    /// Bytes of the main channel that are given.
    main: usize,
    /// What is added.
    sealing: Sealing,
    /// How it is kept.
    form: Form,
    /// Sub-channels behind the main channel.
    pub sub_channels: SubChannelFormat,
}

/// Bytes that do not make a block, or a record that does not take it.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("{given} bytes where {expected} are needed")]
pub struct LengthError {
    /// Bytes that are needed.
    pub expected: usize,
    /// Bytes that are there.
    pub given: usize,
}

fn check(expected: usize, given: usize) -> Result<(), LengthError> {
    if expected == given { Ok(()) } else { Err(LengthError { expected, given }) }
}

const fn row(first: usize, main: usize, sealing: Sealing, form: Form) -> BlockFormat {
    BlockFormat { first, main, sealing, form, sub_channels: SubChannelFormat::None }
}

const RAW: BlockFormat = row(0, SECTOR_BYTES, Sealing::AsGiven, Form::Raw);

/// Data block types (MMC-5 7.5.4).
const DATA_BLOCK_TYPES: [(DataBlockType, BlockFormat); 10] = {
    use SectorType::{Mode1, Mode2Form1, Mode2Form2, Mode2Formless};
    use SubChannelFormat::{PackedRw, Pq, RawPw};
    [
        (DataBlockType::RAW, RAW),
        (DataBlockType::RAW_WITH_PQ, BlockFormat { sub_channels: Pq, ..RAW }),
        (DataBlockType::RAW_WITH_PACKED_RW, BlockFormat { sub_channels: PackedRw, ..RAW }),
        (DataBlockType::RAW_WITH_RAW_RW, BlockFormat { sub_channels: RawPw, ..RAW }),
        (DataBlockType::MODE_1, row(16, 2048, Sealing::To(Mode1), Form::Mode1)),
        (DataBlockType::MODE_2, row(16, 2336, Sealing::To(Mode2Formless), Form::Mode2)),
        (DataBlockType::MODE_2_FORM_1, row(24, 2048, Sealing::To(Mode2Form1), Form::Mode2Form1)),
        (DataBlockType::MODE_2_FORM_1_SUBHEADER, row(16, 2056, Sealing::To(Mode2Form1), Form::Mode2)),
        (DataBlockType::MODE_2_FORM_2, row(24, 2324, Sealing::To(Mode2Form2), Form::Mode2)),
        (DataBlockType::MODE_2_MIXED, row(16, 2332, Sealing::BySubheader, Form::Mode2)),
    ]
};

/// Main channel of data forms, by their low six bits (MMC-5 6.33). Of whole sectors the drive makes everything but user data and subheader
/// anew; of no bytes it makes empty sectors.
const DATA_FORMS: [(u8, BlockFormat); 11] = {
    use SectorType::{Mode1, Mode2Form2, Mode2Formless};
    [
        (0x00, row(0, 2352, Sealing::AsGiven, Form::Audio)),
        (0x01, row(0, 0, Sealing::AsGiven, Form::Audio)),
        (0x10, row(16, 2048, Sealing::To(Mode1), Form::Mode1)),
        (0x11, row(0, 2352, Sealing::To(Mode1), Form::Mode1)),
        (0x14, row(16, 0, Sealing::To(Mode1), Form::Mode1)),
        (0x20, row(16, 2336, Sealing::BySubheader, Form::Mode2)),
        (0x21, row(0, 2352, Sealing::BySubheader, Form::Mode2)),
        (0x24, row(24, 0, Sealing::To(Mode2Form2), Form::Mode2)),
        (0x30, row(16, 2336, Sealing::To(Mode2Formless), Form::Mode2)),
        (0x31, row(0, 2352, Sealing::To(Mode2Formless), Form::Mode2)),
        (0x34, row(16, 0, Sealing::To(Mode2Formless), Form::Mode2)),
    ]
};

impl BlockFormat {
    /// Blocks of a data block type; `None` for those that are reserved or vendor specific.
    #[must_use]
    pub fn of_data_block_type(kind: DataBlockType) -> Option<BlockFormat> {
        DATA_BLOCK_TYPES.iter().find(|(row, _)| *row == kind).map(|(_, format)| *format)
    }

    /// Blocks of a data form of a cue sheet: low six bits main channel, high two bits sub-channel. `None` for those that are reserved.
    #[must_use]
    pub fn of_data_form(data_form: u8) -> Option<BlockFormat> {
        let (_, main) = DATA_FORMS.iter().find(|(row, _)| *row == data_form & 0x3F)?;
        let sub_channels = match data_form >> 6 {
            0b00 => SubChannelFormat::None,
            0b01 => SubChannelFormat::RawPw,
            0b11 => SubChannelFormat::PackedRw,
            _ => return None,
        };
        Some(BlockFormat { sub_channels, ..*main })
    }

    /// Bytes that the initiator gives for each block.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.main + self.sub_channels.bytes()
    }

    /// Bytes of them that are main channel.
    #[must_use]
    pub const fn main_bytes(&self) -> usize {
        self.main
    }

    /// How the blocks are kept. `subheader` is that of the write parameters page: only the usual one lets form 1 be kept as user data. Raw
    /// blocks of a track whose control says audio are kept the same way as [`Form::Audio`].
    #[must_use]
    pub fn form(&self, subheader: Subheader) -> Form {
        match self.form {
            Form::Mode2Form1 if subheader != Subheader::DATA => Form::Mode2,
            form => form,
        }
    }

    /// Main channel and sub-channels of a block.
    ///
    /// # Errors
    /// [`LengthError`] when it has other than [`BlockFormat::bytes`] bytes.
    pub fn split<'a>(&self, block: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), LengthError> {
        check(self.bytes(), block.len())?;
        Ok(block.split_at(self.main))
    }

    /// Makes a record of a block's main channel as [`BlockFormat::form`] keeps it: user data, or the whole sector at this address with what
    /// the drive adds. `subheader` is that of the write parameters page, for blocks that bring none.
    ///
    /// # Errors
    /// [`LengthError`] for a main channel or a record of another length; the record is untouched then.
    pub fn record(
        &self,
        main: &[u8],
        address: Msf,
        subheader: Subheader,
        record: &mut [u8],
    ) -> Result<(), LengthError> {
        check(self.main, main.len())?;
        check(self.form(subheader).area().stride(), record.len())?;
        match <&mut Sector>::try_from(&mut *record) {
            Ok(sector) => self.sector(main, address, subheader, sector),
            // User data: those of the sector, whose place in the block depends on where that begins.
            Err(_) if main.is_empty() => record.fill(0),
            Err(_) => {
                let user = self.completed(subheader).user_data().start - self.first;
                record.copy_from_slice(&main[user..user + record.len()]);
            }
        }
        Ok(())
    }

    /// The type by which a sector is completed; audio when it is left as it is.
    fn completed(&self, subheader: Subheader) -> SectorType {
        match self.sealing {
            Sealing::AsGiven => SectorType::CdDa,
            Sealing::BySubheader => subheader.sector_type(),
            Sealing::To(kind) => kind,
        }
    }

    fn sector(&self, main: &[u8], address: Msf, subheader: Subheader, sector: &mut Sector) {
        let end = self.first + main.len();
        sector[..self.first].fill(0);
        sector[self.first..end].copy_from_slice(main);
        sector[end..].fill(0);
        let subheader = match self.sealing {
            Sealing::BySubheader => Subheader::from_bytes([sector[16], sector[17], sector[18], sector[19]]),
            _ if main.is_empty() => Subheader::EMPTY,
            _ => subheader,
        };
        let kind = self.completed(subheader);
        if self.first > HEADER.end {
            let form = if kind == SectorType::Mode2Form2 { Subheader::FORM_2 } else { 0 };
            let submode = subheader.submode & !Subheader::FORM_2 | form;
            sector[16..24].copy_from_slice(&Subheader { submode, ..subheader }.to_bytes());
        }
        seal(kind, address, sector);
    }
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
