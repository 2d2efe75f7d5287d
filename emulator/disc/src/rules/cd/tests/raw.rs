//! Sessions that are recorded raw.

use super::*;
use crate::sector::q::{QData, QFrame};
use crate::sector::sub_channel::of_p_and_q;
use crate::state::Form;
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;

fn page() -> WriteParametersPage {
    WriteParametersPage {
        write_type: WriteType::RAW,
        data_block_type: DataBlockType::RAW_WITH_RAW_RW,
        multi_session: MultiSession::NONE,
        ..at_once_audio()
    }
}

/// Writes blocks whose frames of Q are these, in turn.
fn write(rig: &mut Rig, range: core::ops::Range<i32>, frame: impl Fn(i32) -> QFrame) {
    let count = range.len() as u32;
    assert_eq!(rig.write(range.start, count).unwrap().block_length, 2448);
    let records: Vec<u8> =
        range.clone().flat_map(|block| of_p_and_q(false, &frame(block).to_bytes())).collect();
    Cd.sub_channels_written(&mut rig.disc, range.start, &records);
}

fn lead_in(block: i32) -> QFrame {
    let rows = [
        (0, 0xA0, Msf::new(1, 0, 0)),
        (4, 0xA1, Msf::new(2, 0, 0)),
        (4, 0xA2, Msf::from_lba(2000).unwrap()),
        (0, 1, Msf::from_lba(0).unwrap()),
        (4, 2, Msf::from_lba(1150).unwrap()),
    ];
    let (control, point, pointed) = rows[block.rem_euclid(5) as usize];
    let time = Msf::from_lba(block).unwrap();
    QFrame { control, data: QData::LeadIn { adr: 1, point, time, zero: 0, pointed } }
}

fn program(block: i32) -> QFrame {
    let (control, track, index) = match block {
        ..0 => (0, 1, 0),
        0..1000 => (0, 1, 1),
        1000..1150 => (4, 2, 0),
        1150..1500 => (4, 2, 1),
        1500..2000 => (4, 2, 2),
        2000.. => (4, 0xAA, 1),
    };
    if block == 500 {
        return QFrame { control: 0, data: QData::Isrc { code: *b"JPX019912345", frame: 50 } };
    }
    let absolute = Msf::from_lba(block).unwrap();
    QFrame { control, data: QData::Position { track, index, relative: Msf::default(), absolute } }
}

#[test]
fn the_table_of_contents_is_that_of_the_lead_in() {
    let mut rig = Rig::new(MediumKind::CdR, page());
    assert_eq!(rig.write(0, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(-11_636, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    write(&mut rig, -11_635..-150, lead_in);
    assert_eq!(rig.sync(), Task::Synchronize);
    write(&mut rig, -150..1200, program);
    assert_eq!(rig.write(1201, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    rig.page.write_type = WriteType::TRACK_AT_ONCE;
    assert_eq!(rig.write(1200, 1), Err(codes::COMMAND_SEQUENCE_ERROR));
    rig.page = page();
    write(&mut rig, 1200..2000 + 6750, program);
    assert_eq!(rig.write(8750, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(rig.sync(), Task::Finalize);
    let session = &rig.sequence().sessions[0];
    assert!(session.raw && session.closed && rig.sequence().finalized);
    assert_eq!(session.lead_out, Some(2000));
    let (first, second) = (rig.track(1), rig.track(2));
    assert_eq!((first.form, first.start, first.pre_gap, first.next), (Form::Audio, 0, 150, 1000));
    assert_eq!(first.isrc, Some(*b"JPX019912345"));
    assert_eq!((second.form, second.start, second.pre_gap, second.next), (Form::Raw, 1150, 150, 2000));
    assert_eq!((second.control, second.indexes.as_slice()), (4, &[1500][..]));
    assert_eq!(rig.readable(-150, 1150), Ok(Form::Audio));
    assert_eq!(rig.readable(1000, 1000), Ok(Form::Raw));
}

#[test]
fn only_a_blank_disc_is_recorded_raw() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    rig.write(0, 300).unwrap();
    rig.close(2, 0).unwrap();
    rig.page = page();
    assert_eq!(rig.write(-11_635, 1), Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY));
}

#[test]
fn an_interrupted_session_has_what_was_reached() {
    let mut rig = Rig::new(MediumKind::CdR, page());
    write(&mut rig, -1000..-150, lead_in);
    Cd.interrupted(&mut rig.disc);
    assert!(rig.sequence().is_blank());
    write(&mut rig, -1000..-150, lead_in);
    write(&mut rig, -150..700, program);
    Cd.interrupted(&mut rig.disc);
    assert_eq!((rig.sequence().sessions.len(), rig.track(1).next), (1, 700));
    rig.close(2, 0).unwrap();
    assert!(rig.sequence().finalized);
}
