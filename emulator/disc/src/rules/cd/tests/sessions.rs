//! Sessions at once.

use super::*;
use crate::sector::pack;
use crate::state::{Form, TrackStatus};
use discrig_wire::sense::codes;
use discrig_wire::toc::CdTextPack;

/// An entry of a cue sheet, its address as a block.
pub(super) fn row(control_adr: u8, track: u8, index: u8, form: u8, block: i32) -> [u8; 8] {
    let frames = block + 150;
    let [minute, second, frame] = [frames / 4500, frames / 75 % 60, frames % 75].map(|part| part as u8);
    [control_adr, track, index, form, 0, minute, second, frame]
}

pub(super) fn sheet(rows: &[[u8; 8]]) -> Vec<u8> {
    rows.concat()
}

fn send(rig: &mut Rig, rows: &[[u8; 8]]) -> Result<(Task, u64), SenseCode> {
    let change = Cd.cue_sheet(&rig.disc, &rig.page, &sheet(rows));
    rig.carry(change)
}

/// Two audio tracks, the second with a pause and a second index.
pub(super) fn audio() -> Vec<[u8; 8]> {
    vec![
        *b"\x024988010",
        *b"\x02123450\0",
        row(0x01, 0, 0, 0x01, -150),
        *b"\x03\x01JPX019",
        *b"\x03\x01912345",
        row(0x01, 1, 0, 0x00, -150),
        row(0x01, 1, 1, 0x00, 0),
        row(0x21, 2, 0, 0x00, 1000),
        row(0x21, 2, 1, 0x00, 1150),
        row(0x21, 2, 2, 0x00, 1500),
        row(0x21, 0xAA, 1, 0x01, 2000),
    ]
}

#[test]
fn audio_with_indexes_and_codes() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    send(&mut rig, &audio()).unwrap();
    assert_eq!(rig.nwa(), Some(-150));
    assert!(rig.sequence().is_blank(), "a sheet alone changes nothing on the disc");
    assert_eq!(rig.write(0, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    let placement = rig.write(-150, 150).unwrap();
    assert_eq!((placement.block_length, placement.form), (2352, Form::Audio));
    rig.write(0, 1100).unwrap();
    assert_eq!(rig.track(1).status, TrackStatus::Complete);
    assert_eq!((rig.track(2).next, rig.track(2).status), (1100, TrackStatus::Open));
    assert_eq!(rig.close(1, 0xFF), Err(codes::COMMAND_SEQUENCE_ERROR));
    assert_eq!(rig.sync(), Task::Synchronize, "it goes on");
    assert_eq!(rig.write(1100, 901), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    rig.write(1100, 900).unwrap();
    assert_eq!(rig.write(2000, 1), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    assert_eq!(rig.sync(), Task::Finalize);
    let session = &rig.sequence().sessions[0];
    assert_eq!((session.catalogue, session.lead_out), (Some(*b"4988010123450"), Some(2000)));
    assert_eq!(rig.track(1).isrc, Some(*b"JPX019912345"));
    let second = rig.track(2);
    assert_eq!((second.start, second.pre_gap, second.control), (1150, 150, 2));
    assert_eq!((second.indexes.as_slice(), second.next), (&[1500][..], 2000));
    assert_eq!(rig.readable(-150, 2150), Ok(Form::Audio));
    assert_eq!(rig.sync(), Task::Synchronize, "what is closed stays closed");
}

#[test]
fn mixed_mode_with_pauses_the_drive_makes() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    let rows = [
        row(0x41, 0, 0, 0x14, -150),
        row(0x41, 1, 0, 0x14, -150),
        row(0x41, 1, 1, 0x10, 0),
        row(0x41, 2, 0, 0x14, 1000),
        row(0x01, 2, 0, 0x00, 1075),
        row(0x01, 2, 1, 0x00, 1225),
        row(0x01, 0xAA, 1, 0x01, 2000),
    ];
    send(&mut rig, &rows).unwrap();
    assert_eq!(rig.nwa(), Some(0), "nothing is given for the first pause");
    assert_eq!(rig.write(0, 1000).unwrap().block_length, 2048);
    assert_eq!(rig.write(1000, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(1075, 925).unwrap().block_length, 2352);
    assert_eq!(rig.sync(), Task::Finalize);
    assert_eq!(rig.readable(-150, 1225), Ok(Form::Mode1));
    assert_eq!(rig.readable(1075, 925), Ok(Form::Audio));
    assert_eq!(rig.readable(1000, 76), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    assert_eq!(rig.track(2).gap_forms, [(1000, Form::Mode1), (1075, Form::Audio)]);
}

#[test]
fn forms_do_not_mix_in_a_write() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    let rows = [
        row(0x01, 0, 0, 0x01, -150),
        row(0x01, 1, 0, 0x00, -150),
        row(0x01, 1, 1, 0x00, 0),
        row(0x41, 2, 1, 0x20, 500),
        row(0x41, 0xAA, 1, 0x24, 1000),
    ];
    send(&mut rig, &rows).unwrap();
    rig.write(-150, 600).unwrap();
    assert_eq!(rig.write(450, 51), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK));
    rig.write(450, 50).unwrap();
    let placement = rig.write(500, 500).unwrap();
    assert_eq!((placement.block_length, placement.form), (2336, Form::Mode2));
}

#[test]
fn cd_text_fills_the_lead_in() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    let mut rows = audio();
    rows[2][3] = 0x41;
    send(&mut rig, &rows).unwrap();
    let start = -11_635;
    assert_eq!(rig.nwa(), Some(start));
    assert_eq!(rig.write(-150, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    let packs: Vec<_> = (0..5u8)
        .map(|sequence| {
            CdTextPack { kind: 0x80, sequence, text: [b'a' + sequence; 12], ..Default::default() }.sealed()
        })
        .collect();
    let mut next = start;
    while next < -150 {
        let count = 100.min(-150 - next);
        assert_eq!(rig.write(next, count as u32).unwrap().block_length, 96);
        let records: Vec<u8> = (next..next + count)
            .flat_map(|at| pack::cd_text_lead_in(&packs, (at - start) as usize))
            .collect();
        Cd.sub_channels_written(&mut rig.disc, next, &records);
        next += count;
    }
    rig.write(-150, 2150).unwrap();
    rig.sync();
    assert_eq!(rig.sequence().sessions[0].text, packs);
}

#[test]
fn a_later_session_at_once() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    rig.write(0, 300).unwrap();
    rig.page = session_at_once();
    assert_eq!(send(&mut rig, &audio()), Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY));
    rig.page.multi_session = MultiSession::NEXT;
    rig.close(2, 0).unwrap();
    let start = rig.nwa().unwrap();
    assert_eq!(send(&mut rig, &audio()), Err(codes::INVALID_FIELD_IN_PARAMETER_LIST));
    let rows = [
        row(0x01, 0, 0, 0x01, -150),
        row(0x01, 2, 0, 0x00, start - 150),
        row(0x01, 2, 1, 0x00, start),
        row(0x01, 0xAA, 1, 0x01, start + 400),
    ];
    send(&mut rig, &rows).unwrap();
    rig.write(start - 150, 550).unwrap();
    assert_eq!(rig.sync(), Task::CloseSession);
    assert_eq!(rig.nwa(), Some(start + 400 + 6_900));
    rig.page = at_once_data();
    assert_eq!(send(&mut rig, &rows), Err(codes::COMMAND_SEQUENCE_ERROR));
}

#[test]
fn an_interrupted_session_is_closed_as_it_is() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    send(&mut rig, &audio()).unwrap();
    rig.write(-150, 1450).unwrap();
    rig.page = at_once_data();
    assert_eq!(rig.write(1300, 1), Err(codes::COMMAND_SEQUENCE_ERROR));
    Cd.interrupted(&mut rig.disc);
    assert_eq!(rig.track(2).status, TrackStatus::Damaged);
    rig.page = session_at_once();
    assert_eq!(rig.write(1300, 1), Err(codes::COMMAND_SEQUENCE_ERROR));
    rig.close(2, 0).unwrap();
    assert!(rig.sequence().finalized);
    assert_eq!(rig.readable(1299, 1), Ok(Form::Audio));
    assert!(rig.readable(1300, 1).is_err());
}

#[test]
fn a_sheet_to_which_nothing_was_written_is_forgotten() {
    let mut rig = Rig::new(MediumKind::CdR, session_at_once());
    send(&mut rig, &audio()).unwrap();
    rig.page = at_once_data();
    rig.write(0, 300).unwrap();
    assert_eq!(rig.sequence().cue, None);
}
