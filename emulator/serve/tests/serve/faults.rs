//! Faults, plugs and the foreign host, as initiators meet them.

use crate::host::{Host, config};
use crate::rig::Rig;
use discrig_iscsi::initiator::Data;
use discrig_iscsi::pdu::{Lun, TaskManagementFunction, TaskManagementResponseCode};
use discrig_serve::control::DriveRequest;
use discrig_wire::command::{PreventAllowMediumRemoval, Read10, TestUnitReady};
use discrig_wire::sense::codes;
use discrig_wire::{SenseCode, SenseKey, Status};
use rstest::rstest;
use std::time::{Duration, Instant};

const READ: Read10 = Read10 {
    disable_page_out: false,
    force_unit_access: false,
    logical_block_address: 0,
    transfer_length: 1,
};

#[rstest]
#[case::data("corrupt-data = { offset = 1, length = 2, xor = 255 }")]
#[case::short("short-transfer = { length = 100 }")]
#[case::lie("lie = {}")]
fn answers_are_changed(#[case] action: &str) {
    let rig = Rig::with_faults(&format!(
        "[[rule]]\nwhen = {{ command = 'READ(10)' }}\ndo = {{ {action} }}\ntimes = 1"
    ));
    let mut host = Host::new(rig.address, 1);
    let done = host.execute(READ, Data::In(2048));
    assert!(done.status.is_good());
    let expected = match action.split(' ').next() {
        Some("corrupt-data") => [&[0, 255, 255][..], &[0; 2045]].concat(),
        Some("short-transfer") => vec![0; 100],
        _ => vec![0; 2048],
    };
    assert!(done.data_in == expected, "{} bytes", done.data_in.len());
    assert!(host.execute(READ, Data::In(2048)).data_in == [0; 2048]);
    assert_eq!(rig.state()["faults-fired"], 1);
}

#[test]
fn statuses_and_sense_come_as_the_rules_say() {
    let rig = Rig::with_faults(
        "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { status = { status = 8 } }\ntimes = 1\n\
         [[rule]]\nwhen = { command = 'READ(10)' }\ndo = { unit-attention = { asc = 0x3F, ascq = 1 } }\ntimes = 1\n",
    );
    let mut host = Host::new(rig.address, 1);
    assert_eq!(host.execute(READ, Data::In(2048)).status, Status::BUSY);
    let code = host.execute(READ, Data::In(2048)).sense.code();
    assert_eq!(code, Some(SenseCode::new(SenseKey::UnitAttention, 0x3F, 1)));
    assert!(host.execute(READ, Data::In(2048)).status.is_good());
}

#[test]
fn a_delay_takes_its_time() {
    let rig = Rig::with_faults("[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { delay = { ms = 150 } }");
    let mut host = Host::new(rig.address, 1);
    let began = Instant::now();
    assert!(host.execute(READ, Data::In(2048)).status.is_good());
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_stalled_command_ends_when_it_is_aborted() {
    let rig = Rig::with_faults("[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { stall = {} }\ntimes = 1");
    let mut host = Host::new(rig.address, 1);
    let tag = host.send(Lun::ZERO, READ.into(), Data::In(2048));
    let done = host.manage(TaskManagementFunction::ABORT_TASK, Some(tag));
    assert_eq!(done, TaskManagementResponseCode::FUNCTION_COMPLETE);
    assert!(host.execute(READ, Data::In(2048)).status.is_good());
    assert_eq!(rig.state()["commands-waiting"], 0);
}

#[test]
fn a_path_that_fails_ends_the_session_alone() {
    let rig = Rig::with_faults(
        "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { transport-error = {} }\ntimes = 1",
    );
    let (mut host, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    host.send(Lun::ZERO, READ.into(), Data::In(2048));
    assert!(host.ends());
    assert!(other.execute(READ, Data::In(2048)).status.is_good());
}

#[rstest]
#[case::before("before")]
#[case::during("during")]
#[case::after("after")]
fn a_drive_that_disappears_comes_back_with_its_disc(#[case] when: &str) {
    let rig = Rig::with_faults(&format!(
        "[[rule]]\nwhen = {{ command = 'READ(10)' }}\ndo = {{ disappear = {{ when = '{when}', return-ms = 300 }} }}\ntimes = 1"
    ));
    let (mut host, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    host.send(Lun::ZERO, READ.into(), Data::In(2048));
    assert!(host.ends() && other.ends());
    assert!(Host::login(rig.address, config(1)).is_none(), "without power nobody logs in");
    let end = Instant::now() + Duration::from_secs(20);
    let mut back = loop {
        if let Some(host) = Host::login(rig.address, config(1)) {
            break host;
        }
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(back.settle().contains(&codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED));
    assert!(back.execute(READ, Data::In(2048)).status.is_good());
}

#[test]
fn the_foreign_host_keeps_everybody_out() {
    let rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    rig.ask(DriveRequest::Lock { hold_ms: None });
    assert_eq!(host.execute(READ, Data::In(2048)).status, Status::RESERVATION_CONFLICT);
    rig.ask(DriveRequest::Unlock {});
    host.settle();
    assert!(host.execute(READ, Data::In(2048)).status.is_good());
}

#[test]
fn locks_are_lost_and_taken_as_the_rules_say() {
    let rig = Rig::with_faults(
        "[[rule]]\nwhen = { operation = 'unlock' }\ndo = { lost-unlock = {} }\ntimes = 1\n\
         [[rule]]\nwhen = { operation = 'lock' }\ndo = { foreign-lock = { name = 'Night backup' } }\ntimes = 1\n",
    );
    let mut host = Host::new(rig.address, 1);
    let allow = PreventAllowMediumRemoval::default();
    let prevent = PreventAllowMediumRemoval { prevent: true, ..allow };
    assert!(host.execute(allow, Data::None).status.is_good());
    assert_eq!(host.execute(prevent, Data::None).status, Status::RESERVATION_CONFLICT);
    assert_eq!(rig.state()["foreign-lock"], "Night backup");
    assert_eq!(host.execute(TestUnitReady {}, Data::None).status, Status::RESERVATION_CONFLICT);
}

#[test]
fn discs_change_while_somebody_is_logged_in() {
    let rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    rig.ask(DriveRequest::Insert { spec: "blank:cd-rw".into(), force: false });
    assert_eq!(host.settle(), [codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED]);
    assert_eq!(rig.state()["medium"], "cd-rw");
    rig.ask(DriveRequest::Attention { asc: 0x2A, ascq: 1 });
    assert_eq!(host.settle(), [SenseCode::new(SenseKey::UnitAttention, 0x2A, 1)]);
}
