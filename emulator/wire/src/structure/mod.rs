//! READ DISC STRUCTURE and SEND DISC STRUCTURE: what discs say of themselves outside of the user data (MMC-5 6.23 and 6.34).
//!
//! The parameter list of SEND DISC STRUCTURE has the header and the bodies of the answers to READ DISC STRUCTURE.

mod bd;
mod dvd;

pub use bd::{BdCartridgeStatus, BdDds, BdSpareArea, PAC_BYTES, PacHeader, PacSegment};
pub use dvd::{
    DiscControlBlock, DvdBorders, DvdPlusIdentity, DvdPreRecorded, DvdRamDds, DvdRamDiscType,
    DvdRamRecordingType, DvdRamSpareArea, DvdRamStatus, DvdRamWriteInhibit, JumpInterval, LayerBoundary,
    ManualLayerJump, Remapping, ShiftedMiddleArea, UniqueDiscIdentifier,
};

use crate::ascii::Ascii;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// Which family of discs is meant.
    pub struct StructureMedia(u8) {
        DVD = 0 "DVD and HD DVD",
        BD = 1 "BD",
    }

    /// Structures of DVD.
    pub struct DvdStructure(u8) {
        PHYSICAL = 0x00 "physical format information",
        COPYRIGHT = 0x01 "copyright information",
        DISC_KEY = 0x02 "disc key",
        BURST_CUTTING_AREA = 0x03 "burst cutting area",
        MANUFACTURING = 0x04 "disc manufacturing information",
        COPYRIGHT_MANAGEMENT = 0x05 "copyright management information",
        MEDIA_IDENTIFIER = 0x06 "media identifier",
        MEDIA_KEY_BLOCK = 0x07 "media key block",
        DVD_RAM_DDS = 0x08 "disc definition structure of DVD-RAM",
        DVD_RAM_STATUS = 0x09 "medium status of DVD-RAM",
        DVD_RAM_SPARE_AREA = 0x0A "spare area of DVD-RAM",
        DVD_RAM_RECORDING_TYPE = 0x0B "recording type of DVD-RAM",
        LAST_BORDER_OUT_RMD = 0x0C "recording management data of the last border-out",
        RECENT_RMD = 0x0D "recent recording management data",
        PRE_RECORDED = 0x0E "pre-recorded information of the lead-in",
        UNIQUE_DISC_IDENTIFIER = 0x0F "unique disc identifier",
        RECORDABLE_PHYSICAL = 0x10 "physical format information as recorded",
        ADIP = 0x11 "address in pre-groove",
        LAYER_BOUNDARY = 0x20 "layer boundary",
        SHIFTED_MIDDLE_AREA = 0x21 "shifted middle area",
        JUMP_INTERVAL = 0x22 "jump interval",
        MANUAL_LAYER_JUMP = 0x23 "manual layer jump address",
        REMAPPING = 0x24 "remapping address",
        DISC_CONTROL_BLOCK = 0x30 "disc control blocks",
        WRITE_INHIBIT_DCB = 0x40 "write inhibit disc control block",
        FORMAT_LAYERS = 0x90 "format layers",
        WRITE_PROTECTION = 0xC0 "write protection status",
        LIST = 0xFF "list of structures",
    }

    /// Structures of BD.
    pub struct BdStructure(u8) {
        DISC_INFORMATION = 0x00 "disc information",
        BURST_CUTTING_AREA = 0x03 "burst cutting area",
        DDS = 0x08 "disc definition structure",
        CARTRIDGE_STATUS = 0x09 "cartridge status",
        SPARE_AREA = 0x0A "spare area information",
        RAW_DEFECT_LIST = 0x12 "raw defect list",
        PHYSICAL_ACCESS_CONTROL = 0x30 "physical access control",
        AACS_VOLUME_IDENTIFIER = 0x80 "AACS volume identifier",
        FORMAT_LAYERS = 0x90 "format layers",
        WRITE_PROTECTION = 0xC0 "write protection status",
        LIST = 0xFF "list of structures",
    }

    /// A format layer of a hybrid disc.
    pub struct FormatLayerType(u16) {
        CD = 0x0008 "CD",
        DVD = 0x0010 "DVD",
        BD = 0x0040 "BD",
        HD_DVD = 0x0050 "HD DVD",
    }

    /// What kind of DVD it is.
    pub struct BookType(u8) {
        DVD_ROM = 0x0 "DVD-ROM",
        DVD_RAM = 0x1 "DVD-RAM",
        DVD_R = 0x2 "DVD-R",
        DVD_RW = 0x3 "DVD-RW",
        HD_DVD_ROM = 0x4 "HD DVD-ROM",
        HD_DVD_RAM = 0x5 "HD DVD-RAM",
        HD_DVD_R = 0x6 "HD DVD-R",
        DVD_PLUS_RW = 0x9 "DVD+RW",
        DVD_PLUS_R = 0xA "DVD+R",
        DVD_PLUS_RW_DL = 0xD "DVD+RW dual layer",
        DVD_PLUS_R_DL = 0xE "DVD+R dual layer",
    }

    /// How the content of a DVD is protected.
    pub struct CopyrightProtection(u8) {
        NONE = 0 "none",
        CSS = 1 "CSS or CPPM",
        CPRM = 2 "CPRM",
    }
}

layout! {
    /// What stands before a structure.
    pub struct StructureHeader: "disc structure header", size 4, needs 4 {
        data_length: u16 = 0[7; 16] "Bytes after byte 1, whatever the allocation length cut off.",
    }

    /// Physical format information of DVD (format 00h). The rest of its 2048 bytes depends on the book type.
    ///
    /// Addresses are physical sector numbers; the data area starts at 030000h.
    pub struct DvdPhysicalFormat: "DVD physical format information", size 17, needs 16 {
        book_type: BookType = 0[7; 4] "What kind of DVD.",
        part_version: u8 = 0[3; 4] "Version of its book.",
        disc_size: u8 = 1[7; 4] "0 is 120 mm, 1 is 80 mm.",
        maximum_rate: u8 = 1[3; 4] "0 is 2.52, 1 is 5.04, 2 is 10.08 Mbit/s; Fh is not specified.",
        number_of_layers: u8 = 2[6; 2] "Less one.",
        opposite_track_path: bool = 2[4; 1] "The second layer is read inwards.",
        layer_type: u8 = 2[3; 4] "Bit 0 embossed, bit 1 recordable, bit 2 rewritable.",
        linear_density: u8 = 3[7; 4] "Code of the bit length.",
        track_density: u8 = 3[3; 4] "Code of the track pitch.",
        first_sector: u32 = 5[7; 24] "First sector of the data area.",
        last_sector: u32 = 9[7; 24] "Last sector of the data area.",
        last_sector_of_layer_0: u32 = 13[7; 24] "Where the second layer begins, on opposite track path; else zero.",
        burst_cutting_area: bool = 16[7; 1] "There is a BCA.",
    }

    /// Copyright information of DVD (format 01h).
    pub struct DvdCopyright: "DVD copyright information", size 4, needs 4 {
        protection: CopyrightProtection = 0[7; 8] "How the content is protected.",
        forbidden_regions: u8 = 1[7; 8] "Bit n: not to be played in region n + 1.",
    }

    /// Write protection status (format C0h).
    pub struct WriteProtection: "write protection status", size 4, needs 4 {
        write_inhibited: bool = 0[3; 1] "MSWI: the drive does not write this medium, whatever the others say.",
        cartridge_protected: bool = 0[2; 1] "CWP: the cartridge's tab protects it.",
        persistently_protected: bool = 0[1; 1] "PWP: until it is taken back.",
        software_protected: bool = 0[0; 1] "SWPP: until power is cycled.",
    }

    /// What stands before the list of format layers (format 90h); two bytes of [`FormatLayerType`] for each follow.
    pub struct FormatLayersHeader: "list of recognised format layers", size 2, needs 2 {
        count: u8 = 0[7; 8] "How many format layers the drive recognises.",
        default_layer: u8 = 1[5; 2] "Which one is accessed after the disc was loaded.",
        online_layer: u8 = 1[1; 2] "Which one is accessed now.",
    }

    /// An entry of the list of structures (format FFh).
    pub struct StructureListEntry: "disc structure list entry", size 4, needs 4 {
        format: u8 = 0[7; 8] "Which structure.",
        sendable: bool = 1[7; 1] "SDS: SEND DISC STRUCTURE writes it.",
        readable: bool = 1[6; 1] "RDS: READ DISC STRUCTURE reads it.",
        length: u16 = 2[7; 16] "Its length with header.",
    }

    /// The beginning of a unit of BD disc information (format 00h), and its names on recordable media.
    pub struct BdDiscInformation: "BD disc information unit", size 112, needs 12 {
        format_number: u8 = 2[7; 8] "Form of the unit; 1.",
        sequence: u8 = 5[7; 8] "Number of the unit.",
        continued: bool = 6[7; 1] "The next unit goes on with this one.",
        bytes_in_use: u8 = 6[6; 7] "How many bytes of the unit mean something.",
        disc_size: u8 = 11[7; 2] "0 is 120 mm, 1 is 80 mm.",
        class: u8 = 11[5; 2] "Class of the disc.",
        version: u8 = 11[3; 4] "Version within the class.",
    }
    bytes {
        identifier: Ascii<2> = 0 "`DI`.",
        disc_type: Ascii<3> = 8 "`BDO`, `BDU`, `BDW` or `BDR`.",
        manufacturer: Ascii<6> = 100 "Who made the disc.",
        media_type: Ascii<3> = 106 "Which of his discs it is.",
    }
}

impl BookType {
    /// Whether it is a DVD+R or DVD+RW, which say who made them in physical format information.
    #[must_use]
    pub const fn is_dvd_plus(self) -> bool {
        matches!(
            self,
            BookType::DVD_PLUS_R | BookType::DVD_PLUS_R_DL | BookType::DVD_PLUS_RW | BookType::DVD_PLUS_RW_DL
        )
    }

    /// Whether it is a DVD-R or DVD-RW, which say where their borders are.
    #[must_use]
    pub const fn has_borders(self) -> bool {
        matches!(self, BookType::DVD_R | BookType::DVD_RW)
    }
}

/// A READ DISC STRUCTURE answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StructureData<'a> {
    /// The length that the drive reports.
    pub data_length: u16,
    /// The structure, as far as it is there.
    pub body: &'a [u8],
}

impl<'a> StructureData<'a> {
    /// Reads an answer of any format; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 4 bytes, [`WireError::LengthMismatch`] when the data length does not cover the header.
    pub fn parse(bytes: &'a [u8]) -> Result<StructureData<'a>, WireError> {
        let StructureHeader { data_length } = StructureHeader::parse(bytes)?;
        let said = 2 + usize::from(data_length);
        if said < StructureHeader::SIZE {
            let structure = StructureHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: bytes.len() });
        }
        Ok(StructureData { data_length, body: &bytes[StructureHeader::SIZE..said.min(bytes.len())] })
    }

    /// The whole entries of a list of structures (format FFh).
    pub fn list(&self) -> impl Iterator<Item = StructureListEntry> + use<'a> {
        self.body.chunks_exact(StructureListEntry::SIZE).map(StructureListEntry::read)
    }

    /// The format layers of a hybrid disc (format 90h): as many as the body announces and has.
    pub fn format_layers(&self) -> impl Iterator<Item = FormatLayerType> + use<'a> {
        let count = self.body.first().map_or(0, |count| usize::from(*count));
        let list = self.body.get(FormatLayersHeader::SIZE..).unwrap_or(&[]);
        list.chunks_exact(2).take(count).map(|pair| FormatLayerType(u16::from_be_bytes([pair[0], pair[1]])))
    }

    /// The physical access control headers of BD (format 30h), each of [`PAC_BYTES`] with its segments.
    pub fn access_controls(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.body.chunks_exact(PAC_BYTES)
    }

    /// The units of BD disc information that begin as such.
    pub fn bd_units(&self) -> impl Iterator<Item = BdDiscInformation> + use<'a> {
        self.body
            .chunks(BdDiscInformation::SIZE)
            .filter(|unit| unit.starts_with(b"DI"))
            .map_while(|unit| BdDiscInformation::parse(unit).ok())
    }

    /// Appends an answer: the header, what `body` appends, and the length of both.
    pub fn encode(reply: &mut Reply<'_>, body: impl FnOnce(&mut Reply<'_>)) {
        let start = reply.length();
        StructureHeader::default().encode(reply);
        body(reply);
        reply.patch_length_u16(start, start + 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(
        BdDiscInformation,
        DvdCopyright,
        DvdPhysicalFormat,
        FormatLayersHeader,
        StructureHeader,
        StructureListEntry,
        WriteProtection,
    );

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = vec![0xEE; 8192];
        let mut reply = Reply::new(&mut buffer, 8192);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    /// The first bytes of the disc information of a pressed BD, as a recorder sends them.
    #[test]
    fn captured_bd_information() {
        let bytes =
            [0x10, 0x02, 0, 0, 0x44, 0x49, 0x01, 0x18, 0x00, 0x00, 0x20, 0x00, 0x42, 0x44, 0x55, 0x32];
        let answer = StructureData::parse(&bytes).unwrap();
        assert_eq!(answer.data_length, 4098);
        let units: Vec<_> = answer.bd_units().collect();
        let [unit] = units[..] else { panic!("one unit, not {}", units.len()) };
        assert_eq!((unit.format_number, unit.sequence, unit.bytes_in_use), (1, 0, 32));
        assert_eq!((unit.disc_type.trimmed(), unit.class, unit.version), ("BDU", 3, 2));
    }

    #[test]
    fn a_dvd_by_hand() {
        let physical = DvdPhysicalFormat {
            book_type: BookType::DVD_PLUS_R_DL,
            part_version: 1,
            maximum_rate: 0xF,
            number_of_layers: 1,
            opposite_track_path: true,
            layer_type: 2,
            first_sector: 0x03_0000,
            last_sector: 0xFC_D7BF,
            last_sector_of_layer_0: 0x22_D7FF,
            ..Default::default()
        };
        let bytes = encoded(|reply| {
            StructureData::encode(reply, |reply| {
                physical.encode(reply);
                reply.zeros(2048 - DvdPhysicalFormat::SIZE);
            });
        });
        assert_eq!(bytes.len(), 2052);
        let expected = [
            0x08, 0x02, 0, 0, 0xE1, 0x0F, 0x32, 0x00, 0, 0x03, 0, 0, 0, 0xFC, 0xD7, 0xBF, 0, 0x22, 0xD7,
            0xFF, 0,
        ];
        assert_eq!(bytes[..21], expected);
        assert_eq!(DvdPhysicalFormat::parse(StructureData::parse(&bytes).unwrap().body), Ok(physical));

        let copyright = DvdCopyright::parse(&[1, 0xFD, 0, 0]).unwrap();
        assert_eq!((copyright.protection, copyright.forbidden_regions), (CopyrightProtection::CSS, 0xFD));
    }

    #[test]
    fn layers_and_protection_by_hand() {
        let bytes = [0, 8, 0, 0, 2, 0x10, 0x00, 0x10, 0x00, 0x40];
        let answer = StructureData::parse(&bytes).unwrap();
        assert!(answer.format_layers().eq([FormatLayerType::DVD, FormatLayerType::BD]));
        let header = FormatLayersHeader::parse(answer.body).unwrap();
        assert_eq!((header.count, header.default_layer, header.online_layer), (2, 1, 0));
        assert_eq!(StructureData::parse(&bytes[..9]).unwrap().format_layers().count(), 1);
        let protection = WriteProtection { persistently_protected: true, ..Default::default() };
        assert_eq!(protection.to_bytes(), [2, 0, 0, 0]);
        let two = vec![0; 4 + 2 * PAC_BYTES];
        let two = [&[0x03, 0x02, 0, 0], &two[4..]].concat();
        assert_eq!(StructureData::parse(&two).unwrap().access_controls().count(), 2);
    }

    #[test]
    fn a_list_by_hand() {
        let bytes = [0, 10, 0, 0, 0x00, 0x40, 0x08, 0x04, 0x20, 0xC0, 0x00, 0x0C];
        let list: Vec<_> = StructureData::parse(&bytes).unwrap().list().collect();
        let physical = StructureListEntry { format: 0, sendable: false, readable: true, length: 2052 };
        let boundary = StructureListEntry { format: 0x20, sendable: true, readable: true, length: 12 };
        assert_eq!(list, [physical, boundary]);
        let again = encoded(|reply| {
            StructureData::encode(reply, |reply| list.iter().for_each(|entry| entry.encode(reply)));
        });
        assert_eq!(again, bytes);
        assert!(matches!(StructureData::parse(&[0; 8]), Err(WireError::LengthMismatch { said: 2, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..300), bd: bool) {
            if bd && bytes.len() > 6 {
                bytes[..6].copy_from_slice(b"\x10\x02\0\0DI");
            }
            if let Ok(data) = StructureData::parse(&bytes) {
                let again = encoded(|reply| StructureData::encode(reply, |reply| reply.put(data.body)));
                let back = StructureData::parse(&again).unwrap();
                prop_assert_eq!(back.body, data.body);
                prop_assert!(back.list().eq(data.list()));
                prop_assert!(data.bd_units().count() <= data.body.len() / 12);
                let _ = (DvdPhysicalFormat::parse(data.body), DvdCopyright::parse(data.body));
            }
        }
    }
}
