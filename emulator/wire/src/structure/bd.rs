//! Structures of BD beyond disc information (MMC-5 6.23.3.3).

use crate::ascii::Ascii;
use crate::layout::layout;

layout! {
    /// Disc definition structure of BD-R and BD-RE (format 08h), which begins like this. Addresses are physical sector numbers; spare areas
    /// are counted in clusters of 32 blocks.
    pub struct BdDds: "disc definition structure of BD", size 96, needs 52 {
        format: u8 = 2[7; 8] "Form of the structure.",
        update_count: u32 = 4[7; 32] "How often it was written.",
        drive_area: u32 = 16[7; 32] "First sector of the drive area.",
        defect_list: u32 = 24[7; 32] "First sector of the defect list.",
        first_block: u32 = 32[7; 32] "Sector of block 0.",
        last_block: u32 = 36[7; 32] "Last block of the user data area.",
        inner_spare_0: u32 = 40[7; 32] "Size of inner spare area 0.",
        outer_spare: u32 = 44[7; 32] "Size of the outer spare areas.",
        inner_spare_1: u32 = 48[7; 32] "Size of inner spare area 1.",
        spare_full: u8 = 52[7; 8] "A bit for each spare area that is full.",
        type_specific_1: u8 = 54[7; 8] "Depends on the kind of disc: certification.",
        type_specific_2: u32 = 56[7; 32] "Depends on the kind of disc: last verified address.",
    }
    bytes {
        identifier: Ascii<2> = 0 "`DS`.",
        status: [u8; 32] = 64 "State of the INFO and PAC areas of the layers.",
    }

    /// Cartridge status of BD-RE (format 09h).
    pub struct BdCartridgeStatus: "cartridge status of BD", size 4, needs 4 {
        cartridge: bool = 0[7; 1] "The disc is in a cartridge.",
        out: bool = 0[6; 1] "It has been out of it.",
        cartridge_protected: bool = 0[2; 1] "CWP: the cartridge's tab protects it.",
    }

    /// Spare area of BD-R and BD-RE (format 0Ah), in clusters of 32 blocks.
    pub struct BdSpareArea: "spare area of BD", size 12, needs 12 {
        free: u32 = 4[7; 32] "Unused clusters.",
        total: u32 = 8[7; 32] "All clusters.",
    }

    /// What a physical access control cluster begins with (format 30h). Up to 32 [`PacSegment`]s follow.
    pub struct PacHeader: "physical access control header", size 16, needs 16 {
        format: u8 = 3[7; 8] "Form of the header.",
        update_count: u32 = 4[7; 32] "How often it was written.",
        unknown_rules: u32 = 8[7; 32] "What those may do who do not know the identifier.",
        entire_disc: u8 = 12[7; 8] "Rules for the disc as a whole.",
        segments: u8 = 15[7; 8] "How many segments follow.",
    }
    bytes {
        identifier: Ascii<3> = 0 "Which control it is.",
    }

    /// A part of the disc that a physical access control is about.
    pub struct PacSegment: "physical access control segment", size 8, needs 8 {
        start: u32 = 0[7; 32] "First sector.",
        end: u32 = 4[7; 32] "Last sector.",
    }
}

/// Bytes of a physical access control header in an answer, with its segments.
pub const PAC_BYTES: usize = 384;

impl PacHeader {
    /// The segments of a header of [`PAC_BYTES`]: as many as it announces and has room for.
    pub fn segments(bytes: &[u8]) -> impl Iterator<Item = PacSegment> {
        use crate::layout::Layout;
        const MOST: usize = 32;
        let count = bytes.get(15).map_or(0, |count| usize::from(*count).min(MOST));
        let list = bytes.get(PacHeader::SIZE..).unwrap_or(&[]);
        list.chunks_exact(PacSegment::SIZE).take(count).map(PacSegment::read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;

    check_layouts!(BdCartridgeStatus, BdDds, BdSpareArea, PacHeader, PacSegment);

    /// A BD-RE of one layer with the usual spare areas.
    #[test]
    fn spare_areas_by_hand() {
        let dds = BdDds {
            identifier: Ascii::new("DS"),
            first_block: 0x12_0000,
            last_block: 11_826_175,
            inner_spare_0: 4096,
            outer_spare: 8192,
            ..Default::default()
        };
        let bytes = dds.to_bytes();
        assert_eq!(bytes[..4], *b"DS\0\0");
        assert_eq!(bytes[32..48], [0, 0x12, 0, 0, 0, 0xB4, 0x73, 0xFF, 0, 0, 0x10, 0, 0, 0, 0x20, 0]);
        let spare = BdSpareArea::parse(&[0, 0, 0, 0, 0, 0, 0x2F, 0xFF, 0, 0, 0x30, 0]).unwrap();
        assert_eq!((spare.free, spare.total), (12_287, 12_288));
        assert!(BdCartridgeStatus::parse(&[0x80, 0, 0, 0]).unwrap().cartridge);
    }

    #[test]
    fn access_controls_by_hand() {
        let mut bytes = [0; PAC_BYTES];
        bytes[..3].copy_from_slice(b"PRM");
        bytes[15] = 2;
        bytes[16..32].copy_from_slice(&[0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0]);
        let header = PacHeader::parse(&bytes).unwrap();
        assert_eq!((header.identifier.trimmed(), header.segments), ("PRM", 2));
        let segments: Vec<_> = PacHeader::segments(&bytes).collect();
        assert_eq!(
            segments,
            [PacSegment { start: 0x2_0000, end: 0x3_0000 }, PacSegment { start: 0x4_0000, end: 0x5_0000 }]
        );
        bytes[15] = 0xFF;
        assert_eq!(PacHeader::segments(&bytes).count(), 32);
        assert_eq!(PacHeader::segments(&bytes[..20]).count(), 0);
    }
}
