//! Reading sectors of CDs back with everything that they have.

use super::burner::{BLOCK, Burner};
use super::cd::{AUDIO, DATA};
use super::sector::{self, RAW, SUB_CHANNELS};
use crate::stop::Verdict;
use discrig_wire::command::ReadCd;
use discrig_wire::msf::Msf;
use discrig_wire::sub_channel::{QCatalogNumber, QFrame, QPosition, QRecordingCode};

/// Sectors that one READ CD carries with all that they have.
const AT_ONCE: usize = 26;

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

impl Burner<'_, '_> {
    /// Reads sectors with their headers, EDC and ECC and sub-channels by READ CD, and compares everything.
    pub(super) fn expect_sectors(&mut self, first: i32, data: &[u8], expected: Expected) -> Verdict {
        let size = if expected.control & DATA == 0 { RAW } else { BLOCK };
        let mut identifiers = Identifiers::default();
        let mut at = first;
        for chunk in data.chunks(AT_ONCE * size) {
            let count = chunk.len() / size;
            let bytes = self.fetch(ReadCd {
                logical_block_address: at as u32,
                transfer_length: count as u32,
                sync: true,
                header_codes: 3,
                user_data: true,
                edc_ecc: true,
                sub_channel_selection: 1,
                ..ReadCd::default()
            })?;
            let length = bytes.len();
            self.ensure(length == count * (RAW + SUB_CHANNELS), || {
                format!("{length} bytes came for {count} sectors from {at} on")
            })?;
            for (read, written) in bytes.chunks(RAW + SUB_CHANNELS).zip(chunk.chunks(size)) {
                let (main, sub) = read.split_at(RAW);
                let fault = if size == RAW {
                    (main != written).then_some("its samples")
                } else {
                    sector::mode_1_fault(main, at, written)
                };
                let fault =
                    fault.map(str::to_owned).or_else(|| q_fault(sub, at, &expected, &mut identifiers));
                self.ensure(fault.is_none(), || {
                    format!("sector {at}: {} is not right", fault.unwrap_or_default())
                })?;
                at += 1;
            }
        }
        // Each has to be in one of 100 successive sectors.
        let hundreds = data.len() / size / 100;
        let fits = expected.catalog_number.is_none_or(|_| identifiers.catalog_numbers >= hundreds)
            && expected.recording_code.is_none_or(|_| identifiers.recording_codes >= hundreds);
        self.ensure(fits, || format!("in {hundreds} times 100 sectors there are {identifiers:?}"))
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
