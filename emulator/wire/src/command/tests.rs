//! The table checked as a table, and against bytes written by hand.

use super::*;
use crate::cdb::Cdb;
use crate::cdb::group_length;
use proptest::prelude::*;

/// Bytes as initiators on the market send them, written without the encoder.
fn check(cases: &[(Cdb, &str)]) {
    for (cdb, bytes) in cases {
        assert_eq!(cdb.to_string(), *bytes);
        assert_eq!(Command::decode(cdb).map(|command| command.cdb()), Ok(*cdb));
    }
}

#[test]
fn bytes_by_hand() {
    check(&[
        (TestUnitReady {}.cdb(), "00 00 00 00 00 00"),
        (Inquiry { evpd: true, page_code: 0x83, allocation_length: 0x0124 }.cdb(), "12 01 83 01 24 00"),
        (StartStopUnit { load_eject: true, ..Default::default() }.cdb(), "1B 00 00 00 02 00"),
        (
            StartStopUnit { immed: true, load_eject: true, start: true, ..Default::default() }.cdb(),
            "1B 01 00 00 03 00",
        ),
        (PreventAllowMediumRemoval { persistent: true, prevent: true }.cdb(), "1E 00 00 00 03 00"),
        (
            Read10 { logical_block_address: 0x0001_0203, transfer_length: 0x20, ..Default::default() }.cdb(),
            "28 00 00 01 02 03 00 00 20 00",
        ),
        (
            GetEventStatusNotification {
                polled: true,
                notification_class_request: 0x10,
                allocation_length: 8,
            }
            .cdb(),
            "4A 01 00 00 10 00 00 00 08 00",
        ),
        (
            ModeSense10 { page_control: 2, page_code: 0x2A, allocation_length: 0x100, ..Default::default() }
                .cdb(),
            "5A 00 AA 00 00 00 00 01 00 00",
        ),
        (
            PersistentReserveOutReserve { kind: 3, parameter_list_length: 24, ..Default::default() }.cdb(),
            "5F 01 03 00 00 00 00 00 18 00",
        ),
        (
            ReadDiscStructure { media_type: 1, allocation_length: 0x1004, ..Default::default() }.cdb(),
            "AD 01 00 00 00 00 00 00 10 04 00 00",
        ),
        (FormatUnit { format_data: true, format_code: 1, ..Default::default() }.cdb(), "04 11 00 00 00 00"),
        (SendDiagnostic { self_test: true, ..Default::default() }.cdb(), "1D 04 00 00 00 00"),
        (ReadFormatCapacities { allocation_length: 252 }.cdb(), "23 00 00 00 00 00 00 00 FC 00"),
        (
            Write10 { logical_block_address: (-150i32) as u32, transfer_length: 27, ..Default::default() }
                .cdb(),
            "2A 00 FF FF FF 6A 00 00 1B 00",
        ),
        (
            Erase10 { erase_all: true, logical_block_address: 0x1_0000, ..Default::default() }.cdb(),
            "2C 04 00 01 00 00 00 00 00 00",
        ),
        (
            WriteAndVerify10 { logical_block_address: 0x20, transfer_length: 16, ..Default::default() }.cdb(),
            "2E 00 00 00 00 20 00 00 10 00",
        ),
        (
            WriteBuffer { mode: 5, parameter_list_length: 0x01_8000, ..Default::default() }.cdb(),
            "3B 05 00 00 00 00 01 80 00 00",
        ),
        (
            ReadBuffer { mode: 3, buffer_id: 1, allocation_length: 4, ..Default::default() }.cdb(),
            "3C 03 01 00 00 00 00 00 04 00",
        ),
        (
            ReadSubChannel { time: true, sub_q: true, format: 3, track_number: 7, allocation_length: 24 }
                .cdb(),
            "42 02 40 03 00 00 07 00 18 00",
        ),
        (
            ReadHeader { msf: true, logical_block_address: 16, allocation_length: 8 }.cdb(),
            "44 02 00 00 00 10 00 00 08 00",
        ),
        (PlayAudio10 { starting_address: 0x1234, play_length: 750 }.cdb(), "45 00 00 00 12 34 00 02 EE 00"),
    ]);
}

#[test]
fn more_bytes_by_hand() {
    check(&[
        (
            PlayAudioMsf { starting_msf: 0x00_0200, ending_msf: 0x03_1E_4A }.cdb(),
            "47 00 00 00 02 00 03 1E 4A 00",
        ),
        (
            PlayAudioTrackIndex { starting_track: 2, starting_index: 1, ending_track: 3, ending_index: 99 }
                .cdb(),
            "48 00 00 00 02 01 00 03 63 00",
        ),
        (PauseResume { resume: true }.cdb(), "4B 00 00 00 00 00 00 00 01 00"),
        (
            LogSelect { parameter_code_reset: true, page_control: 3, ..Default::default() }.cdb(),
            "4C 02 C0 00 00 00 00 00 00 00",
        ),
        (
            LogSense { page_control: 1, page_code: 0x2F, allocation_length: 0x100, ..Default::default() }
                .cdb(),
            "4D 00 6F 00 00 00 00 01 00 00",
        ),
        (StopPlayScan {}.cdb(), "4E 00 00 00 00 00 00 00 00 00"),
        (ReserveTrack::of_size(0x0102_0304).cdb(), "53 00 00 00 00 01 02 03 04 00"),
        (ReserveTrack::up_to(0x0102_0304).cdb(), "53 01 01 02 03 04 00 00 00 00"),
        (SendOpcInformation { do_opc: true, ..Default::default() }.cdb(), "54 01 00 00 00 00 00 00 00 00"),
        (RepairTrack { immed: true, track_number: 2 }.cdb(), "58 01 00 00 00 02 00 00 00 00"),
        (
            CloseTrackSession { immed: true, close_function: 1, track_number: 0xFF }.cdb(),
            "5B 01 01 00 00 FF 00 00 00 00",
        ),
        (
            CloseTrackSession { close_function: 6, ..Default::default() }.cdb(),
            "5B 00 06 00 00 00 00 00 00 00",
        ),
        (ReadBufferCapacity { block: true, allocation_length: 12 }.cdb(), "5C 01 00 00 00 00 00 00 0C 00"),
        (SendCueSheet { cue_sheet_size: 32 }.cdb(), "5D 00 00 00 00 00 00 00 20 00"),
        (
            ReadCapacity16 { allocation_length: 32, ..Default::default() }.cdb(),
            "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00",
        ),
        (
            Blank { immed: true, blanking_type: 1, start_address: 0 }.cdb(),
            "A1 11 00 00 00 00 00 00 00 00 00 00",
        ),
        (SendEvent { immed: false, parameter_list_length: 8 }.cdb(), "A2 00 00 00 00 00 00 00 00 08 00 00"),
        (
            SendKey { parameter_list_length: 8, key_format: 6, ..Default::default() }.cdb(),
            "A3 00 00 00 00 00 00 00 00 08 06 00",
        ),
        (
            ReportKey {
                allocation_length: 8,
                authentication_grant_id: 2,
                key_format: 8,
                ..Default::default()
            }
            .cdb(),
            "A4 00 00 00 00 00 00 00 00 08 88 00",
        ),
        (
            PlayAudio12 { starting_address: 0x96, play_length: 0x0001_0000 }.cdb(),
            "A5 00 00 00 00 96 00 01 00 00 00 00",
        ),
        (
            SetReadAhead { trigger_address: 0x1000, read_ahead_address: 0x2000 }.cdb(),
            "A7 00 00 00 10 00 00 00 20 00 00 00",
        ),
    ]);
}

#[test]
fn still_more_bytes_by_hand() {
    check(&[
        (
            Write12 { logical_block_address: 32, transfer_length: 32, streaming: true, ..Default::default() }
                .cdb(),
            "AA 00 00 00 00 20 00 00 00 20 80 00",
        ),
        (ReadMediaSerialNumber { allocation_length: 0x104 }.cdb(), "AB 01 00 00 00 00 00 00 01 04 00 00"),
        (
            Verify12 { logical_block_address: 1, verification_length: 0x10_0000, ..Default::default() }.cdb(),
            "AF 00 00 00 00 01 00 10 00 00 00 00",
        ),
        (
            SecurityProtocolOut {
                security_protocol: 1,
                protocol_specific: 1,
                transfer_length: 512,
                ..Default::default()
            }
            .cdb(),
            "B5 01 00 01 00 00 00 00 02 00 00 00",
        ),
        (
            ReadCdMsf {
                starting_msf: 0x00_0200,
                ending_msf: 0x00_0201,
                user_data: true,
                ..Default::default()
            }
            .cdb(),
            "B9 00 00 00 02 00 00 02 01 10 00 00",
        ),
        (
            Scan { direct: true, starting_address: 0x0102_0304, address_type: 2 }.cdb(),
            "BA 10 01 02 03 04 00 00 00 80 00 00",
        ),
        (
            ReadCd {
                expected_sector_type: 1,
                logical_block_address: (-150i32) as u32,
                transfer_length: 1,
                sync: true,
                header_codes: 3,
                user_data: true,
                edc_ecc: true,
                c2_error_information: 1,
                sub_channel_selection: 1,
                ..Default::default()
            }
            .cdb(),
            "BE 04 FF FF FF 6A 00 00 01 FA 01 00",
        ),
        (
            SendDiscStructure { format: 0x20, parameter_list_length: 12, ..Default::default() }.cdb(),
            "BF 00 00 00 00 00 00 20 00 0C 00 00",
        ),
        (
            SetCdSpeed { read_speed: 0xFFFF, write_speed: 706, ..Default::default() }.cdb(),
            "BB 00 FF FF 02 C2 00 00 00 00 00 00",
        ),
    ]);
}

/// What initiators make room for.
#[test]
fn allocations() {
    let allocation = |cdb: Cdb| CommandSpec::of(&cdb).unwrap().allocation(&cdb);
    assert_eq!(allocation(Read10 { transfer_length: 3, ..Default::default() }.cdb()), 3 * 2048);
    assert_eq!(allocation(ReadCd { transfer_length: 2, ..Default::default() }.cdb()), 2 * 2744);
    let times = ReadCdMsf { starting_msf: 0x00_0200, ending_msf: 0x00_0302, ..Default::default() };
    assert_eq!(allocation(times.cdb()), 77 * 2744);
    let backwards = ReadCdMsf { starting_msf: 0x00_0302, ending_msf: 0x00_0200, ..Default::default() };
    assert_eq!(allocation(backwards.cdb()), 0);
    assert_eq!(allocation(GetPerformance { maximum_descriptors: 2, ..Default::default() }.cdb()), 40);
    assert_eq!(
        allocation(ReadBuffer { allocation_length: 0x01_0000, ..Default::default() }.cdb()),
        0x01_0000
    );
    assert_eq!(allocation(Write12 { transfer_length: 3, ..Default::default() }.cdb()), 0);
}

#[test]
fn two_meanings_of_a_reservation() {
    let size = ReserveTrack::of_size(0x0010_0000);
    assert_eq!((size.size(), size.address()), (Some(0x0010_0000), None));
    let split = ReserveTrack::up_to(0x0010_0000);
    assert_eq!((split.size(), split.address()), (None, Some(0x0010_0000)));
}

#[test]
fn enough_operation_codes_for_a_recorder_of_every_disc() {
    let codes: std::collections::BTreeSet<_> = Command::TABLE.iter().map(|spec| spec.opcode).collect();
    assert!(codes.len() >= 65, "{}", codes.len());
}

#[test]
fn rows_are_unique_and_ascending() {
    for pair in Command::TABLE.windows(2) {
        let [a, b] = pair else { unreachable!() };
        let key = |spec: &CommandSpec| (spec.opcode, spec.service_action);
        assert!(key(a) < key(b), "{b} is out of order or twice there");
    }
    let mut names: Vec<_> = Command::TABLE.iter().map(|spec| spec.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Command::TABLE.len());
}

#[test]
fn lengths_follow_the_group_codes() {
    for spec in Command::TABLE {
        assert_eq!(Some(spec.length), group_length(spec.opcode), "{spec}");
    }
}

#[test]
fn fields_stay_inside_the_command_and_apart_from_each_other() {
    for spec in Command::TABLE {
        let mut taken = 0u128;
        for field in spec.fields {
            let mut mask = [0u8; Cdb::MAX];
            crate::bits::set(&mut mask, field.byte, field.bit, field.width, u64::MAX);
            let mask = u128::from_be_bytes(mask);
            assert_eq!(mask.count_ones(), u32::from(field.width), "{spec}: {}", field.name);
            assert_eq!(mask & taken, 0, "{spec}: {} overlaps", field.name);
            assert_eq!(
                mask.checked_shl(8 * u32::from(spec.length)).unwrap_or(0),
                0,
                "{spec}: {} sticks out",
                field.name
            );
            assert_eq!(mask >> 120, 0, "{spec}: {} is in the operation code", field.name);
            taken |= mask;
        }
    }
}

#[test]
fn walking_ones_land_in_exactly_one_field() {
    for spec in Command::TABLE {
        let usage = spec.usage();
        let first = if spec.service_action.is_some() { 5 } else { 0 };
        for position in first..8 * (usize::from(spec.length) - 1) {
            let (byte, bit) = match position {
                0..8 => (1, position),
                _ => (1 + position / 8, position % 8),
            };
            let mut bytes = spec.blank().bytes().to_vec();
            bytes[byte] |= 1 << bit;
            let cdb = Cdb::new(&bytes).unwrap();
            let hit = spec.fields.iter().filter(|field| field.get(&cdb) != 0).count();
            let covered = usage[byte] & (1 << bit) != 0;
            assert_eq!(hit, usize::from(covered), "{spec}: byte {byte} bit {bit}");
            assert_eq!(
                Command::decode(&cdb).err(),
                (!covered).then_some(Refusal::ReservedBit { byte: byte as u8, bit: bit as u8 }),
                "{spec}: byte {byte} bit {bit}"
            );
        }
    }
}

#[test]
fn what_is_not_in_the_table() {
    let decode = |text: &str| Command::decode(&text.parse().unwrap());
    assert_eq!(decode("D8 00 00 00 00 00 00 00 00 00 00 00"), Err(Refusal::UnknownOpcode(0xD8)));
    assert_eq!(decode("AB 02 00 00 00 00 00 00 00 08 00 00"), Err(Refusal::UnknownServiceAction(0xAB, 2)));
    assert_eq!(decode("5E 1F 00 00 00 00 00 00 08 00"), Err(Refusal::UnknownServiceAction(0x5E, 0x1F)));
    assert_eq!(decode("28 00 00 00 00 00"), Err(Refusal::WrongLength { needed: 10, present: 6 }));
}

proptest! {
    #[test]
    fn every_row_round_trips(row in 0..Command::TABLE.len(), values in prop::collection::vec(any::<u64>(), 12)) {
        let spec = Command::TABLE[row];
        let cdb = spec.assemble(values);
        let command = Command::decode(&cdb).unwrap();
        prop_assert_eq!(command.spec().name, spec.name);
        prop_assert_eq!(command.cdb(), cdb);
        prop_assert_eq!(CommandSpec::of(&cdb).map(|spec| spec.name), Some(spec.name));
    }

    #[test]
    fn any_bytes_are_understood_or_refused(bytes in prop::collection::vec(any::<u8>(), 6..=16)) {
        let cdb = Cdb::new(&bytes).unwrap();
        if let Ok(command) = Command::decode(&cdb) {
            let again = command.cdb();
            prop_assert_eq!(again.bytes(), &bytes[..again.len()]);
        }
    }
}
