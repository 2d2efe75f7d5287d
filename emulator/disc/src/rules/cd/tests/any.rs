//! Any operations in any order leave a disc that makes sense.

use super::sessions::{audio, sheet};
use super::*;
use crate::rules::{FormatRequest, Reservation};
use crate::state::TrackStatus;
use discrig_wire::sense::codes;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Blank(u8),
    Close(u8, u16),
    Cue,
    Format(u32),
    Interrupt,
    Page(usize),
    Repair(u16),
    Reserve(u32),
    Sync,
    /// Distance from where writing goes on, and blocks.
    Write(i32, u32),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => prop::sample::select(&[0u8, 1, 2, 4][..]).prop_map(Step::Blank),
        3 => (0u8..4, prop_oneof![Just(0xFF), 0u16..5]).prop_map(|(function, track)| Step::Close(function, track)),
        2 => Just(Step::Cue),
        1 => (0u32..20_000).prop_map(|packets| Step::Format(packets * 32)),
        1 => Just(Step::Interrupt),
        4 => (0usize..7).prop_map(Step::Page),
        1 => (0u16..4).prop_map(Step::Repair),
        2 => (200u32..120_000).prop_map(Step::Reserve),
        3 => Just(Step::Sync),
        12 => (prop_oneof![9 => Just(0), 1 => -200i32..200], prop_oneof![3 => 0u32..2000, 1 => (1u32..6000).prop_map(|n| n * 32), 1 => 1u32..400_000])
            .prop_map(|(distance, blocks)| Step::Write(distance, blocks)),
    ]
}

fn pages(at: usize) -> WriteParametersPage {
    match at {
        0 => at_once_data(),
        1 => at_once_audio(),
        2 => variable_packets(),
        3 => fixed_packets(),
        4 => session_at_once(),
        5 => WriteParametersPage { multi_session: MultiSession::NONE, ..at_once_data() },
        _ => WriteParametersPage { multi_session: MultiSession::NEXT, ..session_at_once() },
    }
}

/// Carries a step out; whether it was refused.
fn step(rig: &mut Rig, step: &Step) -> bool {
    let disc = &rig.disc;
    let change = match *step {
        Step::Page(at) => {
            rig.page = pages(at);
            return false;
        }
        Step::Interrupt => {
            Cd.interrupted(&mut rig.disc);
            return false;
        }
        Step::Write(distance, blocks) => {
            let next = match &disc.recording {
                Recording::Random(_) => 0,
                Recording::Sequential(sequence) => {
                    let cue = sequence.cue.as_ref().map(|cue| cue.next);
                    let reserved =
                        sequence.tracks().map(|(_, track)| track).find(|track| track.is_writable());
                    let reserved = reserved.filter(|_| blocks % 2 == 0).map(|track| track.next);
                    cue.or(reserved).or(rig.nwa()).unwrap_or(0)
                }
            };
            return rig.write(next + distance, blocks).is_err();
        }
        Step::Blank(blanking_type) => Cd.blank(disc, blanking_type, 0),
        Step::Close(function, track) => Cd.close(disc, &rig.page, function, track),
        Step::Cue => Cd.cue_sheet(disc, &rig.page, &sheet(&audio())),
        Step::Format(blocks) => Cd.format(
            disc,
            &FormatRequest { blocks, format_type: 0x10, parameter: 32, ..FormatRequest::default() },
        ),
        Step::Repair(track) => Cd.repair(disc, track),
        Step::Reserve(blocks) => Cd.reserve(disc, &rig.page, Reservation::Blocks(blocks)),
        Step::Sync => Cd.synchronize(disc),
    };
    rig.carry(change).is_err()
}

fn check(rig: &Rig) {
    let disc = &rig.disc;
    let text = serde_json::to_string(disc).unwrap();
    assert_eq!(serde_json::from_str::<DiscState>(&text).unwrap(), *disc);
    let Recording::Sequential(sequence) = &disc.recording else {
        assert!(Cd.next_track(disc).is_none());
        return;
    };
    let last = Cd.last_lead_out(disc) as i32;
    let mut behind = -150;
    let mut number = 0;
    for (at, session) in sequence.sessions.iter().enumerate() {
        assert!(!session.tracks.is_empty());
        assert!(session.closed || at + 1 == sequence.sessions.len(), "only the last session is open");
        for (place, track) in session.tracks.iter().enumerate() {
            assert!(number == 0 || track.number == number + 1);
            number = track.number;
            assert!(track.start - track.pre_gap as i32 >= behind, "{track:?}");
            behind = track.end.unwrap_or(track.next);
            assert!(track.next <= behind && behind <= last, "{track:?}");
            assert!(!session.closed || track.status == TrackStatus::Complete);
            assert!(track.status != TrackStatus::Complete || track.end.is_some());
            let is_last = place + 1 == session.tracks.len();
            assert!(is_last || track.end.is_some(), "{track:?}");
            if track.next > track.start && track.links.is_empty() {
                let blocks = (track.next - track.start) as u32;
                assert_eq!(Cd.readable(disc, track.start, blocks).unwrap(), track.form);
            }
        }
        assert_eq!(session.closed, session.lead_out.is_some());
        behind = session.lead_out.unwrap_or(behind);
    }
    if let Some(next) = Cd.next_track(disc) {
        assert!(next.start >= behind && next.start < last && next.number == number + 1);
        assert!(sequence.sessions.is_empty() || next.next >= behind);
    }
    if sequence.finalized {
        for page in (0..7).map(pages) {
            for first in [-11_635, -150, 0, behind, behind + 11_400] {
                let refusal = Cd.write(disc, &page, first, 32).unwrap_err();
                assert_eq!(refusal.code, codes::WRITE_PROTECTED);
            }
        }
        assert!(Cd.next_track(disc).is_none());
    }
}

proptest! {
    #[test]
    fn any_operations_in_any_order(rewritable: bool, list in prop::collection::vec(steps(), 1..60)) {
        let kind = if rewritable { MediumKind::CdRw } else { MediumKind::CdR };
        let mut rig = Rig::new(kind, at_once_data());
        for operation in &list {
            let before = rig.disc.clone();
            if step(&mut rig, operation) {
                prop_assert_eq!(&rig.disc, &before, "a refusal changes nothing");
            }
            check(&rig);
        }
    }

    #[test]
    fn any_sheet_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..88, value: u8) {
        let rig = Rig::new(MediumKind::CdR, session_at_once());
        let _ = Cd.cue_sheet(&rig.disc, &rig.page, &bytes);
        let mut changed = sheet(&audio());
        changed[at] = value;
        if let Ok(change) = Cd.cue_sheet(&rig.disc, &rig.page, &changed) {
            let mut rig = Rig { disc: change.after, page: rig.page };
            while let Some(cue) = rig.sequence().cue.clone() {
                let next = cue.next;
                let behind = cue.entries.iter().map(|entry| entry.start).find(|start| *start > next);
                let Some(end) = behind else { break };
                rig.write(next, (end - next) as u32).unwrap();
                check(&rig);
            }
            rig.sync();
            check(&rig);
            prop_assert!(rig.sequence().finalized);
        }
    }
}
