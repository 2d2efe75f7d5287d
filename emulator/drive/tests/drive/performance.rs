//! GET PERFORMANCE, SET STREAMING, SET CD SPEED.

use crate::rig::{A, Rig, hex, plain_disc};
use discrig_drive::MediumKind;
use discrig_wire::performance::PerformanceData;
use rstest::rstest;

fn nominal(rig: &mut Rig, data_type: u8) -> String {
    hex(&rig.data(A, &format!("AC {data_type:02X} 00 00 00 00 00 00 00 10 00 00")))
}

#[test]
fn nominal_performance() {
    let mut rig = Rig::with(plain_disc(400_000), &[]);
    // CAV at 16x: 9170 kB/s inside, 12446 kB/s 32.6 mm from the centre.
    let zone = "00 00 00 14 00 00 00 00 00 00 00 00 00 00 23 D2 00 06 1A 7F 00 00 30 9E";
    assert_eq!(nominal(&mut rig, 0x10), zone);
    assert_eq!(nominal(&mut rig, 0x14), "00 00 00 04 02 00 00 00", "it cannot be written");
    assert_eq!(nominal(&mut rig, 0x11), "00 00 00 04 01 00 00 00", "no exceptions");
    assert_eq!(nominal(&mut Rig::empty(), 0x10), "00 00 00 04 00 00 00 00");
    let header = hex(&rig.data(A, "AC 10 00 00 00 00 00 00 00 00 00 00"));
    assert_eq!(header, "00 00 00 14 00 00 00 00", "no descriptors wanted");
}

#[rstest]
#[case("AC 13 00 00 00 00 00 00 00 10 00 00", "05/24/00 cdb 1.4")]
#[case("AC 10 00 06 1A 80 00 00 00 10 00 00", "05/21/00 block 400000")]
#[case("AC 00 00 00 00 00 00 00 00 10 01 00", "05/24/00 cdb 10.7")]
#[case("AC 10 00 00 00 00 00 00 00 10 03 00", "05/24/00 cdb 1.4")]
// Defective blocks and zones for them: without enhanced defect reporting (feature 0029h) there are none.
#[case("AC 00 00 00 00 00 00 00 00 10 04 00", "05/24/00 cdb 10.7")]
#[case("AC 00 00 00 00 00 00 00 00 10 05 00", "05/24/00 cdb 10.7")]
#[case("B6 00 00 00 00 00 00 00 05 00 1C 00", "05/24/00 cdb 8.7")]
#[case("BB 02 FF FF FF FF 00 00 00 00 00 00", "05/24/00 cdb 1.1")]
fn what_is_not_supported(#[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(Rig::with(plain_disc(400_000), &[]).tell(A, cdb, &[0; 28]), expected);
}

#[test]
fn write_speeds() {
    let speeds = |mut rig: Rig| {
        let data = rig.data(A, "AC 00 00 00 00 00 00 00 00 10 03 00");
        let list = PerformanceData::parse(&data).unwrap();
        list.write_speeds().map(|speed| (speed.end_block, speed.write_speed)).collect::<Vec<_>>()
    };
    assert_eq!(speeds(Rig::loaded()), []);
    let bd = speeds(Rig::blank(MediumKind::BdR));
    assert_eq!(bd.first(), Some(&(12_219_391, 71_920)));
    assert_eq!(bd.len(), 6);
    let two = Rig::blank(MediumKind::BdR).data(A, "AC 00 00 00 00 00 00 00 00 02 03 00");
    assert_eq!((two.len(), two[3]), (8 + 32, 4 + 96), "the length is whole");
}

/// SET STREAMING: flags, end block, then reading and writing in kB per second.
fn streaming(flags: u8, end: u32, read: u32, write: u32) -> Vec<u8> {
    let second = 1000u32.to_be_bytes();
    let (end, read, write) = (end.to_be_bytes(), read.to_be_bytes(), write.to_be_bytes());
    [&[flags, 0, 0, 0], &[0; 4], &end[..], &read, &second, &write, &second].concat()
}

#[test]
fn streaming_speeds_are_rounded_down_unless_they_have_to_be_exact() {
    const SET: &str = "B6 00 00 00 00 00 00 00 00 00 1C 00";
    let mut rig = Rig::with(plain_disc(400_000), &[]);
    assert_eq!(rig.tell(A, SET, &streaming(0, 399_999, 12_000, 9000)), "GOOD");
    assert_eq!(rig.drive.state().speeds.read, Some(11_080));
    assert_eq!(rig.drive.state().speeds.write, Some(8310));
    assert!(nominal(&mut rig, 0x10).ends_with("00 00 18 4F"), "half as fast as at 16x");
    assert_eq!(rig.tell(A, SET, &streaming(2, 399_999, 12_000, 9000)), "05/26/00 list 0.1");
    assert_eq!(rig.tell(A, SET, &streaming(2, 399_999, 5540, 5540)), "GOOD");
    assert_eq!(rig.tell(A, SET, &streaming(0, 400_000, 5540, 5540)), "05/26/00 list 8.7");
    assert_eq!(rig.tell(A, SET, &[0; 28]), "05/26/00 list 16.7", "no time");
    assert_eq!(rig.tell(A, SET, &[0; 27]), "05/1A/00");
    assert_eq!(rig.tell(A, SET, &streaming(4, 0, 0, 0)), "GOOD");
    assert_eq!(rig.drive.state().speeds.read, None);
}

/// Rotation control (bits 4 and 3) can be the default or CAV, where that is what recording does; the extent is one.
#[test]
fn streaming_descriptors_that_are_none() {
    const SET: &str = "B6 00 00 00 00 00 00 00 00 00 1C 00";
    let mut rig = Rig::blank(MediumKind::DvdPlusR);
    let mut set = |flags, end, kb_s| rig.tell(A, SET, &streaming(flags, end, kb_s, kb_s));
    assert_eq!(set(0x10, 2_295_103, 5540), "05/26/00 list 0.4");
    assert_eq!(set(0x18, 2_295_103, 5540), "05/26/00 list 0.4");
    assert_eq!(set(0x08, 2_295_103, 5540), "GOOD", "rounded");
    assert_eq!(set(0x0A, 2_295_103, 5540), "05/26/00 list 0.4", "constant at 4x");
    assert_eq!(set(0x0A, 2_295_103, 22_160), "GOOD", "angular at 16x");
    assert_eq!(set(0x01, 2_295_103, 5540), "GOOD", "in any order");
    assert_eq!(set(0x00, 2_295_104, 5540), "05/26/00 list 8.7");
    let mut list = streaming(0, 0x10, 5540, 5540);
    list[7] = 0x11;
    assert_eq!(rig.tell(A, SET, &list), "05/26/00 list 4.7", "it ends before it starts");
    list[7] = 0x10;
    assert_eq!(rig.tell(A, SET, &list), "GOOD");
    // With the drive's own settings the rest does not count.
    list[..8].copy_from_slice(&[0x1C, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(rig.tell(A, SET, &list), "GOOD");
    assert_eq!((rig.drive.state().speeds.read, rig.drive.state().speeds.write), (None, None));
}

#[test]
fn cd_speeds() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, "BB 00 05 84 02 C2 00 00 00 00 00 00"), "GOOD");
    assert_eq!((rig.drive.state().speeds.read, rig.drive.state().speeds.write), (Some(1411), Some(706)));
    assert_eq!(rig.ask(A, "BB 01 FF FF FF FF 00 00 00 00 00 00"), "GOOD");
    assert_eq!((rig.drive.state().speeds.read, rig.drive.state().speeds.write), (None, None));
}
