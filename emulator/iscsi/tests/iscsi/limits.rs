//! Limits: memory, output, idle peers.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);

#[test]
fn a_data_segment_beyond_the_declared_length_ends_the_connection() {
    let mut wire = Wire::logged_in(&portal(Limits { data_segment_length: 8192, ..Limits::default() }), "");
    let mut bhs = wire.header(WRITE, 8193).encode();
    bhs.set_data_length(8193);
    wire.send_bytes(&bhs.0);
    assert_eq!(wire.closed(), CloseReason::Limit("data_segment_length"));
}

#[test]
fn text_and_pings_have_a_length() {
    let limits = || Limits { text_length: 1000, ..Limits::default() };
    let ping = |wire: &mut Wire, length| {
        let mut bhs = wire.ping().encode();
        bhs.set_immediate(true);
        wire.send(bhs, &vec![1; length]);
    };
    let mut wire = Wire::logged_in(&portal(limits()), "");
    ping(&mut wire, 1000);
    assert_eq!(wire.answer().data.len(), 1000);
    let mut bhs = wire.header(READ, 0).encode();
    bhs.0[0] = Opcode::TEXT_REQUEST.0;
    bhs.set_data_length(1001);
    wire.send_bytes(&bhs.0);
    assert_eq!(wire.closed(), CloseReason::Limit("text_length"));
    // Nor do many pieces make more of it.
    let mut wire = Wire::logged_in(&portal(limits()), "");
    let mut tag = RESERVED_TAG;
    for piece in 0..3 {
        let request = TextRequest {
            flags: TextFlags::CONTINUE,
            lun: Lun::ZERO,
            initiator_task_tag: 0x700,
            target_transfer_tag: tag,
            cmd_sn: wire.cmd_sn + piece,
            exp_stat_sn: 0,
        };
        wire.send(request.encode(), &[b'a'; 400]);
        if piece == 2 {
            assert_eq!(wire.closed(), CloseReason::Limit("text_length"));
            break;
        }
        let Response::Text(answer) = wire.answer().response() else { panic!() };
        tag = answer.target_transfer_tag;
    }
}

#[test]
fn no_more_data_are_asked_for_than_there_is_memory_for() {
    let limits = Limits { session_data_out: 100_000, data_out_length: 70_000, ..Limits::default() };
    let mut wire = Wire::logged_in(&portal(limits), "ImmediateData=No");
    wire.scsi(WRITE, u32::MAX, &[]);
    wire.scsi(WRITE, 50_000, &[]);
    wire.scsi(WRITE, 30_000, &[]);
    assert!(wire.event().is_none());
    let r2t = wire.one().r2t();
    assert_eq!(r2t.desired_data_transfer_length, 70_000, "no more than one command may have");
    wire.data_out(&r2t, &vec![1; 70_000]);
    let first = wire.command();
    assert_eq!((first.data_out.len(), first.expected_length), (70_000, u32::MAX));
    assert!(
        wire.event().is_none() && !wire.connection.has_output(),
        "the others wait for memory, in their order"
    );
    wire.connection.respond(first.task, &Outcome::good(70_000));
    let pdus = wire.take();
    assert_eq!(pdus[0].scsi().residual_count, u32::MAX - 70_000);
    let asked: Vec<_> = pdus[1..].iter().map(|pdu| pdu.r2t().desired_data_transfer_length).collect();
    assert_eq!(asked, [50_000, 30_000]);
}

#[test]
fn who_does_not_take_answers_is_not_listened_to() {
    let mut wire = Wire::logged_in(&portal(Limits { output: 10_000, ..Limits::default() }), "");
    wire.scsi(READ, 20_000, &[]);
    let task = wire.command().task;
    wire.connection.respond_with_data(task, &Outcome::good(20_000), vec![1; 20_000]);
    assert!(wire.connection.receive_buffer().is_empty());
    wire.connection.sent(15_000);
    assert!(!wire.connection.receive_buffer().is_empty());
    wire.scsi(READ, 0, &[]);
    wire.command();
    // Used buffers come back.
    assert!(wire.connection.spare_buffer().is_none());
    wire.connection.sent(wire.connection.output_length());
    assert!(!wire.connection.has_output());
    assert_eq!(wire.connection.spare_buffer().map(|buffer| buffer.len()), Some(20_000));
}

#[test]
fn who_does_not_answer_a_ping_is_dropped() {
    let limits = Limits::default();
    let mut wire = Wire::logged_in(&portal(limits.clone()), "");
    let idle = NOW + limits.idle_time;
    wire.connection.handle_timeout(idle);
    let Response::NopIn(ping) = wire.one().response() else { panic!() };
    assert_eq!(ping.initiator_task_tag, RESERVED_TAG);
    assert_ne!(ping.target_transfer_tag, RESERVED_TAG);
    let answer = NopOut {
        lun: ping.lun,
        initiator_task_tag: RESERVED_TAG,
        target_transfer_tag: ping.target_transfer_tag,
        ..wire.ping()
    };
    let mut bhs = answer.encode();
    bhs.set_immediate(true);
    wire.now = idle;
    wire.send(bhs, &[]);
    assert!(wire.event().is_none() && !wire.connection.has_output());
    assert_eq!(wire.connection.next_deadline(), Some(idle + limits.idle_time));
    wire.connection.handle_timeout(idle + limits.idle_time);
    wire.connection.handle_timeout(idle + limits.idle_time + limits.ping_time);
    assert_eq!(wire.closed(), CloseReason::Idle);
    // Nor is what it does not take kept for ever.
    assert!(wire.connection.has_output());
    let end = wire.connection.next_deadline().unwrap();
    wire.connection.handle_timeout(end.max(idle * 3));
    assert!(!wire.connection.has_output() && wire.connection.next_deadline().is_none());
}
