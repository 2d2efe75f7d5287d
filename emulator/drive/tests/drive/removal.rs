//! Loading, ejecting, locking, the button, power conditions, resets.

use crate::rig::{
    A, ALLOW, B, EJECT, LOAD, PERSISTENT_ALLOW, PERSISTENT_PREVENT, PREVENT, Rig, TEST_UNIT_READY, data_disc,
    hex,
};
use core::time::Duration;
use discrig_drive::{
    Disc, DriveConfig, HostEvent, HostEventError, MediumKind, NexusId, Profile, Quirk, Tray,
};
use discrig_wire::feature::{LoadingMechanism, Profile as MediaProfile};
use rstest::rstest;

/// Who set what, who ejects, and how it ends.
#[rstest]
#[case(&[], A, "GOOD")]
#[case(&[(A, PREVENT)], A, "05/53/02")]
#[case(&[(A, PREVENT)], B, "05/53/02")]
#[case(&[(A, PERSISTENT_PREVENT)], A, "GOOD")]
#[case(&[(A, PERSISTENT_PREVENT)], B, "05/53/02")]
#[case(&[(A, PERSISTENT_PREVENT), (A, PREVENT)], A, "05/53/02")]
#[case(&[(A, PREVENT), (A, PREVENT), (A, ALLOW)], A, "GOOD")]
#[case(&[(A, PREVENT), (B, PREVENT), (A, ALLOW)], A, "05/53/02")]
#[case(&[(A, PERSISTENT_PREVENT), (A, ALLOW)], B, "05/53/02")]
#[case(&[(A, PERSISTENT_PREVENT), (B, PERSISTENT_ALLOW)], B, "05/53/02")]
#[case(&[(A, PERSISTENT_PREVENT), (A, PERSISTENT_ALLOW)], B, "GOOD")]
fn ejecting(#[case] before: &[(u16, &str)], #[case] nexus: u16, #[case] expected: &str) {
    let mut rig = Rig::loaded();
    for (nexus, cdb) in before {
        assert_eq!(rig.ask(*nexus, cdb), "GOOD");
    }
    assert_eq!(rig.ask(nexus, EJECT), expected);
    let tray = if expected == "GOOD" { Tray::Open } else { Tray::Ready };
    assert_eq!(rig.drive.state().tray, tray);
}

#[rstest]
#[case(Quirk::EjectSenseKeyNotReady, &[(A, PREVENT)], EJECT, "02/53/00")]
#[case(Quirk::EjectIgnoresPrevent, &[(A, PREVENT)], EJECT, "GOOD")]
#[case(Quirk::PreventPerDevice, &[(A, PREVENT), (B, ALLOW)], EJECT, "GOOD")]
#[case(Quirk::PersistentBitIgnored, &[(A, PERSISTENT_PREVENT)], EJECT, "05/53/02")]
#[case(Quirk::PersistentBitIgnored, &[(A, PREVENT), (A, PERSISTENT_ALLOW)], EJECT, "GOOD")]
#[case(Quirk::StuckPrevent, &[(A, PREVENT), (A, ALLOW)], EJECT, "05/53/02")]
#[case(Quirk::LoadRefusedWhilePrevented, &[(A, PREVENT)], LOAD, "05/53/02")]
fn deviations(
    #[case] quirk: Quirk,
    #[case] before: &[(u16, &str)],
    #[case] cdb: &str,
    #[case] expected: &str,
) {
    let mut rig = Rig::quirky(quirk);
    for (nexus, cdb) in before {
        assert_eq!(rig.ask(*nexus, cdb), "GOOD");
    }
    assert_eq!(rig.ask(A, cdb), expected);
}

#[test]
fn prevention_needs_no_medium_unless_firmware_says_so() {
    assert_eq!(Rig::empty().ask(A, PREVENT), "GOOD");
    let mut rig = Rig::quirky(Quirk::PreventWithoutMediumNotReady);
    assert_eq!(rig.ask(A, PREVENT), "GOOD");
    rig.happen(HostEvent::EmergencyEject);
    assert_eq!(rig.ask(A, PREVENT), "02/3A/02");
    assert_eq!(rig.ask(A, ALLOW), "GOOD");
}

#[test]
fn a_tray_goes_out_and_in() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, EJECT), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/3A/02");
    assert_eq!(rig.ask(A, "1B 00 00 00 01 00"), "02/3A/02");
    assert_eq!(rig.ask(A, EJECT), "GOOD");
    rig.happen(HostEvent::RemoveDisc);
    assert_eq!(rig.ask(A, LOAD), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/3A/01");
    assert_eq!(rig.ask(A, "1B 00 00 00 01 00"), "02/3A/01");
    let closed = rig.drive.host_event(rig.clock.now(), HostEvent::PlaceDisc(data_disc(9)));
    assert_eq!(closed, Err(HostEventError::TrayNotOpen));
    rig.ask(A, EJECT);
    rig.happen(HostEvent::PlaceDisc(data_disc(9)));
    assert_eq!(rig.ask(A, LOAD), "GOOD");
    for nexus in [A, B] {
        assert_eq!(rig.ask(nexus, TEST_UNIT_READY), "06/28/00");
        assert_eq!(rig.ask(nexus, TEST_UNIT_READY), "GOOD");
    }
}

#[test]
fn no_unit_attention_after_a_load() {
    let mut rig = Rig::quirky(Quirk::NoUnitAttentionAfterLoad);
    rig.ask(A, EJECT);
    rig.ask(A, LOAD);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
}

#[test]
fn stop_and_start() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, "1B 00 00 00 00 00"), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD", "at rest, and ready");
    assert_eq!(rig.drive.state().tray, Tray::Stopped, "asking spins nothing up");
    assert_eq!(rig.ask(A, "1B 00 00 00 01 00"), "GOOD");
    assert_eq!(rig.drive.state().tray, Tray::Ready);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD", "the same disc: no unit attention");
}

#[test]
fn reading_starts_a_stopped_disc() {
    let mut rig = Rig::loaded();
    rig.ask(A, "1B 00 00 00 00 00");
    assert_eq!(rig.ask(A, "28 00 00 00 00 00 00 00 01 00"), "GOOD");
    assert_eq!(rig.drive.state().tray, Tray::Ready);
}

#[rstest]
#[case("1B 00 00 00 10 00", "05/24/00 cdb 4.7")]
#[case("1B 00 00 00 70 00", "05/24/00 cdb 4.7")]
#[case("1B 00 00 01 05 00", "05/24/00 cdb 4.2")]
#[case("1B 00 00 00 20 00", "GOOD")]
#[case("1B 00 00 00 30 00", "GOOD")]
fn power_conditions(#[case] cdb: &str, #[case] expected: &str) {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, cdb), expected);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(rig.ask(A, "28 00 00 00 00 00 00 00 01 00"), "GOOD", "reading wakes the drive");
}

#[test]
fn only_a_reset_wakes_a_sleeping_drive() {
    let mut rig = Rig::loaded();
    assert_eq!(rig.ask(A, "1B 00 00 00 50 00"), "GOOD");
    for cdb in [TEST_UNIT_READY, "1B 00 00 00 01 00", EJECT] {
        assert_eq!(rig.ask(A, cdb), "02/04/02");
    }
    rig.happen(HostEvent::LogicalUnitReset);
    rig.settle();
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
}

#[test]
fn low_power_shows_in_request_sense() {
    let mut rig = Rig::loaded();
    let code = |rig: &mut Rig| hex(&rig.data(A, "03 00 00 00 12 00")[12..14]);
    rig.ask(A, "1B 00 00 00 20 00");
    assert_eq!(code(&mut rig), "5E 03");
    rig.ask(A, "28 00 00 00 00 00 00 00 01 00");
    assert_eq!(code(&mut rig), "00 00");
    rig.wait(Duration::from_secs(20));
    assert_eq!(code(&mut rig), "5E 01");
    rig.wait(Duration::from_secs(460));
    assert_eq!(code(&mut rig), "5E 02");
}

#[test]
fn the_button() {
    let mut rig = Rig::loaded();
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(rig.drive.state().tray, Tray::Open);
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(rig.drive.state().tray, Tray::Ready);
    rig.settle();
    for (lock, unlock) in [(PREVENT, ALLOW), (PERSISTENT_PREVENT, PERSISTENT_ALLOW)] {
        rig.ask(B, lock);
        rig.happen(HostEvent::ButtonPressed);
        assert_eq!(rig.drive.state().tray, Tray::Ready);
        for nexus in [A, B] {
            assert_eq!(hex(&rig.data(nexus, "4A 01 00 00 10 00 00 00 08 00")[4..6]), "01 02");
        }
        rig.ask(B, unlock);
    }
}

#[test]
fn a_lock_that_holds_nothing() {
    let mut rig = Rig::quirky(Quirk::EjectIgnoresPrevent);
    rig.ask(A, PREVENT);
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(rig.drive.state().tray, Tray::Open);
}

#[test]
fn the_emergency_hole_knows_no_lock() {
    let mut rig = Rig::loaded();
    rig.ask(A, PREVENT);
    rig.happen(HostEvent::EmergencyEject);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/3A/02");
    assert!(rig.drive.state().ledger.is_prevented());
    assert_eq!(rig.ask(A, LOAD), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/28/00");
    assert_eq!(rig.ask(A, EJECT), "05/53/02", "locked again, as before");
}

#[rstest]
#[case(HostEvent::LogicalUnitReset, "06/29/03")]
#[case(HostEvent::BusReset, "06/29/02")]
#[case(HostEvent::PowerCycle, "06/29/00")]
#[case(HostEvent::NexusLost(NexusId(A)), "06/29/07")]
fn what_frees_the_lock(#[case] event: HostEvent, #[case] attention: &str) {
    let mut rig = Rig::loaded();
    rig.ask(A, PREVENT);
    rig.ask(A, PERSISTENT_PREVENT);
    rig.happen(event);
    assert!(!rig.drive.state().ledger.is_prevented());
    assert_eq!(rig.ask(A, TEST_UNIT_READY), attention);
    rig.settle();
    assert_eq!(rig.ask(B, EJECT), "GOOD");
}

#[rstest]
#[case(Quirk::PreventSurvivesReset, HostEvent::LogicalUnitReset)]
#[case(Quirk::PreventSurvivesNexusLoss, HostEvent::NexusLost(NexusId(A)))]
fn what_should_free_the_lock(#[case] quirk: Quirk, #[case] event: HostEvent) {
    let mut rig = Rig::quirky(quirk);
    rig.ask(A, PREVENT);
    rig.happen(event);
    rig.settle();
    assert_eq!(rig.ask(B, EJECT), "05/53/02");
}

#[test]
fn a_changer_command_without_a_changer_and_with_one() {
    let load_slot_1 = "A6 00 00 00 03 00 00 00 01 00 00 00";
    let unload = "A6 00 00 00 02 00 00 00 00 00 00 00";
    assert_eq!(Rig::loaded().ask(A, unload), "05/20/00");
    let profile = Profile { loading: LoadingMechanism::CHANGER_DISCS, ..Profile::default() };
    let mut rig = Rig::fresh(DriveConfig { profile, ..DriveConfig::default() });
    rig.settle();
    assert_eq!(rig.ask(A, load_slot_1), "05/21/01");
    assert_eq!(rig.ask(A, unload), "GOOD");
    assert_eq!(rig.drive.state().tray, Tray::Open);
    assert_eq!(
        hex(&rig.data(A, "BD 00 00 00 00 00 00 00 00 FF 00 00")),
        "00 10 00 00 00 01 00 04 00 00 00 00"
    );
}

#[test]
fn mechanism_status() {
    let mut rig = Rig::loaded();
    let status = |rig: &mut Rig| hex(&rig.data(A, "BD 00 00 00 00 00 00 00 00 08 00 00"));
    assert_eq!(status(&mut rig), "00 00 00 00 00 00 00 00");
    rig.ask(A, EJECT);
    assert_eq!(status(&mut rig), "00 10 00 00 00 00 00 00");
}

#[test]
fn a_slim_drive_cannot_load() {
    let profile = Profile { can_load: false, ..Profile::default() };
    let mut rig = Rig::fresh(DriveConfig { profile, ..DriveConfig::default() });
    rig.settle();
    assert_eq!(rig.ask(A, LOAD), "GOOD", "closed already");
    assert_eq!(rig.ask(A, EJECT), "GOOD");
    assert_eq!(rig.ask(A, LOAD), "05/24/00 cdb 4.1");
    rig.happen(HostEvent::ButtonPressed);
    assert_eq!(rig.drive.state().tray, Tray::Empty, "a hand can");
}

#[test]
fn a_disc_that_the_model_does_not_know() {
    let profile = Profile { profiles: vec![MediaProfile::CD_ROM], ..Profile::default() };
    let mut rig = Rig::fresh(DriveConfig { profile, ..DriveConfig::default() });
    rig.happen(HostEvent::SwapDisc(Some(Disc::blank(MediumKind::BdR).unwrap())));
    rig.settle();
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/30/00");
    assert_eq!(hex(&rig.data(A, "46 02 00 00 00 00 00 00 08 00")[6..]), "00 00");
}

#[test]
fn realistic_motion_takes_its_time_and_says_so() {
    let mut rig = Rig::slow(Some(data_disc(10)));
    assert_eq!(rig.ask(A, "1B 01 00 00 02 00"), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/04/07");
    rig.wait(Duration::from_millis(1500));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/3A/02");
    let start = rig.clock.now();
    assert_eq!(rig.ask(A, LOAD), "GOOD");
    let took = rig.clock.now().since(start);
    assert_eq!(took, Duration::from_micros(6_500_200), "close, recognize, overhead");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/28/00");
    rig.ask(A, EJECT);
    assert_eq!(rig.ask(A, "1B 01 00 00 03 00"), "GOOD");
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/04/01");
    assert_eq!(rig.ask(A, EJECT), "02/04/01");
    assert_eq!(rig.ask(A, PREVENT), "GOOD", "while it moves");
    rig.wait(Duration::from_secs(7));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "06/28/00");
}
