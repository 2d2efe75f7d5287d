//! Reading sectors of CDs back with everything that they have.

use super::burner::{BLOCK, Burner};
use super::cd::{AUDIO, DATA};
use super::sector::{self, Content, RAW, SUB_CHANNELS};
use crate::stop::{Stop, Verdict};
use discrig_wire::command::ReadCd;
use discrig_wire::msf::Msf;
use discrig_wire::sub_channel::{QCatalogNumber, QFrame, QPosition, QRecordingCode};

/// Sectors that one READ CD carries with all that they have.
const AT_ONCE: usize = 26;
/// Sub-channel selection of READ CD: P to W as they are on the disc.
const RAW_SUB_CHANNELS: u8 = 1;

/// What sectors of a track must carry besides their data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    /// The control nibble.
    pub(super) control: u8,
    /// The number of the track.
    pub(super) track: u8,
    /// The first block behind the pause.
    pub(super) start: i32,
    /// The catalog number that some frames carry.
    pub(super) catalog_number: Option<[u8; 13]>,
    /// The ISRC that some frames carry.
    pub(super) recording_code: Option<[u8; 12]>,
}

impl Expected {
    /// A data track.
    pub(super) const fn data(track: u8, start: i32) -> Expected {
        Expected { control: DATA, track, start, catalog_number: None, recording_code: None }
    }

    /// An audio track.
    pub(super) const fn audio(track: u8, start: i32) -> Expected {
        Expected { control: AUDIO, ..Expected::data(track, start) }
    }
}

/// Frames of the Q channel that were not positions.
#[derive(Clone, Copy, Debug, Default)]
struct Identifiers {
    catalog_numbers: usize,
    recording_codes: usize,
}

/// What the main channel of a sector must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Main<'d> {
    /// Samples.
    Audio(&'d [u8]),
    /// A data sector.
    Data(Content<'d>),
}

impl Main<'_> {
    fn fault(&self, main: &[u8], lba: i32) -> Option<&'static str> {
        match self {
            Main::Audio(samples) => (main != *samples).then_some("its samples"),
            Main::Data(content) => sector::fault(main, lba, content),
        }
    }
}

impl Burner<'_, '_> {
    /// Reads sectors of mode 1 or audio with their headers, EDC and ECC and sub-channels by READ CD, and compares everything.
    pub(super) fn expect_sectors(&mut self, first: i32, data: &[u8], expected: Expected) -> Verdict {
        let sectors: Vec<_> = if expected.control & DATA == 0 {
            data.chunks(RAW).map(Main::Audio).collect()
        } else {
            data.chunks(BLOCK).map(|user| Main::Data(Content::mode_1(user))).collect()
        };
        self.expect_contents(first, &sectors, expected)
    }

    /// The same of sectors of any kind.
    pub(super) fn expect_contents(
        &mut self,
        first: i32,
        sectors: &[Main<'_>],
        expected: Expected,
    ) -> Verdict {
        let mut identifiers = Identifiers::default();
        let mut at = first;
        for chunk in sectors.chunks(AT_ONCE) {
            let bytes = self.whole_sectors(at, chunk.len(), RAW_SUB_CHANNELS)?;
            for (read, main) in bytes.chunks(RAW + SUB_CHANNELS).zip(chunk) {
                let (sector, sub) = read.split_at(RAW);
                let fault = main.fault(sector, at).map(str::to_owned);
                let fault = fault.or_else(|| q_fault(sub, at, &expected, &mut identifiers));
                self.ensure(fault.is_none(), || {
                    format!("sector {at}: {} is not right", fault.unwrap_or_default())
                })?;
                at += 1;
            }
        }
        // Each has to be in one of 100 successive sectors.
        let hundreds = sectors.len() / 100;
        let fits = expected.catalog_number.is_none_or(|_| identifiers.catalog_numbers >= hundreds)
            && expected.recording_code.is_none_or(|_| identifiers.recording_codes >= hundreds);
        self.ensure(fits, || format!("in {hundreds} times 100 sectors there are {identifiers:?}"))
    }

    /// Whole sectors by READ CD, each with 96 bytes of sub-channels as they are selected.
    fn whole_sectors(
        &mut self,
        first: i32,
        count: usize,
        sub_channel_selection: u8,
    ) -> Result<Vec<u8>, Stop> {
        let bytes = self.fetch(ReadCd {
            logical_block_address: first as u32,
            transfer_length: count as u32,
            sync: true,
            header_codes: 3,
            user_data: true,
            edc_ecc: true,
            sub_channel_selection,
            ..ReadCd::default()
        })?;
        let length = bytes.len();
        self.ensure(length == count * (RAW + SUB_CHANNELS), || {
            format!("{length} bytes came for {count} sectors from {first} on")
        })?;
        Ok(bytes)
    }

    /// The sub-channels of sectors as they are on the disc, 96 symbols each.
    pub(super) fn symbols(&mut self, first: i32, count: usize) -> Result<Vec<[u8; SUB_CHANNELS]>, Stop> {
        let mut symbols = Vec::with_capacity(count);
        while symbols.len() < count {
            let some = (count - symbols.len()).min(AT_ONCE);
            let bytes = self.whole_sectors(first + symbols.len() as i32, some, RAW_SUB_CHANNELS)?;
            let sectors = bytes.chunks(RAW + SUB_CHANNELS);
            symbols.extend(sectors.filter_map(|read| <[u8; SUB_CHANNELS]>::try_from(&read[RAW..]).ok()));
        }
        Ok(symbols)
    }
}

/// What is wrong with the Q channel of a sector, or `None`.
fn q_fault(sub: &[u8], lba: i32, expected: &Expected, identifiers: &mut Identifiers) -> Option<String> {
    let q = sector::q_of(sub);
    if !sector::crc_holds(&q) {
        return Some(format!("the CRC of its Q channel {q:02X?}"));
    }
    let (Ok(parsed), Some(absolute), Some(relative)) =
        (QFrame::parse(&q), Msf::from_lba(lba), Msf::from_lba(lba - expected.start - 150))
    else {
        return Some(format!("the kind of its Q channel {q:02X?}"));
    };
    let frame = sector::bcd(absolute.frame);
    let holds = match parsed {
        QFrame::Position(seen) => {
            let wanted = sector::position(expected.control, expected.track, 1, relative, absolute);
            QPosition::parse(&wanted).ok() == Some(seen)
        }
        QFrame::CatalogNumber(QCatalogNumber { number, absolute_frame, .. }) => {
            identifiers.catalog_numbers += 1;
            let digits = expected.catalog_number.map(|digits| packed(&digits));
            digits == Some(number) && absolute_frame == frame
        }
        QFrame::RecordingCode(QRecordingCode { characters, digits, absolute_frame, .. }) => {
            identifiers.recording_codes += 1;
            let code = expected.recording_code.map(|code| {
                let letters = code[..5].iter().fold(0u32, |sum, letter| {
                    let six_bits = if letter.is_ascii_digit() { letter - b'0' } else { letter - b'A' + 0x11 };
                    sum << 6 | u32::from(six_bits)
                });
                (letters, packed(&code[5..]))
            });
            code == Some((characters, digits.into())) && absolute_frame == frame
        }
    };
    (!holds).then(|| format!("its Q channel {q:02X?}"))
}

/// Digits in ASCII as four bits each.
fn packed(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum << 4 | u64::from(digit & 0x0F))
}
