//! Sense data as bytes, in fixed and in descriptor format (SPC-3 4.5.2 and 4.5.3).

use super::{SenseCode, SenseKey};
use core::fmt;

/// Sense bytes exactly as received, held inline. Empty when no sense came.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SenseBuffer {
    bytes: [u8; SenseBuffer::MAX],
    length: u8,
}

impl SenseBuffer {
    /// Most bytes kept; Linux keeps as many. Optical drives send 18.
    pub const MAX: usize = 96;
    /// No sense.
    pub const EMPTY: SenseBuffer = SenseBuffer { bytes: [0; SenseBuffer::MAX], length: 0 };

    /// Keeps the first [`SenseBuffer::MAX`] bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> SenseBuffer {
        let length = bytes.len().min(SenseBuffer::MAX);
        let mut buffer = SenseBuffer::EMPTY;
        buffer.bytes[..length].copy_from_slice(&bytes[..length]);
        buffer.length = length as u8;
        buffer
    }

    /// The bytes as received.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length as usize]
    }

    /// Whether no sense came.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The sense understood, or `None` when the bytes are no sense data.
    #[must_use]
    pub fn parse(&self) -> Option<Sense> {
        Sense::parse(self.bytes())
    }

    /// The key and codes alone, or `None` when the bytes are no sense data.
    #[must_use]
    pub fn code(&self) -> Option<SenseCode> {
        self.parse().map(|sense| sense.code)
    }
}

impl Default for SenseBuffer {
    fn default() -> SenseBuffer {
        SenseBuffer::EMPTY
    }
}

impl fmt::Debug for SenseBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parse() {
            Some(sense) => write!(f, "SenseBuffer({}; {:02X?})", sense.code, self.bytes()),
            None => write!(f, "SenseBuffer({:02X?})", self.bytes()),
        }
    }
}

/// Where in a CDB or parameter list the illegal field is (sense key specific bytes of key 5h).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pointer {
    /// The field is in the CDB rather than in the parameter list.
    pub in_cdb: bool,
    /// Offset of the byte.
    pub byte: u16,
    /// Most significant bit of the field, where the unit says it.
    pub bit: Option<u8>,
}

/// Sense data understood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sense {
    /// Key, ASC and ASCQ.
    pub code: SenseCode,
    /// Response code 71h or 73h: about an earlier command, and the present one was not executed.
    pub deferred: bool,
    /// The INFORMATION field where it is valid.
    pub information: Option<u64>,
    /// INCORRECT LENGTH INDICATOR.
    pub incorrect_length: bool,
    /// The three sense key specific bytes where SKSV is set.
    pub key_specific: Option<[u8; 3]>,
}

impl Sense {
    /// Understands fixed (70h, 71h) and descriptor (72h, 73h) format.
    ///
    /// Short data are read as far as they go, as initiators do: codes that are missing are zero. `None` when there is no response code of
    /// a known format.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Sense> {
        let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
        match bytes.first()? & 0x7F {
            format @ (0x70 | 0x71) => Some(Sense {
                code: SenseCode::new(SenseKey::from_low_bits(at(2)), at(12), at(13)),
                deferred: format == 0x71,
                information: (at(0) & 0x80 != 0)
                    .then(|| u64::from(u32::from_be_bytes([at(3), at(4), at(5), at(6)]))),
                incorrect_length: at(2) & 0x20 != 0,
                key_specific: (at(15) & 0x80 != 0).then(|| [at(15), at(16), at(17)]),
            }),
            format @ (0x72 | 0x73) => {
                let mut sense = Sense {
                    code: SenseCode::new(SenseKey::from_low_bits(at(1)), at(2), at(3)),
                    deferred: format == 0x73,
                    information: None,
                    incorrect_length: false,
                    key_specific: None,
                };
                sense.read_descriptors(bytes.get(8..).unwrap_or(&[]));
                Some(sense)
            }
            _ => None,
        }
    }

    fn read_descriptors(&mut self, mut rest: &[u8]) {
        while let [kind, length, body @ ..] = rest {
            let (body, next) = body.split_at((*length as usize).min(body.len()));
            match (*kind, body) {
                (0x00, [valid, _, a, b, c, d, e, f, g, h, ..]) if valid & 0x80 != 0 => {
                    self.information = Some(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]));
                }
                (0x02, [_, _, a, b, c, ..]) if a & 0x80 != 0 => self.key_specific = Some([*a, *b, *c]),
                (0x05, [_, flags, ..]) => self.incorrect_length = flags & 0x20 != 0,
                _ => {}
            }
            rest = next;
        }
    }

    /// Progress as a numerator over 65536, for the keys that define it.
    #[must_use]
    pub fn progress(&self) -> Option<u16> {
        match (self.code.key, self.key_specific) {
            (SenseKey::NoSense | SenseKey::NotReady, Some([_, high, low])) => {
                Some(u16::from_be_bytes([high, low]))
            }
            _ => None,
        }
    }

    /// The illegal field, for ILLEGAL REQUEST.
    #[must_use]
    pub fn pointer(&self) -> Option<Pointer> {
        match (self.code.key, self.key_specific) {
            (SenseKey::IllegalRequest, Some([flags, high, low])) => Some(Pointer {
                in_cdb: flags & 0x40 != 0,
                byte: u16::from_be_bytes([high, low]),
                bit: (flags & 0x08 != 0).then_some(flags & 0x07),
            }),
            _ => None,
        }
    }
}

/// Fixed format sense data to be sent: 18 bytes, as real drives send.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FixedSense {
    bytes: [u8; FixedSense::LENGTH],
}

impl FixedSense {
    /// Size in bytes.
    pub const LENGTH: usize = 18;

    /// Current sense with a code and nothing more.
    #[must_use]
    pub const fn new(code: SenseCode) -> FixedSense {
        let mut bytes = [0; FixedSense::LENGTH];
        bytes[0] = 0x70;
        bytes[2] = code.key as u8;
        bytes[7] = 0x0A;
        bytes[12] = code.asc;
        bytes[13] = code.ascq;
        FixedSense { bytes }
    }

    /// The same as a deferred error (response code 71h).
    #[must_use]
    pub const fn deferred(mut self) -> FixedSense {
        self.bytes[0] = (self.bytes[0] & 0x80) | 0x71;
        self
    }

    /// With a valid INFORMATION field, such as the failing logical block address.
    #[must_use]
    pub const fn information(mut self, value: u32) -> FixedSense {
        self.bytes[0] |= 0x80;
        let value = value.to_be_bytes();
        let mut index = 0;
        while index < 4 {
            self.bytes[3 + index] = value[index];
            index += 1;
        }
        self
    }

    /// With INCORRECT LENGTH INDICATOR set.
    #[must_use]
    pub const fn incorrect_length(mut self) -> FixedSense {
        self.bytes[2] |= 0x20;
        self
    }

    /// With a progress numerator over 65536.
    #[must_use]
    pub const fn progress(mut self, numerator: u16) -> FixedSense {
        let [high, low] = numerator.to_be_bytes();
        self.bytes[15] = 0x80;
        self.bytes[16] = high;
        self.bytes[17] = low;
        self
    }

    /// With a field pointer.
    #[must_use]
    pub const fn pointer(mut self, pointer: Pointer) -> FixedSense {
        let [high, low] = pointer.byte.to_be_bytes();
        let bit = match pointer.bit {
            Some(bit) => 0x08 | (bit & 0x07),
            None => 0,
        };
        self.bytes[15] = 0x80 | bit | if pointer.in_cdb { 0x40 } else { 0 };
        self.bytes[16] = high;
        self.bytes[17] = low;
        self
    }

    /// The bytes to send.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; FixedSense::LENGTH] {
        &self.bytes
    }
}

impl From<FixedSense> for SenseBuffer {
    fn from(sense: FixedSense) -> SenseBuffer {
        SenseBuffer::new(&sense.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sense::codes;

    #[test]
    fn a_fixed_sense_reads_back() {
        let sent = FixedSense::new(codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS)
            .progress(0x8000)
            .information(0x1234_5678);
        let sense = SenseBuffer::from(sent).parse().unwrap();
        assert_eq!(sense.code, codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS);
        assert_eq!(sense.progress(), Some(0x8000));
        assert_eq!(sense.information, Some(0x1234_5678));
        assert!(!sense.deferred);
    }

    #[test]
    fn bytes_of_a_refused_field() {
        let sent = FixedSense::new(codes::INVALID_FIELD_IN_CDB).pointer(Pointer {
            in_cdb: true,
            byte: 4,
            bit: Some(1),
        });
        assert_eq!(sent.bytes(), &[0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0xC9, 0, 4]);
        let pointer = SenseBuffer::from(sent).parse().unwrap().pointer().unwrap();
        assert_eq!((pointer.in_cdb, pointer.byte, pointer.bit), (true, 4, Some(1)));
    }

    #[test]
    fn descriptor_format() {
        let bytes = [
            0x73, 0x03, 0x0C, 0x00, 0, 0, 0, 20, 0x00, 0x0A, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0x02, 0x06, 0,
            0, 0x80, 0, 1, 0,
        ];
        let sense = Sense::parse(&bytes).unwrap();
        assert!(sense.deferred);
        assert_eq!(sense.code, codes::WRITE_ERROR);
        assert_eq!(sense.information, Some(9));
        assert_eq!(sense.key_specific, Some([0x80, 0, 1]));
    }

    #[test]
    fn nonsense_and_short_data() {
        assert_eq!(Sense::parse(&[]), None);
        assert_eq!(Sense::parse(&[0x12, 0, 5]), None);
        let short = Sense::parse(&[0x70, 0, 0x02]).unwrap();
        assert_eq!(short.code, SenseCode::new(SenseKey::NotReady, 0, 0));
        assert_eq!(Sense::parse(&[0x72, 2, 0x3A, 1, 0, 0, 0, 9, 0xFF]).map(|s| s.code.asc), Some(0x3A));
    }
}
