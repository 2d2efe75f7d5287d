//! DVD-RW between sequential recording and restricted overwrite.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::{Recording, Surface};
use discrig_wire::capacity::{CapacityKind, FormatType};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::WriteType;
use discrig_wire::sense::codes;

const CAPACITY: u32 = 2_297_888;

fn surface(trial: &Trial) -> &Surface {
    match &trial.disc.recording {
        Recording::Random(surface) => surface,
        Recording::Sequential(_) => panic!("not formatted"),
    }
}

fn offered(trial: &Trial) -> Vec<(u8, u32)> {
    trial.disc.format_capacities().1.iter().map(|offer| (offer.format_type.0, offer.blocks)).collect()
}

#[test]
fn from_blank_to_fully_formatted_and_back() {
    let mut trial = Trial::new(MediumKind::DvdMinusRw);
    assert_eq!(trial.disc.profile(), Profile::DVD_RW_SEQUENTIAL);
    let (current, _) = trial.disc.format_capacities();
    assert_eq!((current.kind, current.blocks), (CapacityKind::UNFORMATTED, CAPACITY));
    let whole_disc = [(0x00, CAPACITY), (0x10, CAPACITY), (0x15, CAPACITY)];
    assert_eq!(offered(&trial), whole_disc);

    trial.format(FormatType::FULL.0, CAPACITY).unwrap();
    assert_eq!(trial.disc.profile(), Profile::DVD_RW_RESTRICTED_OVERWRITE);
    assert!(trial.disc.write_features().contains(&FeatureCode::RIGID_RESTRICTED_OVERWRITE));
    assert_eq!(offered(&trial), [&whole_disc[..], &[(0x13, 0), (0x11, 0)]].concat());
    assert_eq!(trial.disc.last_block(), CAPACITY - 1);
    trial.page.write_type = WriteType::RAW;
    trial.write(160, 32).unwrap();
    trial.write(0, 16).unwrap();
    trial.write(160, 16).unwrap();
    assert_eq!(trial.write(8, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(16, 8), Err(codes::INVALID_PACKET_SIZE));
    assert_eq!(trial.write(CAPACITY as i32 - 16, 32), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.write(-16, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.reserve(16), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.repair(1), Err(codes::INVALID_FIELD_IN_CDB));
    for function in [0, 1, 4, 5, 6, 7] {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB));
    }
    trial.synchronize().unwrap();
    trial.close(2, 0).unwrap();
    assert_eq!(trial.write(16, 0), Ok(()));

    trial.blank(0).unwrap();
    assert_eq!(trial.disc.profile(), Profile::DVD_RW_SEQUENTIAL);
    assert!(trial.written.is_empty() && trial.disc.is_blank());
    assert_eq!(trial.disc.rewrites, 2);
}

#[test]
fn quickly_formatted_it_grows_as_it_is_written() {
    let mut trial = Trial::new(MediumKind::DvdMinusRw);
    trial.format(FormatType::QUICK.0, 0).unwrap();
    assert!(surface(&trial).open);
    let (current, _) = trial.disc.format_capacities();
    assert_eq!((current.kind, current.blocks), (CapacityKind::UNKNOWN, CAPACITY));
    assert_eq!(offered(&trial).len(), 3, "nothing to grow by");
    trial.write(0, 64).unwrap();
    trial.write(64, 64).unwrap();
    trial.write(32, 32).unwrap();
    assert_eq!(trial.write(256, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(128, CAPACITY), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.format(FormatType::QUICK_GROW.0, 0), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    trial.interrupt();
    trial.close(2, 0).unwrap();
    trial.close(2, 0).unwrap();
    assert_eq!((surface(&trial).open, surface(&trial).blocks, trial.disc.last_block()), (false, 128, 127));
    assert_eq!(trial.write(128, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(offered(&trial)[3..], [(0x13, CAPACITY - 128), (0x11, CAPACITY - 128)]);

    trial.format(FormatType::QUICK_GROW.0, 0).unwrap();
    trial.write(128, 16).unwrap();
    trial.close(3, 0).unwrap();
    trial.format(FormatType::PACKET_GROW.0, 100).unwrap();
    assert_eq!((surface(&trial).open, surface(&trial).blocks), (false, 144 + 112));
    trial.format(FormatType::PACKET_GROW.0, u32::MAX).unwrap();
    assert_eq!(surface(&trial).blocks, CAPACITY);
    assert_eq!(trial.format(FormatType::PACKET_GROW.0, 16), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
}

#[test]
fn blanked_minimally_it_takes_a_disc_at_once_only() {
    let mut trial = Trial::new(MediumKind::DvdMinusRw);
    trial.write(0, 32).unwrap();
    trial.blank(1).unwrap();
    let features = trial.disc.write_features();
    assert!(!features.contains(&FeatureCode::INCREMENTAL_STREAMING_WRITABLE));
    assert!(features.contains(&FeatureCode::DVD_R_RW_WRITE));
    assert_eq!(trial.write(0, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(trial.reserve(16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page.write_type = WriteType::SESSION_AT_ONCE;
    trial.reserve(32).unwrap();
    trial.write(0, 32).unwrap();
    trial.synchronize().unwrap();
    assert!(trial.sequence().finalized);
    assert_eq!(trial.disc.write_features(), [FeatureCode::FORMATTABLE]);
    trial.blank(0).unwrap();
    trial.page.write_type = WriteType::PACKET;
    trial.write(0, 16).unwrap();
}

#[test]
fn what_cannot_be_blanked_or_formatted() {
    let mut trial = Trial::new(MediumKind::DvdMinusRw);
    for kind in 2..8 {
        assert_eq!(trial.blank(kind), Err(codes::INVALID_FIELD_IN_CDB));
    }
    for format in [0x01, 0x05, 0x11, 0x12, 0x13, 0x14, 0x26, 0x30, 0x3F] {
        assert_eq!(trial.format(format, 16), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST), "{format:02X}h");
    }
    for blocks in [0, CAPACITY + 1, u32::MAX - 1] {
        assert_eq!(trial.format(0, blocks), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST), "{blocks}");
    }
    trial.disc.endurance = Some(1);
    trial.format(0, CAPACITY).unwrap();
    assert_eq!(trial.format(0, CAPACITY), Err(codes::FORMAT_COMMAND_FAILED));
    assert_eq!(trial.blank(1), Err(codes::ERASE_FAILURE));
}
