//! Raw commands.

use crate::world::{Reply, World};
use core::time::Duration;
use discrig_recorder::policy::MisalignedBuffer;
use discrig_recorder::{CountingRecorder, DiscRecorder2Ex, Hresult, Policy, Success};
use discrig_wire::sense::{FixedSense, codes};
use discrig_wire::{SenseBuffer, Status};
use rstest::rstest;

const READY: [u8; 6] = [0; 6];
const INQUIRY: [u8; 6] = [0x12, 0, 0, 0, 36, 0];
const MODE_SELECT: [u8; 10] = [0x55, 0x10, 0, 0, 0, 0, 0, 0, 8, 0];

fn ready(recorder: &mut CountingRecorder, timeout_s: u32) -> (Result<Success, Hresult>, [u8; 18]) {
    let mut sense = [0xEE; 18];
    let result = recorder.send_command_no_data(&READY, &mut sense, timeout_s);
    (result, sense)
}

#[test]
fn decision_41_sense_is_handed_out() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.reply([
        Reply::sense(codes::MEDIUM_NOT_PRESENT),
        Reply::Sense(SenseBuffer::new(&[0x70, 0, 6])),
        Reply::Sense(SenseBuffer::new(&[0x5A; 32])),
    ]);
    let (result, sense) = ready(&mut recorder, 1);
    assert_eq!(result, Ok(Success::CommandHasSenseData));
    assert_eq!(result.map(|success| success.hresult().0), Ok(0x00AA_0200));
    assert_eq!(&sense, FixedSense::new(codes::MEDIUM_NOT_PRESENT).bytes());
    let (result, sense) = ready(&mut recorder, 1);
    let mut padded = [0; 18];
    padded[..3].copy_from_slice(&[0x70, 0, 6]);
    assert_eq!((result, sense), (Ok(Success::CommandHasSenseData), padded), "and no retry");
    assert_eq!(ready(&mut recorder, 1), (Ok(Success::CommandHasSenseData), [0x5A; 18]));
    assert_eq!(world.take_sent().len(), 3);
}

#[test]
fn decision_42_no_sense_is_a_failure() {
    let world = World::new();
    world.reply([Reply::Sense(SenseBuffer::EMPTY)]);
    assert_eq!(ready(&mut world.recorder(), 1), (Err(Hresult::E_FAIL), [0; 18]));
}

#[rstest]
#[case(Status::BUSY)]
#[case(Status::TASK_SET_FULL)]
fn decision_43_a_busy_device_is_asked_again(#[case] status: Status) {
    let world = World::new();
    let mut recorder = world.recorder();
    let busy = |millis| Reply::Status(status, Duration::from_millis(millis));
    world.reply([busy(300), busy(200)]);
    assert_eq!(ready(&mut recorder, 1).0, Ok(Success::Ok));
    let timeouts: Vec<u128> = world.take_sent().iter().map(|sent| sent.timeout.as_millis()).collect();
    assert_eq!(timeouts, [1000, 700, 500], "within the timeout");
    world.reply([busy(600), busy(600)]);
    assert_eq!(ready(&mut recorder, 1).0, Err(Hresult::E_IMAPI_RECORDER_MEDIA_BUSY));
    assert_eq!(world.take_sent().len(), 2, "the timeout is used up");
    world.reply((0..100).map(|_| busy(0)));
    assert_eq!(ready(&mut recorder, 1).0, Err(Hresult::E_IMAPI_RECORDER_MEDIA_BUSY));
    assert_eq!(world.take_sent().len(), 9, "and not for ever");
}

#[test]
fn other_statuses_are_a_failure() {
    let world = World::new();
    let mut recorder = world.recorder();
    for status in [Status::TASK_ABORTED, Status(0x55)] {
        world.reply([Reply::Status(status, Duration::ZERO)]);
        assert_eq!(ready(&mut recorder, 1), (Err(Hresult::E_FAIL), [0; 18]));
    }
}

#[test]
fn decision_45_the_sense_buffer_is_zero_on_success() {
    assert_eq!(ready(&mut World::new().recorder(), 1), (Ok(Success::Ok), [0; 18]));
}

#[test]
fn decision_46_descriptor_format() {
    let world = World::new();
    let mut recorder = world.recorder();
    let mut bytes = [0u8; 28];
    bytes[..8].copy_from_slice(&[0x72, 0x02, 0x3A, 0x00, 0, 0, 0, 20]);
    bytes[20] = 9;
    let sense = SenseBuffer::new(&bytes);
    world.reply([Reply::Sense(sense), Reply::Sense(sense)]);
    assert_eq!(ready(&mut recorder, 1), (Ok(Success::CommandHasSenseData), bytes[..18].try_into().unwrap()));
    let translated = recorder.get_disc_information(Some(&mut Vec::new()));
    assert_eq!(translated, Err(Hresult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA));
}

#[rstest]
#[case(0, 10)]
#[case(1, 1)]
#[case(u32::MAX, u64::from(u32::MAX))]
fn decision_47_a_timeout_of_zero_is_ten_seconds(#[case] given: u32, #[case] seconds: u64) {
    let world = World::new();
    ready(&mut world.recorder(), given).0.unwrap();
    assert_eq!(world.take_sent()[0].timeout, Duration::from_secs(seconds));
}

#[test]
fn decision_49_nothing_is_sent_of_a_wrong_size() {
    let world = World::new();
    let mut recorder = world.recorder();
    for cdb in [&[][..], &[0; 5], &[0; 7], &[0; 17], &[0x28; 12], &[0xA8; 10], &[0x88; 12]] {
        let mut sense = [0xEE; 18];
        assert_eq!(recorder.send_command_no_data(cdb, &mut sense, 1), Err(Hresult::E_INVALIDARG));
        assert_eq!(sense, [0; 18]);
    }
    assert_eq!(world.take_sent(), []);
}

/// A buffer that begins one byte after an aligned address.
fn misaligned(memory: &mut [u8; 64]) -> &mut [u8] {
    let odd = (1..16).find(|at| memory[*at..].as_ptr().addr() % 16 == 1).unwrap();
    &mut memory[odd..odd + 8]
}

#[test]
fn decision_51_a_misaligned_buffer_is_refused() {
    let world = World::new();
    world.state().properties.alignment_mask = 15;
    let mut recorder = world.recorder();
    let (mut memory, mut sense, mut fetched) = ([7; 64], [0; 18], 99);
    let buffer = misaligned(&mut memory);
    let result = recorder.send_command_send_data_to_device(&MODE_SELECT, &mut sense, 1, Some(buffer));
    assert_eq!(result, Err(Hresult::E_INVALIDARG));
    let result =
        recorder.send_command_get_data_from_device(&INQUIRY, &mut sense, 1, Some(buffer), Some(&mut fetched));
    assert_eq!((result, fetched), (Err(Hresult::E_INVALIDARG), 99));
    assert_eq!(world.take_sent(), []);
    assert_eq!(
        recorder.get_mode_page(1, discrig_recorder::ModePageRequestType::CurrentValues, Some(&mut vec![])),
        Err(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE),
        "typed members align their own"
    );
    assert_eq!(world.take_sent().len(), 1);
}

#[test]
fn decision_51_a_misaligned_buffer_is_copied() {
    let world = World::new();
    world.state().properties.alignment_mask = 15;
    let policy = Policy { misaligned_buffer: MisalignedBuffer::Bounce, ..Policy::default() };
    let mut recorder = world.with(policy);
    let (mut memory, mut sense, mut fetched) = ([7; 64], [0; 18], 99);
    let buffer = misaligned(&mut memory);
    recorder.send_command_send_data_to_device(&MODE_SELECT, &mut sense, 1, Some(buffer)).unwrap();
    assert_eq!(world.take_sent()[0].out, [7; 8]);
    world.reply([Reply::Data(vec![1, 2, 3])]);
    recorder
        .send_command_get_data_from_device(&INQUIRY, &mut sense, 1, Some(buffer), Some(&mut fetched))
        .unwrap();
    assert_eq!((buffer, fetched), (&mut [1, 2, 3, 7, 7, 7, 7, 7][..], 3), "what did not come stays");
}

#[test]
fn data_in_and_out() {
    let world = World::new();
    let mut recorder = world.recorder();
    let (mut buffer, mut sense, mut fetched) = ([0; 8], [0; 18], 99);
    world.reply([Reply::Data(vec![1, 2, 3]), Reply::Data(vec![9; 20])]);
    for expected in [3, 8] {
        let result = recorder.send_command_get_data_from_device(
            &INQUIRY,
            &mut sense,
            1,
            Some(&mut buffer),
            Some(&mut fetched),
        );
        assert_eq!((result, fetched), (Ok(Success::Ok), expected));
    }
    let sent = recorder.send_command_send_data_to_device(&MODE_SELECT, &mut sense, 1, Some(&[5; 8]));
    assert_eq!((sent, world.take_sent().pop().unwrap().out), (Ok(Success::Ok), vec![5; 8]));
}

#[test]
fn empty_buffers_are_refused() {
    let world = World::new();
    let mut recorder = world.recorder();
    let (mut sense, mut fetched) = ([0; 18], 99);
    let out = recorder.send_command_send_data_to_device(&MODE_SELECT, &mut sense, 1, Some(&[]));
    let data_in = recorder.send_command_get_data_from_device(
        &INQUIRY,
        &mut sense,
        1,
        Some(&mut []),
        Some(&mut fetched),
    );
    assert_eq!((out, data_in), (Err(Hresult::E_INVALIDARG), Err(Hresult::E_INVALIDARG)));
    assert_eq!((world.take_sent(), fetched), (vec![], 99));
}
