//! Which commands the drive answers, and those that are about the unit: SEND DIAGNOSTIC, SEND EVENT, READ CAPACITY(16), READ MEDIA SERIAL NUMBER.

use crate::rig::{A, B, Rig, data_disc, hex};
use discrig_drive::{Disc, MediumKind};
use discrig_wire::command::Command;
use rstest::rstest;
use std::collections::BTreeSet;

/// Operation codes that the generic drive knows, by asking each of them.
#[test]
fn sixty_five_operation_codes_are_answered() {
    let codes: BTreeSet<u8> = Command::TABLE.iter().map(|spec| spec.opcode).collect();
    let (known, unknown): (Vec<u8>, Vec<u8>) = codes.into_iter().partition(|code| {
        let mut rig = Rig::loaded();
        let spec = Command::TABLE.iter().find(|spec| spec.opcode == *code).unwrap();
        let cdb = hex(spec.blank().bytes());
        let ends = if spec.direction == discrig_wire::command::Direction::Out {
            rig.tell(A, &cdb, &[])
        } else {
            rig.ask(A, &cdb)
        };
        ends != "05/20/00"
    });
    assert!(known.len() >= 65, "{}: {known:02X?}", known.len());
    // LOG SELECT, LOG SENSE, LOAD/UNLOAD MEDIUM without a changer, SECURITY PROTOCOL OUT.
    assert_eq!(unknown, [0x4C, 0x4D, 0xA6, 0xB5]);
}

#[rstest]
#[case("1D 04 00 00 00 00", &[], "GOOD")]
#[case("1D 00 00 00 00 00", &[], "GOOD")]
#[case("1D 07 00 00 00 00", &[], "GOOD")]
#[case("1D 20 00 00 00 00", &[], "05/24/00 cdb 1.7")]
#[case("1D 10 00 00 04 00", &[0x40, 0, 0, 0], "05/26/00 list 0.7")]
#[case("1D 14 00 00 04 00", &[0x40, 0, 0, 0], "05/24/00 cdb 3.7")]
#[case("1D 10 00 00 04 00", &[0x40, 0], "05/1A/00")]
fn diagnostics(#[case] cdb: &str, #[case] list: &[u8], #[case] expected: &str) {
    assert_eq!(Rig::loaded().tell(A, cdb, list), expected);
    assert_eq!(Rig::empty().tell(A, cdb, list), expected);
}

#[rstest]
#[case(&[0, 6, 3, 0, 1, 0, 1, 1], "GOOD")]
#[case(&[0, 6, 3, 0, 0, 0, 1, 1], "05/26/00 list 4.3")]
#[case(&[0, 6, 4, 0, 1, 0, 1, 1], "05/26/00 list 2.2")]
#[case(&[0, 6, 3, 0, 1, 0, 1], "05/1A/00")]
#[case(&[], "GOOD")]
fn events_for_the_drive(#[case] list: &[u8], #[case] expected: &str) {
    let mut rig = Rig::loaded();
    let cdb = format!("A2 00 00 00 00 00 00 00 00 {:02X} 00 00", list.len());
    assert_eq!(rig.tell(A, &cdb, list), expected);
    let told = expected == "GOOD" && !list.is_empty();
    let external = "4A 01 00 00 08 00 00 00 08 00";
    let seen = if told { "01 00 01 01" } else { "00 00 00 00" };
    assert_eq!(hex(&rig.data(B, external)[4..]), seen, "the others are told");
    assert_eq!(hex(&rig.data(A, external)[4..]), "00 00 00 00");
    assert_eq!(rig.tell(A, "A2 00 00 00 00 00 00 00 00 09 00 00", &[0; 8]), "05/1A/00");
}

#[test]
fn the_long_form_of_capacity() {
    const CDB: &str = "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00";
    let data = Rig::loaded().data(A, CDB);
    assert_eq!((data.len(), hex(&data[..12])), (32, "00 00 00 00 00 00 00 63 00 00 08 00".to_owned()));
    assert_eq!(Rig::loaded().data(A, &CDB.replace("20 00 00", "0C 00 00")).len(), 12);
    assert_eq!(Rig::empty().ask(A, CDB), "02/3A/01");
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, "9E 10 00 00 00 00 00 00 00 01 00 00 00 20 00 00"), "05/24/00 cdb 2.7");
    assert_eq!(rig.ask(A, "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 01 00"), "05/24/00 cdb 14.0");
    assert_eq!(rig.ask(A, "9E 11 00 00 00 00 00 00 00 00 00 00 00 20 00 00"), "05/24/00 cdb 1.4");
}

#[test]
fn the_number_of_a_disc() {
    const CDB: &str = "AB 01 00 00 00 00 00 00 00 20 00 00";
    assert_eq!(hex(&Rig::with(data_disc(9), &[]).data(A, CDB)), "00 00 00 00");
    let mut disc = Disc::blank(MediumKind::CdR).unwrap();
    disc.state.identifier = 0x0012_AB9F;
    let mut rig = Rig::with(disc, &[]);
    assert_eq!(rig.data(A, CDB), b"\0\0\0\x080012AB9F");
    assert_eq!(rig.data(A, "AB 01 00 00 00 00 00 00 00 06 00 00"), b"\0\0\0\x0800");
    assert_eq!(rig.ask(A, "AB 02 00 00 00 00 00 00 00 20 00 00"), "05/24/00 cdb 1.4");
    assert_eq!(Rig::empty().ask(A, CDB), "02/3A/01");
}
