//! From sense data to result codes, for the members that do not hand sense data out.
//!
//! No table of this kind is published. The rows follow from what the codes are said to mean and from the names of the sense codes; each says how sure it
//! is. MEDIA_UPSIDE_DOWN and MEDIA_SPEED_MISMATCH have no row: no standard sense says either.

use crate::hresult::Hresult;
use core::ops::RangeInclusive;
use discrig_wire::{SenseCode, SenseKey};

/// For which of its commands the recorder translates differently.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// GET CONFIGURATION.
    Configuration,
    /// MODE SELECT.
    ModeSelect,
    /// MODE SENSE.
    ModeSense,
    /// Any other command.
    Other,
    /// READ DISC STRUCTURE and SEND DISC STRUCTURE.
    Structure,
}

/// How sure a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rank {
    /// The only sensible reading.
    Sure,
    /// Likely.
    Likely,
    /// A guess.
    Guess,
}

struct Row {
    /// `None` is every command.
    purpose: Option<Purpose>,
    keys: &'static [SenseKey],
    asc: u8,
    ascq: RangeInclusive<u8>,
    code: Hresult,
    #[cfg_attr(not(test), expect(dead_code, reason = "tells readers and tests how sure the row is"))]
    rank: Rank,
}

macro_rules! rows {
    ($($purpose:ident [$($key:ident)+] $asc:literal $from:literal ..= $to:literal => $code:ident $rank:ident;)+) => {
        &[$(Row {
            purpose: rows!(@ $purpose),
            keys: &[$(SenseKey::$key),+],
            asc: $asc,
            ascq: $from..=$to,
            code: Hresult::$code,
            rank: Rank::$rank,
        }),+]
    };
    (@ Any) => { None };
    (@ $purpose:ident) => { Some(Purpose::$purpose) };
}

/// The first row that matches decides, so rows of one purpose come first.
const ROWS: &[Row] = rows! {
    Configuration [IllegalRequest] 0x20 0x00..=0x00 => E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED Sure;
    ModeSelect [IllegalRequest] 0x1A 0x00..=0x00 => E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS Guess;
    ModeSelect [IllegalRequest] 0x26 0x00..=0x02 => E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS Sure;
    ModeSense [IllegalRequest] 0x24 0x00..=0x00 => E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE Likely;
    ModeSense [IllegalRequest] 0x39 0x00..=0x00 => E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE Likely;
    Structure [IllegalRequest] 0x24 0x00..=0x00 => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT Likely;
    Structure [IllegalRequest] 0x30 0x02..=0x02 => E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT Likely;
    Any [NotReady] 0x04 0x00..=0x00 => E_IMAPI_RECORDER_MEDIA_BECOMING_READY Guess;
    Any [NotReady] 0x04 0x01..=0x01 => E_IMAPI_RECORDER_MEDIA_BECOMING_READY Sure;
    Any [NotReady] 0x04 0x04..=0x04 => E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS Sure;
    Any [NotReady] 0x04 0x07..=0x08 => E_IMAPI_RECORDER_MEDIA_BUSY Sure;
    Any [NotReady] 0x04 0x09..=0x09 => E_IMAPI_RECORDER_MEDIA_BECOMING_READY Guess;
    Any [DataProtect IllegalRequest] 0x27 0x00..=0x06 => E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED Sure;
    Any [IllegalRequest MediumError NotReady] 0x30 0x00..=0x02 => E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE Sure;
    Any [IllegalRequest MediumError NotReady] 0x30 0x04..=0x06 => E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE Sure;
    Any [IllegalRequest NotReady] 0x30 0x10..=0x10 => E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED Likely;
    Any [MediumError NotReady] 0x31 0x00..=0x00 => E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED Likely;
    Any [NotReady] 0x3A 0x00..=0xFF => E_IMAPI_RECORDER_MEDIA_NO_MEDIA Sure;
};

/// The code for a command that ended with this sense. What no row knows is E_FAIL.
pub(crate) fn hresult(purpose: Purpose, sense: SenseCode) -> Hresult {
    let matches = |row: &&Row| {
        row.purpose.is_none_or(|of| of == purpose)
            && row.asc == sense.asc
            && row.ascq.contains(&sense.ascq)
            && row.keys.contains(&sense.key)
    };
    ROWS.iter().find(matches).map_or(Hresult::E_FAIL, |row| row.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeSet;

    #[rstest]
    #[case(Purpose::Other, 0x2, 0x3A, 0x00, 0xC0AA_0202)]
    #[case(Purpose::Other, 0x2, 0x3A, 0x01, 0xC0AA_0202)]
    #[case(Purpose::Other, 0x2, 0x3A, 0x02, 0xC0AA_0202)]
    #[case(Purpose::Other, 0x2, 0x3A, 0x03, 0xC0AA_0202)]
    #[case(Purpose::Other, 0x2, 0x3A, 0x04, 0xC0AA_0202)]
    #[case(Purpose::Other, 0x2, 0x04, 0x00, 0xC0AA_0205)]
    #[case(Purpose::Other, 0x2, 0x04, 0x01, 0xC0AA_0205)]
    #[case(Purpose::Other, 0x2, 0x04, 0x02, 0x8000_4005)]
    #[case(Purpose::Other, 0x2, 0x04, 0x03, 0x8000_4005)]
    #[case(Purpose::Other, 0x2, 0x04, 0x04, 0xC0AA_0206)]
    #[case(Purpose::Other, 0x2, 0x04, 0x07, 0xC0AA_0207)]
    #[case(Purpose::Other, 0x2, 0x04, 0x08, 0xC0AA_0207)]
    #[case(Purpose::Other, 0x2, 0x04, 0x09, 0xC0AA_0205)]
    #[case(Purpose::Other, 0x2, 0x30, 0x00, 0xC0AA_0203)]
    #[case(Purpose::Other, 0x5, 0x30, 0x02, 0xC0AA_0203)]
    #[case(Purpose::Other, 0x3, 0x30, 0x01, 0xC0AA_0203)]
    #[case(Purpose::Other, 0x5, 0x30, 0x03, 0x8000_4005)]
    #[case(Purpose::Other, 0x5, 0x30, 0x05, 0xC0AA_0203)]
    #[case(Purpose::Other, 0x5, 0x30, 0x10, 0xC0AA_0212)]
    #[case(Purpose::Structure, 0x5, 0x30, 0x02, 0xC0AA_020E)]
    #[case(Purpose::Structure, 0x5, 0x24, 0x00, 0xC0AA_020E)]
    #[case(Purpose::Other, 0x7, 0x27, 0x00, 0xC0AA_0209)]
    #[case(Purpose::Other, 0x5, 0x27, 0x00, 0xC0AA_0209)]
    #[case(Purpose::Other, 0x2, 0x31, 0x00, 0xC0AA_0212)]
    #[case(Purpose::Other, 0x3, 0x31, 0x00, 0xC0AA_0212)]
    #[case(Purpose::ModeSense, 0x5, 0x24, 0x00, 0xC0AA_0201)]
    #[case(Purpose::ModeSense, 0x5, 0x39, 0x00, 0xC0AA_0201)]
    #[case(Purpose::ModeSelect, 0x5, 0x26, 0x00, 0xC0AA_0208)]
    #[case(Purpose::ModeSelect, 0x5, 0x26, 0x02, 0xC0AA_0208)]
    #[case(Purpose::ModeSelect, 0x5, 0x24, 0x00, 0x8000_4005)]
    #[case(Purpose::Configuration, 0x5, 0x20, 0x00, 0xC0AA_020C)]
    #[case(Purpose::Other, 0x5, 0x20, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0x5, 0x24, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0x5, 0x53, 0x02, 0x8000_4005)]
    #[case(Purpose::Other, 0x3, 0x11, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0x4, 0x44, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0xB, 0x4E, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0x6, 0x28, 0x00, 0x8000_4005)]
    #[case(Purpose::Other, 0x5, 0x3A, 0x00, 0x8000_4005)]
    fn rows(#[case] purpose: Purpose, #[case] key: u8, #[case] asc: u8, #[case] ascq: u8, #[case] code: u32) {
        let sense = SenseCode::new(SenseKey::from_low_bits(key), asc, ascq);
        assert_eq!(hresult(purpose, sense), Hresult(code), "{sense}");
    }

    const PURPOSES: [Purpose; 5] =
        [Purpose::Configuration, Purpose::ModeSelect, Purpose::ModeSense, Purpose::Other, Purpose::Structure];

    #[test]
    fn decision_54_no_standard_sense_says_upside_down() {
        let mut codes = BTreeSet::new();
        for purpose in PURPOSES {
            for key in 0..16 {
                for (row, _) in SenseCode::table() {
                    codes.insert(hresult(purpose, row.under(SenseKey::from_low_bits(key))));
                }
            }
        }
        assert!(!codes.contains(&Hresult::E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN));
        assert!(!codes.contains(&Hresult::E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH));
        assert_eq!(codes.len(), 12, "eleven codes have rows, and E_FAIL");
    }

    #[test]
    fn every_row_can_decide_and_particular_ones_come_first() {
        let purposes: Vec<bool> = ROWS.iter().map(|row| row.purpose.is_some()).collect();
        assert!(purposes.is_sorted_by(|a, b| a >= b), "a general row would hide a particular one");
        for row in ROWS {
            let sense = SenseCode::new(row.keys[0], row.asc, *row.ascq.start());
            assert_eq!(hresult(row.purpose.unwrap_or(Purpose::Other), sense), row.code);
            assert!(row.rank != Rank::Guess || row.ascq.start() == row.ascq.end(), "guesses are narrow");
        }
    }
}
