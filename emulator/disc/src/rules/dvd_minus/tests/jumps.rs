//! Layer jump recording of DVD-R DL.

use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::rules::trial::Trial;
use crate::state::TrackStatus;
use crate::views::TrackSelector;
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::WriteType;
use discrig_wire::sense::codes;

/// Blocks of both layers.
const ALL: i32 = 4_171_712;

fn jumping() -> Trial {
    let mut trial = Trial::new(MediumKind::DvdMinusRDl);
    trial.page.write_type = WriteType::LAYER_JUMP;
    trial
}

#[test]
fn jumps_at_regular_intervals() {
    let mut trial = jumping();
    trial.send(0x22, 60).unwrap();
    assert_eq!(trial.disc.profile(), Profile::DVD_R_DL_LAYER_JUMP);
    assert!(trial.disc.write_features().contains(&FeatureCode::LAYER_JUMP_RECORDING));
    assert_eq!(trial.write(0, 65), Err(codes::INVALID_WRITE_CROSSING_LAYER_JUMP));
    trial.write(0, 48).unwrap();
    let information = trial.disc.track_information(TrackSelector::Number(1)).unwrap();
    assert_eq!(information.next_layer_jump, 63);
    trial.write(48, 16).unwrap();
    // On layer 1, above the last block.
    assert_eq!((trial.track(1).next, &trial.track(1).jumps[..]), (ALL - 64, &[63][..]));
    assert_eq!(trial.write(64, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.write(ALL - 64, 60).unwrap();
    assert_eq!(trial.write(ALL - 4, 5), Err(codes::INVALID_WRITE_CROSSING_LAYER_JUMP));
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 64, "padded to the end of the stretch, and back on layer 0");
    trial.write(64, 64).unwrap();
    assert_eq!(trial.track(1).next, ALL - 128);
    trial.write(ALL - 128, 32).unwrap();
    assert!(trial.disc.readable(0, 128).is_ok());
    assert!(trial.disc.readable(ALL - 64, 64).is_ok());
    trial.disc.damaged.insert(ALL - 10..ALL - 8);
    let damaged = Refusal::at_block(codes::UNRECOVERED_READ_ERROR, ALL - 10);
    assert_eq!(trial.disc.readable(ALL - 64, 64), Err(damaged));
    trial.disc.damaged.remove(ALL - 10..ALL - 8);
    let gap = Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, ALL - 96);
    assert_eq!(trial.disc.readable(ALL - 97, 2), Err(gap));

    trial.close(2, 0).unwrap();
    let track = trial.track(1);
    assert_eq!((track.status, track.end), (TrackStatus::Complete, Some(128)));
    assert!(trial.disc.readable(ALL - 128, 128).is_ok(), "layer 1 covers layer 0");
    assert_eq!(trial.disc.last_block(), ALL as u32 - 1);
    let next = trial.next().unwrap();
    assert_eq!((next.number, next.start), (2, 128 + 0x7000));
    trial.write(next.start, 64).unwrap();
    trial.write(ALL - next.start - 64, 64).unwrap();
    assert_eq!(trial.track(2).next, next.start + 64);
    trial.close(2, 0).unwrap();
    assert_eq!(trial.track(2).end, Some(next.start + 64));
}

#[test]
fn jumps_where_the_initiator_wants() {
    let mut trial = jumping();
    trial.send(0x23, 31).unwrap();
    assert_eq!(trial.write(0, 48), Err(codes::INVALID_WRITE_CROSSING_LAYER_JUMP));
    trial.write(0, 32).unwrap();
    assert_eq!(trial.track(1).next, ALL - 32);
    assert_eq!(trial.send(0x23, 31), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST), "behind");
    assert_eq!(trial.send(0x23, 48), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST), "inside an ECC block");
    assert_eq!(trial.send(0x23, ALL as u32 / 2), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST), "on layer 1");
    trial.send(0x23, 63).unwrap();
    trial.write(ALL - 32, 32).unwrap();
    trial.write(32, 32).unwrap();
    assert_eq!(trial.track(1).jumps, [31, 63]);
    trial.close(1, 1).unwrap();
    assert_eq!(trial.track(1).end, Some(64));
    assert_eq!(trial.next().unwrap().start, 64);
    trial.write(64, 16).unwrap();
    assert_eq!(trial.track(2).start, 64);
}

#[test]
fn without_a_jump_given_it_goes_to_the_end_of_the_layer() {
    let mut trial = jumping();
    trial.send(0x21, 1000).unwrap();
    assert_eq!(trial.disc.information().last_possible_lead_out, 2016);
    trial.write(0, 1008).unwrap();
    assert_eq!(trial.sequence().jump_interval, Some(0));
    assert_eq!(trial.track(1).next, 1008);
    assert_eq!(trial.send(0x21, 500), Err(codes::COMMAND_SEQUENCE_ERROR));
    trial.write(1008, 1008).unwrap();
    assert_eq!(trial.track(1).status, TrackStatus::Complete);
    assert!(!trial.disc.is_writable());
    assert_eq!(trial.write(1008, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(2016, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert!(trial.disc.readable(0, 2016).is_ok());
    trial.close(2, 0).unwrap();
    assert_eq!(trial.disc.last_block(), 2015);
}

#[test]
fn structures_that_do_not_fit() {
    let mut trial = jumping();
    for (format, value) in [(0x21, 0), (0x21, ALL as u32), (0x22, ALL as u32), (0x23, 0), (0x23, u32::MAX)] {
        assert_eq!(
            trial.send(format, value),
            Err(codes::INVALID_FIELD_IN_PARAMETER_LIST),
            "{format:02X}h {value}"
        );
    }
    assert_eq!(trial.send(0x20, 16), Err(codes::INVALID_FIELD_IN_CDB));
    let short = trial.disc.send_structure(0x22, &[0; 7]);
    assert_eq!(short.map_err(|refusal| refusal.code), Err(codes::PARAMETER_LIST_LENGTH_ERROR));
    trial.write(0, 16).unwrap();
    trial.page.write_type = WriteType::PACKET;
    assert_eq!(trial.write(16, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    trial.page.write_type = WriteType::LAYER_JUMP;
    assert_eq!(trial.reserve(16), Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED));
}

#[test]
fn a_new_interval_that_is_already_passed_jumps_at_the_next_boundary() {
    let mut trial = jumping();
    trial.write(0, 48).unwrap();
    trial.send(0x22, 48).unwrap();
    assert_eq!(trial.track(1).next, ALL - 48);
    trial.interrupt();
    assert_eq!(trial.track(1).status, TrackStatus::Open, "the structure emptied the buffer");
    trial.write(ALL - 48, 20).unwrap();
    trial.interrupt();
    trial.repair(1).unwrap();
    trial.write(ALL - 16, 16).unwrap();
    assert_eq!(trial.track(1).next, 48);
}
