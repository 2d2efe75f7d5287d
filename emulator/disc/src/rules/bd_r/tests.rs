//! What is demanded of BD-R, in the order in which burners ask.

use crate::kind::MediumKind;
use crate::rules::trial::Trial;
use crate::state::TrackStatus;
use discrig_wire::disc::DiscStatus;
use discrig_wire::feature::Profile;
use discrig_wire::sense::codes;
use rstest::rstest;

const TRACK: u8 = 1;
const SESSION: u8 = 2;
const FINALIZE: u8 = 6;

fn blank() -> Trial {
    Trial::new(MediumKind::BdR)
}

/// Formatted by type 00h.
fn formatted(sub_type: u8) -> Trial {
    let mut trial = blank();
    trial.format_as((0, sub_type), 0, 0).unwrap();
    trial
}

#[test]
fn a_blank_disc() {
    let trial = blank();
    let list =
        vec![(0x00, 11_826_176, 0x3000), (0x32, 11_826_176, 0), (0x32, 5_796_864, 0), (0x32, 12_088_320, 0)];
    assert_eq!(trial.capacities(), (1, 12_219_392, list));
    assert_eq!(trial.features(), [0x21, 0x23, 0x41]);
    assert_eq!((trial.disc.profile(), trial.disc.last_block()), (Profile::BD_R_SRM, 0));
    let next = trial.next().unwrap();
    assert_eq!((next.number, next.start), (1, 0));
    let resources = trial.disc.track_resources();
    assert_eq!((resources.maximum_tracks, resources.appendable_tracks), (7927, 1));
    assert_eq!(trial.disc.pow_resources(), None);
}

#[rstest]
#[case(MediumKind::BdR, 12_219_392, 11_826_176)]
#[case(MediumKind::BdRDl, 24_438_784, 23_652_352)]
#[case(MediumKind::BdRXl, 48_878_592, 47_305_728)]
#[case(MediumKind::BdRXlQl, 62_500_864, 60_403_712)]
fn capacities_with_default_spares(#[case] kind: MediumKind, #[case] whole: u32, #[case] user: u32) {
    let mut trial = Trial::new(kind);
    let (_, blocks, list) = trial.capacities();
    assert_eq!((blocks, list[0].1), (whole, user));
    trial.format_as((0x32, 1), user, 0).unwrap();
    assert_eq!(trial.capacities(), (2, user, vec![]));
    assert_eq!(trial.write(0, user), Ok(()));
    assert_eq!(trial.next(), None);
}

/// Sessions without a format, as most programs record them.
#[test]
fn sessions_follow_each_other_without_a_gap() {
    let mut trial = blank();
    for blocks in (0..320).step_by(32) {
        trial.write(blocks, 32).unwrap();
    }
    assert_eq!(trial.features(), [0x21, 0x41]);
    assert_eq!(trial.capacities(), (2, 12_219_392, vec![]));
    trial.synchronize().unwrap();
    trial.close(TRACK, 1).unwrap();
    assert_eq!(trial.next().map(|next| (next.number, next.start)), Some((2, 320)));
    trial.close(SESSION, 0).unwrap();
    assert_eq!((trial.disc.last_block(), trial.disc.information().sessions), (319, 2));

    trial.write(320, 32).unwrap();
    trial.close(TRACK, 2).unwrap();
    trial.close(FINALIZE, 0).unwrap();
    assert_eq!(trial.disc.last_block(), 351);
    assert_eq!(trial.disc.information().disc_status, DiscStatus::COMPLETE);
    assert!(trial.features().is_empty());
    assert_eq!(trial.write(352, 32), Err(codes::WRITE_PROTECTED));
    assert_eq!(trial.reserve(32), Err(codes::WRITE_PROTECTED));
    assert_eq!(trial.close(FINALIZE, 0), Ok(()));
}

#[test]
fn what_a_cluster_lacks_is_padded() {
    let mut trial = blank();
    trial.write(0, 31).unwrap();
    trial.write(31, 2).unwrap();
    trial.synchronize().unwrap();
    assert_eq!(trial.track(1).next, 64);
    assert_eq!(trial.read(0, 64), Ok(()));
    assert_eq!(trial.write(33, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.write(64, 1).unwrap();
    trial.interrupt();
    assert_eq!(trial.track(1).next, 96);
}

#[rstest]
#[case(-1, 1)]
#[case(12_219_392, 1)]
#[case(12_219_391, 2)]
#[case(i32::MAX, 1)]
fn beyond_the_disc(#[case] first: i32, #[case] blocks: u32) {
    let mut trial = blank();
    let before = trial.disc.clone();
    assert_eq!(trial.write(first, blocks), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.disc, before);
}

#[test]
fn only_at_a_next_writable_address() {
    let mut trial = blank();
    assert_eq!(trial.write(32, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(32, 0), Ok(()));
    assert!(trial.disc.is_blank());
    trial.write(0, 64).unwrap();
    assert_eq!(trial.write(32, 64), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.write(0, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(trial.read(0, 65), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
}

#[test]
fn reserved_tracks_are_open_at_the_same_time() {
    let mut trial = blank();
    trial.reserve(100).unwrap();
    assert_eq!(trial.track(1).end, Some(128));
    trial.reserve(320).unwrap();
    trial.write(448, 32).unwrap();
    trial.write(128, 32).unwrap();
    trial.write(0, 128).unwrap();
    assert_eq!(trial.write(160, 320), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    assert_eq!(trial.reserve(32), Err(codes::COMMAND_SEQUENCE_ERROR));
    assert_eq!(trial.close(SESSION, 0), Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION));
    trial.close(TRACK, 2).unwrap();
    assert_eq!((trial.track(2).next, trial.track(2).status), (160, TrackStatus::Complete));
    assert_eq!(trial.write(160, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.close(SESSION, 0).unwrap();
    assert_eq!(trial.disc.last_block(), 479);
    assert_eq!(trial.read(160, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
}

#[test]
fn reservations_have_limits() {
    let mut trial = blank();
    assert_eq!(trial.reserve(0), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(trial.reserve(12_219_393), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    assert_eq!(trial.reserve(u32::MAX), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    for _ in 0..15 {
        trial.reserve(32).unwrap();
    }
    assert_eq!(trial.reserve(32), Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED));
    trial.close(TRACK, 7).unwrap();
    trial.reserve(12_219_392 - 15 * 32).unwrap();
    trial.close(TRACK, 8).unwrap();
    assert_eq!(trial.reserve(32), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
}

#[test]
fn tracks_are_split_where_nothing_was_recorded() {
    let mut trial = blank();
    trial.split(3200).unwrap();
    trial.write(0, 32).unwrap();
    trial.split(1600).unwrap();
    assert_eq!(
        (trial.track(1).end, trial.track(2).start, trial.track(2).end),
        (Some(1600), 1600, Some(3200))
    );
    for wrong in [32, 0, 1601, 12_219_392, -32] {
        assert_eq!(trial.split(wrong), Err(codes::INVALID_FIELD_IN_CDB), "{wrong}");
    }
    trial.write(3200, 32).unwrap();
    trial.split(6400).unwrap();
    assert_eq!((trial.track(3).end, trial.next().unwrap().start), (Some(6400), 6400));
}

#[test]
fn what_cannot_be_closed() {
    let mut trial = blank();
    assert_eq!(trial.close(FINALIZE, 0), Err(codes::CURRENT_PROGRAM_AREA_IS_EMPTY));
    assert_eq!(trial.close(SESSION, 0), Ok(()));
    assert_eq!(trial.close(TRACK, 1), Ok(()));
    assert_eq!(trial.close(TRACK, 2), Err(codes::INVALID_FIELD_IN_CDB));
    for function in [0, 3, 4, 5, 7] {
        assert_eq!(trial.close(function, 1), Err(codes::INVALID_FIELD_IN_CDB), "{function}");
    }
    assert!(trial.disc.is_blank());
}

#[test]
fn a_disc_is_formatted_once() {
    for mut trial in [formatted(0), formatted(1), formatted(2)] {
        assert_eq!(trial.format_as((0, 0), 0, 0), Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM));
    }
    let mut trial = blank();
    trial.write(0, 32).unwrap();
    assert_eq!(trial.format_as((0, 0), 0, 0), Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM));
}

#[rstest]
#[case((0x30, 0), 11_826_176)]
#[case((0x26, 0), 12_219_392)]
#[case((0, 3), 0)]
#[case((0x32, 3), 11_826_176)]
#[case((0x32, 0), 12_219_392)]
#[case((0x32, 0), 5_796_832)]
#[case((0x32, 0), 11_826_177)]
fn formats_that_there_are_not(#[case] format: (u8, u8), #[case] blocks: u32) {
    let mut trial = blank();
    assert_eq!(trial.format_as(format, blocks, 0), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    assert!(trial.disc.is_blank());
}

/// As a program that keeps the session open overwrites the beginning of its file system.
#[test]
fn pseudo_overwrite_takes_up_the_next_writable_addresses() {
    let mut trial = formatted(0);
    assert_eq!(trial.features(), [0x21, 0x24, 0x38, 0x41]);
    assert_eq!(trial.disc.last_block(), 11_826_175);
    trial.write(0, 320).unwrap();
    let before = trial.disc.pow_resources().unwrap();
    assert_eq!(before.remaining_replacements, 11_826_176 - 320);

    trial.write(16, 32).unwrap();
    assert_eq!(trial.track(1).next, 320 + 64);
    let after = trial.disc.pow_resources().unwrap();
    assert_eq!(before.remaining_replacements - after.remaining_replacements, 64);
    assert_eq!(before.remaining_map_entries - after.remaining_map_entries, 2);
    assert_eq!(before.remaining_updates, after.remaining_updates);
    trial.synchronize().unwrap();
    trial.synchronize().unwrap();
    let synchronized = trial.disc.pow_resources().unwrap();
    assert_eq!(before.remaining_updates - synchronized.remaining_updates, 1);

    trial.write(0, 32).unwrap();
    assert_eq!(trial.disc.pow_resources().unwrap().remaining_map_entries, after.remaining_map_entries);
    assert_eq!(trial.write(10_000, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.close(TRACK, 1).unwrap();
    trial.write(416, 32).unwrap();
    assert_eq!(trial.track(2).start, 416);
    trial.write(0, 16).unwrap();
    assert_eq!(trial.track(2).next, 480);
}

#[test]
fn pseudo_overwrite_goes_on_behind_what_was_recorded() {
    let mut trial = formatted(0);
    trial.write(0, 64).unwrap();
    trial.write(48, 32).unwrap();
    assert_eq!(trial.track(1).next, 96 + 32);
    assert_eq!(trial.read(0, 128), Ok(()));
}

#[test]
fn pseudo_overwrite_ends_when_the_disc_is_full() {
    let mut trial = formatted(0);
    trial.write(0, 11_826_176 - 64).unwrap();
    trial.write(0, 32).unwrap();
    trial.write(0, 32).unwrap();
    assert_eq!(trial.write(0, 32), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    let resources = trial.disc.pow_resources().unwrap();
    assert_eq!(resources.remaining_replacements, 0);
    trial.close(FINALIZE, 0).unwrap();
    assert_eq!(trial.disc.pow_resources(), None);
}

#[test]
fn random_recording_takes_each_cluster_once() {
    let mut trial = formatted(2);
    assert_eq!(trial.disc.profile(), Profile::BD_R_RRM);
    assert_eq!(trial.features(), [0x24, 0x25, 0x41]);
    trial.write(3200, 32).unwrap();
    trial.write(64, 16).unwrap();
    trial.write(80, 8).unwrap();
    assert_eq!(trial.write(72, 32), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    trial.synchronize().unwrap();
    assert_eq!(trial.write(88, 8), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(
        (trial.read(64, 32), trial.read(0, 1)),
        (Ok(()), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE))
    );
    assert_eq!(trial.write(11_826_176, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(trial.disc.last_block(), 11_826_175);
    assert_eq!(trial.reserve(32), Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT));
    assert_eq!(trial.close(TRACK, 1), Err(codes::INVALID_FIELD_IN_CDB));
    trial.close(FINALIZE, 0).unwrap();
    assert_eq!(trial.write(0, 32), Err(codes::WRITE_PROTECTED));
    assert!(trial.features().is_empty());
}

#[test]
fn spares_replace_what_is_damaged() {
    let mut trial = formatted(1);
    assert_eq!(trial.features(), [0x21, 0x24, 0x41]);
    trial.disc.damaged.insert(40..50);
    trial.write(0, 64).unwrap();
    assert!(trial.disc.replaced.iter().flatten().eq(32..64));
    assert_eq!(trial.read(0, 64), Ok(()));
}

#[test]
fn without_spares_damage_is_found_when_it_is_read() {
    let mut trial = blank();
    trial.disc.damaged.insert(40..50);
    trial.disc.placement(&trial.page, 0, 64).unwrap();
    crate::rules::rules(MediumKind::BdR).written(&mut trial.disc, &trial.page, 0, 64);
    assert_eq!((trial.read(0, 40), trial.read(0, 64)), (Ok(()), Err(codes::UNRECOVERED_READ_ERROR)));
}

#[test]
fn spares_run_out() {
    let mut trial = formatted(1);
    trial.disc.damaged.insert(0..(12_288 + 1) * 32);
    assert_eq!(trial.write(0, (12_288 + 1) * 32), Err(codes::NO_DEFECT_SPARE_LOCATION_AVAILABLE));
    assert!(trial.disc.is_blank() && trial.disc.replaced.is_empty());
    trial.write(0, 12_288 * 32).unwrap();
    let before = trial.disc.clone();
    assert_eq!(trial.write(12_288 * 32, 32), Err(codes::NO_DEFECT_SPARE_LOCATION_AVAILABLE));
    assert_eq!(trial.disc, before);
}
