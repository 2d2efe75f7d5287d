//! The state as data.

use crate::rig::{A, B, EJECT, PREVENT, RESERVE, Rig, TEST_UNIT_READY, data_disc};
use core::time::Duration;
use discrig_device::Request;
use discrig_device::fault::{StateCondition, States};
use discrig_drive::{Drive, DriveConfig, HostEvent, RestoreError, Service, State};
use discrig_wire::Cdb;

fn conditions(rig: &Rig) -> Vec<StateCondition> {
    use StateCondition::{Busy, Disc, Locked, Prevented, Reserved, TrayOpen};
    let states: States = rig.drive.state().conditions();
    [Busy, Disc, Locked, Prevented, Reserved, TrayOpen]
        .into_iter()
        .filter(|condition| states.meets(*condition))
        .collect()
}

#[test]
fn conditions_for_fault_rules() {
    let mut rig = Rig::slow(Some(data_disc(10)));
    assert_eq!(conditions(&rig), [StateCondition::Disc]);
    rig.ask(A, PREVENT);
    rig.ask(A, RESERVE);
    assert_eq!(conditions(&rig), [StateCondition::Disc, StateCondition::Prevented, StateCondition::Reserved]);
    let mut rig = Rig::slow(Some(data_disc(10)));
    rig.ask(A, "1B 01 00 00 02 00");
    assert_eq!(conditions(&rig), [StateCondition::Busy, StateCondition::Disc, StateCondition::TrayOpen]);
}

#[test]
fn a_state_in_the_middle_of_things_goes_on_where_it_was() {
    let mut rig = Rig::slow(Some(data_disc(10)));
    rig.ask(B, PREVENT);
    rig.ask(B, RESERVE);
    rig.happen(HostEvent::ButtonPressed);
    rig.ask(B, "17 00 00 00 00 00");
    let waiting = Request::none(PREVENT.parse::<Cdb>().unwrap(), Duration::from_millis(10));
    assert!(rig.port(A).execute_with(waiting, Service::delayed(Duration::from_secs(5))).is_err());
    let text = serde_json::to_string_pretty(rig.drive.state()).unwrap();
    let state: State = serde_json::from_str(&text).unwrap();
    assert_eq!(&state, rig.drive.state());
    let config = rig.drive.config().clone();
    let drive = Drive::restore(config, state, Some(data_disc(10))).unwrap();
    let mut twin = Rig { drive, clock: rig.clock };
    for cdb in [TEST_UNIT_READY, "4A 01 00 00 10 00 00 00 08 00", EJECT, "28 00 00 00 00 03 00 00 01 00"] {
        for nexus in [A, B] {
            assert_eq!(rig.ask(nexus, cdb), twin.ask(nexus, cdb), "{cdb}");
        }
    }
    assert_eq!(rig.drive.state(), twin.drive.state());
    assert_eq!(rig.clock, twin.clock);
}

#[test]
fn a_state_belongs_to_its_disc() {
    let state = Rig::loaded().drive.state().clone();
    let restore = |disc| Drive::restore(DriveConfig::default(), state.clone(), disc).map(drop);
    assert_eq!(restore(None), Err(RestoreError::OtherDisc));
    assert_eq!(restore(Some(data_disc(5))), Err(RestoreError::OtherDisc));
    assert_eq!(restore(Some(data_disc(100))), Ok(()));
}

/// The form in which failure reports show it.
#[test]
fn as_json() {
    let mut rig = Rig::loaded();
    rig.ask(A, PREVENT);
    insta::assert_snapshot!(serde_json::to_string_pretty(rig.drive.state()).unwrap());
}

#[test]
fn a_configuration_of_a_few_lines() {
    let config: DriveConfig =
        toml::from_str("timing = 'real'\nquirks = ['stuck-prevent']\n[profile]\nvendor = 'ACME'").unwrap();
    assert_eq!(config.profile.vendor, "ACME");
    assert_eq!(toml::from_str::<DriveConfig>(&toml::to_string(&config).unwrap()).unwrap(), config);
    assert!(toml::from_str::<DriveConfig>("quirks = ['unheard-of']").is_err());
}
