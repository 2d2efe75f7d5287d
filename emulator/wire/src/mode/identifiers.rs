//! The media catalog number and the ISRC as page 05h carries them, and how long its blocks are (MMC-5 7.5.4).

use super::{DataBlockType, WriteParametersPage};
use crate::ascii::Ascii;
use crate::layout::{Layout, layout};

layout! {
    /// The media catalog number in page 05h.
    pub struct PageCatalogNumber: "media catalog number of the write parameters page", size 16, needs 16 {
        valid: bool = 0[7; 1] "MCVAL: there is a number.",
        absolute_frame: u8 = 15[7; 8] "AFRAME: frame of the sectors that carry it; written by the drive.",
    }
    bytes {
        number: [u8; 13] = 1 "Thirteen digits in ASCII, or zeros.",
    }

    /// The ISRC in page 05h.
    pub struct PageRecordingCode: "ISRC of the write parameters page", size 16, needs 16 {
        valid: bool = 0[7; 1] "TCVAL: there is a code.",
        absolute_frame: u8 = 14[7; 8] "AFRAME: frame of the sectors that carry it; written by the drive.",
    }
    bytes {
        code: [u8; 12] = 1 "Country, owner, year and serial number in ASCII, or zeros.",
    }
}

impl WriteParametersPage {
    /// The media catalog number, where it is valid.
    #[must_use]
    pub fn catalog_number(&self) -> Option<Ascii<13>> {
        let field = PageCatalogNumber::read(&self.media_catalog_number);
        field.valid.then_some(Ascii(field.number))
    }

    /// The ISRC of the next track, where it is valid.
    #[must_use]
    pub fn recording_code(&self) -> Option<Ascii<12>> {
        let field = PageRecordingCode::read(&self.isrc);
        field.valid.then_some(Ascii(field.code))
    }

    /// The page with a media catalog number, or with none.
    #[must_use]
    pub fn with_catalog_number(self, number: Option<Ascii<13>>) -> WriteParametersPage {
        let field = number.map_or_else(PageCatalogNumber::default, |number| PageCatalogNumber {
            valid: true,
            number: number.0,
            absolute_frame: 0,
        });
        WriteParametersPage { media_catalog_number: field.to_bytes(), ..self }
    }

    /// The page with an ISRC for the next track, or with none.
    #[must_use]
    pub fn with_recording_code(self, code: Option<Ascii<12>>) -> WriteParametersPage {
        let field = code.map_or_else(PageRecordingCode::default, |code| PageRecordingCode {
            valid: true,
            code: code.0,
            absolute_frame: 0,
        });
        WriteParametersPage { isrc: field.to_bytes(), ..self }
    }
}

impl DataBlockType {
    /// Bytes of a block that is written, or `None` where the type is vendor specific or reserved.
    #[must_use]
    pub const fn bytes(self) -> Option<usize> {
        Some(match self {
            DataBlockType::RAW => 2352,
            DataBlockType::RAW_WITH_PQ => 2368,
            DataBlockType::RAW_WITH_PACKED_RW | DataBlockType::RAW_WITH_RAW_RW => 2448,
            DataBlockType::MODE_1 | DataBlockType::MODE_2_FORM_1 => 2048,
            DataBlockType::MODE_2 => 2336,
            DataBlockType::MODE_2_FORM_1_SUBHEADER => 2056,
            DataBlockType::MODE_2_FORM_2 => 2324,
            DataBlockType::MODE_2_MIXED => 2332,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use crate::mode::ModePage;

    check_layouts!(PageCatalogNumber, PageRecordingCode);

    #[test]
    fn identifiers_by_hand() {
        let mut bytes = [0; 52];
        bytes[..2].copy_from_slice(&[0x05, 0x32]);
        bytes[16..30].copy_from_slice(b"\x804006408000001");
        bytes[32..45].copy_from_slice(b"\x80DEXYZ2600001");
        let page = WriteParametersPage::parse(&ModePage::new(&bytes)).unwrap();
        assert_eq!(page.catalog_number(), Some(Ascii::new("4006408000001")));
        assert_eq!(page.recording_code(), Some(Ascii::new("DEXYZ2600001")));
        let made = WriteParametersPage::default()
            .with_catalog_number(page.catalog_number())
            .with_recording_code(page.recording_code());
        assert_eq!(made.page(), bytes);
        let none = made.with_catalog_number(None).with_recording_code(None);
        assert_eq!((none.catalog_number(), none.recording_code()), (None, None));
        assert_eq!(none, WriteParametersPage::default());
    }

    #[test]
    fn lengths_of_blocks() {
        let lengths: Vec<_> = (0..16).map(|value| DataBlockType(value).bytes().unwrap_or(0)).collect();
        assert_eq!(lengths, [2352, 2368, 2448, 2448, 0, 0, 0, 0, 2048, 2336, 2048, 2056, 2324, 2332, 0, 0]);
    }
}
