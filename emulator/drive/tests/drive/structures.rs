//! READ DISC STRUCTURE and SEND DISC STRUCTURE by medium (MMC-5 6.23 and 6.34).

use crate::rig::{A, Rig, plain_disc};
use discrig_drive::MediumKind;
use rstest::rstest;

/// Length, reserved, then the first bytes of physical format information: book type, size and rate, layers, densities.
#[rstest]
#[case(MediumKind::DvdMinusR, "2. .. 02")]
#[case(MediumKind::DvdMinusRw, "3. .. 0.")]
#[case(MediumKind::DvdMinusRDl, "2. .. 3.")]
#[case(MediumKind::DvdRam, "1. .. 04")]
#[case(MediumKind::DvdPlusRw, "9. .. 04")]
#[case(MediumKind::DvdPlusR, "A. .. 02")]
#[case(MediumKind::DvdPlusRDl, "E. .. 3.")]
fn physical_format(#[case] kind: MediumKind, #[case] first: &str) {
    Rig::blank(kind).script(&format!(
        "AD 00 00 00 00 00 00 00 00 07 00 00 => 08 02 00 00 {first}
         AD 00 00 00 00 00 00 00 08 04 00 00 => length 2052
         AD 00 00 00 00 00 00 00 00 00 00 00 => empty
         // none is protected against copying
         AD 00 00 00 00 00 00 01 00 08 00 00 => 00 06 00 00 00 .. 00 00
         AD 00 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 00 00 00 00"
    ));
}

/// Which formats there are on each medium, and how long they are with their header; a list of four bytes each, ascending.
#[rstest]
#[case(MediumKind::DvdMinusR, &[0x00, 0x01, 0x04, 0x0D, 0x0E, 0x10, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdMinusRw, &[0x00, 0x01, 0x03, 0x04, 0x0D, 0x0E, 0x10, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdMinusRDl, &[0x00, 0x01, 0x04, 0x0D, 0x0E, 0x21, 0x22, 0x23, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdRam, &[0x00, 0x01, 0x08, 0x09, 0x0A, 0x0B, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdPlusRw, &[0x00, 0x01, 0x11, 0x30, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdPlusR, &[0x00, 0x01, 0x11, 0x30, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::DvdPlusRDl, &[0x00, 0x01, 0x11, 0x20, 0x30, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::BdR, &[0x00, 0x90, 0xC0, 0xFF])]
#[case(MediumKind::BdRe, &[0x00, 0x03, 0x09, 0x90, 0xC0, 0xFF])]
fn what_there_is(#[case] kind: MediumKind, #[case] least: &[u8]) {
    let mut rig = Rig::blank(kind);
    let media = u8::from(matches!(kind, MediumKind::BdR | MediumKind::BdRe));
    let list = rig.data(A, &format!("AD {media:02X} 00 00 00 00 00 FF FF FF 00 00"));
    assert_eq!(usize::from(u16::from_be_bytes([list[0], list[1]])), list.len() - 2);
    assert_eq!((list[2], list[3], list.len() % 4), (0, 0, 0));
    let rows: Vec<&[u8]> = list[4..].chunks(4).collect();
    assert!(rows.windows(2).all(|pair| pair[0][0] < pair[1][0]));
    for format in least {
        assert!(rows.iter().any(|row| row[0] == *format && row[1] & 0x40 != 0), "{format:02X}");
    }
    // Control blocks of DVD go by their names, below.
    for format in (0..=0xFF_u8).filter(|format| media == 1 || *format != 0x30) {
        let cdb = format!("AD {media:02X} 00 00 00 00 00 {format:02X} FF FF 00 00");
        match rows.iter().find(|row| row[0] == format && row[1] & 0x40 != 0) {
            Some(row) => {
                let data = rig.data(A, &cdb);
                assert_eq!(data.len(), usize::from(u16::from_be_bytes([row[2], row[3]])), "{format:02X}");
                assert_eq!(usize::from(u16::from_be_bytes([data[0], data[1]])), data.len() - 2);
            }
            None => {
                rig.script(&format!("{cdb} => 05/24/00 cdb 7.7"));
            }
        }
    }
}

#[test]
fn another_kind_of_medium() {
    Rig::blank(MediumKind::DvdPlusR).script(
        "AD 01 00 00 00 00 00 00 10 00 00 00 => 05/30/02
         AD 02 00 00 00 00 00 00 10 00 00 00 => 05/24/00 cdb 1.3
         AD 10 00 00 00 00 00 00 10 00 00 00 => 05/24/00 cdb 1.4
         AD 00 00 00 00 00 01 00 10 00 00 00 => 05/24/00 cdb 6.7
         AD 00 00 00 00 00 FF 00 10 00 00 00 => 05/24/00 cdb 6.7",
    );
    Rig::blank(MediumKind::BdR).script("AD 00 00 00 00 00 00 00 10 00 00 00 => 05/30/02");
    Rig::blank(MediumKind::CdR).script(
        "AD 00 00 00 00 00 00 00 10 00 00 00 => 05/30/02
         AD 01 00 00 00 00 00 00 10 00 00 00 => 05/30/02",
    );
    Rig::empty().script("AD 00 00 00 00 00 00 00 10 00 00 00 => 02/3A/01");
    Rig::with(plain_disc(400_000), &[]).script(
        "AD 00 00 00 00 00 00 00 00 07 00 00 => 08 02 00 00 0. .. 01
         AD 00 00 00 00 00 00 11 10 00 00 00 => 05/24/00 cdb 7.7",
    );
}

/// DI units with their type, DDS and spares only once formatted, write protection.
#[test]
fn bd() {
    let mut rig = Rig::blank(MediumKind::BdRe);
    rig.script(
        "AD 01 00 00 00 00 00 00 00 10 00 00 => 10 02 00 00 44 49 01 .. .. .. .. 00 42 44 57 ..
         AD 01 00 00 00 00 00 08 10 00 00 00 => 05/24/00
         AD 01 00 00 00 00 00 0A 10 00 00 00 => 05/24/00
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD
         AD 01 00 00 00 00 00 08 00 06 00 00 => 08 02 00 00 44 53
         AD 01 00 00 00 00 00 0A 00 10 00 00 => 00 0E 00 00 00 00 00 00 00 00 30 00 00 00 30 00
         AD 01 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 00 00 00 00
         AD 01 00 00 00 00 00 30 00 FF 00 00 => 00 02 00 00",
    );
    Rig::blank(MediumKind::BdR)
        .script("AD 01 00 00 00 00 00 00 00 10 00 00 => 10 02 00 00 44 49 01 .. .. .. .. 00 42 44 52 ..");
}

/// Persistent write protection is sent to media that keep it, and holds for everything that writes; the drive's own is reported beside it.
#[rstest]
#[case(MediumKind::DvdRam, "00")]
#[case(MediumKind::DvdPlusRw, "00")]
#[case(MediumKind::BdRe, "01")]
fn write_protection(#[case] kind: MediumKind, #[case] media: &str) {
    let mut rig = Rig::blank(kind);
    match kind {
        MediumKind::DvdPlusRw => {
            rig.script("04 11 00 00 00 00 [00 00 00 08 FF FF FF FF 98 00 00 00] => GOOD");
        }
        MediumKind::BdRe => {
            rig.script("04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD");
        }
        _ => {}
    }
    rig.script(&format!(
        "fill 0 32 11*2048
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 02 00 00 00] => GOOD
         AD {media} 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 02 00 00 00
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 07/27/04|07/27/00
         04 11 00 00 00 00 [00 00 00 08 FF FF FF FF 98 00 00 00] => 07/27/04|07/27/00
         28 00 00 00 00 00 00 00 01 00 => 11*2048
         eject
         AD {media} 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 02 00 00 00
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 00 00 00 00] => GOOD
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => GOOD
         page 1D 0A 00 00 01 00 00 0A 00 B4 00 00
         AD {media} 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 01 00 00 00
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 07/27/02
         page 1D 0A 00 00 00 00 00 0A 00 B4 00 00
         // other bits cannot be sent, and the list has its length
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 04 00 00 00] => 05/26/00 list 4.2
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 01 00 00 00] => 05/26/00 list 4.0
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 00 01 00 00] => 05/26/00 list 5.7
         BF {media} 00 00 00 00 00 C0 00 04 00 00 [00 02 00 00] => 05/1A/00
         BF {media} 00 00 00 00 00 C0 00 03 00 00 [00 02 00] => 05/1A/00
         BF {media} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00] => 05/1A/00
         BF {media} 00 00 00 00 00 00 00 08 00 00 [00 06 00 00 00 00 00 00] => 05/24/00 cdb 7.7
         BF {} 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 02 00 00 00] => 05/30/02|05/30/05|05/24/00
         BF 02 00 00 00 00 00 C0 00 08 00 00 [00 06 00 00 02 00 00 00] => 05/24/00 cdb 1.3
         AD {media} 00 00 00 00 00 C0 00 08 00 00 => 00 06 00 00 00 00 00 00",
        if media == "00" { "01" } else { "00" }
    ));
}

/// Disc control blocks by their content descriptors: of the last session, of the format, and the list; feature 010Ah says which there can be.
#[test]
fn control_blocks() {
    Rig::blank(MediumKind::DvdPlusR).script(
        "46 02 01 0A 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 1B 01 0A 01 08 46 44 43 00 53 44 43 00
         AD 00 53 44 43 00 00 30 FF FF 00 00 => 05/24/00 cdb 2.7
         AD 00 FF FF FF FF 00 30 FF FF 00 00 => 00 2E 00 00 FF FF FF FF 00 00 00 00 44 49 53 43 52 49 47 20*25 00 00 00 00
         fill 0 16 11*2048
         35 00*9 => GOOD
         AD 00 53 44 43 00 00 30 FF FF 00 00 => length 32772
         AD 00 53 44 43 00 00 30 00 06 00 00 => 80 02 00 00 53 44
         AD 00 53 44 43 00 00 30 00 94 00 00 => 80 02 00 00 53 44 43 00 ..*36 00 01 ..*86 46 52 47 01 00 03 00 00 00 03 00 0F 00 00 00 00
         AD 00 FF FF FF FF 00 30 FF FF 00 00 => 00 32 00 00 FF FF FF FF ..*36 00 01 00 00 53 44 43 00
         AD 00 46 44 43 00 00 30 FF FF 00 00 => 05/24/00 cdb 2.7
         AD 00 00 00 00 00 00 30 FF FF 00 00 => 05/24/00 cdb 2.7",
    );
    Rig::blank(MediumKind::DvdPlusRw).script(
        "AD 00 46 44 43 00 00 30 FF FF 00 00 => 05/24/00 cdb 2.7
         04 11 00 00 00 00 [00 00 00 08 FF FF FF FF 98 00 00 00] => GOOD
         settle
         AD 00 46 44 43 00 00 30 00 30 00 00 => 80 02 00 00 46 44 43 00 ..*36 00 00 00 01
         46 02 01 0A 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 1A 01 0A 01 08 46 44 43 00 53 44 43 00",
    );
    // DVD-R has none, and the feature is not current.
    Rig::blank(MediumKind::DvdMinusR).script(
        "AD 00 FF FF FF FF 00 30 FF FF 00 00 => 05/24/00 cdb 7.7
         AD 00 00 00 00 00 00 03 FF FF 00 00 => 05/24/00 cdb 7.7
         46 02 01 0A 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 11 01 0A 00 08 *",
    );
    // A DVD-RW has a burst cutting area, as its physical format says.
    Rig::blank(MediumKind::DvdMinusRw).script(
        "AD 00 00 00 00 00 00 03 FF FF 00 00 => 00 0E 00 00 ..*12
         AD 00 00 00 00 00 00 00 00 15 00 00 => 08 02 00 00 ..*16 80",
    );
}

/// The boundary of the layers of a DVD+R DL, in whole ECC blocks, before anything is recorded.
#[test]
fn a_layer_boundary() {
    Rig::blank(MediumKind::DvdPlusRDl).script(
        "AD 00 00 00 00 00 00 20 00 0C 00 00 => 00 0A 00 00 0. 00 00 00 00 1F D8 00
         BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 1F D8 10] => 05/26/00 list 8.7
         BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 00 00 00] => 05/26/00 list 8.7
         BF 00 00 00 00 00 00 20 00 08 00 00 [00 06 00 00 00 00 00 00] => 05/1A/00
         BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 10 00 00] => GOOD
         AD 00 00 00 00 00 00 20 00 0C 00 00 => 00 0A 00 00 8. 00 00 00 00 10 00 00
         BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 08 00 00] => 05/2C/00
         // as much on the other layer
         52 01 00 00 00 01 00 00 1C 00 => 00 26 01 01 .. .. .. .1 00 00 00 00 00 00 00 00 00 20 00 00 .. .. .. .. 00 20 00 00",
    );
    Rig::blank(MediumKind::DvdPlusRDl).script(
        "fill 0 32 11*2048
         BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 10 00 00] => 05/2C/00",
    );
    Rig::blank(MediumKind::DvdPlusR).script(
        "BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 10 00 00] => 05/24/00 cdb 7.7",
    );
    Rig::empty()
        .script("BF 00 00 00 00 00 00 20 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 10 00 00] => 02/3A/01");
}

/// Layer jumps of a DVD-R DL: an interval makes it a disc of another profile, whose first jump READ TRACK INFORMATION tells.
#[test]
fn layer_jumps() {
    Rig::blank(MediumKind::DvdMinusRDl).script(
        "46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 00 15
         select 44 C5 08
         BF 00 00 00 00 00 00 22 00 0C 00 00 [00 0A 00 00 00 00 00 00 00 00 01 00] => GOOD
         46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 00 16
         46 02 00 33 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 16 00 33 01 *
         AD 00 00 00 00 00 00 22 00 0C 00 00 => 00 0A 00 00 .. .. .. .. 00 00 01 00
         // interval 256: the last block before the jump is FFh
         52 01 00 00 00 01 00 00 30 00 => 00 2E 01 01 .. .. .. .1 ..*32 00 00 00 FF ..*4
         fill 0 240 11*2048
         2A 00 00 00 00 F0 00 00 20 00 [22*65536] => 05/21/03
         2A 00 00 00 00 F0 00 00 10 00 [22*32768] => GOOD
         28 00 00 00 00 FF 00 00 01 00 => 22*2048",
    );
}
