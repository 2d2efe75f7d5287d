//! MODE SENSE and MODE SELECT.

use crate::rig::{A, B, EJECT, PERSISTENT_PREVENT, PREVENT, Rig, TEST_UNIT_READY, hex};
use discrig_drive::{MediumKind, Quirk};
use rstest::rstest;

fn sense10(rig: &mut Rig, page: u8) -> String {
    hex(&rig.data(A, &format!("5A 08 {page:02X} 00 00 00 00 01 00 00")))
}

#[rstest]
#[case(0x01, "00 12 00 00 00 00 00 00 01 0A 80 13 00 00 00 00 03 00 00 00")]
#[case(0x41, "00 12 00 00 00 00 00 00 01 0A 37 FF 00 00 00 03 FF 00 00 00")]
#[case(0x81, "00 12 00 00 00 00 00 00 01 0A 80 13 00 00 00 00 03 00 00 00")]
#[case(0x08, "00 12 00 00 00 00 00 00 08 0A 04 00 00 00 00 00 00 00 00 00")]
#[case(0x0E, "00 16 00 00 00 00 00 00 0E 0E 04 00 00 00 00 00 01 FF 02 FF 00 00 00 00")]
#[case(0x1A, "00 12 00 00 00 00 00 00 1A 0A 00 03 00 00 00 C8 00 00 12 C0")]
#[case(0x1D, "00 12 00 00 00 00 00 00 1D 0A 00 00 00 00 00 0A 00 B4 00 00")]
fn pages(#[case] page: u8, #[case] expected: &str) {
    assert_eq!(sense10(&mut Rig::loaded(), page), expected);
}

#[test]
fn all_pages_ascend_and_the_length_is_whole() {
    let mut rig = Rig::loaded();
    let data = rig.data(A, "5A 08 3F 00 00 00 00 01 00 00");
    assert_eq!(usize::from(u16::from_be_bytes([data[0], data[1]])), data.len() - 2);
    let mut codes = Vec::new();
    let mut at = 8;
    while at < data.len() {
        codes.push(data[at]);
        at += 2 + usize::from(data[at + 1]);
    }
    assert_eq!(codes, [0x01, 0x03, 0x05, 0x07, 0x08, 0x0D, 0x0E, 0x18, 0x1A, 0x1C, 0x1D, 0x2A]);
    assert_eq!(rig.data(A, "5A 08 3F 00 00 00 00 00 0A 00"), data[..10]);
    let six = rig.data(A, "1A 08 3F 00 FF 00");
    assert_eq!((usize::from(six[0]), &six[4..]), (six.len() - 1, &data[8..]));
}

#[rstest]
#[case("5A 08 C1 00 00 00 00 01 00 00", "05/39/00")]
#[case("5A 08 02 00 00 00 00 01 00 00", "05/24/00 cdb 2.5")]
#[case("5A 08 01 01 00 00 00 01 00 00", "05/24/00 cdb 3.7")]
#[case("1A 08 00 00 FF 00", "05/24/00 cdb 2.5")]
fn pages_that_are_not_there(#[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(Rig::loaded().ask(A, cdb), expected);
}

#[test]
fn capabilities() {
    let mut rig = Rig::loaded();
    let page = rig.data(A, "5A 08 2A 00 00 00 00 01 00 00")[8..].to_vec();
    assert_eq!(hex(&page[..16]), "2A 1E 3B 37 F1 7F 29 03 21 13 01 00 10 00 21 13");
    assert_eq!(hex(&page[16..]), "00 00 21 13 21 13 00 01 00 00 00 00 21 13 00 00");
    let mask = rig.data(A, "5A 08 6A 00 00 00 00 01 00 00")[10..].to_vec();
    assert!(mask.iter().all(|byte| *byte == 0), "nothing can be changed");
}

#[test]
fn write_speeds_in_the_capabilities() {
    let mut rig = Rig::blank(MediumKind::CdR);
    let page = rig.data(A, "5A 08 2A 00 00 00 00 01 00 00")[8..].to_vec();
    assert_eq!(page[1] as usize + 2, page.len());
    assert_eq!(hex(&page[30..40]), "00 07 00 00 21 13 00 00 1B 90");
    let mut narrow = Rig::blank(MediumKind::BdR);
    let page = narrow.data(A, "5A 08 2A 00 00 00 00 01 00 00")[8..].to_vec();
    assert_eq!(hex(&page[28..40]), "FF FF 00 06 00 01 FF FF 00 01 D2 B4", "16x does not fit");
}

#[rstest]
#[case(PREVENT)]
#[case(PERSISTENT_PREVENT)]
fn the_lock_state_follows_the_lock_of_anybody(#[case] lock: &str) {
    let state = |rig: &mut Rig| rig.data(A, "5A 08 2A 00 00 00 00 01 00 00")[14] & 0x02;
    let mut rig = Rig::loaded();
    assert_eq!(state(&mut rig), 0);
    rig.ask(B, lock);
    assert_eq!(state(&mut rig), 2);
    let mut stale = Rig::quirky(Quirk::LockStateBitStale);
    stale.ask(B, lock);
    assert_eq!(state(&mut stale), 0);
    assert_ne!(stale.ask(A, EJECT), "GOOD", "locked all the same");
}

const POWER_OFF: [u8; 20] = [0, 0, 0, 0, 0, 0, 0, 0, 0x1A, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn select10(rig: &mut Rig, list: &[u8]) -> String {
    rig.tell(A, &format!("55 10 00 00 00 00 00 {:02X} {:02X} 00", list.len() >> 8, list.len() & 0xFF), list)
}

#[test]
fn a_change_is_kept_and_told_to_others_until_a_reset() {
    let mut rig = Rig::loaded();
    assert_eq!(select10(&mut rig, &POWER_OFF), "GOOD");
    assert_eq!(sense10(&mut rig, 0x1A)[24..], hex(&POWER_OFF[8..]));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/2A/01");
    assert_eq!(select10(&mut rig, &POWER_OFF), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "GOOD", "nothing changed");
    rig.happen(discrig_drive::HostEvent::LogicalUnitReset);
    rig.settle();
    assert_eq!(sense10(&mut rig, 0x1A)[24..36], *"1A 0A 00 03 ");
}

#[test]
fn mode_select_6_and_empty_lists() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.tell(A, "15 10 00 00 10 00", &POWER_OFF[4..]), "GOOD");
    assert_eq!(sense10(&mut rig, 0x1A)[24..], hex(&POWER_OFF[8..]));
    assert_eq!(rig.tell(A, "15 10 00 00 00 00", &[]), "GOOD");
    assert_eq!(select10(&mut rig, &[]), "GOOD");
    assert_eq!(select10(&mut rig, &[0; 8]), "GOOD");
}

/// A list with one page that differs from the factory's in one byte.
fn changed(page: u8, at: usize, value: u8) -> Vec<u8> {
    let mut list = Rig::loaded().data(A, &format!("5A 08 {page:02X} 00 00 00 00 01 00 00"));
    list[..2].fill(0);
    list[8 + at] = value;
    list
}

#[rstest]
#[case(changed(0x01, 3, 7), "GOOD")]
#[case(changed(0x01, 2, 0x00), "05/26/00 list 10.7")]
#[case(changed(0x01, 1, 0x0B), "05/1A/00")]
#[case(changed(0x08, 0, 0x02), "05/26/00 list 8.5")]
#[case(changed(0x1D, 4, 0x02), "05/26/00 list 12.1")]
#[case(changed(0x2A, 0, 0x2A), "05/26/00 list 8.5")]
#[case(changed(0x05, 2, 0x61), "GOOD")]
#[case(changed(0x05, 2, 0x63), "05/26/00 list 12.3")]
#[case(changed(0x05, 2, 0x65), "05/26/00 list 10.3")]
#[case(changed(0x05, 3, 0x85), "05/26/00 list 11.7")]
#[case(changed(0x05, 4, 0x00), "05/26/00 list 12.3")]
#[case(changed(0x05, 0, 0x85), "05/26/00 list 8.7")]
#[case(vec![0; 7], "05/1A/00")]
#[case([&[0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0], &POWER_OFF[8..]].concat(), "05/26/00 list 13.7")]
#[case([&[0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0], &POWER_OFF[8..]].concat(), "GOOD")]
#[case([&[0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0], &POWER_OFF[8..]].concat(), "05/26/00 list 6.7")]
fn lists(#[case] list: Vec<u8>, #[case] expected: &str) {
    let mut rig = Rig::loaded();
    assert_eq!(select10(&mut rig, &list), expected);
}

#[test]
fn a_list_with_one_bad_page_changes_nothing() {
    let mut rig = Rig::loaded();
    let list = [&POWER_OFF[..], &changed(0x01, 2, 0)[8..]].concat();
    assert_eq!(select10(&mut rig, &list), "05/26/00 list 22.7");
    assert_eq!(sense10(&mut rig, 0x1A)[24..36], *"1A 0A 00 03 ");
}

#[test]
fn what_mode_select_cannot_do() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.tell(A, "55 11 00 00 00 00 00 00 14 00", &POWER_OFF), "05/24/00 cdb 1.0");
    assert_eq!(rig.tell(A, "55 00 00 00 00 00 00 00 14 00", &POWER_OFF), "05/24/00 cdb 1.4");
    assert_eq!(rig.tell(A, "55 10 00 00 00 00 00 00 15 00", &POWER_OFF), "05/1A/00", "fewer bytes than said");
}
