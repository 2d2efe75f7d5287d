//! Addresses as minute, second and frame, and what they are as logical block addresses.

use crate::layout::ByteValue;
use core::fmt;
use serde::{Deserialize, Serialize};

/// An address on a CD: 75 frames a second, block 0 at 00:02:00.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Msf {
    /// Minute; 90 and more are before the program area, in the lead-in.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// Frame, 0 to 74.
    pub frame: u8,
}

/// Frames of a second.
const SECOND: i32 = 75;
/// Frames of a minute.
const MINUTE: i32 = 60 * SECOND;
/// Block 0 is at 00:02:00.
const PRE_GAP: i32 = 2 * SECOND;
/// Addresses from minute 90 on lie that many frames further back: the lead-in ends at 99:59:74, just before 00:00:00.
const WRAP: i32 = 100 * MINUTE;

impl Msf {
    /// FF:FF:FF, where a field has no address.
    pub const NONE: Msf = Msf { minute: 0xFF, second: 0xFF, frame: 0xFF };

    /// An address.
    #[must_use]
    pub const fn new(minute: u8, second: u8, frame: u8) -> Msf {
        Msf { minute, second, frame }
    }

    /// The address of a block (MMC-5, LBA to MSF translation), or `None` for one that has none: it is before 90:00:00 of the lead-in or
    /// beyond 89:59:74.
    #[must_use]
    pub const fn from_lba(lba: i32) -> Option<Msf> {
        const LEAD_IN: i32 = 90 * MINUTE - PRE_GAP - WRAP;
        const LAST: i32 = 90 * MINUTE - PRE_GAP - 1;
        let frames = match lba {
            LEAD_IN..-150 => lba + PRE_GAP + WRAP,
            -150..=LAST => lba + PRE_GAP,
            _ => return None,
        };
        Some(Msf {
            minute: (frames / MINUTE) as u8,
            second: (frames % MINUTE / SECOND) as u8,
            frame: (frames % SECOND) as u8,
        })
    }

    /// The block at this address; negative before 00:02:00 and in the lead-in. Seconds and frames that are too large count on.
    #[must_use]
    pub const fn lba(self) -> i32 {
        let frames = self.minute as i32 * MINUTE + self.second as i32 * SECOND + self.frame as i32;
        if self.minute < 90 { frames - PRE_GAP } else { frames - PRE_GAP - WRAP }
    }

    /// Whether seconds and frames are in range and the minute is below 100.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.minute < 100 && self.second < 60 && self.frame < 75
    }

    /// From a four-byte address field: zero, minute, second, frame.
    #[must_use]
    pub const fn from_field(field: u32) -> Msf {
        let [_, minute, second, frame] = field.to_be_bytes();
        Msf { minute, second, frame }
    }

    /// As a four-byte address field.
    #[must_use]
    pub const fn to_field(self) -> u32 {
        u32::from_be_bytes([0, self.minute, self.second, self.frame])
    }
}

impl fmt::Display for Msf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.minute, self.second, self.frame)
    }
}

impl ByteValue for Msf {
    const LENGTH: usize = 3;

    fn from_bytes(bytes: &[u8]) -> Msf {
        let [minute, second, frame] = ByteValue::from_bytes(bytes);
        Msf { minute, second, frame }
    }

    fn write(&self, bytes: &mut [u8]) {
        ByteValue::write(&[self.minute, self.second, self.frame], bytes);
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_by_hand() {
        let cases = [
            ((0, 2, 0), 0),
            ((0, 0, 0), -150),
            ((0, 1, 74), -1),
            ((79, 59, 74), 359_849),
            ((89, 59, 74), 404_849),
            ((90, 0, 0), -45_150),
            ((97, 26, 65), -11_635),
            ((99, 59, 74), -151),
        ];
        for ((minute, second, frame), lba) in cases {
            let msf = Msf::new(minute, second, frame);
            assert_eq!(msf.lba(), lba, "{msf}");
            assert_eq!(Msf::from_lba(lba), Some(msf));
        }
        assert_eq!(Msf::from_lba(404_850), None);
        assert_eq!(Msf::from_lba(-45_151), None);
        assert_eq!(Msf::from_field(0x004F_3B4A), Msf::new(79, 59, 74));
        assert!(!Msf::NONE.is_valid());
    }

    proptest! {
        #[test]
        fn blocks_round_trip(lba in -45_150i32..404_850) {
            let msf = Msf::from_lba(lba).unwrap();
            prop_assert!(msf.is_valid());
            prop_assert_eq!(msf.lba(), lba);
        }

        #[test]
        fn any_address_and_any_block(field: u32, lba: i32) {
            let msf = Msf::from_field(field);
            prop_assert_eq!(msf.to_field(), field & 0x00FF_FFFF);
            if msf.is_valid() {
                prop_assert_eq!(Msf::from_lba(msf.lba()), Some(msf));
            }
            prop_assert_eq!(Msf::from_lba(lba).is_some(), (-45_150..404_850).contains(&lba));
        }
    }
}
