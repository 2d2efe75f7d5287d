//! READ DISC INFORMATION, READ TRACK INFORMATION, READ TOC/PMA/ATIP, READ DISC STRUCTURE.

use crate::rig::{A, Rig, hex, plain_disc};
use discrig_drive::MediumKind;
use discrig_wire::structure::{DvdPhysicalFormat, StructureData};
use rstest::rstest;

const DISC_INFORMATION: &str = "51 00 00 00 00 00 00 00 22 00";

#[test]
fn disc_information() {
    let information = |mut rig: Rig| hex(&rig.data(A, DISC_INFORMATION)[..24]);
    assert_eq!(
        information(Rig::blank(MediumKind::CdR)),
        "00 20 00 01 01 01 01 20 00 00 00 00 00 00 00 00 00 61 1A 41 00 4F 3B 4A"
    );
    assert_eq!(
        information(Rig::blank(MediumKind::DvdPlusR)),
        "00 20 00 01 01 01 01 20 00 00 00 00 00 00 00 00 00 00 00 00 00 23 05 40"
    );
    assert_eq!(
        information(Rig::with(plain_disc(400_000), &[])),
        "00 20 0E 01 01 01 01 20 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
    );
    assert_eq!(
        information(Rig::loaded()),
        "00 20 0E 01 01 01 01 20 00 00 00 00 00 00 00 00 FF FF FF FF FF FF FF FF"
    );
}

#[test]
fn other_disc_information() {
    let mut rig = Rig::blank(MediumKind::CdR);
    assert_eq!(hex(&rig.data(A, "51 01 00 00 00 00 00 00 0C 00")), "00 0A 20 00 00 63 00 00 00 63 00 01");
    assert_eq!(rig.ask(A, "51 02 00 00 00 00 00 00 22 00"), "05/24/00 cdb 1.2");
    assert_eq!(Rig::empty().ask(A, DISC_INFORMATION), "02/3A/01");
}

#[test]
fn track_information() {
    let track = |mut rig: Rig| hex(&rig.data(A, "52 01 00 00 00 01 00 00 FF 00"));
    assert_eq!(
        track(Rig::blank(MediumKind::BdR)),
        "00 22 01 01 00 05 6F 01 00 00 00 00 00 00 00 00 00 BA 74 00 00 00 00 20 00 BA 74 00 00 00 00 00 00 00 00 00"
    );
    assert_eq!(
        track(Rig::loaded()),
        "00 22 01 01 00 04 01 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 64 00 00 00 63 00 00 00 00"
    );
    assert_eq!(track(Rig::blank(MediumKind::DvdPlusR)).len(), 40 * 3 - 1);
}

#[rstest]
#[case(MediumKind::CdR, "52 01 00 00 00 FF 00 00 FF 00", "GOOD")]
#[case(MediumKind::CdR, "52 05 00 00 00 01 00 00 FF 00", "GOOD")]
#[case(MediumKind::CdR, "52 02 00 00 00 01 00 00 FF 00", "GOOD")]
#[case(MediumKind::CdR, "52 00 00 00 00 00 00 00 FF 00", "GOOD")]
#[case(MediumKind::CdR, "52 00 00 05 7D A9 00 00 FF 00", "05/21/00 block 359849")]
#[case(MediumKind::CdR, "52 01 00 00 00 02 00 00 FF 00", "05/24/00 cdb 2.7")]
#[case(MediumKind::CdR, "52 03 00 00 00 01 00 00 FF 00", "05/24/00 cdb 1.1")]
#[case(MediumKind::CdRom, "52 05 00 00 00 01 00 00 FF 00", "05/24/00 cdb 1.2")]
#[case(MediumKind::CdRom, "52 01 00 00 00 FF 00 00 FF 00", "05/24/00 cdb 2.7")]
#[case(MediumKind::CdRom, "52 00 00 00 00 64 00 00 FF 00", "05/21/00 block 100")]
fn which_track(#[case] kind: MediumKind, #[case] cdb: &str, #[case] expected: &str) {
    let mut rig = if kind == MediumKind::CdRom { Rig::loaded() } else { Rig::blank(kind) };
    assert_eq!(rig.ask(A, cdb), expected);
}

#[rstest]
#[case("43 00 00 00 00 00 00 00 FF 00", "00 12 01 01 00 14 01 00 00 00 00 00 00 14 AA 00 00 00 00 64")]
#[case("43 02 00 00 00 00 01 00 FF 00", "00 12 01 01 00 14 01 00 00 00 02 00 00 14 AA 00 00 00 03 19")]
#[case("43 00 00 00 00 00 AA 00 FF 00", "00 0A 01 01 00 14 AA 00 00 00 00 64")]
#[case("43 00 01 00 00 00 00 00 FF 00", "00 0A 01 01 00 14 01 00 00 00 00 00")]
#[case("43 00 00 00 00 00 00 00 FF 40", "00 0A 01 01 00 14 01 00 00 00 00 00")]
#[case("43 00 00 00 00 00 00 00 04 00", "00 12 01 01")]
fn table_of_contents(#[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(hex(&Rig::loaded().data(A, cdb)), expected);
}

#[test]
fn raw_table_of_contents() {
    let data = Rig::loaded().data(A, "43 02 02 00 00 00 01 00 FF 00");
    assert_eq!(hex(&data[..15]), "00 2E 01 01 01 14 00 A0 00 00 00 00 01 00 00");
    assert_eq!(hex(&data[15..37]), "01 14 00 A1 00 00 00 00 01 00 00 01 14 00 A2 00 00 00 00 00 03 19");
    assert_eq!(hex(&data[37..]), "01 14 00 01 00 00 00 00 00 02 00");
}

#[rstest]
#[case(MediumKind::CdRom, 0, 2, "05/24/00 cdb 6.7")]
#[case(MediumKind::CdRom, 2, 2, "05/24/00 cdb 6.7")]
#[case(MediumKind::CdRom, 3, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::CdRom, 4, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::CdRom, 5, 0, "GOOD")]
#[case(MediumKind::CdRom, 6, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::CdR, 0, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::CdR, 2, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::CdR, 3, 0, "GOOD")]
#[case(MediumKind::CdR, 4, 0, "GOOD")]
#[case(MediumKind::BdR, 0, 0, "05/24/00 cdb 2.3")]
#[case(MediumKind::BdR, 4, 0, "05/24/00 cdb 2.3")]
fn what_a_disc_has(#[case] kind: MediumKind, #[case] format: u8, #[case] number: u8, #[case] expected: &str) {
    let mut rig = if kind == MediumKind::CdRom { Rig::loaded() } else { Rig::blank(kind) };
    assert_eq!(rig.ask(A, &format!("43 02 {format:02X} 00 00 00 {number:02X} 00 FF 00")), expected);
}

#[test]
fn atip() {
    let data = Rig::blank(MediumKind::CdR).data(A, "43 02 04 00 00 00 00 00 FF 00");
    assert_eq!(data.len(), 28);
    assert_eq!(hex(&data[..16]), "00 1A 00 00 C0 40 80 00 61 1A 41 00 4F 3B 4A 00");
}

#[test]
fn addresses_beyond_minutes() {
    let mut rig = Rig::with(plain_disc(500_000), &[]);
    assert_eq!(hex(&rig.data(A, "43 02 00 00 00 00 AA 00 FF 00")[8..]), "00 FF 3B 4A");
    assert_eq!(hex(&rig.data(A, "43 00 00 00 00 00 AA 00 FF 00")[8..]), "00 07 A1 20");
}

#[test]
fn dvd_structures() {
    let mut rig = Rig::with(plain_disc(400_000), &[]);
    let data = rig.data(A, "AD 00 00 00 00 00 00 00 10 00 00 00");
    assert_eq!((data.len(), hex(&data[..4])), (2052, "08 02 00 00".to_owned()));
    assert_eq!(hex(&data[4..20]), "01 02 01 00 00 03 00 00 00 09 1A 7F 00 00 00 00");
    assert_eq!(hex(&rig.data(A, "AD 00 00 00 00 00 00 01 10 00 00 00")), "00 06 00 00 00 00 00 00");
    let list = hex(&rig.data(A, "AD 00 00 00 00 00 00 FF 10 00 00 00"));
    assert_eq!(list, "00 1A 00 00 00 40 08 04 01 40 00 08 04 40 08 04 90 40 00 08 C0 40 00 08 FF 40 00 1C");
    assert_eq!(rig.ask(A, "AD 00 00 00 00 00 00 11 10 00 00 00"), "05/24/00 cdb 7.7");
    assert_eq!(rig.ask(A, "AD 00 00 00 00 00 01 00 10 00 00 00"), "05/24/00 cdb 6.7", "one layer");
    assert_eq!(rig.ask(A, "AD 01 00 00 00 00 00 00 10 00 00 00"), "05/30/02");
    assert_eq!(rig.ask(A, "AD 02 00 00 00 00 00 00 10 00 00 00"), "05/24/00 cdb 1.3");
    assert_eq!(Rig::loaded().ask(A, "AD 00 00 00 00 00 00 00 10 00 00 00"), "05/30/02");
}

#[test]
fn two_layers_of_equal_length() {
    let mut rig = Rig::blank(MediumKind::DvdPlusRDl);
    let data = rig.data(A, "AD 00 00 00 00 00 01 00 10 00 00 00");
    let body = StructureData::parse(&data).unwrap().body;
    let format = DvdPhysicalFormat::parse(body).unwrap();
    assert!(format.opposite_track_path);
    assert_eq!(format.last_sector_of_layer_0, 0x03_0000 + 2_086_912 - 1);
    assert_eq!(format.last_sector, 0xFC_FFFF);
}

#[test]
fn bd_structures() {
    let mut rig = Rig::blank(MediumKind::BdRDl);
    let data = rig.data(A, "AD 01 00 00 00 00 00 00 FF FF 00 00");
    assert_eq!(data.len(), 4100);
    assert_eq!(hex(&data[..16]), "10 02 00 00 44 49 01 10 00 00 62 00 42 44 52 01");
    assert_eq!(data[4 + 100..4 + 109], *b"DISCRG001");
    assert_eq!(StructureData::parse(&data).unwrap().bd_units().count(), 2);
    assert_eq!(rig.ask(A, "AD 01 00 00 00 00 00 FF 00 10 00 00"), "GOOD");
}
