//! GET EVENT STATUS NOTIFICATION, class by class.

use crate::rig::{A, B, EJECT, LOAD, PERSISTENT_ALLOW, PERSISTENT_PREVENT, PREVENT, Rig, data_disc, hex};
use core::time::Duration;
use discrig_drive::{HostEvent, Quirk};
use discrig_wire::event::ExternalRequestCode;
use rstest::rstest;

const OPERATIONAL: u8 = 1 << 1;
const POWER: u8 = 1 << 2;
const EXTERNAL: u8 = 1 << 3;
const MEDIA: u8 = 1 << 4;
const MULTI_HOST: u8 = 1 << 5;
const BUSY: u8 = 1 << 6;

fn poll(rig: &mut Rig, nexus: u16, classes: u8) -> String {
    hex(&rig.data(nexus, &format!("4A 01 00 00 {classes:02X} 00 00 00 08 00")))
}

#[rstest]
#[case(OPERATIONAL, "00 06 01 7E 00 00 00 00")]
#[case(POWER, "00 06 02 7E 00 01 00 00")]
#[case(EXTERNAL, "00 06 03 7E 00 00 00 00")]
#[case(MEDIA, "00 06 04 7E 00 02 00 00")]
#[case(MULTI_HOST, "00 06 05 7E 00 00 00 00")]
#[case(BUSY, "00 06 06 7E 00 00 00 00")]
#[case(BUSY | MEDIA, "00 06 04 7E 00 02 00 00")]
#[case(0x80, "00 02 80 7E")]
#[case(0x81, "00 02 80 7E")]
#[case(0x00, "00 02 80 7E")]
fn nothing_happened(#[case] classes: u8, #[case] expected: &str) {
    assert_eq!(poll(&mut Rig::loaded(), A, classes), expected);
}

#[test]
fn waiting_for_events_is_not_possible() {
    assert_eq!(Rig::loaded().ask(A, "4A 00 00 00 10 00 00 00 08 00"), "05/24/00 cdb 1.0");
    assert_eq!(Rig::loaded().data(A, "4A 01 00 00 10 00 00 00 04 00").len(), 4);
}

#[test]
fn a_medium_comes_and_goes() {
    let mut rig = Rig::loaded();
    rig.ask(A, EJECT);
    assert_eq!(poll(&mut rig, A, MEDIA), "00 06 04 7E 03 01 00 00");
    assert_eq!(poll(&mut rig, A, MEDIA), "00 06 04 7E 00 01 00 00", "an event is read once");
    assert_eq!(poll(&mut rig, A, 0x7E), "00 06 01 7E 02 00 00 01", "the features changed");
    rig.ask(A, LOAD);
    assert_eq!(poll(&mut rig, B, MEDIA), "00 06 04 7E 02 02 00 00", "the newest of the class");
    assert_eq!(poll(&mut rig, A, 0x7E), "00 06 01 7E 02 00 00 01", "the lowest class first");
    assert_eq!(poll(&mut rig, A, 0x7E), "00 06 04 7E 02 02 00 00");
    assert_eq!(poll(&mut rig, A, 0x7E), "00 06 01 7E 00 00 00 00");
    assert_eq!(rig.ask(A, "00 00 00 00 00 00"), "06/28/00", "events and unit attentions are independent");
}

#[test]
fn resets_are_told() {
    let mut rig = Rig::loaded();
    rig.happen(HostEvent::BusReset);
    assert_eq!(poll(&mut rig, B, OPERATIONAL), "00 06 01 7E 02 00 00 03");
}

#[test]
fn power_changes_are_told_to_those_who_did_not_command_them() {
    let mut rig = Rig::loaded();
    rig.ask(A, "1B 00 00 00 30 00");
    assert_eq!(poll(&mut rig, A, POWER), "00 06 02 7E 00 03 00 00");
    assert_eq!(poll(&mut rig, B, POWER), "00 06 02 7E 01 03 00 00");
    rig.ask(B, "28 00 00 00 00 00 00 00 01 00");
    assert_eq!(poll(&mut rig, A, POWER), "00 06 02 7E 01 01 00 00");
    rig.wait(Duration::from_secs(20));
    for nexus in [A, B] {
        assert_eq!(poll(&mut rig, nexus, POWER), "00 06 02 7E 01 02 00 00");
    }
}

#[test]
fn keys() {
    let mut rig = Rig::loaded();
    rig.happen(HostEvent::Key { down: true, request: ExternalRequestCode::PLAY });
    assert_eq!(poll(&mut rig, A, EXTERNAL), "00 06 03 7E 01 00 01 01");
    rig.happen(HostEvent::Key { down: false, request: ExternalRequestCode::PLAY });
    assert_eq!(poll(&mut rig, A, EXTERNAL), "00 06 03 7E 02 00 01 01");
}

#[test]
fn control_over_removal() {
    let mut rig = Rig::loaded();
    rig.ask(A, PERSISTENT_PREVENT);
    assert_eq!(poll(&mut rig, A, MULTI_HOST), "00 06 05 7E 00 80 00 00");
    assert_eq!(poll(&mut rig, B, MULTI_HOST), "00 06 05 7E 00 81 00 00");
    assert_eq!(poll(&mut rig, B, EXTERNAL), "00 06 03 7E 00 81 00 00");
    assert_eq!(poll(&mut rig, B, OPERATIONAL), "00 06 01 7E 00 80 00 00");
    rig.ask(B, PERSISTENT_PREVENT);
    assert_eq!(poll(&mut rig, A, MULTI_HOST), "00 06 05 7E 01 81 00 02", "somebody asks for control");
    rig.ask(A, PERSISTENT_ALLOW);
    assert_eq!(poll(&mut rig, B, MULTI_HOST), "00 06 05 7E 02 80 00 00", "granted");
    rig.ask(B, PERSISTENT_ALLOW);
    assert_eq!(poll(&mut rig, A, MULTI_HOST), "00 06 05 7E 03 00 00 00", "released");
    rig.ask(A, PREVENT);
    assert_eq!(poll(&mut rig, B, MULTI_HOST), "00 06 05 7E 00 00 00 00", "basic prevention is not control");
}

#[test]
fn busy_while_it_moves() {
    let mut rig = Rig::slow(Some(data_disc(10)));
    rig.ask(A, "1B 01 00 00 02 00");
    assert_eq!(poll(&mut rig, B, BUSY), "00 06 06 7E 01 01 00 0F");
    rig.wait(Duration::from_secs(2));
    assert_eq!(poll(&mut rig, A, BUSY), "00 06 06 7E 00 00 00 00", "it is over");
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(poll(&mut rig, A, BUSY), "00 06 06 7E 02 01 00 41", "no command moves it");
}

#[test]
fn quirks_of_events() {
    let mut shared = Rig::quirky(Quirk::EventsShared);
    shared.ask(A, EJECT);
    assert_eq!(poll(&mut shared, A, MEDIA), "00 06 04 7E 03 01 00 00");
    assert_eq!(poll(&mut shared, B, MEDIA), "00 06 04 7E 00 01 00 00");
    let mut storm = Rig::quirky(Quirk::GesnNeverDrains);
    assert_eq!(poll(&mut storm, A, 0x7E), "00 06 01 7E 00 00 00 00");
    storm.ask(A, EJECT);
    for _ in 0..50 {
        assert_eq!(poll(&mut storm, A, 0x7E), "00 06 01 7E 02 00 00 01");
    }
    assert_eq!(poll(&mut storm, A, MEDIA), "00 06 04 7E 03 01 00 00");
}
