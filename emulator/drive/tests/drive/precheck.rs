//! The order of the pre-checks.

use crate::rig::{A, B, PREVENT, RESERVE, Rig, TEST_UNIT_READY};
use discrig_drive::{HostEvent, NexusId, Quirk};
use discrig_wire::sense::codes;
use rstest::rstest;

/// What stands in the way of a command of nexus A.
#[derive(Clone, Copy, PartialEq)]
enum Obstacle {
    Attention,
    Deferred,
    NoMedium,
    Reserved,
}

use Obstacle::{Attention, Deferred, NoMedium, Reserved};

fn rig(obstacles: &[Obstacle]) -> Rig {
    let mut rig = if obstacles.contains(&NoMedium) { Rig::empty() } else { Rig::loaded() };
    if obstacles.contains(&Reserved) {
        assert_eq!(rig.ask(B, RESERVE), "GOOD");
    }
    if obstacles.contains(&Attention) {
        let code = codes::MODE_PARAMETERS_CHANGED;
        rig.happen(HostEvent::EstablishUnitAttention { nexus: NexusId(A), code });
    }
    if obstacles.contains(&Deferred) {
        rig.happen(HostEvent::DeferredError { nexus: NexusId(A), code: codes::WRITE_ERROR });
    }
    rig
}

const UNKNOWN: &str = "D8 00 00 00 00 00";
const RESERVED_BIT: &str = "00 00 00 08 00 00";
const NACA: &str = "00 00 00 00 00 04";
const UNKNOWN_ACTION: &str = "5E 1F 00 00 00 00 00 00 08 00";
const SHORT: &str = "28 00 00 00 00 00";
const INQUIRY: &str = "12 00 00 00 60 00";
const INQUIRY_RESERVED_BIT: &str = "12 02 00 00 60 00";

#[rstest]
#[case(&[], TEST_UNIT_READY, "GOOD")]
#[case(&[], UNKNOWN, "05/20/00")]
#[case(&[], RESERVED_BIT, "05/24/00 cdb 3.3")]
#[case(&[], NACA, "05/24/00 cdb 5.2")]
#[case(&[], UNKNOWN_ACTION, "05/24/00 cdb 1.4")]
#[case(&[], SHORT, "05/24/00")]
#[case(&[NoMedium], TEST_UNIT_READY, "02/3A/01")]
#[case(&[NoMedium], RESERVED_BIT, "05/24/00 cdb 3.3")]
#[case(&[Deferred], TEST_UNIT_READY, "03/0C/00 deferred")]
#[case(&[Deferred], RESERVED_BIT, "05/24/00 cdb 3.3")]
#[case(&[Deferred], INQUIRY, "GOOD")]
#[case(&[Deferred, NoMedium], TEST_UNIT_READY, "03/0C/00 deferred")]
#[case(&[Attention], TEST_UNIT_READY, "06/2A/01")]
#[case(&[Attention], UNKNOWN, "06/2A/01")]
#[case(&[Attention], RESERVED_BIT, "06/2A/01")]
#[case(&[Attention], PREVENT, "06/2A/01")]
#[case(&[Attention], INQUIRY, "GOOD")]
#[case(&[Attention], INQUIRY_RESERVED_BIT, "05/24/00 cdb 1.1")]
#[case(&[Attention, NoMedium], TEST_UNIT_READY, "06/2A/01")]
#[case(&[Attention, Deferred], TEST_UNIT_READY, "06/2A/01")]
#[case(&[Reserved], TEST_UNIT_READY, "RESERVATION CONFLICT")]
#[case(&[Reserved], RESERVED_BIT, "RESERVATION CONFLICT")]
#[case(&[Reserved], UNKNOWN, "05/20/00")]
#[case(&[Reserved], INQUIRY, "GOOD")]
#[case(&[Reserved, Attention], TEST_UNIT_READY, "RESERVATION CONFLICT")]
#[case(&[Reserved, Attention], UNKNOWN, "06/2A/01")]
fn the_first_obstacle_decides(#[case] obstacles: &[Obstacle], #[case] cdb: &str, #[case] expected: &str) {
    assert_eq!(rig(obstacles).ask(A, cdb), expected);
}

#[test]
fn what_is_not_reported_stays_pending_and_what_is_reported_is_gone() {
    let mut rig = rig(&[Attention, Deferred]);
    assert_eq!(rig.ask(A, INQUIRY), "GOOD");
    assert_eq!(rig.ask(A, "46 00 00 00 00 00 00 00 08 00"), "GOOD");
    assert_eq!(rig.ask(A, "4A 01 00 00 10 00 00 00 08 00"), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/2A/01");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "03/0C/00 deferred");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "GOOD");
}

#[test]
fn a_reservation_that_is_not_enforced() {
    let mut rig = Rig::quirky(Quirk::ReserveNotEnforced);
    assert_eq!(rig.ask(B, RESERVE), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
}
