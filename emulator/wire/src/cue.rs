//! The cue sheet of SEND CUE SHEET: what a session written at once will be (MMC-5 6.33).
//!
//! Entries follow the order of the disc: lead-in (track 0), catalog number, then for each track its recording code, pause (index 0) and
//! indexes, and the lead-out (track AAh) at the end. Addresses never go back.

use crate::ascii::Ascii;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::msf::Msf;

codes! {
    /// What an entry of a cue sheet carries (ADR).
    pub struct CueKind(u8) {
        POSITION = 1 "a position",
        CATALOG_NUMBER = 2 "half of the media catalog number",
        RECORDING_CODE = 3 "half of an ISRC",
    }

    /// Form of the main channel: how many bytes of a sector the initiator sends, and of which kind. In the forms of which none counts the
    /// drive writes zeros as user data.
    pub struct MainForm(u8) {
        AUDIO = 0x00 "audio, 2352 bytes",
        AUDIO_GENERATED = 0x01 "audio, made by the drive",
        MODE_1 = 0x10 "mode 1, 2048 bytes",
        MODE_1_RAW = 0x11 "mode 1, 2352 bytes",
        MODE_1_IGNORED = 0x12 "mode 1, 2048 bytes, of which none counts",
        MODE_1_RAW_IGNORED = 0x13 "mode 1, 2352 bytes, of which none counts",
        MODE_1_GENERATED = 0x14 "mode 1, made by the drive",
        XA = 0x20 "XA or CD-I, 2336 bytes",
        XA_RAW = 0x21 "XA or CD-I, 2352 bytes",
        XA_IGNORED = 0x22 "XA or CD-I, 2336 bytes, of which none counts",
        XA_RAW_IGNORED = 0x23 "XA or CD-I, 2352 bytes, of which none counts",
        XA_GENERATED = 0x24 "XA or CD-I, made by the drive",
        MODE_2 = 0x30 "mode 2, 2336 bytes",
        MODE_2_RAW = 0x31 "mode 2, 2352 bytes",
        MODE_2_IGNORED = 0x32 "mode 2, 2336 bytes, of which none counts",
        MODE_2_RAW_IGNORED = 0x33 "mode 2, 2352 bytes, of which none counts",
        MODE_2_GENERATED = 0x34 "mode 2, made by the drive",
    }

    /// Form of the sub-channels R to W that follow the main channel.
    pub struct SubChannelForm(u8) {
        NONE = 0 "none, made by the drive",
        RAW = 1 "raw, 96 bytes",
        PACKED = 3 "packed, 96 bytes",
    }
}

layout! {
    /// A position: where an index of a track, the lead-in or the lead-out starts.
    pub struct CueEntry: "cue sheet entry", size 8, needs 8 {
        control: u8 = 0[7; 4] "Kind of track; bit 2 is data.",
        adr: CueKind = 0[3; 4] "What the entry carries: a position.",
        track: u8 = 1[7; 8] "Number of the track; 0 is the lead-in, AAh the lead-out.",
        index: u8 = 2[7; 8] "Index; 0 is a pause.",
        sub_channel_form: SubChannelForm = 3[7; 2] "Which sub-channels are sent.",
        main_form: MainForm = 3[5; 6] "Which data are sent.",
        alternate_copy: bool = 4[7; 1] "SCMS: the copy bit alternates.",
    }
    bytes {
        time: Msf = 5 "Where it starts.",
    }

    /// Half of the media catalog number. The first entry has seven digits, the second one six and a zero.
    pub struct CueCatalogNumber: "catalog number in a cue sheet", size 8, needs 8 {
        control: u8 = 0[7; 4] "As in the lead-in.",
        adr: CueKind = 0[3; 4] "What the entry carries: a catalog number.",
    }
    bytes {
        digits: Ascii<7> = 1 "Digits in ASCII.",
    }

    /// Half of a track's ISRC.
    pub struct CueRecordingCode: "ISRC in a cue sheet", size 8, needs 8 {
        control: u8 = 0[7; 4] "As in the track.",
        adr: CueKind = 0[3; 4] "What the entry carries: a recording code.",
        track: u8 = 1[7; 8] "Of which track.",
    }
    bytes {
        characters: Ascii<6> = 2 "Six characters in ASCII.",
    }
}

impl MainForm {
    /// Bytes of a sector's main channel that the initiator sends, or `None` for a form without name. Generated forms have none.
    #[must_use]
    pub const fn bytes(self) -> Option<usize> {
        Some(match self {
            MainForm::AUDIO_GENERATED
            | MainForm::MODE_1_GENERATED
            | MainForm::XA_GENERATED
            | MainForm::MODE_2_GENERATED => 0,
            MainForm::MODE_1 | MainForm::MODE_1_IGNORED => 2048,
            MainForm::XA | MainForm::XA_IGNORED | MainForm::MODE_2 | MainForm::MODE_2_IGNORED => 2336,
            MainForm::AUDIO
            | MainForm::MODE_1_RAW
            | MainForm::MODE_1_RAW_IGNORED
            | MainForm::XA_RAW
            | MainForm::XA_RAW_IGNORED
            | MainForm::MODE_2_RAW
            | MainForm::MODE_2_RAW_IGNORED => 2352,
            _ => return None,
        })
    }
}

impl SubChannelForm {
    /// Bytes that follow the main channel of a sector, or `None` for a form without name.
    #[must_use]
    pub const fn bytes(self) -> Option<usize> {
        match self {
            SubChannelForm::NONE => Some(0),
            SubChannelForm::RAW | SubChannelForm::PACKED => Some(96),
            _ => None,
        }
    }
}

/// An entry of a cue sheet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cue {
    /// Half of the media catalog number.
    CatalogNumber(CueCatalogNumber),
    /// A position, or something unknown laid out as one.
    Position(CueEntry),
    /// Half of an ISRC.
    RecordingCode(CueRecordingCode),
}

impl Cue {
    /// Bytes of an entry.
    pub const SIZE: usize = CueEntry::SIZE;

    /// The entry as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Cue::SIZE] {
        match self {
            Cue::CatalogNumber(entry) => entry.to_bytes(),
            Cue::Position(entry) => entry.to_bytes(),
            Cue::RecordingCode(entry) => entry.to_bytes(),
        }
    }

    fn read(bytes: &[u8]) -> Cue {
        let entry = CueEntry::read(bytes);
        match entry.adr {
            CueKind::CATALOG_NUMBER => Cue::CatalogNumber(CueCatalogNumber::read(bytes)),
            CueKind::RECORDING_CODE => Cue::RecordingCode(CueRecordingCode::read(bytes)),
            _ => Cue::Position(entry),
        }
    }
}

/// The two entries of a media catalog number of thirteen digits.
#[must_use]
pub fn catalog_number(control: u8, digits: [u8; 13]) -> [Cue; 2] {
    let half = |part: &[u8]| {
        let mut seven = [0; 7];
        seven[..part.len()].copy_from_slice(part);
        Cue::CatalogNumber(CueCatalogNumber { control, adr: CueKind::CATALOG_NUMBER, digits: Ascii(seven) })
    };
    [half(&digits[..7]), half(&digits[7..])]
}

/// The two entries of a track's ISRC of twelve characters.
#[must_use]
pub fn recording_code(control: u8, track: u8, characters: [u8; 12]) -> [Cue; 2] {
    let half = |part: &[u8]| {
        let mut six = [0; 6];
        six.copy_from_slice(part);
        let characters = Ascii(six);
        Cue::RecordingCode(CueRecordingCode { control, adr: CueKind::RECORDING_CODE, track, characters })
    };
    [half(&characters[..6]), half(&characters[6..])]
}

/// A cue sheet whose length is right: what its entries say is for the drive to judge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CueSheet<'a> {
    bytes: &'a [u8],
}

impl<'a> CueSheet<'a> {
    /// Reads a sheet.
    ///
    /// # Errors
    /// [`WireError::LengthMismatch`] when it does not consist of whole entries.
    pub fn parse(bytes: &'a [u8]) -> Result<CueSheet<'a>, WireError> {
        let present = bytes.len();
        if !present.is_multiple_of(Cue::SIZE) {
            let said = present.next_multiple_of(Cue::SIZE);
            return Err(WireError::LengthMismatch { structure: "cue sheet", said, present });
        }
        Ok(CueSheet { bytes })
    }

    /// The entries. The n-th one stands at byte 8 n.
    pub fn entries(&self) -> impl Iterator<Item = Cue> + use<'a> {
        self.bytes.chunks_exact(Cue::SIZE).map(Cue::read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(CueCatalogNumber, CueEntry, CueRecordingCode);

    /// One audio track, as burning software writes it.
    #[test]
    fn a_sheet_by_hand() {
        let bytes = [
            0x01, 0x00, 0x00, 0x01, 0, 0, 0, 0, // lead-in
            0x02, b'1', b'2', b'3', b'4', b'5', b'6', b'7', // catalog number
            0x02, b'8', b'9', b'0', b'1', b'2', b'3', 0x00, //
            0x03, 0x01, b'D', b'E', b'X', b'Y', b'Z', b'2', // recording code
            0x03, 0x01, b'6', b'0', b'0', b'0', b'0', b'1', //
            0x01, 0x01, 0x00, 0x00, 0, 0, 0, 0, // pause
            0x01, 0x01, 0x01, 0x00, 0, 0, 2, 0, // track
            0x41, 0xAA, 0x01, 0x14, 0, 3, 59, 74, // lead-out
        ];
        let sheet = CueSheet::parse(&bytes).unwrap();
        let cues: Vec<_> = sheet.entries().collect();
        assert_eq!(cues[1..3], catalog_number(0, *b"1234567890123"));
        assert_eq!(cues[3..5], recording_code(0, 1, *b"DEXYZ2600001"));
        let Cue::Position(track) = cues[6] else { panic!("{:?}", cues[6]) };
        assert_eq!((track.track, track.index, track.time.lba()), (1, 1, 0));
        assert_eq!((track.main_form.bytes(), track.sub_channel_form.bytes()), (Some(2352), Some(0)));
        let Cue::Position(end) = cues[7] else { panic!("{:?}", cues[7]) };
        assert_eq!((end.control, end.track, end.main_form), (4, 0xAA, MainForm::MODE_1_GENERATED));
        assert_eq!(end.main_form.bytes(), Some(0));
        let again: Vec<_> = cues.iter().flat_map(Cue::to_bytes).collect();
        assert_eq!(again, bytes);
        assert!(matches!(CueSheet::parse(&bytes[..9]), Err(WireError::LengthMismatch { said: 16, .. })));
        let text = CueEntry::parse(&[0x01, 0, 0, 0x41, 0, 0, 0, 0]).unwrap();
        assert_eq!((text.sub_channel_form, text.main_form), (SubChannelForm::RAW, MainForm::AUDIO_GENERATED));
    }

    #[test]
    fn lengths_of_the_forms() {
        let lengths = |forms: [u8; 5]| forms.map(|form| MainForm(form).bytes());
        let [two, one, raw] = [Some(2336), Some(2048), Some(2352)];
        assert_eq!(lengths([0x10, 0x11, 0x12, 0x13, 0x14]), [one, raw, one, raw, Some(0)]);
        assert_eq!(lengths([0x20, 0x21, 0x22, 0x23, 0x24]), [two, raw, two, raw, Some(0)]);
        assert_eq!(lengths([0x30, 0x31, 0x32, 0x33, 0x34]), [two, raw, two, raw, Some(0)]);
        assert_eq!(lengths([0x00, 0x01, 0x02, 0x15, 0x3F]), [raw, Some(0), None, None, None]);
        assert_eq!(
            [0, 1, 2, 3].map(|form| SubChannelForm(form).bytes()),
            [Some(0), Some(96), None, Some(96)]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            match CueSheet::parse(&bytes) {
                Ok(sheet) => prop_assert_eq!(8 * sheet.entries().count(), bytes.len()),
                Err(_) => prop_assert!(bytes.len() % 8 != 0),
            }
        }
    }
}
