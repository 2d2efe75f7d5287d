//! The table checked as a table, and against bytes written by hand.

use super::*;
use crate::cdb::Cdb;
use crate::cdb::group_length;
use proptest::prelude::*;

/// Bytes as initiators on the market send them, written without the encoder.
#[test]
fn bytes_by_hand() {
    let cases: &[(Cdb, &str)] = &[
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
        (
            SetCdSpeed { read_speed: 0xFFFF, write_speed: 706, ..Default::default() }.cdb(),
            "BB 00 FF FF 02 C2 00 00 00 00 00 00",
        ),
    ];
    for (cdb, bytes) in cases {
        assert_eq!(cdb.to_string(), *bytes);
        assert_eq!(Command::decode(cdb).map(|command| command.cdb()), Ok(*cdb));
    }
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
            assert_eq!(mask << (8 * u32::from(spec.length)), 0, "{spec}: {} sticks out", field.name);
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
    assert_eq!(decode("A3 0C 00 00 00 00 00 00 00 00 00 00"), Err(Refusal::UnknownOpcode(0xA3)));
    assert_eq!(decode("5E 1F 00 00 00 00 00 00 08 00"), Err(Refusal::UnknownServiceAction(0x5E, 0x1F)));
    assert_eq!(decode("28 00 00 00 00 00"), Err(Refusal::WrongLength { needed: 10, present: 6 }));
}

proptest! {
    #[test]
    fn every_row_round_trips(row in 0..Command::TABLE.len(), values in prop::collection::vec(any::<u64>(), 8)) {
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
