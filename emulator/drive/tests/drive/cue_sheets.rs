//! SEND CUE SHEET: sheets that are accepted, that contradict themselves, and that are cut off (MMC-5 6.33).

use crate::rig::{A, Rig};
use discrig_drive::MediumKind;
use rstest::rstest;

/// Lead-in, pause and track of 300 blocks in mode 1, lead-out: 32 bytes.
const LEAD_IN: &str = "41 00 00 14 00 00 00 00";
const PAUSE: &str = "41 01 00 10 00 00 00 00";
const TRACK: &str = "41 01 01 10 00 00 02 00";
const LEAD_OUT: &str = "41 AA 01 14 00 00 06 00";

fn sent(rows: &[&str]) -> String {
    let sheet = rows.join(" ");
    let size = sheet.split_whitespace().count();
    format!("5D 00 00 00 00 00 00 {:02X} {:02X} 00 [{sheet}]", size >> 8, size & 0xFF)
}

/// The first address that is asked for is that of the pause; the address after it is refused.
#[rstest]
#[case(&[LEAD_IN, PAUSE, TRACK, LEAD_OUT], 2048)]
// The lead-in's address is the lead-in's own, 97:26:65.
#[case(&["41 00 00 14 00 61 1A 41", PAUSE, TRACK, LEAD_OUT], 2048)]
// Audio with copying permitted, whose pause and lead-out are zeros from the drive or not.
#[case(&["01 00 00 01 00 00 00 00", "01 01 00 00 00 00 00 00", "21 01 01 00 00 00 02 00", "01 AA 01 01 00 00 06 00"], 2352)]
// Mode 2 of XA, 2336 bytes; mode 1 as whole sectors.
#[case(&["41 00 00 24 00 00 00 00", "41 01 00 20 00 00 00 00", "41 01 01 20 00 00 02 00", "41 AA 01 24 00 00 06 00"], 2336)]
#[case(&["41 00 00 14 00 00 00 00", "41 01 00 11 00 00 00 00", "41 01 01 11 00 00 02 00", "41 AA 01 14 00 00 06 00"], 2352)]
// Indexes up to 3; a track number that is not 1 on a blank disc.
#[case(&[LEAD_IN, PAUSE, TRACK, "41 01 02 10 00 00 03 00", "41 01 03 10 00 00 04 00", LEAD_OUT], 2048)]
#[case(&[LEAD_IN, "41 07 00 10 00 00 00 00", "41 07 01 10 00 00 02 00", LEAD_OUT], 2048)]
fn accepted(#[case] rows: &[&str], #[case] length: usize) {
    Rig::blank(MediumKind::CdR).script(&format!(
        "select 42 00 00
         {} => GOOD
         51 00 00 00 00 00 00 00 05 00 => 00 20 00 01 01              // nothing is recorded yet
         2A 00 00 00 00 00 00 00 01 00 [00*{length}] => 05/21/02|05/21/00
         2A 00 FF FF FF 6A 00 00 02 00 [00*{}] => GOOD
         2A 00 FF FF FF 6A 00 00 01 00 [00*{length}] => 05/21/02|05/21/00
         2A 00 FF FF FF 6C 00 00 01 00 [00*{length}] => GOOD",
        sent(rows),
        2 * length
    ));
}

/// Each with one thing wrong, and where that is.
#[rstest]
#[case::no_lead_in(&[PAUSE, TRACK, LEAD_OUT], "05/26/00 list 1.7")]
#[case::no_lead_out(&[LEAD_IN, PAUSE, TRACK], "05/26/00")]
#[case::nothing_after_the_lead_in(&[LEAD_IN], "05/26/00")]
#[case::no_track(&[LEAD_IN, LEAD_OUT], "05/26/00 list 9.7")]
#[case::a_pause_without_a_track(&[LEAD_IN, PAUSE, LEAD_OUT], "05/26/00 list 17.7")]
#[case::no_pause(&[LEAD_IN, TRACK, LEAD_OUT], "05/26/00")]
#[case::something_after_the_lead_out(&[LEAD_IN, PAUSE, TRACK, LEAD_OUT, LEAD_OUT], "05/26/00 list 33.7")]
#[case::tracks_backwards(&[LEAD_IN, PAUSE, TRACK, "41 03 01 10 00 00 06 00", "41 AA 01 14 00 00 0A 00"], "05/26/00 list 25.7")]
#[case::a_track_number_of_none(&[LEAD_IN, "41 64 00 10 00 00 00 00", "41 64 01 10 00 00 02 00", LEAD_OUT], "05/26/00 list 9.7")]
#[case::an_index_left_out(&[LEAD_IN, PAUSE, TRACK, "41 01 03 10 00 00 04 00", LEAD_OUT], "05/26/00 list 26.7")]
#[case::an_index_twice(&[LEAD_IN, PAUSE, TRACK, TRACK, LEAD_OUT], "05/26/00 list 26.7")]
#[case::an_index_of_the_lead_out(&[LEAD_IN, PAUSE, TRACK, "41 AA 00 14 00 00 06 00"], "05/26/00 list 26.7")]
#[case::an_index_of_the_lead_in(&["41 00 01 14 00 00 00 00", PAUSE, TRACK, LEAD_OUT], "05/26/00 list 2.7")]
#[case::times_backwards(&[LEAD_IN, PAUSE, TRACK, "41 01 02 10 00 00 01 00", LEAD_OUT], "05/26/00 list 29.7")]
#[case::a_lead_out_too_early(&[LEAD_IN, PAUSE, TRACK, "41 AA 01 14 00 00 01 00"], "05/26/00 list 29.7")]
#[case::a_track_too_short(&[LEAD_IN, PAUSE, TRACK, "41 AA 01 14 00 00 05 4A"], "05/26/00 list 29.7")]
#[case::beyond_the_disc(&[LEAD_IN, PAUSE, TRACK, "41 AA 01 14 00 50 00 00"], "05/26/00 list 29.7")]
#[case::sixty_seconds(&[LEAD_IN, PAUSE, TRACK, "41 AA 01 14 00 00 3C 00"], "05/26/00 list 29.7")]
#[case::frame_75(&[LEAD_IN, PAUSE, TRACK, "41 AA 01 14 00 00 06 4B"], "05/26/00 list 29.7")]
#[case::a_pause_at_the_wrong_place(&[LEAD_IN, "41 01 00 10 00 00 01 00", "41 01 01 10 00 00 03 00", LEAD_OUT], "05/26/00 list 13.7")]
#[case::data_of_audio(&[LEAD_IN, PAUSE, "01 01 01 10 00 00 02 00", LEAD_OUT], "05/26/00 list 16.7")]
#[case::audio_of_data(&[LEAD_IN, PAUSE, "41 01 01 00 00 00 02 00", LEAD_OUT], "05/26/00")]
#[case::data_form_of_none(&[LEAD_IN, PAUSE, "41 01 01 3F 00 00 02 00", LEAD_OUT], "05/26/00 list 19.7")]
#[case::adr_of_none(&[LEAD_IN, PAUSE, "44 01 01 10 00 00 02 00", LEAD_OUT], "05/26/00 list 16.3")]
#[case::adr_zero(&[LEAD_IN, PAUSE, "40 01 01 10 00 00 02 00", LEAD_OUT], "05/26/00 list 16.3")]
#[case::scms_of_none(&[LEAD_IN, PAUSE, "41 01 01 10 01 00 02 00", LEAD_OUT], "05/26/00 list 20.7")]
#[case::half_a_catalogue_number(&["02 31 32 33 34 35 36 37", LEAD_IN, PAUSE, TRACK, LEAD_OUT], "05/26/00 list 8.3")]
#[case::letters_in_it(&["02 41 32 33 34 35 36 37", "02 38 39 30 31 32 33 00", LEAD_IN, PAUSE, TRACK, LEAD_OUT], "05/26/00 list 9.7")]
#[case::two_of_them(&["02 31 32 33 34 35 36 37", "02 38 39 30 31 32 33 00", "02 31 32 33 34 35 36 37", "02 38 39 30 31 32 33 00", LEAD_IN, PAUSE, TRACK, LEAD_OUT], "05/26/00 list 16.3")]
#[case::a_code_of_another_track(&[LEAD_IN, "03 02 55 53 41 42 43 39", "03 02 39 30 30 30 30 31", PAUSE, TRACK, LEAD_OUT], "05/26/00")]
#[case::half_a_code(&["01 00 00 01 00 00 00 00", "03 01 55 53 41 42 43 39", "01 01 00 00 00 00 00 00", "01 01 01 00 00 00 02 00", "01 AA 01 01 00 00 06 00"], "05/26/00 list 16.3")]
fn contradictory(#[case] rows: &[&str], #[case] expected: &str) {
    let mut rig = Rig::blank(MediumKind::CdR);
    let disc = rig.data(A, "51 00 00 00 00 00 00 00 22 00");
    rig.script(&format!(
        "select 42 00 00
         {} => {expected}
         // there is no sheet now
         2A 00 FF FF FF 6A 00 00 01 00 [00*2048] => 05/2C/00",
        sent(rows)
    ));
    assert_eq!(rig.data(A, "51 00 00 00 00 00 00 00 22 00"), disc);
}

#[test]
fn cut_off_and_out_of_sequence() {
    let whole = [LEAD_IN, PAUSE, TRACK, LEAD_OUT].join(" ");
    Rig::blank(MediumKind::CdR).script(&format!(
        "select 42 00 00
         5D 00 00 00 00 00 00 00 00 00 => 05/24/00|05/1A/00|05/26/00
         5D 00 00 00 00 00 00 00 20 00 => 05/1A/00
         5D 00 00 00 00 00 00 00 20 00 [{}] => 05/1A/00
         5D 00 00 00 00 00 00 00 1F 00 [{whole}] => 05/24/00|05/26/00|05/1A/00
         5D 01 00 00 00 00 00 00 20 00 [{whole}] => 05/24/00 cdb 1.0
         // only session at once takes one
         select 41 C4 08
         5D 00 00 00 00 00 00 00 20 00 [{whole}] => 05/2C/00
         select 43 C0 01
         5D 00 00 00 00 00 00 00 20 00 [{whole}] => 05/2C/00
         // a write without a sheet
         select 42 00 00
         2A 00 FF FF FF 6A 00 00 01 00 [00*2048] => 05/2C/00
         2A 00 00 00 00 00 00 00 01 00 [00*2048] => 05/2C/00
         // the last sheet counts, until something is written
         5D 00 00 00 00 00 00 00 20 00 [{whole}] => GOOD
         5D 00 00 00 00 00 00 00 20 00 [{whole}] => GOOD
         2A 00 FF FF FF 6A 00 00 01 00 [00*2048] => GOOD
         5D 00 00 00 00 00 00 00 20 00 [{whole}] => 05/2C/00|05/30/05",
        &whole[..whole.len() - 3]
    ));
    for kind in [MediumKind::DvdMinusR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdRam] {
        Rig::blank(kind).script(&format!(
            "5D 00 00 00 00 00 00 00 20 00 [{whole}] => 05/30/05|05/24/00|05/2C/00|05/30/02"
        ));
    }
    Rig::loaded().script(&format!("5D 00 00 00 00 00 00 00 20 00 [{whole}] => 05/30/05|07/27/00"));
    Rig::empty().script(&format!("5D 00 00 00 00 00 00 00 20 00 [{whole}] => 02/3A/01"));
}

/// A sheet while a session is open, and of a second session.
#[test]
fn behind_other_tracks() {
    Rig::blank(MediumKind::CdR).script(&format!(
        "select 41 C4 08
         fill 0 300 11*2048
         35 00*9 => GOOD
         select 42 00 00
         {} => 05/2C/00|05/30/05|05/72/05|05/2C/04|05/2C/03
         select 41 C4 08
         5B 00 02 00*7 => GOOD
         select 42 00 00
         // the next session begins with track 2 at block 11702: 02:38:02
         {} => 05/26/00 list 9.7
         {} => GOOD
         fill 2D20 450 22*2048
         35 00*9 => GOOD
         28 00 00 00 2D B6 00 00 01 00 => 22*2048
         51 00 00 00 00 00 00 00 07 00 => 00 20 0E 01 02 02 02",
        sent(&[LEAD_IN, PAUSE, TRACK, LEAD_OUT]),
        sent(&[LEAD_IN, PAUSE, TRACK, LEAD_OUT]),
        sent(&[LEAD_IN, "41 02 00 10 00 02 24 02", "41 02 01 10 00 02 26 02", "41 AA 01 14 00 02 2A 02"])
    ));
}
