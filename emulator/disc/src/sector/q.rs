//! Frames of the Q sub-channel (ECMA-130 22.3, IEC 60908, MMC-5 4.2.3.7): what each sector says of where it is.
//!
//! A frame has twelve bytes: control and ADR, nine bytes of data, and a CRC that is recorded inverted. Numbers are BCD; those above 99 have
//! a meaning as they stand (A0h to C1h, AAh, FFh).

use discrig_wire::crc::crc_16;
use discrig_wire::msf::Msf;

/// Bytes of a frame.
pub const Q_BYTES: usize = 12;

/// Number of the lead-out among the tracks.
pub const LEAD_OUT: u8 = 0xAA;

/// A number as it stands in a header or a frame: BCD up to 99, unchanged from 100 on.
#[must_use]
pub const fn bcd(number: u8) -> u8 {
    if number < 100 { ((number / 10) << 4) | (number % 10) } else { number }
}

/// The number that stands there; `None` for what is neither BCD nor from A0h on.
#[must_use]
pub const fn from_bcd(byte: u8) -> Option<u8> {
    match (byte >> 4, byte & 0xF) {
        (tens @ 0..=9, ones @ 0..=9) => Some(tens * 10 + ones),
        (0xA.., _) => Some(byte),
        _ => None,
    }
}

/// What a frame of the Q sub-channel carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QData {
    /// ADR 2: the media catalogue number.
    Catalogue {
        /// Thirteen digits in ASCII.
        number: [u8; 13],
        /// Frame of the absolute address.
        frame: u8,
    },
    /// ADR 3: the international standard recording code of the track.
    Isrc {
        /// Twelve characters in ASCII: two of the country, three of the owner, two of the year, five of the recording.
        code: [u8; 12],
        /// Frame of the absolute address.
        frame: u8,
    },
    /// ADR 1 or 5 in the lead-in: an entry of the table of contents.
    LeadIn {
        /// 1 for tracks and A0h to A2h; 5 for B0h and on, which recorders need.
        adr: u8,
        /// What is pointed to: a track, or A0h first track, A1h last track, A2h lead-out, B0h next session.
        point: u8,
        /// Where the entry stands, or other data.
        time: Msf,
        /// Zero, or other data.
        zero: u8,
        /// Where what is pointed to starts, or other data.
        pointed: Msf,
    },
    /// ADR 1 in the program area and lead-out: where the sector is.
    Position {
        /// Track; AAh in the lead-out.
        track: u8,
        /// Index; 0 in the pause before the track.
        index: u8,
        /// Distance from index 1; it falls to zero in the pause.
        relative: Msf,
        /// Address on the disc.
        absolute: Msf,
    },
}

/// A frame of the Q sub-channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QFrame {
    /// Control nibble: 4 data, 0 audio, and so on.
    pub control: u8,
    /// What it carries.
    pub data: QData,
}

impl QFrame {
    /// The frame as recorded.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Q_BYTES] {
        let mut bytes = [0; Q_BYTES];
        let adr = match self.data {
            QData::Position { track, index, relative, absolute } => {
                bytes[1..10].copy_from_slice(&position(track, index, relative, 0, absolute));
                1
            }
            QData::Catalogue { number, frame } => {
                put_digits(&mut bytes[1..8], &number);
                bytes[9] = bcd(frame);
                2
            }
            QData::Isrc { code, frame } => {
                put_letters(&mut bytes[1..5], &code[..5]);
                put_digits(&mut bytes[5..9], &code[5..]);
                bytes[9] = bcd(frame);
                3
            }
            QData::LeadIn { adr, point, time, zero, pointed } => {
                let data = position(0, point, time, zero, pointed);
                bytes[1..10].copy_from_slice(&data);
                if is_binary(adr, point) {
                    bytes[3..10].copy_from_slice(&[
                        time.minute,
                        time.second,
                        time.frame,
                        zero,
                        pointed.minute,
                        pointed.second,
                        pointed.frame,
                    ]);
                }
                adr
            }
        };
        bytes[0] = self.control << 4 | adr & 0xF;
        seal(&mut bytes);
        bytes
    }

    /// Reads a frame; `None` when the CRC is wrong, it carries something else, or numbers are no BCD.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Q_BYTES]) -> Option<QFrame> {
        if !is_sealed(bytes) {
            return None;
        }
        let msf = |at: usize| {
            Some(Msf::new(from_bcd(bytes[at])?, from_bcd(bytes[at + 1])?, from_bcd(bytes[at + 2])?))
        };
        let data = match (bytes[0] & 0xF, bytes[1]) {
            (adr @ 5, 0) if is_binary(adr, bytes[2]) => QData::LeadIn {
                adr,
                point: bytes[2],
                time: Msf::new(bytes[3], bytes[4], bytes[5]),
                zero: bytes[6],
                pointed: Msf::new(bytes[7], bytes[8], bytes[9]),
            },
            (adr @ (1 | 5), 0) => QData::LeadIn {
                adr,
                point: from_bcd(bytes[2])?,
                time: msf(3)?,
                zero: from_bcd(bytes[6])?,
                pointed: msf(7)?,
            },
            (1, track) => QData::Position {
                track: from_bcd(track)?,
                index: from_bcd(bytes[2])?,
                relative: msf(3)?,
                absolute: msf(7)?,
            },
            (2, _) => {
                let mut number = [0; 13];
                get_digits(&bytes[1..8], &mut number)?;
                QData::Catalogue { number, frame: from_bcd(bytes[9])? }
            }
            (3, _) => {
                let mut code = [0; 12];
                let (letters, digits) = code.split_at_mut(5);
                get_letters(&bytes[1..5], letters)?;
                get_digits(&bytes[5..9], digits)?;
                QData::Isrc { code, frame: from_bcd(bytes[9])? }
            }
            _ => return None,
        };
        Some(QFrame { control: bytes[0] >> 4, data })
    }
}

/// Writes the CRC of a frame.
pub fn seal(bytes: &mut [u8; Q_BYTES]) {
    let code = crc_16(&bytes[..10]);
    bytes[10..].copy_from_slice(&code.to_be_bytes());
}

/// Whether the CRC of a frame is right.
#[must_use]
pub fn is_sealed(bytes: &[u8; Q_BYTES]) -> bool {
    bytes[10..] == crc_16(&bytes[..10]).to_be_bytes()
}

/// Points C0h and C1h repeat fields of the ATIP, which are no BCD.
const fn is_binary(adr: u8, point: u8) -> bool {
    adr == 5 && point >= 0xC0
}

fn position(track: u8, index: u8, first: Msf, zero: u8, second: Msf) -> [u8; 9] {
    [track, index, first.minute, first.second, first.frame, zero, second.minute, second.second, second.frame]
        .map(bcd)
}

/// Packs digits, two to a byte, from the upper nibble on.
fn put_digits(bytes: &mut [u8], digits: &[u8]) {
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = (pair[0] & 0xF) << 4 | pair.get(1).map_or(0, |digit| digit & 0xF);
    }
}

fn get_digits(bytes: &[u8], digits: &mut [u8]) -> Option<()> {
    for (pair, byte) in digits.chunks_mut(2).zip(bytes) {
        for (digit, nibble) in pair.iter_mut().zip([byte >> 4, byte & 0xF]) {
            *digit = (nibble < 10).then_some(b'0' + nibble)?;
        }
    }
    Some(())
}

/// Packs five characters of six bits each: 0 to 9 are digits, 11h to 2Ah letters.
fn put_letters(bytes: &mut [u8], letters: &[u8]) {
    let packed = letters.iter().fold(0u32, |packed, letter| {
        packed << 6
            | match letter.to_ascii_uppercase() {
                digit @ b'0'..=b'9' => u32::from(digit - b'0'),
                letter @ b'A'..=b'Z' => u32::from(letter - b'A') + 0x11,
                _ => 0,
            }
    });
    bytes.copy_from_slice(&(packed << 2).to_be_bytes());
}

fn get_letters(bytes: &[u8], letters: &mut [u8]) -> Option<()> {
    let packed = bytes.iter().fold(0u32, |packed, byte| packed << 8 | u32::from(*byte)) >> 2;
    for (letter, place) in letters.iter_mut().rev().zip(0..) {
        *letter = match (packed >> (6 * place)) as u8 & 0x3F {
            digit @ 0..=9 => b'0' + digit,
            character @ 0x11..=0x2A => character - 0x11 + b'A',
            _ => return None,
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(control: u8, data: QData, bytes: [u8; 12]) {
        let frame = QFrame { control, data };
        assert_eq!(frame.to_bytes(), bytes, "{data:02X?}");
        assert_eq!(QFrame::from_bytes(&bytes), Some(frame));
    }

    #[test]
    fn codes_as_published() {
        assert_eq!(crc_16(&[0, 1, 2, 3]), 0x9ECE);
        // CRC-16/GSM of the catalogue.
        assert_eq!(crc_16(b"123456789"), 0xCE3C);
    }

    /// The first two sectors of any disc whose first track has data, as dumps show them.
    #[test]
    fn positions_as_found_on_discs() {
        let data = |frame| QData::Position {
            track: 1,
            index: 1,
            relative: Msf::new(0, 0, frame),
            absolute: Msf::new(0, 2, frame),
        };
        check(4, data(0), [0x41, 0x01, 0x01, 0, 0, 0, 0, 0, 0x02, 0, 0x28, 0x32]);
        check(4, data(1), [0x41, 0x01, 0x01, 0, 0, 0x01, 0, 0, 0x02, 0x01, 0x92, 0x42]);
    }

    #[test]
    fn frames_by_hand() {
        let sealed = |mut bytes: [u8; 12]| {
            seal(&mut bytes);
            bytes
        };
        let number = *b"4988010123450";
        check(
            0,
            QData::Catalogue { number, frame: 74 },
            sealed([0x02, 0x49, 0x88, 0x01, 0x01, 0x23, 0x45, 0x00, 0, 0x74, 0, 0]),
        );
        // J = 1Ah, P = 20h, X = 28h, 0, 1: 011010 100000 101000 000000 000001 00.
        check(
            2,
            QData::Isrc { code: *b"JPX019912345", frame: 9 },
            sealed([0x23, 0x6A, 0x0A, 0x00, 0x04, 0x99, 0x12, 0x34, 0x50, 0x09, 0, 0]),
        );
        let entry = QData::LeadIn {
            adr: 1,
            point: 0xA2,
            time: Msf::new(99, 59, 74),
            zero: 0,
            pointed: Msf::new(79, 57, 12),
        };
        check(4, entry, sealed([0x41, 0, 0xA2, 0x99, 0x59, 0x74, 0, 0x79, 0x57, 0x12, 0, 0]));
        let next = QData::LeadIn {
            adr: 5,
            point: 0xB0,
            time: Msf::new(23, 10, 1),
            zero: 2,
            pointed: Msf::new(79, 59, 74),
        };
        check(4, next, sealed([0x45, 0, 0xB0, 0x23, 0x10, 0x01, 0x02, 0x79, 0x59, 0x74, 0, 0]));
        let atip = QData::LeadIn {
            adr: 5,
            point: 0xC0,
            time: Msf::new(0xD4, 0x1A, 0xC8),
            zero: 0,
            pointed: Msf::new(97, 15, 35),
        };
        check(4, atip, sealed([0x45, 0, 0xC0, 0xD4, 0x1A, 0xC8, 0, 97, 15, 35, 0, 0]));
    }

    proptest! {
        #[test]
        fn a_changed_bit_is_noticed(lba in -150i32..400_000, track in 1u8..100, at in 0usize..96) {
            let data = QData::Position {
                track, index: 1, relative: Msf::default(), absolute: Msf::from_lba(lba).unwrap(),
            };
            let frame = QFrame { control: 4, data };
            let mut bytes = frame.to_bytes();
            prop_assert_eq!(QFrame::from_bytes(&bytes), Some(frame));
            bytes[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(QFrame::from_bytes(&bytes), None);
        }

        #[test]
        fn any_frame_is_read_or_refused(mut bytes: [u8; 12], adr in 0u8..6, lead_in: bool) {
            bytes[0] = bytes[0] & 0xF0 | adr;
            if lead_in {
                bytes[1] = 0;
            }
            seal(&mut bytes);
            if let Some(frame) = QFrame::from_bytes(&bytes) {
                prop_assert_eq!(QFrame::from_bytes(&frame.to_bytes()), Some(frame));
            }
        }
    }
}
