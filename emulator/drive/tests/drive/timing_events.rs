//! Events and power in time: busy reporting, requests of the button, timers of the power condition page.

use crate::rig::{
    A, ALLOW, B, PERSISTENT_ALLOW, PERSISTENT_PREVENT, PREVENT, Rig, TEST_UNIT_READY, data_disc, hex, image,
};
use crate::timing::{blank, real, took};
use core::time::Duration;
use discrig_drive::{HostEvent, MediumKind};
use rstest::rstest;

const POWER: u8 = 1 << 2;
const MEDIA: u8 = 1 << 4;
const BUSY: u8 = 1 << 6;

fn poll(rig: &mut Rig, nexus: u16, class: u8) -> String {
    hex(&rig.data(nexus, &format!("4A 01 00 00 {class:02X} 00 00 00 08 00")))
}

/// Long operations of each kind: who asks is told how long it will be, in units of 100 ms.
#[rstest]
#[case::blanking(MediumKind::CdRw, "A1 11 00 00 00 00 00 00 00 00 00 00", "02/04/07")]
#[case::closing(MediumKind::DvdPlusR, "5B 01 02 00 00 00 00 00 00 00", "02/04/07")]
#[case::synchronizing(MediumKind::DvdPlusR, "35 02 00 00 00 00 00 00 00 00", "02/04/08")]
fn long_operations(#[case] kind: MediumKind, #[case] cdb: &str, #[case] meanwhile: &str) {
    let mut rig = real(blank(kind));
    assert_eq!(rig.tell(A, "2A 00 00 00 00 00 00 00 20 00", &image(32)), "GOOD");
    rig.wait(Duration::from_secs(20));
    rig.settle();
    let start = rig.clock.now();
    assert_eq!(rig.ask(A, cdb), "GOOD");
    let until = rig.drive.next_deadline().unwrap();
    assert_eq!(rig.ask(B, TEST_UNIT_READY), meanwhile);
    let left = |rig: &Rig| until.since(rig.clock.now()).as_nanos().div_ceil(100_000_000) as u16;
    for nexus in [A, B] {
        let expected = left(&rig).to_be_bytes();
        assert_eq!(poll(&mut rig, nexus, BUSY), format!("00 06 06 7E 01 01 {}", hex(&expected)), "{start}");
    }
    rig.wait(until.since(rig.clock.now()) / 2);
    let expected = left(&rig).to_be_bytes();
    assert_eq!(poll(&mut rig, A, BUSY), format!("00 06 06 7E 00 01 {}", hex(&expected)));
    rig.clock.advance_to(until);
    rig.wait(Duration::ZERO);
    assert_eq!(poll(&mut rig, B, BUSY), "00 06 06 7E 00 00 00 00");
}

/// Loading takes as long as the tray and the disc together.
#[test]
fn loading() {
    let mut rig = real(data_disc(10));
    rig.ask(A, "1B 00 00 00 02 00");
    rig.settle();
    assert_eq!(rig.ask(A, "1B 01 00 00 03 00"), "GOOD");
    assert_eq!(poll(&mut rig, B, BUSY), "00 06 06 7E 01 01 00 41", "1.5 s and 5 s");
    rig.wait(Duration::from_secs(3));
    assert_eq!(poll(&mut rig, B, BUSY), "00 06 06 7E 00 01 00 23");
    rig.wait(Duration::from_secs(4));
    assert_eq!(poll(&mut rig, B, BUSY), "00 06 06 7E 00 00 00 00");
}

/// The button asks where removal is prevented, by whomever and however, and is told to everybody.
#[rstest]
#[case(PREVENT, ALLOW)]
#[case(PERSISTENT_PREVENT, PERSISTENT_ALLOW)]
fn the_button_asks(#[case] prevent: &str, #[case] allow: &str) {
    let mut rig = Rig::loaded();
    rig.ask(B, prevent);
    rig.settle();
    rig.happen(HostEvent::ButtonPressed);
    for nexus in [A, B] {
        assert_eq!(
            poll(&mut rig, nexus, MEDIA),
            "00 06 04 7E 01 02 00 00",
            "eject request, and the medium is there"
        );
        assert_eq!(poll(&mut rig, nexus, MEDIA), "00 06 04 7E 00 02 00 00");
    }
    rig.ask(B, allow);
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(poll(&mut rig, A, MEDIA), "00 06 04 7E 03 01 00 00", "removed");
}

/// Idle after 20 s, standby after eight minutes: both are told; looking after the drive wakes nobody, reading does.
#[test]
fn timers_of_the_power_condition_page() {
    let mut rig = real(data_disc(100));
    took(&mut rig, "28 00 00 00 00 00 00 00 01 00", &[]);
    rig.settle();
    for (seconds, expected) in
        [(19, "00 06 02 7E 00 01 00 00"), (2, "00 06 02 7E 01 02 00 00"), (480, "00 06 02 7E 01 03 00 00")]
    {
        rig.wait(Duration::from_secs(seconds));
        for nexus in [A, B] {
            assert_eq!(poll(&mut rig, nexus, POWER), expected, "{seconds}");
            assert_eq!(rig.ask(nexus, TEST_UNIT_READY), "GOOD");
        }
    }
    let waking = took(&mut rig, "28 00 00 00 00 00 00 00 01 00", &[]);
    assert!(waking > Duration::from_secs(3), "{waking:?}: spinning up");
    assert_eq!(poll(&mut rig, B, POWER), "00 06 02 7E 01 01 00 00");
}

/// The timers begin when the buffer is empty, not when the last command came.
#[test]
fn a_drive_that_records_is_not_idle() {
    let mut rig = real(blank(MediumKind::CdR));
    rig.ask(A, "BB 00 FF FF 02 C2 00 00 00 00 00 00");
    for part in 0..60u16 {
        let first = hex(&u32::from(part * 32).to_be_bytes());
        took(&mut rig, &format!("2A 00 {first} 00 00 20 00"), &image(32));
    }
    // Five seconds of calibration, 1920 blocks at 4x: 6.4 s.
    rig.wait(Duration::from_secs(25));
    assert_eq!(poll(&mut rig, A, POWER), "00 06 02 7E 00 01 00 00");
    rig.wait(Duration::from_secs(10));
    assert_eq!(poll(&mut rig, A, POWER), "00 06 02 7E 01 02 00 00");
}
