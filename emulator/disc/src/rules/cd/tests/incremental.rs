//! Tracks at once, packets, reservations, and what ends them.

use super::*;
use crate::rules::Reservation;
use crate::state::{Form, Packets, TrackStatus};
use discrig_wire::sense::codes;
use rstest::rstest;

#[test]
fn tracks_at_once_and_sessions() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    assert_eq!((rig.nwa(), Cd.last_block(&rig.disc)), (Some(0), 0));
    assert_eq!(rig.write(0, 32).unwrap(), Placement::USER);
    assert_eq!(rig.write(32, 19_968).unwrap(), Placement::USER);
    assert_eq!(rig.nwa(), Some(20_000));
    assert_eq!(rig.sync(), Task::CloseTrack);
    assert_eq!(rig.nwa(), Some(20_152), "two run-out blocks and a pause");
    assert_eq!((rig.track(1).next, rig.track(1).end), (20_000, Some(20_002)));
    // Closing what SYNCHRONIZE CACHE closed.
    assert_eq!(rig.close(1, 0xFF), Ok((Task::Note, 0)));

    rig.page = at_once_audio();
    rig.page.isrc[..13].copy_from_slice(b"\x80JPX019912345");
    rig.page.media_catalog_number[..14].copy_from_slice(b"\x804988010123450");
    rig.page.copy = true;
    let placement = rig.write(20_152, 10).unwrap();
    assert_eq!((placement.block_length, placement.form), (2352, Form::Audio));
    assert_eq!(rig.close(1, 2), Ok((Task::CloseTrack, 292)), "filled up to 300 blocks");
    let audio = rig.track(2);
    assert_eq!((audio.isrc, audio.copied, audio.pre_gap), (Some(*b"JPX019912345"), true, 150));
    assert_eq!(rig.sequence().sessions[0].catalogue, Some(*b"4988010123450"));

    assert_eq!(rig.close(2, 0), Ok((Task::CloseSession, 11_250)));
    assert_eq!(Cd.last_block(&rig.disc), 20_152 + 301);
    let next = 20_152 + 302 + 11_400;
    assert_eq!(rig.nwa(), Some(next));
    assert_eq!(rig.close(2, 0).unwrap().0, Task::CloseSession, "nothing is left to close");
    assert_eq!(rig.sequence().sessions.len(), 1);

    rig.page = at_once_data();
    rig.page.multi_session = MultiSession::NONE;
    rig.write(next, 500).unwrap();
    assert_eq!(rig.track(3).number, 3);
    assert_eq!(rig.close(2, 0).unwrap().0, Task::Finalize);
    assert!(rig.sequence().finalized);
    assert_eq!(rig.sequence().sessions[1].lead_out, Some(next + 502));
    assert_eq!(rig.nwa(), None);
    assert_eq!(rig.write(next + 502 + 6_900, 1), Err(codes::WRITE_PROTECTED));
    assert_eq!(Cd.write_features(&rig.disc), &[]);
}

#[test]
fn the_third_session_is_nearer_than_the_second() {
    let mut rig = Rig::new(MediumKind::CdRw, at_once_data());
    for start in [0, 300 + 2 + 11_400, 2 * 302 + 11_400 + 6_900, 3 * 302 + 11_400 + 2 * 6_900] {
        assert_eq!(rig.nwa(), Some(start));
        rig.write(start, 300).unwrap();
        rig.sync();
        rig.close(2, 0).unwrap();
    }
}

#[test]
fn what_is_read_back_and_what_is_not() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    rig.write(0, 1000).unwrap();
    rig.sync();
    rig.page = at_once_audio();
    rig.write(1152, 1000).unwrap();
    rig.sync();
    assert_eq!(rig.readable(0, 1000), Ok(Form::Mode1));
    assert_eq!(rig.readable(999, 2), Err(codes::L_EC_UNCORRECTABLE_ERROR));
    assert_eq!(rig.readable(1001, 1), Err(codes::L_EC_UNCORRECTABLE_ERROR));
    assert_eq!(rig.readable(1002, 1150), Ok(Form::Audio), "the pause belongs to the track");
    assert_eq!(rig.readable(2152, 1), Err(codes::CIRC_UNRECOVERED_ERROR));
    assert_eq!(rig.readable(2154, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(rig.readable(-151, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    rig.disc.damaged.insert(10..11);
    assert_eq!(rig.readable(0, 11), Err(codes::L_EC_UNCORRECTABLE_ERROR));
    assert_eq!(rig.readable(11, 5), Ok(Form::Mode1));
}

#[rstest]
#[case::data_of_audio(WriteParametersPage { track_mode: 0, ..at_once_data() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::audio_of_data(WriteParametersPage { track_mode: 4, ..at_once_audio() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::incremental_at_once(WriteParametersPage { track_mode: 5, ..at_once_data() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::emphasized_data(WriteParametersPage { track_mode: 0xC, ..at_once_data() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::reserved_block_type(WriteParametersPage { data_block_type: DataBlockType(5), ..at_once_data() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::long_pause(WriteParametersPage { audio_pause_length: 151, ..at_once_audio() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::session_format(WriteParametersPage { session_format: 0x30, ..at_once_data() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::uninterrupted_packets(WriteParametersPage { track_mode: 4, ..variable_packets() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::audio_packets(WriteParametersPage { write_type: WriteType::PACKET, ..at_once_audio() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
#[case::packet_size(WriteParametersPage { packet_size: 16, ..fixed_packets() }, codes::INVALID_PACKET_SIZE)]
#[case::no_cue_sheet(session_at_once(), codes::COMMAND_SEQUENCE_ERROR)]
#[case::layer_jump(WriteParametersPage { write_type: WriteType::LAYER_JUMP, ..at_once_data() }, codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT)]
#[case::raw_without_sub_channels(WriteParametersPage { write_type: WriteType::RAW, ..at_once_audio() }, codes::ILLEGAL_MODE_FOR_THIS_TRACK)]
fn illegal_write_parameters(#[case] page: WriteParametersPage, #[case] code: SenseCode) {
    let mut rig = Rig::new(MediumKind::CdR, page);
    let before = rig.disc.clone();
    assert_eq!(rig.write(0, 32), Err(code));
    assert_eq!(rig.disc, before);
}

#[rstest]
#[case(DataBlockType::MODE_1, 2048, Form::Mode1)]
#[case(DataBlockType::MODE_2, 2336, Form::Mode2)]
#[case(DataBlockType::MODE_2_FORM_1_SUBHEADER, 2056, Form::Mode2)]
#[case(DataBlockType::MODE_2_FORM_2, 2324, Form::Mode2)]
#[case(DataBlockType::MODE_2_MIXED, 2332, Form::Mode2)]
fn blocks_of_data_tracks(#[case] kind: DataBlockType, #[case] length: u16, #[case] form: Form) {
    let mut rig = Rig::new(MediumKind::CdR, WriteParametersPage { data_block_type: kind, ..at_once_data() });
    let placement = rig.write(0, 16).unwrap();
    assert_eq!((placement.block_length, placement.form), (length, form));
    rig.page.track_mode = 6;
    assert_eq!(rig.write(16, 16), Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK), "not what the track began as");
}

#[test]
fn writes_out_of_sequence_and_beyond_the_end() {
    let mut rig = Rig::new(MediumKind::CdR74, at_once_data());
    assert_eq!(rig.write(-150, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(1, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(5, 0), Ok(Placement::USER), "nothing is nowhere wrong");
    assert!(rig.sequence().is_blank());
    assert_eq!(rig.write(0, 333_000 - 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    rig.write(0, 333_000 - 2).unwrap();
    assert_eq!(rig.write(0, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.write(332_998, 1), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    assert_eq!(rig.write(i32::MAX, 2), Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE));
    rig.sync();
    assert_eq!(rig.nwa(), None, "the disc is full");
    assert_eq!(rig.close(2, 0).unwrap().0, Task::Finalize, "there is no room for another session");
}

#[test]
fn packets_of_any_length_are_linked() {
    let mut rig = Rig::new(MediumKind::CdR, variable_packets());
    rig.write(0, 100).unwrap();
    rig.write(100, 50).unwrap();
    assert_eq!(rig.sync(), Task::Synchronize);
    assert_eq!(rig.nwa(), Some(157));
    rig.sync();
    assert_eq!(rig.nwa(), Some(157), "a packet ends once");
    assert_eq!(rig.write(150, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    rig.write(157, 500).unwrap();
    rig.sync();
    assert_eq!(rig.readable(0, 150), Ok(Form::Mode1));
    assert_eq!(rig.readable(149, 10), Err(codes::L_EC_UNCORRECTABLE_ERROR));
    assert_eq!(rig.readable(157, 500), Ok(Form::Mode1));
    assert_eq!(rig.readable(657, 1), Err(codes::L_EC_UNCORRECTABLE_ERROR));
    assert_eq!(rig.close(1, 0xFF).unwrap().0, Task::CloseTrack);
    assert_eq!((rig.track(1).next, rig.track(1).end), (657, Some(659)));
    assert_eq!(rig.nwa(), Some(809));
}

#[test]
fn fixed_packets_hide_their_links() {
    let mut rig = Rig::new(MediumKind::CdR, fixed_packets());
    assert_eq!(rig.write(0, 33), Err(codes::INVALID_PACKET_SIZE));
    rig.write(0, 320).unwrap();
    rig.sync();
    assert_eq!(rig.nwa(), Some(320));
    rig.close(1, 1).unwrap();
    assert_eq!(rig.track(1).end, Some(390), "ten packets with seven link blocks each");
    assert_eq!(rig.nwa(), Some(540));
    assert_eq!(rig.track(1).packets, Packets::Fixed(32));
    assert_eq!(rig.write(540, 32 * 10_000), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
}

#[test]
fn reserved_tracks() {
    let mut rig = Rig::new(MediumKind::CdR, variable_packets());
    let reserve = |rig: &mut Rig, what| {
        let change = Cd.reserve(&rig.disc, &rig.page, what);
        rig.carry(change)
    };
    assert_eq!(reserve(&mut rig, Reservation::Blocks(299)), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(
        reserve(&mut rig, Reservation::Blocks(400_000)),
        Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE)
    );
    reserve(&mut rig, Reservation::Blocks(1000)).unwrap();
    assert_eq!(rig.nwa(), Some(1152));
    reserve(&mut rig, Reservation::Split(3152)).unwrap();
    assert_eq!(rig.track(2).end, Some(3152));
    assert_eq!(rig.nwa(), Some(3302));

    rig.write(1152, 100).unwrap();
    rig.write(0, 990).unwrap();
    assert_eq!(rig.track(2).next, 1259, "writing elsewhere ended the packet");
    assert_eq!(rig.write(990, 11), Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE));
    assert_eq!(rig.close(1, 2), Err(codes::EMPTY_OR_PARTIALLY_WRITTEN_RESERVED_TRACK));
    assert_eq!(rig.close(2, 0), Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION));
    assert_eq!(rig.close(1, 7), Err(codes::INVALID_FIELD_IN_CDB));
    assert_eq!(rig.close(3, 0), Err(codes::INVALID_FIELD_IN_CDB));
    rig.write(990, 10).unwrap();
    rig.write(1259, 3150 - 1259).unwrap();
    rig.sync();
    assert_eq!(rig.close(2, 0).unwrap().0, Task::CloseSession);
    assert_eq!(rig.sequence().sessions[0].lead_out, Some(3152));
    assert!(rig.sequence().tracks().all(|(_, track)| track.status == TrackStatus::Complete));
}

#[test]
fn a_reserved_track_at_once() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    let change = Cd.reserve(&rig.disc, &rig.page, Reservation::Blocks(400));
    rig.carry(change).unwrap();
    assert_eq!(rig.write(0, 401), Err(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK));
    rig.write(0, 400).unwrap();
    assert_eq!(rig.sync(), Task::CloseTrack);
    assert_eq!((rig.track(1).end, rig.nwa()), (Some(402), Some(552)));
    assert_eq!(rig.track(1).status, TrackStatus::Complete);
    rig.page = session_at_once();
    let refused = Cd.reserve(&rig.disc, &rig.page, Reservation::Blocks(400)).unwrap_err();
    assert_eq!(refused.code, codes::COMMAND_SEQUENCE_ERROR);
}

#[test]
fn interrupted_tracks() {
    let mut rig = Rig::new(MediumKind::CdR, at_once_data());
    rig.write(0, 1000).unwrap();
    Cd.interrupted(&mut rig.disc);
    assert_eq!(rig.track(1).status, TrackStatus::Damaged);
    assert_eq!(rig.write(1000, 1), Err(codes::INVALID_ADDRESS_FOR_WRITE));
    assert_eq!(rig.nwa(), None);
    assert_eq!(rig.readable(0, 1000), Ok(Form::Mode1));
    rig.close(1, 0xFF).unwrap();
    assert_eq!((rig.track(1).status, rig.nwa()), (TrackStatus::Complete, Some(1152)));

    rig.page = variable_packets();
    rig.write(1152, 100).unwrap();
    Cd.interrupted(&mut rig.disc);
    assert_eq!(rig.track(2).status, TrackStatus::Damaged);
    let change = Cd.repair(&rig.disc, 2);
    assert_eq!(rig.carry(change).unwrap().0, Task::Note);
    assert_eq!(rig.nwa(), Some(1152 + 107));
    rig.write(1259, 10).unwrap();
    rig.sync();
    Cd.interrupted(&mut rig.disc);
    assert_eq!(rig.track(2).status, TrackStatus::Open, "whole packets are safe");
    assert_eq!(Cd.repair(&rig.disc, 9).unwrap_err().code, codes::INVALID_FIELD_IN_CDB);
}
