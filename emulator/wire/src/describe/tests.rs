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
            "5B 01 02 00 00 00 00 00 00 00",
            "CLOSE TRACK/SESSION: immed, close function 02h close the session or border; write the lead-out of DVD+RW and formatted DVD-RW",
        ),
        (
            "A1 11 00 00 00 00 00 00 00 00 00 00",
            "BLANK: immed, blanking type 01h blank only PMA, first TOC and first pregap, or lead-in and RMA",
        ),
        (
            "A4 00 00 00 00 00 00 00 00 08 08 00",
            "REPORT KEY: allocation length 8, key format 08h region playback control state",
        ),
        (
            "BF 00 00 00 00 00 00 20 00 0C 00 00",
            "SEND DISC STRUCTURE: format 20h layer boundary, parameter list length 12 (0Ch)",
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
fn lists_for_writing() {
    let format = [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 0];
    let format = describe_data(&cdb("04 11 00 00 00 00"), &format);
    insta::assert_snapshot!(format, @r"
    format list header
      descriptor length: 8
      set: format options valid, immed
    format descriptor
      blocks: 4294967295
      format type: 26h DVD+RW background format
      sub type: 0
      parameter: 0
    ");
    let capacities =
        [0, 0, 0, 16, 0x00, 0x23, 0x05, 0x40, 0x01, 0, 8, 0, 0x00, 0x23, 0x05, 0x40, 0x98, 0, 0, 0];
    let capacities = describe_data(&cdb("23 00 00 00 00 00 00 00 FC 00"), &capacities);
    insta::assert_snapshot!(capacities, @r"
    format capacities
      2295104 blocks of 2048 bytes, 01h unformatted: the largest capacity possible
      26h DVD+RW background format: 2295104 blocks, parameter 0h
    ");
    let sheet = *b"\x01\0\0\x01\0\0\0\0\x021234567\x03\x01DEXYZ2\x01\x01\x01\0\0\0\x02\0\x41\xAA\x01\x14\0\x03\x3B\x4A";
    let sheet = describe_data(&cdb("5D 00 00 00 00 00 00 00 28 00"), &sheet);
    insta::assert_snapshot!(sheet, @r"
    cue sheet
      00:00:00 lead-in, audio; main channel 01h audio, made by the drive; sub-channels 00h none, made by the drive
      catalog number: 1234567
      ISRC of track 1: DEXYZ2
      00:02:00 track 1, index 1, audio; main channel 00h audio, 2352 bytes; sub-channels 00h none, made by the drive
      03:59:74 lead-out, data; main channel 14h mode 1, made by the drive; sub-channels 00h none, made by the drive
    ");
}

#[test]
fn regions_positions_and_structures() {
    let region =
        describe_data(&cdb("A4 00 00 00 00 00 00 00 00 08 08 00"), &[0, 6, 0, 0, 0x64, 0xFD, 0x01, 0]);
    insta::assert_snapshot!(region, @r"
    RPC state
      region type: 01h set
      vendor resets: 4
      user changes: 4
      region mask: 253
      scheme: 1
    the drive plays region 2
    ");
    let position = [0, 0x11, 0, 12, 1, 0x10, 2, 1, 0, 0, 0x12, 0x34, 0, 0, 0, 5];
    let position = describe_data(&cdb("42 00 40 01 00 00 00 00 10 00"), &position);
    insta::assert_snapshot!(position, @r"
    sub-channel, audio status 11h playing
      current position data
        format: 01h position of the pick-up
        adr: 1
        control: 0
        track: 2
        index: 1
        absolute address: 4660
        relative address: 5
    ");
    let boundary = [0, 10, 0, 0, 0x80, 0, 0, 0, 0, 0x1F, 0xD8, 0x00];
    let boundary = describe_data(&cdb("AD 00 00 00 00 00 00 20 00 0C 00 00"), &boundary);
    insta::assert_snapshot!(boundary, @r"
    disc structure 20h layer boundary
      layer 0 blocks: 2086912
      set: fixed
    ");
    let mut plus = vec![0; 4 + 256];
    plus[..6].copy_from_slice(&[0x01, 0x02, 0, 0, 0xA1, 0x0F]);
    plus[23..34].copy_from_slice(b"RICOHJPNR01");
    let plus = describe_data(&cdb("AD 00 00 00 00 00 00 11 01 04 00 00"), &plus);
    insta::assert_snapshot!(plus, @r"
    disc structure 11h address in pre-groove
      book type: 0Ah DVD+R
      part version: 1
      disc size: 0
      maximum rate: 15
      number of layers: 0
      layer type: 0
      linear density: 0
      track density: 0
      first sector: 0
      last sector: 0
      last sector of layer 0: 0
      product revision: 0
      bytes in use: 0
      manufacturer: RICOHJPN
      media type: R01
    ");
    let serial = describe_data(&cdb("AB 01 00 00 00 00 00 00 00 10 00 00"), b"\0\0\0\x04A1B2");
    assert_eq!(serial, "media serial number: A1B2");
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
        values in prop::collection::vec(any::<u64>(), 12),
        small in prop::collection::vec(0u8..4, 12),
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
