//! Texts compared whole, and no bytes that make it panic.

use super::*;
use crate::sense::{FixedSense, Pointer, codes};
use proptest::prelude::*;

fn cdb(text: &str) -> Cdb {
    text.parse().unwrap()
}

#[test]
fn commands_in_a_line() {
    let cases = [
        ("00 00 00 00 00 00", "TEST UNIT READY"),
        ("00 20 00 00 00 00", "TEST UNIT READY; a reserved bit is set: byte 1, bit 5"),
        ("1B 01 00 00 02 00", "START STOP UNIT: immed, load eject"),
        ("1E 00 00 00 03 00", "PREVENT ALLOW MEDIUM REMOVAL: persistent, prevent"),
        (
            "12 01 83 01 24 00",
            "INQUIRY: evpd, page code 83h device identification, allocation length 292 (124h)",
        ),
        (
            "28 00 00 01 02 03 00 00 02 00",
            "READ(10): logical block address 66051 (10203h), transfer length 2",
        ),
        (
            "AD 01 00 00 00 00 00 FF 10 04 00 00",
            "READ DISC STRUCTURE: media type 01h BD, format FFh list of structures, allocation length 4100 (1004h)",
        ),
        (
            "D8 00 00 00 00 00 00 00 00 00 00 00",
            "D8 00 00 00 00 00 00 00 00 00 00 00: operation code D8h is not in the table",
        ),
    ];
    for (bytes, text) in cases {
        assert_eq!(describe_command(&cdb(bytes)), text);
    }
}

#[test]
fn sense_in_a_line() {
    let pointer = Pointer { in_cdb: true, byte: 4, bit: Some(1) };
    let cases = [
        (SenseBuffer::EMPTY, "no sense data"),
        (SenseBuffer::new(&[0x12, 0xAB]), "not sense data: 12 AB"),
        (
            FixedSense::new(codes::MEDIUM_REMOVAL_PREVENTED).into(),
            "05/53/02 MEDIUM REMOVAL PREVENTED (ILLEGAL REQUEST)",
        ),
        (
            FixedSense::new(codes::INVALID_FIELD_IN_CDB).pointer(pointer).into(),
            "05/24/00 INVALID FIELD IN CDB (ILLEGAL REQUEST), byte 4, bit 1 of the CDB",
        ),
        (
            FixedSense::new(codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS).progress(0x4000).into(),
            "02/04/04 LOGICAL UNIT NOT READY, FORMAT IN PROGRESS (NOT READY), 25.0 % done",
        ),
        (
            FixedSense::new(codes::WRITE_ERROR).deferred().information(16).into(),
            "03/0C/00 WRITE ERROR (MEDIUM ERROR), deferred from an earlier command, information 16 (10h)",
        ),
    ];
    for (sense, text) in cases {
        assert_eq!(describe_sense(&sense), text);
    }
}

#[test]
fn a_configuration() {
    let data = [
        0, 0, 0, 36, 0, 0, 0, 8, 0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, 1, 0, 0, 3, 0x0B, 4, 0x2B, 0, 0, 0, 1, 8,
        3, 4, b'A', b'1', b' ', b' ', 0xFF, 0x00, 0x00, 0x00,
    ];
    let text = describe_data(&cdb("46 00 00 00 00 00 00 01 00 00"), &data);
    insta::assert_snapshot!(text, @r"
    configuration, profile 0008h CD-ROM
      feature 0000h Profile List, version 0, current, persistent
        0010h DVD-ROM
        0008h CD-ROM, current
      feature 0003h Removable Medium, version 2, current, persistent
        loading mechanism: 01h tray
        set: eject, device busy medium load, lock
      feature 0108h Drive Serial Number, version 0, current, persistent
        serial number: A1
      feature FF00h, version 0
    ");
}

#[test]
fn an_event_and_a_table_of_contents() {
    let event = describe_data(&cdb("4A 01 00 00 10 00 00 00 08 00"), &[0, 6, 4, 0x16, 1, 2, 0, 0]);
    insta::assert_snapshot!(event, @r"
    04h media event
      event: 01h somebody wants the medium ejected
      start slot: 0
      end slot: 0
      set: media present
      supported: operational change, power management, media
    ");
    let toc = [0, 0x12, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0x23, 0x05, 0x40];
    let toc = describe_data(&cdb("43 00 00 00 00 00 00 00 14 00"), &toc);
    insta::assert_snapshot!(toc, @r"
    00h tracks: 1 to 1
      track 1, data, from block 0
      lead-out, from block 2295104
    ");
}

#[test]
fn pages_known_and_unknown() {
    let data = [
        0, 30, 0, 0, 0, 0, 0, 0, 0x1A, 0x0A, 0, 3, 0, 0, 0, 0xC8, 0, 0, 0x12, 0xC0, 0x20, 0x0A, 1, 0, 0,
        0x64, 0, 3, 0, 0, 0, 0,
    ];
    let text = describe_data(&cdb("5A 00 3F 00 00 00 00 01 00 00"), &data);
    insta::assert_snapshot!(text, @r"
    mode data
      mode data length: 30
      medium type: 0
      device specific: 0
      block descriptor length: 0
      page 1Ah power condition
        idle timer 100ms: 200
        standby timer 100ms: 4800
        set: idle, standby
      page 20h
        0000  01 00 00 64 00 03 00 00 00 00                    ...d......
    ");
}

#[test]
fn data_that_are_not_what_they_should_be() {
    let text = describe_data(&cdb("46 00 00 00 00 00 00 01 00 00"), &[0, 0, 0, 2, 0, 0, 0, 8]);
    insta::assert_snapshot!(text, @r"
    GET CONFIGURATION header: a length field says 2 bytes where 4 are present
      0000  00 00 00 02 00 00 00 08                          ........
    ");
    assert_eq!(describe_data(&cdb("28 00 00 00 00 00 00 00 01 00"), &[]), "no data");
    let blocks = describe_data(&cdb("28 00 00 00 00 00 00 00 01 00"), &[b'x'; 2048]);
    assert_eq!(blocks.lines().count(), 33);
    assert!(blocks.ends_with("and 1536 bytes more"));
}

proptest! {
    #[test]
    fn any_command_with_any_data(
        row in 0..Command::TABLE.len(),
        values in prop::collection::vec(any::<u64>(), 8),
        small in prop::collection::vec(0u8..4, 8),
        mut data in prop::collection::vec(any::<u8>(), 0..160),
        plain: bool,
    ) {
        let spec = Command::TABLE[row];
        let cdb = if plain { spec.assemble(small.into_iter().map(u64::from)) } else { spec.assemble(values) };
        if plain && data.len() > 3 {
            data[..3].fill(0);
        }
        prop_assert!(describe_command(&cdb).starts_with(spec.name));
        prop_assert!(!describe_data(&cdb, &data).is_empty());
        prop_assert!(!describe_sense(&SenseBuffer::new(&data)).is_empty());
    }

    #[test]
    fn any_cdb(bytes in prop::collection::vec(any::<u8>(), 6..=16), data in prop::collection::vec(any::<u8>(), 0..40)) {
        let cdb = Cdb::new(&bytes).unwrap();
        prop_assert!(!describe_command(&cdb).is_empty());
        prop_assert!(!describe_data(&cdb, &data).is_empty());
    }
}
