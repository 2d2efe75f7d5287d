//! DVD+R as burners treat it.

use crate::extents::Extents;
use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::{DiscState, TrackStatus};
use discrig_wire::disc::DiscStatus;
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::{MultiSession, WriteType};
use discrig_wire::sense::codes;
use proptest::prelude::*;

const CAPACITY: i32 = 2_295_104;
const DUAL_CAPACITY: u32 = 4_173_824;

fn disc() -> Trial {
    let mut trial = Trial::new(MediumKind::DvdPlusR);
    // The page does not apply, whatever is in it.
    trial.page.write_type = WriteType::RAW;
    trial.page.multi_session = MultiSession::NONE;
    trial
}

#[test]
fn a_blank_disc() {
    let trial = disc();
    let next = trial.next().unwrap();
    assert_eq!((next.number, next.start, next.end), (1, 0, None));
    assert_eq!(trial.disc.profile(), Profile::DVD_PLUS_R);
    assert!(trial.disc.write_features().contains(&FeatureCode::DVD_PLUS_R));
    let information = trial.disc.information();
    assert_eq!(
        (information.disc_status, information.last_possible_lead_out),
        (DiscStatus::EMPTY, CAPACITY as u32)
    );
    assert!(trial.disc.format_capacities().1.is_empty());
}

#[test]
fn fragments_sessions_and_a_final_disc() {
    let mut trial = disc();
    trial.write(0, 32).unwrap();
    trial.write(32, 9).unwrap();
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 48);
    trial.close(1, 1).unwrap();
    trial.close(1, 1).unwrap();
    let second = trial.next().unwrap();
    assert_eq!((second.number, second.start), (2, 64), "after a run-in");
    trial.write(64, 16).unwrap();
    trial.close(1, 0xFF).unwrap();
    assert_eq!(trial.track(2).status, TrackStatus::Complete);
    trial.close(1, 0xFF).unwrap();
    trial.close(2, 0).unwrap();
    assert_eq!(trial.disc.last_block(), 79);
    let third = trial.next().unwrap();
    assert_eq!((third.number, third.start), (3, 80 + 2048));
    let information = trial.disc.information();
    assert_eq!((information.disc_status, information.sessions), (DiscStatus::INCOMPLETE, 2));
    trial.close(2, 0).unwrap();
    assert_eq!(trial.disc.information().sessions, 2, "an empty session is not closed");

    trial.write(third.start, 16).unwrap();
    assert_eq!(trial.sequence().sessions[1].lead_in, Some(third.start - 1024));
    trial.close(2, 0).unwrap();
    trial.close(6, 0).unwrap();
    assert!(trial.sequence().finalized);
    assert_eq!(trial.write(third.start + 16, 16), Err(codes::WRITE_PROTECTED));
    assert_eq!(trial.reserve(16), Err(codes::WRITE_PROTECTED));
    assert!(trial.disc.write_features().is_empty());
    trial.close(6, 0).unwrap();
}

#[test]
fn finalizing_with_a_minimum_radius_records_more() {
    let mut trial = disc();
    trial.write(0, 16).unwrap();
    let blocks = |function| trial.disc.close(&trial.page, function, 0).unwrap().blocks;
    assert_eq!(blocks(0b101) - blocks(0b110), 266_720 - 16);
    assert_eq!(trial.close(0b100, 0), Err(codes::INVALID_FIELD_IN_CDB), "one layer");
    trial.close(0b101, 0).unwrap();
    assert!(trial.sequence().finalized);
}

#[test]
fn reserved_fragments() {
    let mut trial = disc();
    trial.reserve(100).unwrap();
    assert_eq!((trial.track(1).status, trial.track(1).end), (TrackStatus::Reserved, Some(112)));
    assert_eq!(trial.next().unwrap().start, 128);
    trial.write(0, 32).unwrap();
    trial.write(128, 16).unwrap();
    assert_eq!(trial.reserve(16), Err(codes::COMMAND_SEQUENCE_ERROR), "fragment 2 is incomplete");
    assert_eq!(trial.write(32, 96), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    assert_eq!(trial.close(2, 0), Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION));
    assert_eq!(trial.close(6, 0), Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION));
    trial.close(1, 1).unwrap();
    assert!(trial.disc.readable(0, 112).is_ok(), "padded");
    trial.close(2, 0).unwrap();
    assert_eq!(trial.close(1, 7), Err(codes::INVALID_FIELD_IN_CDB));
}

#[test]
fn a_fragment_is_split() {
    let mut trial = disc();
    trial.split(160).unwrap();
    assert_eq!(trial.track(1).end, Some(144), "before the run-in");
    assert_eq!(trial.next().unwrap().start, 160);
    trial.reserve(320).unwrap();
    trial.split(320).unwrap();
    assert_eq!((trial.track(2).start, trial.track(2).end), (160, Some(304)));
    assert_eq!((trial.track(3).start, trial.track(3).end), (320, Some(480)));
    trial.write(320, 16).unwrap();
    trial.split(64).unwrap();
    assert_eq!((trial.track(4).start, trial.track(4).next), (320, 336), "all behind count one more");
    for address in [0, 16, 64, 65, 332] {
        assert_eq!(trial.split(address), Err(codes::INVALID_FIELD_IN_CDB), "{address}");
    }
    assert_eq!(trial.split(CAPACITY), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.split(-16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
}

#[test]
fn a_session_has_sixteen_fragments_and_a_disc_191_sessions() {
    let mut trial = disc();
    for _ in 0..16 {
        trial.reserve(16).unwrap();
    }
    assert_eq!(trial.reserve(16), Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED));
    assert!(trial.next().is_none());
    let mut trial = disc();
    let mut sessions = 0;
    while let Some(next) = trial.next() {
        trial.write(next.start, 16).unwrap();
        trial.close(2, 0).unwrap();
        // Looking at each of them after each step would take long.
        trial.written = Extents::default();
        sessions += 1;
    }
    assert_eq!(sessions, 191);
    assert!(!trial.disc.is_writable());
    trial.close(6, 0).unwrap();
}

#[test]
fn addresses_sizes_and_functions_that_do_not_fit() {
    let mut trial = disc();
    assert_eq!(trial.write(16, 16), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(CAPACITY, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.write(-1, 16), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.write(0, CAPACITY as u32 + 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.reserve(0), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(trial.reserve(u32::MAX), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    assert_eq!(trial.send(0x20, 16), Err(codes::INVALID_FIELD_IN_CDB), "one layer");
    assert_eq!(trial.format(0, 16), Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM));
    assert_eq!(trial.blank(0), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.repair(1), Err(codes::INVALID_FIELD_IN_CDB));
    for function in [0, 3, 4, 7] {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB));
    }
    for function in [1, 2, 5, 6] {
        trial.close(function, 1).unwrap();
    }
    trial.write(0, 0).unwrap();
    assert_eq!(trial.disc, DiscState::blank(MediumKind::DvdPlusR).unwrap(), "there was nothing to close");
    trial.write(0, CAPACITY as u32).unwrap();
    assert!(!trial.disc.is_writable(), "the disc is full");
    trial.close(2, 0).unwrap();
    assert!(trial.next().is_none());
}

#[test]
fn power_fails_and_the_fragment_goes_on() {
    let mut trial = disc();
    trial.write(0, 20).unwrap();
    trial.interrupt();
    assert_eq!((trial.track(1).status, trial.track(1).next), (TrackStatus::Open, 32));
    trial.write(32, 16).unwrap();
}

#[test]
fn the_layer_boundary_is_set_once_and_halves_the_disc() {
    let mut trial = Trial::new(MediumKind::DvdPlusRDl);
    assert_eq!(trial.disc.profile(), Profile::DVD_PLUS_R_DL);
    assert_eq!(trial.disc.information().last_possible_lead_out, DUAL_CAPACITY);
    for blocks in [0, DUAL_CAPACITY / 2 + 1, u32::MAX] {
        assert_eq!(trial.send(0x20, blocks), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    }
    let short = trial.disc.send_structure(0x20, &[0; 4]);
    assert_eq!(short.map_err(|refusal| refusal.code), Err(codes::PARAMETER_LIST_LENGTH_ERROR));
    assert_eq!(trial.send(0x22, 16), Err(codes::INVALID_FIELD_IN_CDB));
    trial.send(0x20, 1_000_001).unwrap();
    assert_eq!(trial.sequence().layer_boundary, Some(1_000_016));
    assert_eq!(trial.disc.information().last_possible_lead_out, 2_000_032);
    assert_eq!(trial.send(0x20, 16), Err(codes::COMMAND_SEQUENCE_ERROR));
    assert_eq!(trial.write(0, 2_000_033), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    trial.write(0, 1_500_000).unwrap();
    trial.close(0b100, 0).unwrap();
    assert_eq!(trial.disc.information().last_possible_lead_out, 2_000_032 - 0x3_0000);
    assert!(trial.next().is_some());
    trial.close(0b101, 0).unwrap();
    assert!(trial.sequence().finalized);
    assert_eq!(trial.send(0x20, 16), Err(codes::WRITE_PROTECTED));
}

#[derive(Clone, Debug)]
enum Step {
    Close(u8, u16),
    Interrupt,
    Reserve(u32),
    Send(u32),
    Split(i32),
    Synchronize,
    Write { at: usize, off: i32, blocks: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    let blocks = prop_oneof![4 => (1u32..8).prop_map(|ecc| ecc * 16), 2 => 0u32..100, 1 => 100_000u32..3_000_000, 1 => any::<u32>()];
    prop_oneof![
        20 => (0usize..20, prop_oneof![6 => Just(0), 1 => -20i32..20], blocks.clone())
            .prop_map(|(at, off, blocks)| Step::Write { at, off, blocks }),
        4 => Just(Step::Synchronize),
        4 => blocks.clone().prop_map(Step::Reserve),
        6 => (prop_oneof![4 => Just(1u8), 4 => Just(2), 1 => 0u8..8], prop_oneof![8 => 0u16..8, 1 => Just(0xFF)])
            .prop_map(|(function, track)| Step::Close(function, track)),
        6 => (0i32..200).prop_map(|ecc| Step::Split(ecc * 16)),
        1 => Just(Step::Interrupt),
        1 => blocks.prop_map(Step::Send),
    ]
}

fn perform(trial: &mut Trial, step: &Step) {
    let before = trial.disc.clone();
    let outcome = match *step {
        Step::Close(function, track) => trial.close(function, track),
        Step::Interrupt => {
            trial.interrupt();
            Ok(())
        }
        Step::Reserve(blocks) => trial.reserve(blocks),
        Step::Send(value) => trial.send(0x20, value),
        Step::Split(address) => trial.split(address),
        Step::Synchronize => trial.synchronize(),
        Step::Write { at, off, blocks } => {
            let sequence = trial.sequence();
            let open =
                sequence.tracks().filter(|(_, track)| track.is_writable()).map(|(_, track)| track.next);
            let all: Vec<i32> = open.chain(trial.next().map(|next| next.start)).collect();
            let first = all.get(at % all.len().max(1)).copied().unwrap_or(0);
            trial.write(first + off, blocks)
        }
    };
    if outcome.is_err() {
        assert_eq!(trial.disc, before, "a refusal changes nothing");
    }
}

proptest! {
    #[test]
    fn every_order_of_commands_leaves_a_legal_disc(
        dual: bool,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut trial = Trial::new(if dual { MediumKind::DvdPlusRDl } else { MediumKind::DvdPlusR });
        for step in &steps {
            perform(&mut trial, step);
        }
    }
}
