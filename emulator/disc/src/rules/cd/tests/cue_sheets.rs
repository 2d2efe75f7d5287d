//! Cue sheets that are refused, with the byte.

use super::sessions::{audio, row, sheet};
use super::*;
use discrig_wire::sense::codes;
use rstest::rstest;

/// Changes one byte of the sheet of audio; the refusal names an entry and a byte of it.
#[rstest]
#[case::adr_unknown(5, 0, 0x04, (5, 0))]
#[case::adr_of_half_a_catalogue(1, 0, 0x01, (1, 0))]
#[case::catalogue_of_letters(0, 3, b'A', (1, 1))]
#[case::catalogue_too_long(1, 7, b'1', (1, 7))]
#[case::code_of_two_tracks(4, 1, 2, (4, 1))]
#[case::code_of_letters(4, 5, b'x', (4, 2))]
#[case::lead_in_first(2, 1, 1, (2, 1))]
#[case::lead_in_index(2, 2, 1, (2, 2))]
#[case::lead_in_with_data(2, 3, 0x00, (2, 3))]
#[case::lead_in_elsewhere(2, 7, 1, (2, 5))]
#[case::data_in_audio(6, 3, 0x10, (6, 0))]
#[case::control_of_data(6, 0, 0x41, (6, 0))]
#[case::form_unknown(6, 3, 0x05, (6, 3))]
#[case::sub_channels_unknown(6, 3, 0x80, (6, 3))]
#[case::scms(6, 4, 0x40, (6, 4))]
#[case::second(6, 6, 60, (6, 5))]
#[case::frame(6, 7, 75, (6, 5))]
#[case::first_pause_late(5, 7, 1, (5, 5))]
#[case::first_pause_short(6, 6, 1, (6, 5))]
#[case::first_pause_missing(5, 2, 1, (5, 2))]
#[case::track_skipped(7, 1, 3, (7, 1))]
#[case::index_skipped(9, 2, 3, (9, 2))]
#[case::control_changes(9, 0, 0x01, (9, 0))]
#[case::sub_channels_change(9, 3, 0x40, (9, 3))]
#[case::track_short(7, 6, 5, (7, 5))]
#[case::address_falls(9, 6, 10, (9, 5))]
#[case::lead_out_with_data(10, 3, 0x00, (10, 3))]
#[case::lead_out_index(10, 2, 0, (10, 2))]
#[case::lead_out_beyond_the_disc(10, 5, 80, (10, 5))]
#[case::no_lead_out(10, 1, 3, (10, 1))]
fn contradictions(#[case] entry: usize, #[case] at: usize, #[case] value: u8, #[case] wrong: (u16, u16)) {
    let rig = Rig::new(MediumKind::CdR, session_at_once());
    let mut rows = audio();
    rows[entry][at] = value;
    let refusal = Cd.cue_sheet(&rig.disc, &rig.page, &sheet(&rows)).unwrap_err();
    assert_eq!(refusal.code, codes::INVALID_FIELD_IN_PARAMETER_LIST);
    let crate::refusal::Place::Parameter(byte, _) = refusal.place else { panic!("{refusal:?}") };
    assert_eq!((byte / 8, byte % 8), wrong);
}

#[test]
fn sheets_that_are_cut_short() {
    let rig = Rig::new(MediumKind::CdR, session_at_once());
    let whole = sheet(&audio());
    assert!(Cd.cue_sheet(&rig.disc, &rig.page, &whole).is_ok());
    for length in 0..whole.len() {
        let refusal = Cd.cue_sheet(&rig.disc, &rig.page, &whole[..length]).unwrap_err();
        let expected = if length == 0 || length % 8 != 0 {
            codes::INVALID_FIELD_IN_CDB
        } else {
            codes::INVALID_FIELD_IN_PARAMETER_LIST
        };
        assert_eq!(refusal.code, expected, "{length}");
    }
    let twice = [&whole[..], &whole[80..]].concat();
    assert_eq!(Cd.cue_sheet(&rig.disc, &rig.page, &twice).unwrap_err(), Refusal::parameter(89, Some(7)));
}

#[test]
fn a_sheet_needs_its_write_type() {
    let rig = Rig::new(MediumKind::CdR, at_once_data());
    let refusal = Cd.cue_sheet(&rig.disc, &rig.page, &sheet(&audio())).unwrap_err();
    assert_eq!(refusal.code, codes::COMMAND_SEQUENCE_ERROR);
}

#[test]
fn the_first_track_of_a_blank_disc_has_any_number() {
    let rig = Rig::new(MediumKind::CdR, session_at_once());
    let rows = [
        row(0x41, 0, 0, 0x14, -150),
        row(0x41, 99, 0, 0x10, -150),
        row(0x41, 99, 1, 0x10, 0),
        row(0x41, 0xAA, 1, 0x14, 300),
    ];
    assert!(Cd.cue_sheet(&rig.disc, &rig.page, &sheet(&rows)).is_ok());
    let beyond: Vec<_> =
        rows.map(|row| {
            if row[1] == 99 { [row[0], 100, row[2], row[3], row[4], row[5], row[6], row[7]] } else { row }
        })
        .to_vec();
    assert_eq!(
        Cd.cue_sheet(&rig.disc, &rig.page, &sheet(&beyond)).unwrap_err(),
        Refusal::parameter(9, Some(7))
    );
}
