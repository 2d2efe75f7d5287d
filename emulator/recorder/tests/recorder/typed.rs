//! The typed members: what is sent, what is taken off, and what sense becomes.

use crate::world::{Reply, Sent, World};
use core::time::Duration;
use discrig_recorder::{
    CountingRecorder, DiscRecorder2, DiscRecorder2Ex, Hresult, ModePageRequestType, TrackAddressType,
};
use discrig_wire::sense::{FixedSense, codes};
use discrig_wire::{SenseBuffer, SenseCode, SenseKey};
use rstest::rstest;

const INVALID_RESPONSE: Hresult = Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;
const CURRENT: ModePageRequestType = ModePageRequestType::CurrentValues;

/// A recorder whose drive gives these answers, one after the other.
fn answering(replies: impl IntoIterator<Item = Reply>) -> (World, CountingRecorder) {
    let world = World::new();
    world.reply(replies);
    let recorder = world.recorder();
    (world, recorder)
}

fn cdbs(world: &World) -> Vec<Vec<u8>> {
    world.take_sent().into_iter().map(|Sent { cdb, .. }| cdb).collect()
}

/// A GET CONFIGURATION answer with these descriptors.
fn configuration(descriptors: &[&[u8]]) -> Reply {
    let body = descriptors.concat();
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    Reply::Data([&length[..], &[0, 0, 0, 0x09], &body].concat())
}

const PROFILE_LIST: &[u8] = &[0, 0, 0x03, 8, 0, 0x09, 1, 0, 0, 0x08, 0, 0];
const CORE: &[u8] = &[0, 1, 0x0B, 8, 0, 0, 0, 1, 0, 0, 0, 0];
const CD_READ_OFF: &[u8] = &[0, 0x1E, 0x08, 4, 0, 0, 0, 0];

#[test]
fn a_feature_page_begins_with_its_code() {
    let (world, mut recorder) = answering([configuration(&[CD_READ_OFF])]);
    let mut page = Vec::new();
    recorder.get_feature_page(0x1E, false, Some(&mut page)).unwrap();
    assert_eq!(page, CD_READ_OFF);
    assert_eq!(cdbs(&world), [[0x46, 2, 0, 0x1E, 0, 0, 0, 0x01, 0x0C, 0]]);
}

#[rstest]
#[case::absent(0x2D, false, configuration(&[]), Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE)]
#[case::others_only(0x2D, false, configuration(&[CORE]), Hresult::E_IMAPI_RECORDER_NO_SUCH_FEATURE)]
#[case::off(0x1E, true, configuration(&[CD_READ_OFF]), Hresult::E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT)]
#[case::no_command(
    0,
    false,
    Reply::sense(codes::INVALID_COMMAND_OPERATION_CODE),
    Hresult::E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED
)]
#[case::short(0, false, Reply::Data(vec![0, 0, 0, 4, 0, 0, 0]), INVALID_RESPONSE)]
#[case::length_below_header(0, false, Reply::Data(vec![0, 0, 0, 3, 0, 0, 0, 0]), INVALID_RESPONSE)]
#[case::less_than_announced(0, false, Reply::Data(vec![0, 0, 0, 16, 0, 0, 0, 0, 0, 0]), INVALID_RESPONSE)]
#[case::descriptor_sticks_out(0, false, Reply::Data(vec![0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 3, 40]), INVALID_RESPONSE)]
fn feature_pages_that_cannot_be_had(
    #[case] feature: u16,
    #[case] current_only: bool,
    #[case] reply: Reply,
    #[case] code: Hresult,
) {
    let (_, mut recorder) = answering([reply]);
    let mut page = vec![1];
    assert_eq!(recorder.get_feature_page(feature, current_only, Some(&mut page)), Err(code));
    assert_eq!(page, [1], "left as it was");
}

#[test]
fn feature_lists() {
    let all = || configuration(&[PROFILE_LIST, CORE, CD_READ_OFF]);
    let (world, mut recorder) = answering([all(), all()]);
    let (mut supported, mut current) = (Vec::new(), Vec::new());
    recorder.supported_feature_pages(Some(&mut supported)).unwrap();
    recorder.get_supported_feature_pages(true, Some(&mut current)).unwrap();
    assert_eq!(
        (supported, current),
        (vec![0, 1, 0x1E], vec![0, 1]),
        "a drive that ignores the type is seen through"
    );
    assert_eq!(cdbs(&world), [[0x46, 0, 0, 0, 0, 0, 0, 4, 0, 0], [0x46, 1, 0, 0, 0, 0, 0, 4, 0, 0]]);
}

#[test]
fn profile_lists() {
    let list = || configuration(&[PROFILE_LIST]);
    let (_, mut recorder) = answering([list(), list()]);
    let (mut supported, mut current) = (Vec::new(), Vec::new());
    recorder.supported_profiles(Some(&mut supported)).unwrap();
    recorder.current_profiles(Some(&mut current)).unwrap();
    assert_eq!((supported, current), (vec![0x09, 0x08], vec![0x09]));
}

#[test]
fn an_answer_that_is_longer_than_expected_is_fetched_again() {
    let many: Vec<Vec<u8>> = (0..200u8).map(|code| vec![0xFF, code, 1, 4, 0, 0, 0, 0]).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    let (world, mut recorder) = answering([configuration(&many), configuration(&many)]);
    let mut features = Vec::new();
    recorder.supported_feature_pages(Some(&mut features)).unwrap();
    assert_eq!(features.len(), 200);
    let lengths: Vec<[u8; 2]> = cdbs(&world).iter().map(|cdb| [cdb[7], cdb[8]]).collect();
    assert_eq!(lengths, [[0x04, 0x00], 1608u16.to_be_bytes()]);
}

fn mode_data(pages: &[&[u8]]) -> Vec<u8> {
    let pages = pages.concat();
    let length = u16::try_from(pages.len() + 6).unwrap().to_be_bytes();
    [&length[..], &[0; 6], &pages].concat()
}

const RECOVERY: &[u8] = &[0x01, 2, 0xC0, 5];
const WRITE: &[u8] = &[0x85, 4, 1, 2, 3, 4];

#[rstest]
#[case(ModePageRequestType::CurrentValues, 0x05)]
#[case(ModePageRequestType::ChangeableValues, 0x45)]
#[case(ModePageRequestType::DefaultValues, 0x85)]
#[case(ModePageRequestType::SavedValues, 0xC5)]
fn a_mode_page_begins_with_its_code(#[case] values: ModePageRequestType, #[case] byte: u8) {
    let (world, mut recorder) = answering([Reply::Data(mode_data(&[WRITE]))]);
    let mut page = Vec::new();
    recorder.get_mode_page(5, values, Some(&mut page)).unwrap();
    assert_eq!(page, WRITE);
    assert_eq!(cdbs(&world), [[0x5A, 0, byte, 0, 0, 0, 0, 2, 0, 0]]);
}

#[rstest]
#[case::another_page(Reply::Data(mode_data(&[RECOVERY])), Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE)]
#[case::refused(Reply::sense(codes::INVALID_FIELD_IN_CDB), Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE)]
#[case::not_saved(
    Reply::sense(codes::SAVING_PARAMETERS_NOT_SUPPORTED),
    Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE
)]
#[case::short(Reply::Data(vec![0, 6, 0, 0]), INVALID_RESPONSE)]
#[case::less_than_announced(Reply::Data(vec![0, 14, 0, 0, 0, 0, 0, 0, 5, 6]), INVALID_RESPONSE)]
#[case::descriptors_stick_out(Reply::Data(vec![0, 6, 0, 0, 0, 0, 0, 200]), INVALID_RESPONSE)]
fn mode_pages_that_cannot_be_had(#[case] reply: Reply, #[case] code: Hresult) {
    let (_, mut recorder) = answering([reply]);
    assert_eq!(recorder.get_mode_page(5, CURRENT, Some(&mut Vec::new())), Err(code));
}

#[test]
fn a_header_that_announces_too_little_is_seen_through() {
    let mut data = mode_data(&[WRITE]);
    data[1] = 6;
    let (_, mut recorder) = answering([Reply::Data(data)]);
    let mut page = Vec::new();
    recorder.get_mode_page(5, CURRENT, Some(&mut page)).unwrap();
    assert_eq!(page, WRITE);
}

#[test]
fn mode_page_lists_have_each_code_once() {
    let subpage = [0x5A, 1, 0, 2, 9, 9];
    let data = mode_data(&[RECOVERY, WRITE, &[0x1A, 2, 0, 0], &subpage]);
    let (world, mut recorder) = answering([Reply::Data(data)]);
    let mut pages = Vec::new();
    recorder.supported_mode_pages(Some(&mut pages)).unwrap();
    assert_eq!(pages, [1, 5, 0x1A]);
    assert_eq!(cdbs(&world)[0][2], 0x3F);
}

#[test]
fn a_mode_page_is_set_with_a_header_before_it() {
    let (world, mut recorder) = answering([]);
    recorder.set_mode_page(CURRENT, Some(WRITE)).unwrap();
    recorder.set_mode_page(ModePageRequestType::SavedValues, Some(RECOVERY)).unwrap();
    let sent = world.take_sent();
    assert_eq!(sent[0].cdb, [0x55, 0x10, 0, 0, 0, 0, 0, 0, 14, 0]);
    assert_eq!(sent[0].out, [0, 0, 0, 0, 0, 0, 0, 0, 0x05, 4, 1, 2, 3, 4], "PS is reserved here");
    assert_eq!(sent[1].cdb, [0x55, 0x11, 0, 0, 0, 0, 0, 0, 12, 0]);
}

#[rstest]
#[case(ModePageRequestType::ChangeableValues, WRITE)]
#[case(ModePageRequestType::DefaultValues, WRITE)]
#[case(ModePageRequestType::CurrentValues, &[])]
#[case(ModePageRequestType::CurrentValues, &[0; 65_528])]
fn mode_pages_that_cannot_be_set(#[case] values: ModePageRequestType, #[case] page: &[u8]) {
    let (world, mut recorder) = answering([]);
    assert_eq!(recorder.set_mode_page(values, Some(page)), Err(Hresult::E_INVALIDARG));
    assert_eq!(world.take_sent(), []);
}

#[test]
fn refused_mode_parameters() {
    let (_, mut recorder) = answering([Reply::sense(codes::PARAMETER_VALUE_INVALID)]);
    assert_eq!(
        recorder.set_mode_page(CURRENT, Some(WRITE)),
        Err(Hresult::E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS)
    );
}

#[test]
fn mode_page_codes_have_six_bits_and_3fh_is_no_page() {
    let (world, mut recorder) = answering([]);
    for page in [0x3F, 0x40, 0xFF] {
        assert_eq!(recorder.get_mode_page(page, CURRENT, Some(&mut vec![])), Err(Hresult::E_INVALIDARG));
    }
    assert_eq!(world.take_sent(), []);
}

#[test]
fn a_structure_comes_without_its_header() {
    let (world, mut recorder) = answering([Reply::Data(vec![0, 5, 0, 0, 1, 2, 3, 0xEE, 0xEE])]);
    let mut data = Vec::new();
    recorder.read_dvd_structure(0x1_0E04, 0x0102_0304, 1, 2, Some(&mut data)).unwrap();
    assert_eq!(data, [1, 2, 3], "as much as is announced");
    assert_eq!(cdbs(&world), [[0xAD, 0, 1, 2, 3, 4, 1, 4, 0x08, 0x04, 0x80, 0]]);
}

#[rstest]
#[case(Reply::sense(codes::INVALID_FIELD_IN_CDB), Hresult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT)]
#[case(
    Reply::sense(codes::CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT),
    Hresult::E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT
)]
#[case(Reply::Data(vec![0, 0]), INVALID_RESPONSE)]
#[case(Reply::Data(vec![0]), INVALID_RESPONSE)]
#[case(Reply::Data(vec![0, 9, 0, 0, 1]), INVALID_RESPONSE)]
fn structures_that_cannot_be_had(#[case] reply: Reply, #[case] code: Hresult) {
    let (_, mut recorder) = answering([reply]);
    assert_eq!(recorder.read_dvd_structure(0, 0, 0, 0, Some(&mut Vec::new())), Err(code));
}

#[test]
fn a_structure_is_sent_with_a_header_before_it() {
    let (world, mut recorder) = answering([]);
    recorder.send_dvd_structure(0x30, Some(&[1, 2, 3])).unwrap();
    assert_eq!(recorder.send_dvd_structure(0x30, Some(&[])), Err(Hresult::E_INVALIDARG));
    assert_eq!(recorder.send_dvd_structure(0x30, Some(&[0; 65_532])), Err(Hresult::E_INVALIDARG));
    let sent = world.take_sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].cdb, [0xBF, 0, 0, 0, 0, 0, 0, 0x30, 0, 7, 0, 0]);
    assert_eq!(sent[0].out, [0, 5, 0, 0, 1, 2, 3]);
}

#[test]
fn disc_and_track_information_come_as_they_are() {
    let disc: Vec<u8> = [0, 32].into_iter().chain([0x0E; 32]).collect();
    let track: Vec<u8> = [0, 34].into_iter().chain([1; 34]).collect();
    let (world, mut recorder) = answering([Reply::Data(disc.clone()), Reply::Data(track.clone())]);
    let (mut disc_read, mut track_read) = (Vec::new(), Vec::new());
    recorder.get_disc_information(Some(&mut disc_read)).unwrap();
    recorder.get_track_information(0x0A0B_0C0D, TrackAddressType::Session, Some(&mut track_read)).unwrap();
    assert_eq!((disc_read, track_read), (disc, track));
    let expected = [[0x51, 0, 0, 0, 0, 0, 0, 1, 0, 0], [0x52, 2, 0x0A, 0x0B, 0x0C, 0x0D, 0, 1, 0, 0]];
    assert_eq!(cdbs(&world), expected);
}

fn disc_information(recorder: &mut CountingRecorder) -> Result<(), Hresult> {
    recorder.get_disc_information(Some(&mut Vec::new()))
}

fn short_information() -> Reply {
    Reply::Data(vec![0, 2, 0, 0])
}

#[test]
fn decision_53_unit_attentions_are_passed_over() {
    let attention = || Reply::sense(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
    let reset = || Reply::sense(codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
    let (world, mut recorder) = answering([reset(), attention(), short_information()]);
    assert_eq!(disc_information(&mut recorder), Ok(()));
    assert_eq!(world.take_sent().len(), 3);
    world.reply([attention(), Reply::sense(codes::MEDIUM_NOT_PRESENT)]);
    assert_eq!(disc_information(&mut recorder), Err(Hresult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA));
    world.take_sent();
    world.reply((0..100).map(|_| attention()));
    assert_eq!(disc_information(&mut recorder), Err(Hresult::E_FAIL));
    assert_eq!(world.take_sent().len(), 5, "not for ever");
}

#[test]
fn errors_of_earlier_commands_are_passed_over() {
    let deferred = Reply::Sense(FixedSense::new(codes::WRITE_ERROR).deferred().into());
    let (_, mut recorder) = answering([deferred, short_information()]);
    assert_eq!(disc_information(&mut recorder), Ok(()));
}

#[test]
fn a_recovered_error_is_no_error() {
    let (_, mut recorder) = answering([Reply::sense(codes::ROUNDED_PARAMETER)]);
    assert_eq!(recorder.set_mode_page(CURRENT, Some(WRITE)), Ok(()));
}

#[rstest]
#[case(Reply::Sense(SenseBuffer::EMPTY), Hresult::E_FAIL)]
#[case(Reply::Sense(SenseBuffer::new(&[0x12, 0, 5])), INVALID_RESPONSE)]
#[case(
    Reply::sense(codes::LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY),
    Hresult::E_IMAPI_RECORDER_MEDIA_BECOMING_READY
)]
#[case(Reply::sense(SenseCode::new(SenseKey::VendorSpecific, 0x80, 0)), Hresult::E_FAIL)]
#[case(Reply::Data(vec![]), INVALID_RESPONSE)]
fn sense_becomes_a_code(#[case] reply: Reply, #[case] code: Hresult) {
    let (_, mut recorder) = answering([reply]);
    assert_eq!(disc_information(&mut recorder), Err(code));
}

#[test]
fn timeouts_are_those_of_the_command_table() {
    let (world, mut recorder) = answering([]);
    assert!(disc_information(&mut recorder).is_err());
    assert!(recorder.read_dvd_structure(0, 0, 0, 0, Some(&mut vec![])).is_err());
    let timeouts: Vec<Duration> = world.take_sent().iter().map(|sent| sent.timeout).collect();
    assert_eq!(timeouts, [Duration::from_secs(4), Duration::from_secs(30)]);
}
