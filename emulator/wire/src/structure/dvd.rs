//! Structures of DVD beyond the physical format: recordable discs, DVD-RAM, two layers (MMC-5 6.23.3.2).

use crate::ascii::Ascii;
use crate::layout::{codes, layout};

codes! {
    /// Where a DVD-RAM may be written.
    pub struct DvdRamDiscType(u8) {
        CARTRIDGE_ONLY = 0x00 "only in a cartridge",
        BARE = 0x10 "also without a cartridge",
    }

    /// Why the drive does not write a DVD-RAM.
    pub struct DvdRamWriteInhibit(u8) {
        NONE = 0x00 "no reason",
        BARE_DISC = 0x01 "the disc is not in its cartridge",
        UNSPECIFIED = 0xFF "unspecified",
    }
}

layout! {
    /// Where the borders of DVD-R and DVD-RW are, in physical format information (formats 00h and 10h), which these bytes belong to.
    pub struct DvdBorders: "border zones of DVD-R", size 40, needs 40 {
        current_border_out: u32 = 32[7; 32] "First sector of the current border-out.",
        next_border_in: u32 = 36[7; 32] "First sector of the next border-in; zero where there is none.",
    }

    /// Who made a DVD+R or DVD+RW, in physical format information (format 00h) and ADIP (11h), which these bytes belong to.
    pub struct DvdPlusIdentity: "identity of DVD+R or DVD+RW", size 32, needs 31 {
        product_revision: u8 = 30[7; 8] "Revision of the product.",
        bytes_in_use: u8 = 31[7; 8] "How many bytes of the information mean something.",
    }
    bytes {
        manufacturer: Ascii<8> = 19 "Who made the disc.",
        media_type: Ascii<3> = 27 "Which of his discs it is.",
    }

    /// Pre-recorded information of the lead-in of DVD-R and DVD-RW (format 0Eh): fields of eight bytes, each with its number first.
    pub struct DvdPreRecorded: "pre-recorded information", size 64, needs 40 {
        field_1: u8 = 0[7; 8] "1.",
        unrestricted_use: bool = 1[6; 1] "The disc is for any use.",
        purpose: u8 = 1[5; 6] "Its special use; zero is general or consumer purpose.",
        physical_code: u8 = 2[7; 8] "Disc physical code: bit 5 80 mm, bit 1 rewritable.",
        last_address: u32 = 3[7; 24] "Last ECC block that can be recorded.",
        part_version: u8 = 6[7; 4] "Version of the book.",
        extension: u8 = 6[3; 4] "Extension code.",
        field_2: u8 = 8[7; 8] "2.",
        opc_code: u8 = 9[7; 8] "OPC suggested code.",
        wavelength_code: u8 = 10[7; 8] "Wavelength, or erasing power ratio.",
        write_strategy: u32 = 11[7; 32] "Write strategy code.",
        field_3: u8 = 16[7; 8] "3.",
        field_4: u8 = 24[7; 8] "4.",
        field_5: u8 = 32[7; 8] "5.",
    }
    bytes {
        manufacturer_1: Ascii<6> = 17 "Who made the disc, first part.",
        manufacturer_2: Ascii<6> = 25 "Second part.",
        manufacturer_3: [u8; 6] = 33 "Third part on early DVD-R, else more of the write strategy.",
    }

    /// Unique disc identifier (format 0Fh).
    pub struct UniqueDiscIdentifier: "unique disc identifier", size 18, needs 18 {
        random: u16 = 2[7; 16] "A random number.",
    }
    bytes {
        time: Ascii<14> = 4 "When the disc was first recorded: year, month, day, hour, minute, second in digits.",
    }

    /// Disc definition structure of DVD-RAM (format 08h), whose 2048 bytes begin like this.
    pub struct DvdRamDds: "disc definition structure of DVD-RAM", size 92, needs 12 {
        identifier: u16 = 0[7; 16] "0A0Ah.",
        in_process: bool = 3[7; 1] "Formatting is under way.",
        partial_certification: bool = 3[6; 1] "Certification was partial; first version only.",
        one_group: bool = 3[5; 1] "Only a group is being formatted; first version only.",
        user_certified: bool = 3[1; 1] "A user has certified the disc.",
        manufacturer_certified: bool = 3[0; 1] "Its maker has.",
        update_count: u32 = 4[7; 32] "How often the structure was written.",
        groups: u16 = 8[7; 16] "24 on the first version of the disc, 1 on the second.",
        zones: u16 = 10[7; 16] "Zones; second version only.",
        first_spare: u32 = 81[7; 24] "First sector of the primary spare area.",
        last_spare: u32 = 85[7; 24] "Its last sector.",
        first_block: u32 = 89[7; 24] "Sector of block 0.",
    }

    /// Medium status of DVD-RAM (format 09h).
    pub struct DvdRamStatus: "medium status of DVD-RAM", size 4, needs 4 {
        cartridge: bool = 0[7; 1] "The disc is in a cartridge.",
        out: bool = 0[6; 1] "It has been out of it.",
        write_inhibited: bool = 0[3; 1] "MSWI: the drive does not write it, for a reason given below.",
        cartridge_protected: bool = 0[2; 1] "CWP: the cartridge's tab protects it.",
        persistently_protected: bool = 0[1; 1] "PWP.",
        disc_type: DvdRamDiscType = 1[7; 8] "Where it may be written.",
        write_inhibit: DvdRamWriteInhibit = 3[7; 8] "Why it is not written.",
    }

    /// Spare area of DVD-RAM (format 0Ah), in blocks.
    pub struct DvdRamSpareArea: "spare area of DVD-RAM", size 12, needs 12 {
        primary_free: u32 = 0[7; 32] "Unused blocks of the primary spare area.",
        supplementary_free: u32 = 4[7; 32] "Unused blocks of the supplementary spare area.",
        supplementary_total: u32 = 8[7; 32] "Blocks of it.",
    }

    /// Recording type of DVD-RAM (format 0Bh).
    pub struct DvdRamRecordingType: "recording type of DVD-RAM", size 4, needs 4 {
        real_time: bool = 0[4; 1] "RTD: for real-time data.",
    }

    /// Where the first layer ends (format 20h).
    pub struct LayerBoundary: "layer boundary", size 8, needs 8 {
        fixed: bool = 0[7; 1] "It cannot be set any more.",
        layer_0_blocks: u32 = 4[7; 32] "Blocks of the first layer.",
    }

    /// Where the middle area was shifted to (format 21h).
    pub struct ShiftedMiddleArea: "shifted middle area", size 8, needs 8 {
        fixed: bool = 0[7; 1] "It cannot be set any more.",
        start_block: u32 = 4[7; 32] "Where it starts on the first layer.",
    }

    /// How far apart regular layer jumps are (format 22h).
    pub struct JumpInterval: "jump interval", size 8, needs 8 {
        blocks: u32 = 4[7; 32] "Blocks between jumps; 0 is manual.",
    }

    /// Where the next layer jump will be (format 23h).
    pub struct ManualLayerJump: "manual layer jump address", size 8, needs 8 {
        block: u32 = 4[7; 32] "Last block before the jump.",
    }

    /// Where an anchor point is found instead (format 24h).
    pub struct Remapping: "remapping address", size 8, needs 8 {
        block: u32 = 4[7; 32] "Where it is.",
    }

    /// What every disc control block of DVD+R and DVD+RW begins with (format 30h).
    pub struct DiscControlBlock: "disc control block", size 40, needs 40 {
        unknown_actions: u32 = 4[7; 32] "What those may do who do not know the content.",
    }
    bytes {
        content: [u8; 4] = 0 "Content descriptor: `FDC`, `SDC` or `TOC` and a zero.",
        drive: Ascii<32> = 8 "Which drive wrote it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;

    check_layouts!(
        DiscControlBlock,
        DvdBorders,
        DvdPlusIdentity,
        DvdPreRecorded,
        DvdRamDds,
        DvdRamRecordingType,
        DvdRamSpareArea,
        DvdRamStatus,
        JumpInterval,
        LayerBoundary,
        ManualLayerJump,
        Remapping,
        ShiftedMiddleArea,
        UniqueDiscIdentifier,
    );

    /// As burning software finds them: byte offsets of the answer, four bytes of header included.
    #[test]
    fn identities_where_initiators_look_for_them() {
        let mut plus = [0; 4 + 256];
        plus[23..31].copy_from_slice(b"RICOHJPN");
        plus[31..34].copy_from_slice(b"R01");
        plus[34] = 2;
        let identity = DvdPlusIdentity::parse(&plus[4..]).unwrap();
        assert_eq!((identity.manufacturer.trimmed(), identity.media_type.trimmed()), ("RICOHJPN", "R01"));
        assert_eq!(identity.product_revision, 2);

        let mut minus = [0; 4 + 64];
        minus[4..12].copy_from_slice(&[1, 0x40, 0xC1, 0xFD, 0xD0, 0x11, 0x52, 0]);
        minus[20..27].copy_from_slice(b"\x03MCC 03");
        minus[28..35].copy_from_slice(b"\x04RG20  ");
        let disc = DvdPreRecorded::parse(&minus[4..]).unwrap();
        assert!(disc.unrestricted_use);
        assert_eq!((disc.last_address, disc.part_version, disc.extension), (0xFD_D011, 5, 2));
        assert_eq!((disc.manufacturer_1.trimmed(), disc.manufacturer_2.trimmed()), ("MCC 03", "RG20"));
    }

    #[test]
    fn layers_by_hand() {
        let boundary = LayerBoundary { fixed: true, layer_0_blocks: 2_086_912 };
        assert_eq!(boundary.to_bytes(), [0x80, 0, 0, 0, 0, 0x1F, 0xD8, 0x00]);
        assert_eq!(JumpInterval { blocks: 0x1000 }.to_bytes(), [0, 0, 0, 0, 0, 0, 0x10, 0]);
        assert_eq!(ManualLayerJump::parse(&[0, 0, 0, 0, 0, 1, 0, 0]).unwrap().block, 0x1_0000);
        assert_eq!(Remapping { block: 7 }.to_bytes()[7], 7);
        assert_eq!(ShiftedMiddleArea { fixed: false, start_block: 1 << 20 }.to_bytes()[5], 0x10);
        let mut borders = [0; 40];
        borders[33..36].copy_from_slice(&[0x03, 0x80, 0x00]);
        assert_eq!(DvdBorders::parse(&borders).unwrap().current_border_out, 0x03_8000);
    }

    #[test]
    fn dvd_ram_by_hand() {
        let spare = DvdRamSpareArea::parse(&[0, 0, 0x31, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
        assert_eq!(spare.primary_free, 12_768);
        let status = DvdRamStatus::parse(&[0xC4, 0x10, 0, 0]).unwrap();
        assert!(status.cartridge && status.out && status.cartridge_protected && !status.write_inhibited);
        assert_eq!(status.disc_type, DvdRamDiscType::BARE);
        let dds =
            DvdRamDds { identifier: 0x0A0A, manufacturer_certified: true, groups: 1, ..Default::default() };
        assert_eq!(dds.to_bytes()[..10], [0x0A, 0x0A, 0, 1, 0, 0, 0, 0, 0, 1]);
        assert_eq!(DvdRamRecordingType { real_time: true }.to_bytes(), [0x10, 0, 0, 0]);
    }

    #[test]
    fn identifiers_by_hand() {
        let id = UniqueDiscIdentifier { random: 0x1234, time: Ascii::new("20261123124500") };
        assert_eq!(id.to_bytes(), *b"\0\0\x12\x3420261123124500");
        let block = DiscControlBlock { content: *b"FDC\0", ..Default::default() };
        assert_eq!(block.to_bytes()[..8], *b"FDC\0\0\0\0\0");
    }
}
