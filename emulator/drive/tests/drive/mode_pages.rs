//! Every mode page: default, current and changeable values, saving, and values that are illegal (MMC-5 7, SPC-3 7.4).

use crate::rig::{A, Rig};
use discrig_drive::{Disc, DriveConfig, HostEvent, MediumKind, Profile};
use rstest::rstest;

/// Page by page: the default, and the mask of what can be changed.
const PAGES: &[(&str, &str, &str)] = &[
    ("01", "01 0A 80 13 00 00 00 00 03 00 00 00", "01 0A 37 FF 00 00 00 03 FF 00 00 00"),
    ("03", "03 06 00 00 00 00 00 00", "03 06 00 00 00 00 00 00"),
    (
        "05",
        "05 32 60 05 08 10 00 00 00 00 00 00 00 10 00 96 00*36",
        "05 32 7F FF 0F FF 00 3F FF 00 FF FF FF FF FF FF FF*36",
    ),
    ("07", "07 0A 00 13 00 00 00 00 00 00 00 00", "07 0A 07 FF 00 00 00 00 00 00 00 00"),
    ("08", "08 0A 04 00*9", "08 0A 05 00*9"),
    ("0D", "0D 06 00 0A 00 3C 00 4B", "0D 06 00 0F 00 00 00 00"),
    (
        "0E",
        "0E 0E 04 00 00 00 00 00 01 FF 02 FF 00 00 00 00",
        "0E 0E 02 00 00 00 00 00 0F FF 0F FF 00 00 00 00",
    ),
    ("18", "18 06 05 00 00 00 00 00", "18 06 00 00 00 00 00 00"),
    ("1A", "1A 0A 00 03 00 00 00 C8 00 00 12 C0", "1A 0A 00 03 FF FF FF FF FF FF FF FF"),
    ("1C", "1C 0A 08 00 00 00 00 00 00 00 00 00", "1C 0A 88 0F FF FF FF FF FF FF FF FF"),
    ("1D", "1D 0A 00 00 00 00 .. .. .. .. .. ..", "1D 0A 00 00 05 00 00 00 00 00 00 00"),
];

/// Bytes of a page as text.
fn length(page: &str) -> usize {
    page.split_whitespace()
        .map(|word| word.split_once('*').map_or(1, |(_, count)| count.parse().unwrap()))
        .sum()
}

/// By MODE SENSE(10) and (6), with and without DBD: no drive has block descriptors.
#[test]
fn current_changeable_and_default_values() {
    let mut script = String::new();
    for (code, default, mask) in PAGES {
        let number = u8::from_str_radix(code, 16).unwrap();
        for (control, page) in [(0x00, default), (0x40, mask), (0x80, default)] {
            let (ten, six) = (length(page) + 6, length(page) + 3);
            for byte_1 in ["00", "08"] {
                script += &format!(
                    "5A {byte_1} {:02X} 00 00 00 00 01 00 00 => 00 {ten:02X} 00 00 00 00 00 00 {page}\n\
                     1A {byte_1} {:02X} 00 FF 00 => {six:02X} 00 00 00 {page}\n",
                    control | number,
                    control | number
                );
            }
        }
        script += &format!(
            "5A 08 {:02X} 00 00 00 00 01 00 00 => 05/39/00\n\
             1A 08 {:02X} 00 FF 00 => 05/39/00\n\
             5A 08 {code} 01 00 00 00 01 00 00 => 05/24/00 cdb 3.7\n\
             5A 08 {code} FF 00 00 00 01 00 00 => 05/24/00 cdb 3.7\n\
             5A 08 {code} 00 00 00 00 00 03 00 => 00 .. 00\n\
             1A 08 {code} 00 00 00 => empty\n",
            0xC0 | number,
            0xC0 | number
        );
    }
    for missing in ["00", "02", "04", "06", "09", "0A", "0B", "0F", "19", "1B", "1E", "29", "2B", "2C", "3E"]
    {
        script += &format!(
            "5A 08 {missing} 00 00 00 00 01 00 00 => 05/24/00 cdb 2.5\n1A 08 {missing} 00 FF 00 => 05/24/00 cdb 2.5\n"
        );
    }
    Rig::loaded().script(&script);
    Rig::empty().script(&script);
}

/// Everything that a mask says can be changed, can; everything else is refused with its place.
#[test]
fn masks_tell_the_truth() {
    // Values that are legal in each changeable byte of their page, so that nothing but the mask is tried.
    let free = |code: u8, byte: usize| code != 0x05 || byte >= 16 && byte != 32;
    for (code, ..) in PAGES {
        let number = u8::from_str_radix(code, 16).unwrap();
        let mut rig = Rig::loaded();
        let ask = |rig: &mut Rig, control: u8| {
            rig.data(A, &format!("5A 08 {:02X} 00 00 00 00 01 00 00", control | number))[8..].to_vec()
        };
        let (default, mask) = (ask(&mut rig, 0x80), ask(&mut rig, 0x40));
        for byte in 2..default.len() {
            for bit in 0..8 {
                let mut list = [&[0; 8], &default[..]].concat();
                list[8 + byte] ^= 1 << bit;
                let cdb = format!("55 10 00 00 00 00 00 00 {:02X} 00", list.len());
                let ends = rig.tell(A, &cdb, &list);
                if mask[byte] >> bit & 1 == 0 {
                    assert_eq!(ends, format!("05/26/00 list {}.{bit}", 8 + byte), "page {code}");
                } else if free(number, byte) {
                    assert_eq!(ends, "GOOD", "page {code}, byte {byte}, bit {bit}");
                    assert_eq!(ask(&mut rig, 0)[byte], default[byte] ^ 1 << bit);
                }
            }
        }
    }
}

fn saving() -> Rig {
    let profile = Profile { saves_mode_pages: true, ..Profile::default() };
    let mut rig = Rig::fresh(DriveConfig { profile, ..DriveConfig::default() });
    rig.happen(HostEvent::SwapDisc(Some(Disc::blank(MediumKind::CdR).unwrap())));
    rig.settle();
    rig
}

/// A drive that can save pages says so with PS, and what was saved comes back with the power; the rest does not.
#[test]
fn saved_pages_come_back() {
    saving().script(
        "5A 08 1A 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 03 00 00 00 C8 00 00 12 C0
         55 11 00 00 00 00 00 00 14 00 [00*8 1A 0A 00 02 00 00 00 64 00 00 00 C8] => GOOD
         5A 08 DA 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 02 00 00 00 64 00 00 00 C8
         5A 08 9A 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 03 00 00 00 C8 00 00 12 C0
         55 10 00 00 00 00 00 00 14 00 [00*8 1A 0A 00 00 00 00 00 64 00 00 00 C8] => GOOD
         5A 08 1A 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 00 00 00 00 64 00 00 00 C8
         5A 08 DA 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 02 00 00 00 64 00 00 00 C8
         power
         5A 08 1A 00 00 00 00 01 00 00 => 00 12 00*6 9A 0A 00 02 00 00 00 64 00 00 00 C8
         15 11 00 00 10 00 [00*4 08 0A 01 00*9] => GOOD
         power
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 88 0A 01 00*9",
    );
    Rig::loaded().script(
        "page 1A 0A 00 00 00 00 00 64 00 00 00 C8
         power
         5A 08 1A 00 00 00 00 01 00 00 => 00 12 00*6 1A 0A 00 03 00 00 00 C8 00 00 12 C0
         55 11 00 00 00 00 00 00 14 00 [00*8 1A 0A 00 02 00 00 00 64 00 00 00 C8] => 05/24/00 cdb 1.0
         15 11 00 00 10 00 [00*4 08 0A 01 00*9] => 05/24/00 cdb 1.0",
    );
}

/// SWPP and the time-outs hold until power is cycled; they are never saved over it.
#[test]
fn software_write_protection_ends_with_the_power() {
    saving().script(
        "55 11 00 00 00 00 00 00 14 00 [00*8 1D 0A 00 00 01 00 00 0A 00 B4 00 00] => GOOD|05/26/00
         power
         5A 08 1D 00 00 00 00 01 00 00 => 00 12 00*6 9D 0A 00 00 00 00 *",
    );
}

/// Write types and data block types that go together (MMC-5 7.5.4, tables of write types and block types), with the lowest legal track mode.
#[test]
fn write_types_and_data_block_types() {
    let legal: &[(u8, &[u8])] = &[(0, &[8, 10, 11, 13]), (1, &[0, 8, 9, 10, 11, 12, 13]), (3, &[1, 2, 3])];
    let mut script = String::new();
    for write_type in 0..16_u8 {
        for block_type in 0..16_u8 {
            let types = legal.iter().find(|(it, _)| *it == write_type).map(|(_, types)| *types);
            let expected = match types {
                Some(types) if types.contains(&block_type) => "GOOD",
                Some(_) => "05/26/00 list 12.3",
                // A cue sheet decides in session at once; layer jumps are not of this medium.
                None if write_type == 2 || write_type == 4 => continue,
                None => "05/26/00 list 10.3",
            };
            let track_mode = match (write_type, block_type) {
                (0, _) => 5,
                (1, 0) => 0,
                (1, _) => 4,
                _ => 0,
            };
            script += &format!(
                "55 10 00 00 00 00 00 00 3C 00 [00*8 05 32 {:02X} C{track_mode:X} {block_type:02X} 07 00*9 96 00*36] => {expected}\n",
                0x40 | write_type
            );
        }
    }
    Rig::blank(MediumKind::CdR).script(&script);
}

/// Fields of page 05h with values that mean nothing.
#[rstest]
#[case("05 32 41 84 08 10 00 00 00 00*5 00 96 00*36", "05/26/00 list 11.7")] // multi-session 10b
#[case("05 32 40 E5 08 10 00 00 00 00 00 00 00 07 00 96 00*36", "05/26/00 list 18.7")] // packets of seven blocks
#[case("05 32 41 C4 08 10 80 00 00 00*5 00 96 00*36", "05/26/00 list 14.7")] // reserved byte
#[case("05 32 41 C4 08 10 00 40 00 00*5 00 96 00*36", "05/26/00 list 15.6")] // reserved bits
#[case("05 32 41 C4 18 10 00 00 00 00*5 00 96 00*36", "05/26/00 list 12.4")]
#[case("05 32 C1 C4 08 10 00 00 00 00*5 00 96 00*36", "05/26/00 list 10.7")]
#[case("05 31 41 C4 08 10 00 00 00 00*5 00 96 00*35", "05/26/00 list 9.7|05/1A/00")]
#[case("05 36 41 C4 08 10 00 00 00 00*5 00 96 00*40", "05/26/00 list 9.7|05/1A/00")]
#[case("45 01 00 32 41 C4 08 10 00*48", "05/26/00 list 8.5|05/26/00 list 8.6|05/26/00 list 9.7")] // a subpage
fn illegal_write_parameters(#[case] page: &str, #[case] expected: &str) {
    let mut rig = Rig::blank(MediumKind::CdR);
    let before = rig.data(A, "5A 08 05 00 00 00 00 01 00 00");
    let count = 8 + length(page);
    rig.script(&format!("55 10 00 00 00 00 00 00 {count:02X} 00 [00*8 {page}] => {expected}"));
    assert_eq!(rig.data(A, "5A 08 05 00 00 00 00 01 00 00"), before);
}

/// Lists that end too early, in the middle of anything; block descriptors of SCSI-2.
#[test]
fn truncated_lists_and_block_descriptors() {
    let page = "08 0A 00 00*9";
    Rig::loaded().script(&format!(
        "55 10 00 00 00 00 00 00 00 00 => GOOD
         55 10 00 00 00 00 00 00 08 00 [00*8] => GOOD
         55 10 00 00 00 00 00 00 04 00 [00*4] => 05/1A/00
         55 10 00 00 00 00 00 00 09 00 [00*8 08] => 05/1A/00
         55 10 00 00 00 00 00 00 13 00 [00*8 08 0A 00 00*8] => 05/1A/00
         55 10 00 00 00 00 00 00 14 00 [00*8 08 0A 00 00*8] => 05/1A/00
         15 10 00 00 03 00 [00*3] => 05/1A/00
         15 10 00 00 05 00 [00*4 08] => 05/1A/00
         15 10 00 00 04 00 [00*4] => GOOD
         15 10 00 00 00 00 => GOOD
         15 00 00 00 10 00 [00*4 {page}] => 05/24/00 cdb 1.4
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 04 00*9
         // what stands in the header does not matter
         55 10 00 00 00 00 00 00 14 00 [00 12 41 00 00 00 00 00 {page}] => GOOD
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 00 00*9
         15 10 00 00 18 00 [00 00 00 08 00 00 00 00 00 00 08 00 08 0A 04 00*9] => GOOD
         15 10 00 00 18 00 [00 00 00 08 00 00 00 00 00 00 09 30 {page}] => 05/26/00 list 9.7
         15 10 00 00 18 00 [00 00 00 08 00 00 00 00 00 00 02 00 {page}] => 05/26/00 list 9.7
         15 10 00 00 0C 00 [00 00 00 10 00 00 00 00 00 00 08 00] => 05/26/00|05/1A/00
         15 10 00 00 0A 00 [00 00 00 08 00 00 00 00 00 00] => 05/1A/00
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 04 00*9"
    ));
}

/// Several pages in one list, in any order; the last one of a page counts, and one that is bad spoils all.
#[test]
fn several_pages() {
    Rig::loaded().script(
        "55 10 00 00 00 00 00 00 28 00 [00*8 1A 0A 00 00 00 00 00 64 00 00 00 C8 08 0A 00 00*9 0D 06 00 0B 00 3C 00 4B] => GOOD
         5A 08 1A 00 00 00 00 01 00 00 => 00 12 00*6 1A 0A 00 00 00 00 00 64 00 00 00 C8
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 00 00*9
         5A 08 0D 00 00 00 00 01 00 00 => 00 0E 00*6 0D 06 00 0B 00 3C 00 4B
         55 10 00 00 00 00 00 00 1C 00 [00*8 08 0A 04 00*9 0D 06 00 0C 00 3D 00 4B] => 05/26/00 list 25.0
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 00 00*9
         55 10 00 00 00 00 00 00 20 00 [00*8 08 0A 04 00*9 08 0A 01 00*9] => GOOD
         5A 08 08 00 00 00 00 01 00 00 => 00 12 00*6 08 0A 01 00*9
         // another initiator is told once, whatever was changed
         B> 00 00 00 00 00 00 => 06/2A/01
         B> 00 00 00 00 00 00 => GOOD",
    );
}

/// Page 2Ah: what the drive can do, with the medium that is in it. Nothing of it can be changed.
#[test]
fn capabilities_and_mechanical_status() {
    Rig::empty().script(
        "5A 08 2A 00 00 00 00 01 00 00 => 00 .. 00*6 2A *
         5A 08 6A 00 00 00 00 00 1C 00 => 00 .. 00*6 2A .. 00*18
         5A 08 EA 00 00 00 00 01 00 00 => 05/39/00
         55 10 00 00 00 00 00 00 1C 00 [00*8 2A 12 00*18] => 05/26/00 list 8.5|05/26/00 list 9.7",
    );
    let mut rig = Rig::blank(MediumKind::CdR);
    let page = rig.data(A, "5A 08 2A 00 00 00 00 01 00 00")[8..].to_vec();
    // Reads and writes CD-R, CD-RW, DVD-R, DVD-RAM; test write; multi-session, mode 2, under-run protection.
    assert_eq!((page[2] & 0x3B, page[3] & 0x37), (0x3B, 0x37), "{:02X?}", &page[2..4]);
    assert_eq!(page[4] & 0xD0, 0xD0, "{:02X}", page[4]);
    // A tray that locks and ejects.
    assert_eq!(page[6], 0x29);
    assert_eq!(page[12..14], [0x10, 0x00], "4096 kB");
    let descriptors = usize::from(page[31]);
    assert_eq!(page.len(), 32 + 4 * descriptors);
    assert_eq!(usize::from(page[1]), page.len() - 2);
}
