//! The background format of DVD+RW.

use crate::rig::{A, B, EJECT, LOAD, Rig, TEST_UNIT_READY, hex, image};
use core::time::Duration;
use discrig_drive::{Disc, HostEvent, MediumKind};

const FORMAT: &str = "04 11 00 00 00 00";
/// IMMED; all blocks, type 26h.
const LIST: [u8; 12] = [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 0];
const RESTART: [u8; 12] = [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 1];
const MEDIA_EVENTS: &str = "4A 01 00 00 10 00 00 00 08 00";
const CLOSE_FORMAT: &str = "5B 00 00 00 00 00 00 00 00 00";

fn background(rig: &mut Rig) -> u8 {
    rig.data(A, "51 00 00 00 00 00 00 00 22 00")[7] & 0x07
}

/// What REQUEST SENSE says: key, code, qualifier, and the progress.
fn sense(rig: &mut Rig) -> (String, u16) {
    let data = rig.data(A, "03 00 00 00 12 00");
    let progress = if data[15] & 0x80 == 0 { 0 } else { u16::from_be_bytes([data[16], data[17]]) };
    (format!("{:02X}/{:02X}/{:02X}", data[2], data[12], data[13]), progress)
}

fn media_event(rig: &mut Rig, nexus: u16) -> u8 {
    rig.data(nexus, MEDIA_EVENTS)[4] & 0x0F
}

/// A DVD+RW whose format was begun and goes on in the background.
fn formatting() -> Rig {
    let mut rig = Rig::slow(Some(Disc::blank(MediumKind::DvdPlusRw).unwrap()));
    assert_eq!(background(&mut rig), 0);
    assert_eq!(rig.tell(A, FORMAT, &LIST), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/04/04", "the initial part");
    rig.wait(Duration::from_secs(60));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(background(&mut rig), 0b110, "running, not up to date");
    rig
}

#[test]
fn it_goes_on_by_itself_and_is_told() {
    let mut rig = formatting();
    let (code, early) = sense(&mut rig);
    assert_eq!(code, "00/04/04");
    rig.wait(Duration::from_secs(600));
    let (_, later) = sense(&mut rig);
    assert!(early < later && later < 0x9000, "{early} {later}");
    assert_eq!(media_event(&mut rig, A), 0);
    rig.wait(Duration::from_secs(900));
    assert_eq!(background(&mut rig), 0b011, "complete");
    assert_eq!(sense(&mut rig).1, 0);
    assert_eq!((media_event(&mut rig, A), media_event(&mut rig, B), media_event(&mut rig, A)), (5, 5, 0));
    assert_eq!(hex(&rig.data(A, "25 00 00 00 00 00 00 00 00 00")), "00 23 05 3F 00 00 08 00");
}

#[test]
fn without_mechanics_it_is_complete_at_once() {
    let mut rig = Rig::blank(MediumKind::DvdPlusRw);
    assert_eq!(rig.tell(A, FORMAT, &LIST), "GOOD");
    assert_eq!((media_event(&mut rig, B), background(&mut rig)), (5, 0b011));
}

#[test]
fn commands_read_and_write_meanwhile_and_hold_it_up() {
    let mut rig = formatting();
    assert_eq!(rig.tell(A, "2A 00 00 10 00 00 00 00 10 00", &image(16)), "GOOD");
    // A million blocks ahead: the format has to come there first.
    rig.wait(Duration::from_secs(700));
    assert_eq!(rig.data(A, "28 00 00 10 00 00 00 00 10 00"), image(16));
    assert_eq!(rig.data(A, "28 00 00 20 00 00 00 00 01 00"), [0; 2048], "not reached yet");
    assert_eq!(background(&mut rig), 0b110);
}

#[test]
fn stopped_and_started_again() {
    let mut rig = formatting();
    assert_eq!(rig.ask(A, CLOSE_FORMAT), "GOOD");
    assert_eq!(background(&mut rig), 0b001, "suspended, up to date");
    let stood = hex(&rig.data(A, "25 00 00 00 00 00 00 00 00 00"));
    rig.wait(Duration::from_secs(3600));
    assert_eq!(hex(&rig.data(A, "25 00 00 00 00 00 00 00 00 00")), stood);
    assert_eq!(media_event(&mut rig, A), 0);
    assert_eq!(rig.tell(A, FORMAT, &RESTART), "GOOD");
    rig.wait(Duration::from_secs(60));
    assert_eq!((media_event(&mut rig, A), background(&mut rig)), (6, 0b110));
    assert_eq!(rig.ask(A, CLOSE_FORMAT), "GOOD");
    assert_eq!(rig.tell(A, "2A 00 00 00 00 00 00 00 10 00", &image(16)), "GOOD", "writing starts it too");
    assert_eq!((media_event(&mut rig, B), background(&mut rig)), (6, 0b110));
}

#[test]
fn ejecting_stops_it_cleanly_and_a_power_cut_does_not() {
    let mut rig = formatting();
    assert_eq!(rig.ask(A, EJECT), "GOOD");
    rig.ask(A, LOAD);
    rig.wait(Duration::from_secs(60));
    rig.settle();
    assert_eq!(background(&mut rig), 0b001);
    let mut rig = formatting();
    rig.happen(HostEvent::PowerCycle);
    rig.wait(Duration::from_secs(60));
    rig.settle();
    assert_eq!(background(&mut rig), 0b101, "suspended, not up to date");
    let mut rig = formatting();
    rig.happen(HostEvent::EmergencyEject);
    rig.happen(HostEvent::ButtonPressed);
    rig.wait(Duration::from_secs(60));
    rig.settle();
    assert_eq!(background(&mut rig), 0b101);
}

#[test]
fn a_drive_that_formats_does_not_rest() {
    let mut rig = formatting();
    rig.wait(Duration::from_secs(1200));
    let condition = |rig: &mut Rig| rig.data(A, "4A 01 00 00 04 00 00 00 08 00")[5];
    assert_eq!(condition(&mut rig), 1, "active");
    rig.wait(Duration::from_secs(600));
    assert_eq!(condition(&mut rig), 2, "complete, and idle since");
}
