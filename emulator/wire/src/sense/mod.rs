//! Sense data: the codes, the bytes that carry them, and a buffer to hold them as received.

mod data;
mod table;

pub use data::{FixedSense, Pointer, Sense, SenseBuffer};
pub use table::{SenseCode, codes};

use core::fmt;
use serde::{Deserialize, Serialize};

/// Sense keys (SPC-3 4.5.6), in the order of their values.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum SenseKey {
    /// 0h: nothing to report.
    NoSense = 0x0,
    /// 1h: succeeded with recovery.
    RecoveredError = 0x1,
    /// 2h: the unit cannot be accessed.
    NotReady = 0x2,
    /// 3h: flaw in the medium or the recorded data.
    MediumError = 0x3,
    /// 4h: non-recoverable hardware failure.
    HardwareError = 0x4,
    /// 5h: something in the CDB or its parameters is illegal.
    IllegalRequest = 0x5,
    /// 6h: the medium may have changed or the unit was reset.
    UnitAttention = 0x6,
    /// 7h: the medium is protected against the operation.
    DataProtect = 0x7,
    /// 8h: blank or non-blank medium where the other was expected.
    BlankCheck = 0x8,
    /// 9h: vendor specific.
    VendorSpecific = 0x9,
    /// Ah: EXTENDED COPY was aborted.
    CopyAborted = 0xA,
    /// Bh: the unit aborted the command.
    AbortedCommand = 0xB,
    /// Ch: obsolete.
    Obsolete = 0xC,
    /// Dh: data remain in the buffer.
    VolumeOverflow = 0xD,
    /// Eh: source and medium do not match.
    Miscompare = 0xE,
    /// Fh: completed.
    Completed = 0xF,
}

const KEYS: [(SenseKey, &str); 16] = [
    (SenseKey::NoSense, "NO SENSE"),
    (SenseKey::RecoveredError, "RECOVERED ERROR"),
    (SenseKey::NotReady, "NOT READY"),
    (SenseKey::MediumError, "MEDIUM ERROR"),
    (SenseKey::HardwareError, "HARDWARE ERROR"),
    (SenseKey::IllegalRequest, "ILLEGAL REQUEST"),
    (SenseKey::UnitAttention, "UNIT ATTENTION"),
    (SenseKey::DataProtect, "DATA PROTECT"),
    (SenseKey::BlankCheck, "BLANK CHECK"),
    (SenseKey::VendorSpecific, "VENDOR SPECIFIC"),
    (SenseKey::CopyAborted, "COPY ABORTED"),
    (SenseKey::AbortedCommand, "ABORTED COMMAND"),
    (SenseKey::Obsolete, "OBSOLETE"),
    (SenseKey::VolumeOverflow, "VOLUME OVERFLOW"),
    (SenseKey::Miscompare, "MISCOMPARE"),
    (SenseKey::Completed, "COMPLETED"),
];

impl SenseKey {
    /// The key in the low four bits of `value`.
    #[must_use]
    pub const fn from_low_bits(value: u8) -> SenseKey {
        KEYS[(value & 0x0F) as usize].0
    }

    /// The standard's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        KEYS[self as usize].1
    }
}

impl fmt::Display for SenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
