//! Digests, rejects, task management, logout and messages.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;
use discrig_wire::SenseBuffer;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);
const DIGESTS: &str = "HeaderDigest=CRC32C\nDataDigest=CRC32C";

fn manage(
    wire: &mut Wire,
    function: TaskManagementFunction,
    change: impl FnOnce(&mut TaskManagementRequest),
) {
    let mut request = TaskManagementRequest {
        function,
        lun: Lun::ZERO,
        initiator_task_tag: 0x500,
        referenced_task_tag: RESERVED_TAG,
        cmd_sn: wire.cmd_sn,
        exp_stat_sn: 0,
        ref_cmd_sn: 0,
        exp_data_sn: 0,
    };
    change(&mut request);
    let mut bhs = request.encode();
    bhs.set_immediate(true);
    wire.send(bhs, &[]);
}

fn managed(pdu: &Pdu) -> TaskManagementResponseCode {
    match pdu.response() {
        Response::TaskManagement(response) => response.response,
        other => panic!("{other:?}"),
    }
}

fn request(wire: &mut Wire) -> TaskManagement {
    match wire.event() {
        Some(Event::TaskManagement(request)) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_header_digest_ends_the_connection() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), DIGESTS);
    wire.scsi(READ, 0, &[]);
    wire.command();
    let mut bytes = wire.header(READ, 0).encode().0.to_vec();
    bytes.extend(crc32c::crc32c(&bytes).wrapping_add(1).to_le_bytes());
    wire.send_bytes(&bytes);
    assert_eq!(wire.closed(), CloseReason::HeaderDigest);
    assert!(wire.connection.session().is_none() && wire.event().is_none());
}

/// Sends a PDU whose data segment has a wrong digest.
fn damaged(wire: &mut Wire, bhs: Bhs, data: &[u8]) {
    let mut bhs = bhs;
    bhs.set_data_length(data.len());
    let mut bytes = bhs.0.to_vec();
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len() + padding(data.len()), 0);
    bytes.extend([0xBA, 0xAD, 0xF0, 0x0D]);
    wire.send_bytes(&bytes);
}

#[test]
fn a_wrong_data_digest_rejects_the_pdu() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), DIGESTS);
    let header = wire.header(WRITE, 5);
    damaged(&mut wire, header.encode(), b"12345");
    let answer = wire.answer();
    assert_eq!(answer.reject().reason, RejectReason::DATA_DIGEST_ERROR);
    assert_eq!(answer.data[16..20], header.initiator_task_tag.to_be_bytes());
    wire.send(header.encode(), b"12345");
    assert_eq!(wire.command().data_out, b"12345", "it had no effect, and may come again");
    // Data of a command: rejected, and the command fails once its sequence is over.
    let header = wire.scsi(WRITE, 6000, &[]);
    assert!(wire.event().is_none());
    let r2t = wire.one().r2t();
    let out = DataOut {
        flags: DataFlags::FINAL,
        lun: Lun::ZERO,
        initiator_task_tag: header.initiator_task_tag,
        target_transfer_tag: r2t.target_transfer_tag,
        exp_stat_sn: 0,
        data_sn: 0,
        buffer_offset: 0,
    };
    damaged(&mut wire, out.encode(), &[1; 6000]);
    assert!(wire.event().is_none());
    let pdus = wire.take();
    assert_eq!(pdus[0].reject().reason, RejectReason::DATA_DIGEST_ERROR);
    assert_eq!(pdus[1].sense(), (0x0B, 0x47, 0x05));
}

#[test]
fn what_is_not_understood_is_rejected_with_its_header() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    for (opcode, reason) in [
        (Opcode(0x1C), RejectReason::COMMAND_NOT_SUPPORTED),
        (Opcode(0x07), RejectReason::COMMAND_NOT_SUPPORTED),
        (Opcode::SCSI_RESPONSE, RejectReason::COMMAND_NOT_SUPPORTED),
        (Opcode::SNACK_REQUEST, RejectReason::SNACK_REJECT),
        (Opcode::LOGIN_REQUEST, RejectReason::PROTOCOL_ERROR),
    ] {
        let mut bhs = Bhs::blank(opcode);
        bhs.set_data_length(3);
        wire.send(bhs, b"abc");
        let answer = wire.answer();
        assert_eq!((answer.reject().reason, &answer.data[..]), (reason, &bhs.0[..]));
    }
    wire.scsi(READ, 0, &[]);
    wire.command();
    // A longer descriptor block than any command here has.
    let header = wire.header(READ, 0);
    let mut bhs = header.encode();
    bhs.set_additional_words(2);
    wire.send_bytes(&bhs.0);
    wire.send_bytes(&[0, 5, 1, 0, 1, 2, 3, 4]);
    assert_eq!(wire.answer().sense(), (5, 0x20, 0));
    let header = wire.header(READ, 0);
    let mut bhs = header.encode();
    bhs.set_additional_words(1);
    wire.send_bytes(&bhs.0);
    wire.send_bytes(&[0xFF, 0xFF, 1, 0]);
    assert!(matches!(wire.closed(), CloseReason::Protocol(_)));
}

#[test]
fn abort_task() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    let known = wire.scsi(READ, 0, &[]);
    let command = wire.command();
    let abort = |wire: &mut Wire, task: &ScsiCommand| {
        let (itt, cmd_sn) = (task.initiator_task_tag, task.cmd_sn);
        manage(wire, TaskManagementFunction::ABORT_TASK, |request| {
            (request.referenced_task_tag, request.ref_cmd_sn) = (itt, cmd_sn);
        });
    };
    // The upper layer has it and decides.
    abort(&mut wire, &known);
    let asked = request(&mut wire);
    assert_eq!((asked.task, asked.function), (Some(command.task), TaskManagementFunction::ABORT_TASK));
    assert!(wire.connection.respond_task_management(
        NOW,
        asked.request,
        TaskManagementResponseCode::FUNCTION_COMPLETE
    ));
    let answer = wire.one();
    assert_eq!(managed(&answer), TaskManagementResponseCode::FUNCTION_COMPLETE);
    assert!(!wire.connection.respond(command.task, &Outcome::good(0)), "too late");
    assert!(!wire.connection.has_output());
    // It has ended.
    abort(&mut wire, &known);
    assert_eq!(managed(&wire.answer()), TaskManagementResponseCode::TASK_DOES_NOT_EXIST);
    // It waits for data, and nobody was told.
    let waiting = wire.scsi(WRITE, 5000, &[]);
    assert!(wire.event().is_none());
    let r2t = wire.one().r2t();
    abort(&mut wire, &waiting);
    assert_eq!(managed(&wire.answer()), TaskManagementResponseCode::FUNCTION_COMPLETE);
    wire.data_out(&r2t, &[1; 5000]);
    assert!(wire.event().is_none() && !wire.connection.has_output());
    // It is still to come: it counts as aborted.
    let future = wire.header(READ, 0);
    abort(&mut wire, &future);
    assert_eq!(managed(&wire.answer()), TaskManagementResponseCode::FUNCTION_COMPLETE);
    wire.send(future.encode(), &[]);
    assert!(wire.event().is_none());
    wire.scsi(READ, 0, &[]);
    wire.command();
    // The upper layer answered first.
    let quick = wire.scsi(READ, 0, &[]);
    let command = wire.command();
    abort(&mut wire, &quick);
    let asked = request(&mut wire);
    wire.connection.respond(command.task, &Outcome::good(0));
    wire.connection.respond_task_management(
        NOW,
        asked.request,
        TaskManagementResponseCode::TASK_DOES_NOT_EXIST,
    );
    let pdus = wire.take();
    assert!(pdus[0].scsi().status.is_good());
    assert_eq!(managed(&pdus[1]), TaskManagementResponseCode::TASK_DOES_NOT_EXIST);
}

#[test]
fn resets_end_tasks_of_their_logical_unit() {
    for (function, ends_other) in [
        (TaskManagementFunction::ABORT_TASK_SET, false),
        (TaskManagementFunction::CLEAR_TASK_SET, false),
        (TaskManagementFunction::LOGICAL_UNIT_RESET, false),
        (TaskManagementFunction::TARGET_WARM_RESET, true),
    ] {
        let mut wire = Wire::logged_in(&portal(Limits::default()), "");
        wire.scsi(READ, 0, &[]);
        let other = ScsiCommand { lun: Lun::single_level(1), ..wire.header(READ, 0) };
        wire.send(other.encode(), &[]);
        let (first, second) = (wire.command(), wire.command());
        manage(&mut wire, function, |_| {});
        let asked = request(&mut wire);
        assert_eq!((asked.function, asked.task), (function, None));
        let late = wire.header(READ, 0);
        wire.send(late.encode(), &[]);
        let later = wire.command();
        wire.connection.respond_task_management(
            NOW,
            asked.request,
            TaskManagementResponseCode::FUNCTION_COMPLETE,
        );
        assert_eq!(managed(&wire.one()), TaskManagementResponseCode::FUNCTION_COMPLETE);
        assert!(!wire.connection.respond(first.task, &Outcome::good(0)));
        assert_eq!(wire.connection.respond(second.task, &Outcome::good(0)), !ends_other);
        assert!(wire.connection.respond(later.task, &Outcome::good(0)), "it came after the reset");
    }
    // Refused: nothing ends.
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    wire.scsi(READ, 0, &[]);
    let command = wire.command();
    manage(&mut wire, TaskManagementFunction::LOGICAL_UNIT_RESET, |request| {
        request.lun = Lun::single_level(9)
    });
    let asked = request(&mut wire);
    assert_eq!(asked.lun.number(), Some(9));
    wire.connection.respond_task_management(
        NOW,
        asked.request,
        TaskManagementResponseCode::LUN_DOES_NOT_EXIST,
    );
    assert!(wire.connection.respond(command.task, &Outcome::good(0)));
    // Cold: the connection goes as well, after the answer.
    manage(&mut wire, TaskManagementFunction::TARGET_COLD_RESET, |_| {});
    let asked = request(&mut wire);
    wire.take();
    wire.connection.respond_task_management(
        NOW,
        asked.request,
        TaskManagementResponseCode::FUNCTION_COMPLETE,
    );
    assert_eq!(wire.closed(), CloseReason::ColdReset);
    assert_eq!(managed(&wire.one()), TaskManagementResponseCode::FUNCTION_COMPLETE);
}

#[test]
fn tasks_ended_from_elsewhere_make_room() {
    let mut wire = Wire::logged_in(&portal(Limits { queue_depth: 1, ..Limits::default() }), "");
    wire.scsi(READ, 0, &[]);
    let command = wire.command();
    wire.connection.abort_tasks(Some(Lun::single_level(1)));
    assert!(!wire.connection.has_output(), "another logical unit");
    wire.connection.abort_tasks(None);
    let Response::NopIn(nop) = wire.one().response() else { panic!() };
    assert_eq!((nop.initiator_task_tag, nop.target_transfer_tag), (RESERVED_TAG, RESERVED_TAG));
    assert_eq!((nop.exp_cmd_sn, nop.max_cmd_sn), (CMD_SN + 1, CMD_SN + 1));
    assert!(!wire.connection.respond(command.task, &Outcome::good(0)));
}

#[test]
fn logout() {
    let portal = portal(Limits::default());
    let logout = |wire: &mut Wire, reason, cid| {
        let cmd_sn = wire.cmd_sn;
        let request = LogoutRequest { reason, initiator_task_tag: 0x600, cid, cmd_sn, exp_stat_sn: 0 };
        let mut bhs = request.encode();
        bhs.set_immediate(true);
        wire.send(bhs, &[]);
    };
    let code = |pdu: &Pdu| match pdu.response() {
        Response::Logout(response) => response.response,
        other => panic!("{other:?}"),
    };
    let mut wire = Wire::logged_in(&portal, "");
    for (reason, cid, expected) in [
        (LogoutReason::RECOVERY, 1, LogoutResponseCode::RECOVERY_NOT_SUPPORTED),
        (LogoutReason::CLOSE_CONNECTION, 2, LogoutResponseCode::CID_NOT_FOUND),
        (LogoutReason(9), 1, LogoutResponseCode::CLEANUP_FAILED),
    ] {
        logout(&mut wire, reason, cid);
        assert_eq!(code(&wire.answer()), expected);
    }
    logout(&mut wire, LogoutReason::CLOSE_CONNECTION, 1);
    assert_eq!(wire.closed(), CloseReason::LoggedOut);
    assert_eq!(code(&wire.one()), LogoutResponseCode::CLOSED);
    assert!(portal.sessions().is_empty());
    let mut wire = Wire::logged_in(&portal, "");
    logout(&mut wire, LogoutReason::CLOSE_SESSION, 77);
    assert_eq!(wire.closed(), CloseReason::LoggedOut);
}

#[test]
fn messages_and_the_end_of_a_target() {
    let portal = portal(Limits::default());
    let mut wire = Wire::logged_in(&portal, "");
    let message = |wire: &mut Wire| {
        let pdu = wire.one();
        match pdu.response() {
            Response::Async(message) => (message, pdu.data),
            other => panic!("{other:?}"),
        }
    };
    wire.connection.report_event(Lun::ZERO, &SenseBuffer::new(&[0x70, 0, 6]));
    let (told, data) = message(&mut wire);
    assert_eq!((told.event, &data[..]), (AsyncEvent::SCSI, &[0, 3, 0x70, 0, 6][..]));
    assert_eq!(portal.remove_target(&name(TARGET)), [wire.connection.id()]);
    wire.connection.request_logout(NOW, 10);
    let (told, _) = message(&mut wire);
    assert_eq!((told.event, told.parameter3), (AsyncEvent::LOGOUT_REQUEST, 10));
    let deadline = NOW + core::time::Duration::from_secs(10) + Limits::default().closing_time;
    assert_eq!(wire.connection.next_deadline(), Some(deadline));
    wire.connection.handle_timeout(deadline);
    assert_eq!(wire.closed(), CloseReason::Shutdown);
    assert_eq!(Wire::new(&portal).login(1, Some(3), WHOLE).login().status, LoginStatus::NOT_FOUND);
}
