//! The tray.

use crate::world::{Op, Reply, World, acquire};
use core::time::Duration;
use discrig_device::ErrorKind;
use discrig_recorder::policy::TrayPath;
use discrig_recorder::{CountingRecorder, DiscRecorder2, Hresult, Policy};
use discrig_wire::sense::codes;
use rstest::rstest;

fn with_calls(tray_path: TrayPath) -> (World, CountingRecorder) {
    let world = World::new();
    world.state().tray_calls = true;
    let recorder = world.with(Policy { tray_path, ..Policy::default() });
    world.take_log();
    (world, recorder)
}

#[test]
fn decision_37_an_eject_keeps_the_lock() {
    for tray_path in TrayPath::ALL {
        let (world, mut recorder) = with_calls(*tray_path);
        acquire(&mut recorder).unwrap();
        assert_eq!(recorder.eject_media(), Ok(()));
        assert_eq!((recorder.lock_count(), world.owner().as_deref()), (1, Some("tester")));
    }
}

#[test]
fn decision_38_by_the_hosts_call() {
    let (world, mut recorder) = with_calls(TrayPath::HostCall);
    assert_eq!(recorder.eject_media(), Ok(()));
    assert_eq!(recorder.close_tray(), Ok(()));
    world.fail(Op::Eject, ErrorKind::Busy);
    assert_eq!(recorder.eject_media(), Err(Hresult::ERROR_BUSY));
    assert_eq!(world.take_log(), [Op::Eject, Op::Load, Op::Eject], "nothing is unlocked first");
}

#[test]
fn decision_38_by_command() {
    let (world, mut recorder) = with_calls(TrayPath::Command);
    assert_eq!(recorder.eject_media(), Ok(()));
    assert_eq!(recorder.close_tray(), Ok(()));
    world.reply([Reply::sense(codes::MEDIUM_REMOVAL_PREVENTED)]);
    assert_eq!(recorder.eject_media(), Err(Hresult::E_FAIL));
    let cdbs: Vec<Vec<u8>> = world.take_sent().into_iter().map(|sent| sent.cdb).collect();
    let [eject, load] = [[0x1B, 0, 0, 0, 2, 0], [0x1B, 0, 0, 0, 3, 0]];
    assert_eq!(cdbs, [eject, load, eject]);
}

#[test]
fn a_host_without_calls_is_sent_commands() {
    let world = World::new();
    let mut recorder = world.recorder();
    recorder.eject_media().unwrap();
    let sent = world.take_sent();
    assert_eq!((sent.len(), sent[0].timeout), (1, Duration::from_secs(240)));
}

#[test]
fn decision_39_exclusive_access_sends_no_command() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    acquire(&mut recorder).unwrap();
    recorder.release_exclusive_access().unwrap();
    recorder.release_exclusive_access().unwrap();
    assert_eq!(world.take_sent(), []);
}

#[test]
fn decision_58_the_recorder_never_prevents_removal() {
    let world = World::new();
    let mut recorder = world.recorder();
    acquire(&mut recorder).unwrap();
    recorder.disable_mcn().unwrap();
    recorder.eject_media().unwrap();
    recorder.close_tray().unwrap();
    recorder.enable_mcn().unwrap();
    recorder.release_exclusive_access().unwrap();
    drop(recorder);
    let opcodes: Vec<u8> = world.take_sent().iter().map(|sent| sent.cdb[0]).collect();
    assert_eq!(opcodes, [0x1B, 0x1B]);
}

#[test]
fn decision_40_closing_the_tray_of_a_drive_that_cannot() {
    let world = World::new();
    let mut recorder = world.recorder();
    world.reply([Reply::sense(codes::INVALID_FIELD_IN_CDB)]);
    assert_eq!(recorder.close_tray(), Err(Hresult::E_FAIL));
    let (world, mut recorder) = with_calls(TrayPath::HostCall);
    world.fail(Op::Load, ErrorKind::Unsupported);
    assert_eq!(recorder.close_tray(), Err(Hresult::E_FAIL));
}

/// A GET CONFIGURATION answer with feature 0003h in some version with this byte 4.
fn removable_medium(version: u8, byte: u8) -> Reply {
    Reply::Data(vec![0, 0, 0, 12, 0, 0, 0, 0, 0, 3, version << 2 | 3, 4, byte, 0, 0, 0])
}

#[rstest]
#[case::tray_with_load(1, 0x39, true)]
#[case::slim_without_load(2, 0x2B, false)]
#[case::load_bit_without_version(0, 0x51, false)]
#[case::old_tray(0, 0x29, true)]
#[case::old_caddy(0, 0x09, false)]
#[case::old_pop_up(0, 0x49, false)]
#[case::old_changer(0, 0xA9, true)]
fn loading_by_feature(#[case] version: u8, #[case] byte: u8, #[case] expected: bool) {
    let world = World::new();
    let mut recorder = world.recorder();
    world.reply([removable_medium(version, byte)]);
    let mut loads = !expected;
    recorder.device_can_load_media(Some(&mut loads)).unwrap();
    assert_eq!(loads, expected);
}

#[rstest]
#[case(Reply::sense(codes::INVALID_COMMAND_OPERATION_CODE))]
#[case(Reply::Data(vec![0, 0, 0, 4, 0, 0, 0, 0]))]
fn loading_by_mode_page_on_drives_without_the_feature(#[case] configuration: Reply) {
    let world = World::new();
    let mut recorder = world.recorder();
    let mut page = vec![0, 28, 0, 0, 0, 0, 0, 0, 0x2A, 20];
    page.resize(30, 0);
    page[8 + 6] = 0x29;
    world.reply([configuration, Reply::Data(page)]);
    let mut loads = false;
    recorder.device_can_load_media(Some(&mut loads)).unwrap();
    assert!(loads);
}

#[test]
fn loading_is_known_once_the_drive_has_said_so() {
    let world = World::new();
    let mut recorder = world.recorder();
    let mut loads = false;
    world.steal("other");
    let refused = recorder.device_can_load_media(Some(&mut loads));
    assert_eq!(refused, Err(Hresult::E_IMAPI_RECORDER_LOCKED));
    world.free();
    world.reply([removable_medium(1, 0x39)]);
    recorder.device_can_load_media(Some(&mut loads)).unwrap();
    world.steal("other");
    loads = false;
    assert_eq!(recorder.device_can_load_media(Some(&mut loads)), Ok(()));
    assert!(loads);
}
