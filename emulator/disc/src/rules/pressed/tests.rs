//! What is demanded of pressed discs.

use crate::kind::MediumKind;
use crate::rules::{FormatRequest, Reservation};
use crate::state::{DiscState, Form, Recording, Sequence, Session, Track, TrackStatus};
use discrig_wire::feature::Profile;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;
use rstest::rstest;

fn track(number: u16, blocks: core::ops::Range<i32>, form: Form) -> Track {
    Track {
        next: blocks.end,
        end: Some(blocks.end),
        status: TrackStatus::Complete,
        control: if form == Form::Audio { 0 } else { 4 },
        form,
        ..Track::open(number, blocks.start)
    }
}

fn session(tracks: Vec<Track>) -> Session {
    let lead_out = tracks.last().and_then(|track| track.end);
    Session { tracks, closed: true, lead_out, ..Session::default() }
}

/// Audio first, and data in a second session.
fn enhanced_cd() -> DiscState {
    let audio = vec![track(1, 0..1000, Form::Audio), track(2, 1000..2000, Form::Audio)];
    let sessions = vec![session(audio), session(vec![track(3, 13_400..14_400, Form::Mode1)])];
    let sequence = Sequence { sessions, finalized: true, ..Sequence::default() };
    DiscState::with(MediumKind::CdRom, Recording::Sequential(sequence))
}

#[rstest]
#[case(enhanced_cd(), Profile::CD_ROM, 3)]
#[case(DiscState::pressed(1000).unwrap(), Profile::CD_ROM, 1)]
#[case(DiscState::pressed(2_000_000).unwrap(), Profile::DVD_ROM, 1)]
#[case(DiscState::pressed(20_000_000).unwrap(), Profile::BD_ROM, 1)]
fn nothing_can_be_recorded(#[case] disc: DiscState, #[case] profile: Profile, #[case] tracks: u16) {
    let page = WriteParametersPage::default();
    let incompatible = Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT);
    let code = |change: Result<_, crate::refusal::Refusal>| change.map(drop).map_err(|refusal| refusal.code);
    assert_eq!(disc.profile(), profile);
    assert!(disc.write_features().is_empty() && !disc.is_writable() && !disc.is_blank());
    assert_eq!(disc.placement(&page, 0, 16).unwrap_err().code, codes::WRITE_PROTECTED);
    assert_eq!(code(disc.reserve(&page, Reservation::Blocks(16))), incompatible);
    for function in 0..8 {
        assert_eq!(code(disc.close(&page, function, 1)), incompatible);
    }
    assert_eq!(code(disc.erase_disc(0, 0)), incompatible);
    assert_eq!(code(disc.repair(1)), incompatible);
    assert_eq!(code(disc.cue_sheet(&page, &[0; 8])), incompatible);
    assert_eq!(code(disc.send_structure(0xC0, &[0; 4])), incompatible);
    assert_eq!(code(disc.erase(0..16)), incompatible);
    let format = disc.format(&FormatRequest::default());
    assert_eq!(code(format), Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM));
    assert_eq!(disc.synchronize().unwrap().after, disc);
    let resources = disc.track_resources();
    assert_eq!((resources.maximum_tracks, resources.assigned_tracks), (tracks, tracks));
    assert_eq!((resources.maximum_appendable_tracks, resources.appendable_tracks), (0, 0));
}

#[test]
fn a_gap_between_sessions_cannot_be_read() {
    let disc = enhanced_cd();
    assert_eq!(disc.readable(0, 2000).unwrap(), Form::Audio);
    assert_eq!(disc.readable(13_400, 1000).unwrap(), Form::Mode1);
    for (first, blocks) in [(1999, 2), (2000, 1), (13_399, 2), (14_399, 2), (14_400, 1)] {
        let refusal = disc.readable(first, blocks).unwrap_err();
        assert_eq!(refusal.code, codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, "{first}");
    }
    assert_eq!(disc.last_block(), 14_399);
}
