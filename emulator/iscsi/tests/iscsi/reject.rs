//! Rejects: every reason, the header as it came, and the number that is missing afterwards (RFC 7143, 7.3 and 11.17).

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);

/// Reasons that a target at error recovery level 0 never has, and why.
const NEVER: &[(RejectReason, &str)] = &[
    (RejectReason::INVALID_PDU_FIELD, "format errors end the connection (7.7)"),
    (RejectReason::LONG_OPERATION_REJECT, "target transfer tags do not run out"),
    (RejectReason::NEGOTIATION_RESET, "deprecated"),
    (RejectReason::WAITING_FOR_LOGOUT, "commands are served until the initiator goes"),
];

/// A request with everything in its header that nobody looks at set, as immediate or in order.
fn odd(request: Bhs, immediate: bool) -> Bhs {
    let mut bhs = request;
    bhs.set_immediate(immediate);
    for reserved in [2, 3] {
        bhs.0[reserved] = 0xA5;
    }
    bhs
}

fn text_request(wire: &Wire, tag: u32) -> Bhs {
    TextRequest {
        flags: TextFlags::FINAL,
        lun: Lun::ZERO,
        initiator_task_tag: 0x700,
        target_transfer_tag: tag,
        cmd_sn: wire.cmd_sn,
        exp_stat_sn: 0,
    }
    .encode()
}

fn management(wire: &Wire, itt: u32) -> Bhs {
    TaskManagementRequest {
        function: TaskManagementFunction::ABORT_TASK_SET,
        lun: Lun::ZERO,
        initiator_task_tag: itt,
        referenced_task_tag: RESERVED_TAG,
        cmd_sn: wire.cmd_sn,
        exp_stat_sn: 0,
        ref_cmd_sn: 0,
        exp_data_sn: 0,
    }
    .encode()
}

fn snack(kind: u8) -> Bhs {
    let header = SnackRequest {
        kind,
        lun: Lun::ZERO,
        initiator_task_tag: RESERVED_TAG,
        target_transfer_tag: RESERVED_TAG,
        exp_stat_sn: 0,
        beg_run: 0,
        run_length: 1,
    };
    header.encode()
}

#[test]
fn each_reason_shows_the_header_as_it_came() {
    let limits = Limits { immediate_requests: 1, ..Limits::default() };
    let mut seen = vec![RejectReason::DATA_DIGEST_ERROR];
    let mut check = |wire: &mut Wire, bhs: Bhs, data: &[u8], reason| {
        let mut shown = bhs;
        shown.set_data_length(data.len());
        wire.send(bhs, data);
        let answer = wire.answer();
        assert_eq!((answer.reject().reason, &answer.data[..]), (reason, &shown.0[..]));
        assert_eq!(answer.reject().exp_cmd_sn, wire.cmd_sn, "{reason}: it does not count as received");
        assert_eq!(answer.reject().initiator_task_tag, RESERVED_TAG);
        seen.push(reason);
    };
    for immediate in [true, false] {
        let wire = &mut Wire::logged_in(&portal(limits.clone()), "");
        check(wire, odd(snack(0x80), immediate), b"", RejectReason::SNACK_REJECT);
        check(wire, odd(snack(0x83), immediate), b"", RejectReason::SNACK_REJECT);
        check(wire, odd(snack(0x82), immediate), b"", RejectReason::INVALID_DATA_ACK);
        check(wire, odd(Bhs::blank(Opcode(0x1D)), immediate), b"what", RejectReason::COMMAND_NOT_SUPPORTED);
        check(wire, odd(Bhs::blank(Opcode::LOGIN_REQUEST), immediate), b"", RejectReason::PROTOCOL_ERROR);
        let bhs = odd(text_request(wire, 0x1234), immediate);
        check(wire, bhs, b"a=b\0", RejectReason::PROTOCOL_ERROR);
        let bhs = odd(text_request(wire, RESERVED_TAG), immediate);
        check(wire, bhs, b"no pair", RejectReason::PROTOCOL_ERROR);
        let header = wire.scsi(READ, 0, &[]);
        wire.command();
        let again = ScsiCommand { cmd_sn: wire.cmd_sn, ..header };
        check(wire, odd(again.encode(), immediate), b"", RejectReason::TASK_IN_PROGRESS);
        let bhs = odd(management(wire, header.initiator_task_tag), immediate);
        check(wire, bhs, b"", RejectReason::TASK_IN_PROGRESS);
    }
    let wire = &mut Wire::logged_in(&portal(limits), "");
    wire.send(odd(management(wire, 0x900), true), b"");
    let Some(Event::TaskManagement(_)) = wire.event() else { panic!() };
    let bhs = odd(management(wire, 0x901), true);
    check(wire, bhs, b"", RejectReason::IMMEDIATE_COMMAND_REJECT);
    let header = ScsiCommand { cmd_sn: wire.cmd_sn, ..wire.header(READ, 0) };
    wire.cmd_sn -= 1;
    check(wire, odd(header.encode(), true), b"", RejectReason::IMMEDIATE_COMMAND_REJECT);
    // All of them are here, there, or somewhere below.
    for code in 2..=0x0C {
        let reason = RejectReason(code);
        let never = NEVER.iter().any(|row| row.0 == reason);
        assert!(seen.contains(&reason) != never, "{reason}");
    }
}

#[test]
fn additional_headers_are_shown_too() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "HeaderDigest=CRC32C");
    let header = wire.scsi(READ, 0, &[]);
    wire.command();
    let mut bhs = ScsiCommand { cmd_sn: wire.cmd_sn, ..header }.encode();
    bhs.set_additional_words(2);
    let bytes = [&bhs.0[..], &[0, 5, 1, 0, 1, 2, 3, 4]].concat();
    wire.send_bytes(&bytes);
    wire.send_bytes(&crc32c::crc32c(&bytes).to_le_bytes());
    let answer = wire.answer();
    assert_eq!((answer.reject().reason, &answer.data), (RejectReason::TASK_IN_PROGRESS, &bytes));
}

/// Sends a PDU whose data segment has a wrong digest.
fn damaged(wire: &mut Wire, bhs: Bhs, data: &[u8]) -> Bhs {
    let mut bhs = bhs;
    bhs.set_data_length(data.len());
    let padded = [data, &[0; 3][..padding(data.len())]].concat();
    wire.send_bytes(&[&bhs.0[..], &padded, &[0xBA, 0xAD, 0xF0, 0x0D]].concat());
    bhs
}

#[test]
fn a_damaged_data_segment_rejects_whatever_has_it() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "DataDigest=CRC32C");
    let ping = wire.ping();
    let command = ScsiCommand { cmd_sn: wire.cmd_sn, ..wire.header(WRITE, 5) };
    wire.cmd_sn = CMD_SN;
    for bhs in [ping.encode(), text_request(&wire, RESERVED_TAG), command.encode()] {
        let sent = damaged(&mut wire, odd(bhs, false), b"12345");
        let answer = wire.answer();
        assert_eq!(
            (answer.reject().reason, &answer.data[..]),
            (RejectReason::DATA_DIGEST_ERROR, &sent.0[..])
        );
        assert_eq!(answer.reject().exp_cmd_sn, CMD_SN);
    }
    wire.send(command.encode(), b"12345");
    assert_eq!(wire.command().data_out, b"12345", "it had no effect, and may come again");
}

/// What was rejected leaves a gap, and what comes behind it waits.
#[test]
fn the_number_of_a_rejected_request_is_missing() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    let bhs = text_request(&wire, RESERVED_TAG);
    wire.send(bhs, b"no pair");
    assert_eq!(wire.answer().reject().exp_cmd_sn, CMD_SN);
    wire.cmd_sn = CMD_SN + 1;
    wire.scsi(READ, 0, &[]);
    assert!(wire.event().is_none());
    wire.cmd_sn = CMD_SN;
    wire.scsi(READ, 7, &[]);
    assert_eq!((wire.command().expected_length, wire.command().expected_length), (7, 0));
}

/// RFC 7143, 7.7: an impossible header ends the connection.
#[test]
fn a_request_without_a_task_tag_ends_the_connection() {
    for make in [
        |wire: &Wire| management(wire, RESERVED_TAG),
        |wire: &Wire| {
            let request = LogoutRequest {
                reason: LogoutReason::CLOSE_SESSION,
                initiator_task_tag: RESERVED_TAG,
                cid: 1,
                cmd_sn: wire.cmd_sn,
                exp_stat_sn: 0,
            };
            request.encode()
        },
    ] {
        let mut wire = Wire::logged_in(&portal(Limits::default()), "");
        let bhs = make(&wire);
        wire.send(bhs, b"");
        assert!(matches!(wire.closed(), CloseReason::Protocol(_)));
    }
    // An answer to a ping has none, and no place in the order either.
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    let answer = NopOut { initiator_task_tag: RESERVED_TAG, target_transfer_tag: 5, ..wire.ping() };
    wire.send(answer.encode(), b"");
    assert!(wire.event().is_none() && !wire.connection.has_output());
    wire.scsi(READ, 0, &[]);
    wire.command();
}
