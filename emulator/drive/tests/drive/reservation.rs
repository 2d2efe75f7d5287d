//! RESERVE(6) and persistent reservations.

use crate::rig::{A, ALLOW, B, EJECT, PREVENT, RELEASE, RESERVE, Rig, TEST_UNIT_READY, hex};
use discrig_drive::{HostEvent, NexusId, Quirk};
use rstest::rstest;

const C: u16 = 2;
const READ: &str = "28 00 00 00 00 00 00 00 01 00";
const SPEED: &str = "BB 00 FF FF FF FF 00 00 00 00 00 00";

const REGISTER: u8 = 0;
const TAKE: u8 = 1;
const GIVE_UP: u8 = 2;
const CLEAR: u8 = 3;
const PREEMPT: u8 = 4;
const PREEMPT_AND_ABORT: u8 = 5;
const REGISTER_AND_IGNORE: u8 = 6;

/// PERSISTENT RESERVE OUT with the registered key and the other one.
fn out(rig: &mut Rig, nexus: u16, action: u8, kind: u8, key: u64, other: u64) -> String {
    let mut list = [0; 24];
    list[..8].copy_from_slice(&key.to_be_bytes());
    list[8..16].copy_from_slice(&other.to_be_bytes());
    rig.tell(nexus, &format!("5F {action:02X} {kind:02X} 00 00 00 00 00 18 00"), &list)
}

fn keys(rig: &mut Rig) -> String {
    hex(&rig.data(C, "5E 00 00 00 00 00 00 00 FF 00"))
}

fn held(rig: &mut Rig) -> String {
    hex(&rig.data(C, "5E 01 00 00 00 00 00 00 FF 00"))
}

/// A and B registered with keys Ah and Bh, C not.
fn registered() -> Rig {
    let mut rig = Rig::loaded();
    rig.ask(C, TEST_UNIT_READY);
    assert_eq!(out(&mut rig, A, REGISTER, 0, 0, 0xA), "GOOD");
    assert_eq!(out(&mut rig, B, REGISTER, 0, 0, 0xB), "GOOD");
    rig
}

#[rstest]
#[case(TEST_UNIT_READY, "RESERVATION CONFLICT")]
#[case(READ, "RESERVATION CONFLICT")]
#[case(EJECT, "RESERVATION CONFLICT")]
#[case(PREVENT, "RESERVATION CONFLICT")]
#[case(RESERVE, "RESERVATION CONFLICT")]
#[case("1E 00 00 00 02 00", "RESERVATION CONFLICT")]
#[case(ALLOW, "GOOD")]
#[case(RELEASE, "GOOD")]
#[case("12 00 00 00 24 00", "GOOD")]
#[case("03 00 00 00 12 00", "GOOD")]
#[case("A0 00 00 00 00 00 00 00 00 10 00 00", "GOOD")]
#[case("5E 00 00 00 00 00 00 00 08 00", "RESERVATION CONFLICT")]
fn what_others_get_under_reserve(#[case] cdb: &str, #[case] expected: &str) {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, RESERVE), "GOOD");
    assert_eq!(rig.ask(A, RESERVE), "GOOD", "again, and not counted");
    assert_eq!(rig.ask(B, cdb), expected);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(rig.drive.state().reservations.simple, Some(NexusId(A)));
}

#[test]
fn who_releases() {
    let mut rig = Rig::loaded();
    rig.ask(A, RESERVE);
    assert_eq!(rig.ask(B, RELEASE), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "RESERVATION CONFLICT");
    assert_eq!(rig.ask(A, RELEASE), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "GOOD");
}

#[rstest]
#[case(HostEvent::LogicalUnitReset)]
#[case(HostEvent::BusReset)]
#[case(HostEvent::PowerCycle)]
#[case(HostEvent::NexusLost(NexusId(A)))]
fn what_ends_a_reservation(#[case] event: HostEvent) {
    let mut rig = Rig::loaded();
    rig.ask(A, RESERVE);
    rig.happen(event);
    assert!(!rig.drive.state().reservations.is_reserved());
}

#[test]
fn a_reservation_that_outlives_its_nexus() {
    let mut rig = Rig::quirky(Quirk::ReservationSurvivesNexusLoss);
    rig.ask(A, RESERVE);
    rig.happen(HostEvent::NexusLost(NexusId(A)));
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "RESERVATION CONFLICT");
}

#[rstest]
#[case("16 10 00 00 00 00", "05/24/00 cdb 1.4")]
#[case("16 02 00 00 00 00", "05/24/00 cdb 1.3")]
#[case("17 01 00 00 00 00", "05/24/00 cdb 1.0")]
fn obsolete_forms(#[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(Rig::loaded().ask(A, cdb), expected);
}

#[test]
fn registering() {
    let mut rig = registered();
    assert_eq!(keys(&mut rig), "00 00 00 02 00 00 00 10 00 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 0B");
    assert_eq!(out(&mut rig, A, REGISTER, 0, 0xB, 0xC), "RESERVATION CONFLICT", "not its key");
    assert_eq!(out(&mut rig, A, REGISTER_AND_IGNORE, 0, 0xB, 0xC), "GOOD");
    assert_eq!(out(&mut rig, B, REGISTER, 0, 0xB, 0), "GOOD");
    assert_eq!(keys(&mut rig), "00 00 00 04 00 00 00 08 00 00 00 00 00 00 00 0C");
    assert_eq!(out(&mut rig, B, REGISTER, 0, 0xB, 0xB), "RESERVATION CONFLICT", "no longer registered");
    assert_eq!(rig.ask(A, RESERVE), "RESERVATION CONFLICT", "the two methods do not mix");
}

/// Type, then what C, who is not registered, and B, who is, get for READ and SET CD SPEED while A holds it.
#[rstest]
#[case(1, [true, false], [true, false])]
#[case(3, [false, false], [false, false])]
#[case(5, [true, false], [true, true])]
#[case(6, [false, false], [true, true])]
#[case(7, [true, false], [true, true])]
#[case(8, [false, false], [true, true])]
fn what_others_get_under_a_persistent_reservation(
    #[case] kind: u8,
    #[case] stranger: [bool; 2],
    #[case] registrant: [bool; 2],
) {
    let mut rig = registered();
    assert_eq!(out(&mut rig, A, TAKE, kind, 0xA, 0), "GOOD");
    let expected = |good| if good { "GOOD" } else { "RESERVATION CONFLICT" };
    for (nexus, allowed) in [(C, stranger), (B, registrant)] {
        assert_eq!(rig.ask(nexus, READ), expected(allowed[0]), "nexus {nexus}");
        assert_eq!(rig.ask(nexus, SPEED), expected(allowed[1]), "nexus {nexus}");
        assert_eq!(rig.ask(nexus, TEST_UNIT_READY), "GOOD");
        assert_eq!(rig.ask(nexus, ALLOW), "GOOD");
    }
    assert_eq!(rig.ask(A, SPEED), "GOOD");
    let key = if kind >= 7 { "00" } else { "0A" };
    assert_eq!(
        held(&mut rig),
        format!("00 00 00 02 00 00 00 10 00 00 00 00 00 00 00 {key} 00 00 00 00 00 {kind:02X} 00 00")
    );
}

#[test]
fn taking_and_giving_up() {
    let mut rig = registered();
    assert_eq!(held(&mut rig), "00 00 00 02 00 00 00 00");
    assert_eq!(out(&mut rig, A, TAKE, 2, 0xA, 0), "05/24/00 cdb 2.3", "no such type");
    assert_eq!(out(&mut rig, A, TAKE, 0x13, 0xA, 0), "05/24/00 cdb 2.7", "no such scope");
    assert_eq!(out(&mut rig, C, TAKE, 3, 0xA, 0), "RESERVATION CONFLICT", "not registered");
    assert_eq!(out(&mut rig, A, TAKE, 6, 0xA, 0), "GOOD");
    assert_eq!(out(&mut rig, A, TAKE, 6, 0xA, 0), "GOOD");
    assert_eq!(out(&mut rig, A, TAKE, 5, 0xA, 0), "RESERVATION CONFLICT", "another type");
    assert_eq!(out(&mut rig, B, TAKE, 6, 0xB, 0), "RESERVATION CONFLICT");
    assert_eq!(out(&mut rig, B, GIVE_UP, 6, 0xB, 0), "GOOD", "nothing of its own");
    assert_eq!(out(&mut rig, A, GIVE_UP, 5, 0xA, 0), "05/26/04");
    assert_eq!(out(&mut rig, A, GIVE_UP, 6, 0xA, 0), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/2A/04");
    assert!(!rig.drive.state().reservations.is_reserved());
}

#[test]
fn clearing() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 3, 0xA, 0);
    assert_eq!(out(&mut rig, B, CLEAR, 0, 0xB, 0), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/2A/03");
    assert_eq!(keys(&mut rig), "00 00 00 03 00 00 00 00");
}

#[test]
fn preempting_the_holder() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 3, 0xA, 0);
    rig.ask(A, PREVENT);
    assert_eq!(out(&mut rig, B, PREEMPT, 3, 0xB, 0xF), "RESERVATION CONFLICT", "nobody's key");
    assert_eq!(out(&mut rig, B, PREEMPT, 3, 0xB, 0), "05/26/00");
    assert_eq!(out(&mut rig, B, PREEMPT, 1, 0xB, 0xA), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/2A/05");
    assert_eq!(rig.ask(A, SPEED), "RESERVATION CONFLICT");
    assert_eq!(rig.ask(B, EJECT), "05/53/02", "without abort the lock stays");
    assert_eq!(&held(&mut rig)[45..], "0B 00 00 00 00 00 01 00 00");
}

#[test]
fn preempting_and_aborting() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 3, 0xA, 0);
    rig.ask(A, PREVENT);
    assert_eq!(out(&mut rig, B, PREEMPT_AND_ABORT, 3, 0xB, 0xA), "GOOD");
    assert_eq!(rig.ask(B, EJECT), "GOOD");
}

#[test]
fn preempting_somebody_else_than_the_holder() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 5, 0xA, 0);
    assert_eq!(out(&mut rig, A, PREEMPT, 5, 0xA, 0xB), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/2A/05");
    assert_eq!(rig.ask(B, SPEED), "RESERVATION CONFLICT", "no longer registered");
    assert!(rig.drive.state().reservations.holds(NexusId(A)));
}

#[test]
fn all_registrants_hold_until_the_last_one_goes() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 8, 0xA, 0);
    assert_eq!(out(&mut rig, A, REGISTER, 0, 0xA, 0), "GOOD");
    assert!(rig.drive.state().reservations.holds(NexusId(B)));
    assert!(!rig.drive.state().reservations.holds(NexusId(A)));
    assert_eq!(out(&mut rig, B, REGISTER, 0, 0xB, 0), "GOOD");
    assert!(!rig.drive.state().reservations.is_reserved());
    let mut rig = registered();
    out(&mut rig, A, TAKE, 7, 0xA, 0);
    assert_eq!(out(&mut rig, B, PREEMPT, 3, 0xB, 0), "GOOD", "everybody else");
    assert!(!rig.drive.state().reservations.holds(NexusId(A)));
}

#[test]
fn the_holder_that_unregisters_frees_the_drive() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 6, 0xA, 0);
    assert_eq!(out(&mut rig, A, REGISTER, 0, 0xA, 0), "GOOD");
    assert!(!rig.drive.state().reservations.is_reserved());
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/2A/04");
}

#[test]
fn resets_keep_it_and_power_loss_keeps_it_when_asked() {
    let mut rig = registered();
    out(&mut rig, A, TAKE, 3, 0xA, 0);
    for event in [HostEvent::LogicalUnitReset, HostEvent::BusReset, HostEvent::NexusLost(NexusId(A))] {
        rig.happen(event);
        assert!(rig.drive.state().reservations.holds(NexusId(A)));
    }
    rig.happen(HostEvent::PowerCycle);
    assert!(!rig.drive.state().reservations.is_reserved());
    rig.settle();
    let mut list = [0; 24];
    (list[15], list[20]) = (0xA, 1);
    assert_eq!(rig.tell(A, "5F 00 00 00 00 00 00 00 18 00", &list), "GOOD");
    assert_eq!(out(&mut rig, A, TAKE, 3, 0xA, 0), "GOOD");
    assert_eq!(hex(&rig.data(A, "5E 02 00 00 00 00 00 00 FF 00")), "00 08 01 81 EA 01 00 00");
    rig.happen(HostEvent::PowerCycle);
    assert!(rig.drive.state().reservations.holds(NexusId(A)));
}

#[test]
fn lists_that_are_wrong() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.tell(A, "5F 00 00 00 00 00 00 00 17 00", &[0; 23]), "05/1A/00");
    assert_eq!(rig.tell(A, "5F 00 00 00 00 00 00 00 18 00", &[0; 23]), "05/1A/00");
    let with = |flag| {
        let mut list = [0; 24];
        list[20] = flag;
        list
    };
    assert_eq!(rig.tell(A, "5F 00 00 00 00 00 00 00 18 00", &with(8)), "05/26/00 list 20.3");
    assert_eq!(rig.tell(A, "5F 00 00 00 00 00 00 00 18 00", &with(4)), "05/26/00 list 20.2");
}

#[test]
fn there_is_an_end_to_registrations() {
    let mut rig = Rig::loaded();
    for nexus in 0..64 {
        rig.ask(nexus, TEST_UNIT_READY);
        assert_eq!(out(&mut rig, nexus, REGISTER, 0, 0, 1), "GOOD");
    }
    rig.ask(64, TEST_UNIT_READY);
    assert_eq!(out(&mut rig, 64, REGISTER, 0, 0, 1), "05/55/04");
}
