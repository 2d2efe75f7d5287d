//! Recording in sequence: incrementally, in reserved RZones, and at once.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::TrackStatus;
use discrig_wire::disc::{DiscStatus, SessionStatus};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::{DataBlockType, MultiSession, WriteType};
use discrig_wire::sense::codes;

const CAPACITY: i32 = 2_297_888;

#[test]
fn a_blank_disc() {
    let trial = Trial::new(MediumKind::DvdMinusR);
    let next = trial.next().unwrap();
    assert_eq!((next.number, next.start, next.end), (1, 0, None));
    assert_eq!(trial.disc.profile(), Profile::DVD_R_SEQUENTIAL);
    let features = [FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::DVD_R_RW_WRITE];
    assert_eq!(trial.disc.write_features(), features);
    let information = trial.disc.information();
    assert_eq!((information.disc_status, information.last_possible_lead_out), (DiscStatus::EMPTY, 2_297_888));
    assert!(trial.disc.format_capacities().1.is_empty());
}

#[test]
fn increments_borders_and_a_complete_disc() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.write(0, 16).unwrap();
    trial.write(16, 7).unwrap();
    assert_eq!(trial.track(1).next, 23);
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 32, "padded to the ECC block");
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 32, "once");
    trial.write(32, 16).unwrap();
    trial.close(1, 1).unwrap();
    trial.close(1, 1).unwrap();
    assert_eq!(trial.next().unwrap().start, 48);
    assert_eq!(trial.disc.information().last_session_status, SessionStatus::INCOMPLETE);
    trial.close(2, 0).unwrap();
    // The first border zone of the inner disc.
    let next = trial.next().unwrap();
    assert_eq!((next.number, next.start), (2, 48 + 0x7000));
    let information = trial.disc.information();
    assert_eq!((information.disc_status, information.sessions), (DiscStatus::INCOMPLETE, 2));
    assert_eq!(trial.disc.last_block(), 47);
    trial.close(2, 0).unwrap();
    assert_eq!(trial.sequence().sessions.len(), 1, "an empty border is not closed");

    trial.write(next.start, 32).unwrap();
    trial.close(2, 0).unwrap();
    let third = trial.next().unwrap();
    assert_eq!(third.start, next.start + 32 + 0x1800);
    trial.page.multi_session = MultiSession::NONE;
    trial.write(third.start, 16).unwrap();
    trial.close(2, 0).unwrap();
    assert!(trial.sequence().finalized && trial.next().is_none());
    assert!(trial.disc.write_features().is_empty());
    assert_eq!(trial.write(third.start + 16, 16), Err(codes::WRITE_PROTECTED));
    assert_eq!(trial.reserve(16), Err(codes::WRITE_PROTECTED));
    trial.close(2, 0).unwrap();
}

#[test]
fn borders_are_wider_farther_out() {
    use super::super::close::border_zone;
    assert_eq!([0, 0x10_0000, 0x1F_0000].map(|at| border_zone(at, true)), [0x7000, 0x9400, 0xB800]);
    assert_eq!([0, 0x10_0000, 0x1F_0000].map(|at| border_zone(at, false)), [0x1800, 0x1E00, 0x2500]);
}

#[test]
fn a_link_may_cost_an_ecc_block() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.page.buffer_underrun_free = false;
    (trial.page.link_size_valid, trial.page.link_size) = (true, 0x10);
    trial.write(0, 20).unwrap();
    trial.write(20, 12).unwrap();
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 48);
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 48);
}

#[test]
fn reserved_rzones_are_written_in_turn() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.reserve(100).unwrap();
    trial.reserve(32).unwrap();
    assert_eq!(trial.reserve(32), Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED));
    assert_eq!((trial.track(1).end, trial.track(2).start), (Some(112), 112), "rounded up");
    let third = trial.next().unwrap();
    assert_eq!((third.number, third.start), (3, 144));
    trial.write(144, 16).unwrap();
    trial.write(0, 16).unwrap();
    trial.write(112, 8).unwrap();
    trial.write(16, 16).unwrap();
    assert_eq!(trial.track(2).next, 128, "another RZone was written: the packet ended");
    assert_eq!(trial.write(32, 96), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    assert_eq!(trial.close(2, 0), Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION));
    trial.write(128, 16).unwrap();
    trial.close(1, 1).unwrap();
    assert_eq!((trial.track(1).next, trial.track(1).status), (112, TrackStatus::Complete), "padded");
    assert_eq!(trial.reserve(16), Err(codes::COMMAND_SEQUENCE_ERROR), "RZone 3 is incomplete");
    trial.close(2, 0).unwrap();
    assert_eq!(trial.track(3).end, Some(160));
    assert_eq!(trial.close(1, 9), Err(codes::INVALID_FIELD_IN_CDB));
}

#[test]
fn the_whole_disc_at_once() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.page.write_type = WriteType::SESSION_AT_ONCE;
    trial.page.multi_session = MultiSession::NONE;
    assert_eq!(trial.write(0, 16), Err(codes::COMMAND_SEQUENCE_ERROR), "not reserved");
    trial.reserve(1000).unwrap();
    assert_eq!(trial.reserve(1000), Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY));
    assert!(trial.next().is_none());
    assert_eq!(trial.close(2, 0), Err(codes::EMPTY_OR_PARTIALLY_WRITTEN_RESERVED_TRACK));
    trial.write(0, 500).unwrap();
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 500, "neither padded nor complete");
    assert_eq!(trial.write(0, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.page.write_type = WriteType::PACKET;
    assert_eq!(trial.write(500, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page.write_type = WriteType::SESSION_AT_ONCE;
    trial.write(500, 500).unwrap();
    assert!(!trial.sequence().finalized);
    trial.synchronize().unwrap();
    assert!(trial.sequence().finalized);
    assert_eq!((trial.track(1).end, trial.disc.last_block()), (Some(1008), 1007));
    assert_eq!(trial.write(1008, 16), Err(codes::WRITE_PROTECTED));
}

#[test]
fn write_parameters_that_do_not_fit() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    let good = trial.page;
    for (write_type, code) in [
        (WriteType::TRACK_AT_ONCE, codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT),
        (WriteType::RAW, codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT),
        (WriteType::LAYER_JUMP, codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT),
        (WriteType(8), codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT),
    ] {
        trial.page.write_type = write_type;
        assert_eq!(trial.write(0, 16), Err(code), "{write_type}");
        assert_eq!(trial.reserve(16), Err(code), "{write_type}");
    }
    trial.page = good;
    trial.page.data_block_type = DataBlockType::RAW;
    assert_eq!(trial.write(0, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page = good;
    trial.page.track_mode = 0;
    assert_eq!(trial.write(0, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page = good;
    (trial.page.fixed_packet, trial.page.packet_size) = (true, 32);
    assert_eq!(trial.write(0, 16), Err(codes::INVALID_PACKET_SIZE));
    trial.page.packet_size = 16;
    trial.write(0, 16).unwrap();
}

#[test]
fn addresses_and_sizes_that_do_not_fit() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    assert_eq!(trial.write(16, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(CAPACITY, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.write(-1, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.write(0, u32::MAX), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.reserve(0), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(trial.reserve(CAPACITY as u32 + 1), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    assert_eq!(trial.reserve(u32::MAX), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    assert_eq!(trial.split(32), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(trial.repair(1), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(trial.format(0, CAPACITY as u32), Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM));
    assert_eq!(trial.blank(0), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.send(0x20, 16), Err(codes::INVALID_FIELD_IN_CDB));
    for function in [0, 3, 4, 5, 6, 7] {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB));
    }
    trial.write(0, 0).unwrap();
    assert_eq!(trial.disc, Trial::new(MediumKind::DvdMinusR).disc);
    trial.write(0, CAPACITY as u32 - 8).unwrap();
    assert_eq!(trial.write(CAPACITY - 8, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    trial.write(CAPACITY - 8, 8).unwrap();
    assert!(!trial.disc.is_writable(), "the disc is full");
    trial.close(2, 0).unwrap();
    assert!(trial.next().is_none());
    assert!(!trial.disc.is_writable());
}

#[test]
fn a_damaged_rzone_waits_for_repair() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.write(0, 20).unwrap();
    trial.synchronize().unwrap();
    trial.interrupt();
    assert_eq!(trial.track(1).status, TrackStatus::Open, "nothing was on its way");
    trial.write(32, 20).unwrap();
    trial.interrupt();
    assert_eq!(trial.track(1).status, TrackStatus::Damaged);
    assert_eq!(trial.write(52, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.reserve(16), Err(codes::COMMAND_SEQUENCE_ERROR));
    trial.repair(1).unwrap();
    trial.repair(1).unwrap();
    trial.write(64, 16).unwrap();
    trial.interrupt();
    trial.close(2, 0).unwrap();
    assert_eq!(trial.track(1).end, Some(80));
}

#[test]
fn a_disc_at_once_that_was_cut_short_can_only_be_closed() {
    let mut trial = Trial::new(MediumKind::DvdMinusR);
    trial.page.write_type = WriteType::SESSION_AT_ONCE;
    trial.reserve(320).unwrap();
    trial.interrupt();
    trial.write(0, 160).unwrap();
    trial.interrupt();
    assert_eq!(trial.write(160, 160), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.repair(1), Err(codes::INVALID_FIELD_IN_CDB));
    trial.page.multi_session = MultiSession::NONE;
    trial.close(2, 0).unwrap();
    assert!(trial.sequence().finalized);
    assert_eq!(trial.track(1).end, Some(320));
}

#[test]
fn dual_layer_in_sequence_has_one_border() {
    let mut trial = Trial::new(MediumKind::DvdMinusRDl);
    assert_eq!(trial.disc.profile(), Profile::DVD_R_DL_SEQUENTIAL);
    trial.write(0, 1600).unwrap();
    assert_eq!(trial.send(0x22, 1600), Err(codes::COMMAND_SEQUENCE_ERROR));
    trial.page.write_type = WriteType::LAYER_JUMP;
    assert_eq!(trial.write(1600, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page.write_type = WriteType::PACKET;
    trial.close(2, 0).unwrap();
    assert!(trial.sequence().finalized, "whatever the write parameters say");

    let mut trial = Trial::new(MediumKind::DvdMinusRDl);
    trial.page.write_type = WriteType::SESSION_AT_ONCE;
    trial.reserve(3_000_000).unwrap();
    assert_eq!(trial.sequence().layer_boundary, Some(1_500_000));
}
