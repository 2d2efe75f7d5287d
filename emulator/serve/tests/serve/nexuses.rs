//! Initiator ports are nexuses: what they hold, how they end, and what the others learn.

use crate::host::{Host, config};
use crate::rig::Rig;
use discrig_iscsi::initiator::{Data, Event, Residual};
use discrig_iscsi::pdu::{AsyncEvent, Lun, TaskManagementFunction, TaskManagementResponseCode};
use discrig_serve::control::DriveRequest;
use discrig_wire::Status;
use discrig_wire::command::{Inquiry, Read10, Read12, Reserve6, TestUnitReady, Write10};
use discrig_wire::sense::codes;

const COMPLETE: TaskManagementResponseCode = TaskManagementResponseCode::FUNCTION_COMPLETE;

#[test]
fn what_is_written_reads_back_and_units_that_are_not_there_say_so() {
    let rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    let blocks: Vec<u8> = (0..64 * 2048u32).map(|byte| (byte / 7) as u8).collect();
    let write = Write10 { logical_block_address: 32, transfer_length: 64, ..Write10::default() };
    assert!(host.execute(write, Data::Out(blocks.clone())).status.is_good());
    let read = Read10 { logical_block_address: 32, transfer_length: 64, ..Read10::default() };
    let done = host.execute(read, Data::In(64 * 2048));
    assert!(done.status.is_good() && done.data_in == blocks);
    let inquiry = Inquiry { allocation_length: 96, ..Inquiry::default() };
    assert_eq!(host.execute(inquiry, Data::In(96)).data_in[0], 0x05);
    assert_eq!(host.execute_on(Lun::single_level(1), inquiry, Data::In(96)).data_in[0], 0x7F);
    let done = host.execute_on(Lun::single_level(1), TestUnitReady {}, Data::None);
    assert_eq!(done.sense.code(), Some(codes::LOGICAL_UNIT_NOT_SUPPORTED));
    host.logout();
    let transcript = std::fs::read_to_string(rig.transcripts.join("a-nexus-0.ndjson")).unwrap();
    assert!(transcript.contains("\"data-in\":131072") && transcript.contains("WRITE(10)"), "{transcript}");
}

#[test]
fn a_reservation_keeps_others_out_until_its_nexus_is_lost() {
    let rig = Rig::start();
    let (mut holder, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    assert_eq!(holder.sense(Reserve6::default()), None);
    let ready = TestUnitReady {};
    assert_eq!(other.execute(ready, Data::None).status, Status::RESERVATION_CONFLICT);
    drop(holder);
    // The same port again: its nexus was lost in between, and it is told.
    let mut again = Host::login(rig.address, config(1)).expect("the login succeeds");
    assert_eq!(again.settle(), [codes::I_T_NEXUS_LOSS_OCCURRED]);
    assert_eq!(other.sense(ready), None);
}

#[test]
fn a_port_that_logs_in_again_takes_the_place_of_its_old_session() {
    let rig = Rig::start();
    let (mut old, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    assert_eq!(old.sense(Reserve6::default()), None);
    let mut new = Host::login(rig.address, config(1)).expect("the login succeeds");
    assert!(old.ends());
    assert_eq!(new.settle(), [codes::I_T_NEXUS_LOSS_OCCURRED]);
    assert_eq!(other.sense(TestUnitReady {}), None);
    assert_eq!(rig.ask(DriveRequest::Sessions {}).as_array().map(Vec::len), Some(2));
}

#[test]
fn resets_reach_the_drive_and_everybody_is_told() {
    for (function, code) in [
        (TaskManagementFunction::LOGICAL_UNIT_RESET, codes::BUS_DEVICE_RESET_FUNCTION_OCCURRED),
        (TaskManagementFunction::TARGET_WARM_RESET, codes::SCSI_BUS_RESET_OCCURRED),
    ] {
        let rig = Rig::start();
        let (mut one, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
        assert_eq!(one.manage(function, None), COMPLETE);
        assert_eq!((one.settle(), other.settle()), (vec![code], vec![code]));
    }
}

#[test]
fn a_cold_reset_ends_every_session() {
    let rig = Rig::start();
    let (mut one, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    assert_eq!(one.manage(TaskManagementFunction::TARGET_COLD_RESET, None), COMPLETE);
    assert!(one.ends() && other.ends());
    Host::new(rig.address, 1).logout();
}

#[test]
fn the_server_asks_its_initiators_to_go_before_it_stops() {
    let mut rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    rig.begin_to_stop();
    match host.event() {
        Some(Event::Message(message, _)) => assert_eq!(message.event, AsyncEvent::LOGOUT_REQUEST),
        other => panic!("{other:?} instead of a request to log out"),
    }
    host.logout();
    rig.stop();
}

/// Otherwise a single command could make the server ask the system for gigabytes.
#[test]
fn whoever_asks_for_too_much_at_once_is_refused() {
    let rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    let most = Read12 { transfer_length: u32::MAX, ..Read12::default() };
    for expected in [0, 2048, 1 << 20] {
        let done = host.execute(most, Data::In(expected));
        assert_eq!(done.sense.code(), Some(codes::INVALID_FIELD_IN_CDB));
    }
    // More than is expected is not sent, and the residual says how much that is.
    let read = Read10 { transfer_length: 100, ..Read10::default() };
    let done = host.execute(read, Data::In(50_000));
    assert_eq!((done.data_in.len(), done.residual), (50_000, Residual::Overflow(100 * 2048 - 50_000)));
}

#[test]
fn what_was_written_is_on_the_disc_when_the_server_has_stopped() {
    let file = std::env::temp_dir().join(format!("discrig-serve-{}.disc", std::process::id()));
    let spec = format!("file+dvd-ram:{}", file.display());
    let mut rig = Rig::with_disc(&spec);
    let mut host = Host::new(rig.address, 1);
    let write = Write10 { transfer_length: 1, ..Write10::default() };
    assert!(host.execute(write, Data::Out(vec![0x5A; 2048])).status.is_good());
    host.logout();
    rig.stop();
    let rig = Rig::with_disc(&spec);
    let mut host = Host::new(rig.address, 1);
    let read = Read10 { transfer_length: 1, ..Read10::default() };
    assert!(host.execute(read, Data::In(2048)).data_in == [0x5A; 2048]);
    drop(rig);
    std::fs::remove_file(file).unwrap();
}
