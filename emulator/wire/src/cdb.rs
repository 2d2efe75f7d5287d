//! Command descriptor blocks as bytes.

use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A command descriptor block of 6 to 16 bytes, held inline.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cdb {
    bytes: [u8; Cdb::MAX],
    length: u8,
}

/// A CDB that is shorter than 6 or longer than 16 bytes, or is not hexadecimal text.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum CdbError {
    /// The number of bytes is outside 6..=16.
    #[error("a CDB has 6 to 16 bytes, not {0}")]
    Length(usize),
    /// The text is not pairs of hexadecimal digits separated by blanks.
    #[error("a CDB is written as hexadecimal bytes such as `12 00 00 00 24 00`")]
    Text,
}

impl Cdb {
    /// Shortest CDB in bytes.
    pub const MIN: usize = 6;
    /// Longest CDB in bytes that this project carries.
    pub const MAX: usize = 16;

    /// Copies `bytes`.
    ///
    /// # Errors
    /// [`CdbError::Length`] when there are fewer than 6 or more than 16.
    pub fn new(bytes: &[u8]) -> Result<Cdb, CdbError> {
        if !(Cdb::MIN..=Cdb::MAX).contains(&bytes.len()) {
            return Err(CdbError::Length(bytes.len()));
        }
        let mut copy = [0; Cdb::MAX];
        copy[..bytes.len()].copy_from_slice(bytes);
        Ok(Cdb { bytes: copy, length: bytes.len() as u8 })
    }

    /// A CDB of `length` zero bytes with an operation code; the length is clamped to the legal range.
    pub(crate) const fn blank(opcode: u8, length: u8) -> Cdb {
        let mut bytes = [0; Cdb::MAX];
        bytes[0] = opcode;
        let length = match length {
            0..=6 => 6,
            7..=16 => length,
            _ => 16,
        };
        Cdb { bytes, length }
    }

    /// The bytes, as many as the CDB has.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length as usize]
    }

    /// All sixteen bytes, zero-padded, as iSCSI and SPTI carry them.
    #[must_use]
    pub const fn padded(&self) -> &[u8; Cdb::MAX] {
        &self.bytes
    }

    pub(crate) const fn padded_mut(&mut self) -> &mut [u8; Cdb::MAX] {
        &mut self.bytes
    }

    /// The operation code, byte 0.
    #[must_use]
    pub const fn opcode(&self) -> u8 {
        self.bytes[0]
    }

    /// The length in bytes, 6 to 16. (A CDB is never empty, hence no `is_empty`.)
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a CDB has at least six bytes")]
    pub const fn len(&self) -> usize {
        self.length as usize
    }
}

/// The CDB length that the group code of an operation code prescribes (SPC-3 4.3.4.1), or `None` where the group
/// is reserved, variable or vendor specific.
#[must_use]
pub const fn group_length(opcode: u8) -> Option<u8> {
    match opcode >> 5 {
        0 => Some(6),
        1 | 2 => Some(10),
        4 => Some(16),
        5 => Some(12),
        _ => None,
    }
}

impl fmt::Display for Cdb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.bytes().iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Cdb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cdb({self})")
    }
}

impl core::str::FromStr for Cdb {
    type Err = CdbError;

    fn from_str(text: &str) -> Result<Cdb, CdbError> {
        let bytes = text
            .split_ascii_whitespace()
            .map(|pair| u8::from_str_radix(pair, 16).map_err(|_| CdbError::Text))
            .collect::<Result<Vec<u8>, CdbError>>()?;
        Cdb::new(&bytes)
    }
}

impl TryFrom<String> for Cdb {
    type Error = CdbError;

    fn try_from(text: String) -> Result<Cdb, CdbError> {
        text.parse()
    }
}

impl From<Cdb> for String {
    fn from(cdb: Cdb) -> String {
        cdb.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_outside_six_to_sixteen_are_refused() {
        assert_eq!(Cdb::new(&[0; 5]), Err(CdbError::Length(5)));
        assert_eq!(Cdb::new(&[0; 17]), Err(CdbError::Length(17)));
        assert_eq!(Cdb::new(&[0; 6]).map(|cdb| cdb.len()), Ok(6));
    }

    #[test]
    fn text_and_bytes_agree() {
        let cdb: Cdb = "12 00 00 00 24 00".parse().unwrap();
        assert_eq!(cdb.bytes(), [0x12, 0, 0, 0, 0x24, 0]);
        assert_eq!(cdb.to_string(), "12 00 00 00 24 00");
        assert_eq!("12 zz".parse::<Cdb>(), Err(CdbError::Text));
    }

    #[test]
    fn groups() {
        let lengths = [0x1F, 0x20, 0x5F, 0x60, 0x80, 0xA0, 0xC0].map(group_length);
        assert_eq!(lengths, [Some(6), Some(10), Some(10), None, Some(16), Some(12), None]);
    }
}
