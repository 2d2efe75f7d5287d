//! Names of logical units and of sessions, as they stand in headers.

use super::field::Field;
use core::fmt;

/// A logical unit number in its eight-byte form (SAM-5, 4.7).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Lun(pub u64);

impl Lun {
    /// LUN 0, which every target has.
    pub const ZERO: Lun = Lun(0);

    /// A single-level number: peripheral device addressing below 256, flat space addressing up to 16383.
    #[must_use]
    pub const fn single_level(number: u16) -> Lun {
        let method = if number < 0x100 { 0 } else { 0x4000 };
        Lun(((number & 0x3FFF | method) as u64) << 48)
    }

    /// The number, when it has a single level; `None` for hierarchies and well-known logical units.
    #[must_use]
    pub const fn number(self) -> Option<u16> {
        if self.0 << 16 != 0 {
            return None;
        }
        let first = (self.0 >> 48) as u16;
        match first >> 14 {
            0 if first < 0x100 => Some(first),
            1 => Some(first & 0x3FFF),
            _ => None,
        }
    }
}

impl fmt::Display for Lun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{number}"),
            None => write!(f, "{:016X}h", self.0),
        }
    }
}

/// The initiator's part of a session's name (RFC 7143, 11.12.5). With the initiator's name it is the name of the initiator port.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Isid(pub [u8; 6]);

impl Field for Isid {
    const SIZE: usize = 6;

    fn get(bytes: &[u8]) -> Self {
        Isid(Field::get(bytes))
    }

    fn put(self, bytes: &mut [u8]) {
        self.0.put(bytes);
    }
}

impl fmt::Display for Isid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
