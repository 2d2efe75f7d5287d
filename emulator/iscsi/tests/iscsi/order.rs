//! CmdSN, StatSN and the command window; immediate requests; duplicates.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);

fn ping(wire: &Wire, itt: u32, cmd_sn: u32, immediate: bool) -> Bhs {
    let ping = NopOut { initiator_task_tag: itt, cmd_sn, exp_stat_sn: wire.cmd_sn, ..wire.ping() };
    let mut bhs = ping.encode();
    bhs.set_immediate(immediate);
    bhs
}

#[test]
fn numbers_count_up_with_each_answer() {
    let mut wire = Wire::logged_in(&portal(Limits { queue_depth: 4, ..Limits::default() }), "");
    let mut stat_sn = None;
    for step in 1..=3 {
        wire.scsi(READ, 0, &[]);
        let command = wire.command();
        assert!(wire.connection.respond(command.task, &Outcome::good(0)));
        let answer = wire.one().scsi();
        assert_eq!((answer.exp_cmd_sn, answer.max_cmd_sn), (CMD_SN + step, CMD_SN + step + 3));
        assert_eq!(answer.stat_sn, stat_sn.map_or(answer.stat_sn, |last: u32| last.wrapping_add(1)));
        stat_sn = Some(answer.stat_sn);
    }
}

#[test]
fn what_is_outside_of_the_window_is_ignored_without_a_word() {
    let mut wire = Wire::logged_in(&portal(Limits { queue_depth: 4, ..Limits::default() }), "");
    for cmd_sn in [CMD_SN + 4, CMD_SN - 1, CMD_SN.wrapping_add(0x8000_0000)] {
        let header = ScsiCommand { cmd_sn, ..wire.header(READ, 512) };
        wire.send(header.encode(), &[]);
        assert!(wire.event().is_none() && !wire.connection.has_output());
        let bhs = ping(&wire, 0x99, cmd_sn, false);
        wire.send(bhs, b"data that go nowhere");
        assert!(wire.event().is_none() && !wire.connection.has_output());
    }
    wire.cmd_sn = CMD_SN;
    wire.scsi(READ, 512, &[]);
    assert_eq!(wire.command().expected_length, 512);
}

#[test]
fn what_comes_too_early_waits_for_its_turn() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    let headers = [0, 1, 2].map(|_| wire.header(READ, 0));
    for index in [2, 1, 2, 1] {
        wire.send(headers[index].encode(), &[]);
        assert!(
            wire.event().is_none() && !wire.connection.has_output(),
            "a duplicate of what waits is ignored too"
        );
    }
    let bhs = ping(&wire, 0x99, CMD_SN + 3, false);
    wire.send(bhs, b"after them");
    assert!(wire.event().is_none() && !wire.connection.has_output());
    wire.send(headers[0].encode(), &[]);
    let order: Vec<_> = (0..3).map(|_| wire.command().task).collect();
    assert!(wire.event().is_none());
    assert_eq!(wire.one().data, b"after them");
    // They are answered in any order, and once.
    for task in [order[1], order[0], order[2]] {
        assert!(wire.connection.respond(task, &Outcome::good(0)));
        assert!(!wire.connection.respond(task, &Outcome::good(0)));
    }
    let tags: Vec<_> = wire.take().iter().map(|pdu| pdu.scsi().initiator_task_tag).collect();
    assert_eq!(tags, [headers[1], headers[0], headers[2]].map(|header| header.initiator_task_tag));
}

#[test]
fn the_window_closes_when_the_queue_is_full() {
    let mut wire = Wire::logged_in(&portal(Limits { queue_depth: 2, ..Limits::default() }), "");
    wire.scsi(READ, 0, &[]);
    wire.scsi(READ, 0, &[]);
    let (first, second) = (wire.command(), wire.command());
    wire.scsi(READ, 0, &[]);
    assert!(wire.event().is_none(), "no room for a third");
    let bhs = ping(&wire, 0x99, 0, true);
    wire.send(bhs, &[]);
    let Response::NopIn(nop) = wire.answer().response() else { panic!() };
    assert_eq!((nop.exp_cmd_sn, nop.max_cmd_sn), (CMD_SN + 2, CMD_SN + 1));
    wire.connection.respond(second.task, &Outcome::good(0));
    assert_eq!(wire.one().scsi().max_cmd_sn, CMD_SN + 2);
    wire.connection.respond(first.task, &Outcome::good(0));
    assert_eq!(wire.one().scsi().max_cmd_sn, CMD_SN + 3);
}

#[test]
fn immediate_requests_pass_by_the_window_in_limited_number() {
    let mut wire = Wire::logged_in(&portal(Limits { immediate_requests: 2, ..Limits::default() }), "");
    let send = |wire: &mut Wire| {
        let header = ScsiCommand { cmd_sn: CMD_SN, ..wire.header(READ, 0) };
        let mut bhs = header.encode();
        bhs.set_immediate(true);
        wire.send(bhs, &[]);
        bhs
    };
    send(&mut wire);
    assert!(wire.command().immediate);
    send(&mut wire);
    let second = wire.command();
    let rejected = send(&mut wire);
    let answer = wire.answer();
    assert_eq!(
        (answer.reject().reason, &answer.data[..]),
        (RejectReason::IMMEDIATE_COMMAND_REJECT, &rejected.0[..])
    );
    assert_eq!(answer.reject().exp_cmd_sn, CMD_SN, "they have no place in the order");
    wire.connection.respond(second.task, &Outcome::good(0));
    wire.take();
    send(&mut wire);
    assert!(wire.command().immediate);
}

#[test]
fn a_task_tag_names_one_task() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    let header = wire.scsi(READ, 0, &[]);
    let command = wire.command();
    let again = ScsiCommand { initiator_task_tag: header.initiator_task_tag, ..wire.header(READ, 0) };
    wire.send(again.encode(), &[]);
    assert_eq!(wire.answer().reject().reason, RejectReason::TASK_IN_PROGRESS);
    wire.connection.respond(command.task, &Outcome::good(0));
    wire.take();
    wire.send(again.encode(), &[]);
    let next = wire.command();
    assert_ne!(next.task, command.task, "the tag may be used again, the target's name may not");
    let none = ScsiCommand { initiator_task_tag: RESERVED_TAG, ..wire.header(READ, 0) };
    wire.send(none.encode(), &[]);
    assert!(matches!(wire.closed(), CloseReason::Protocol(_)));
}

#[test]
fn commands_are_told_of_in_order_even_if_data_are_late() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "ImmediateData=Yes");
    let late = wire.scsi(CommandFlags::FINAL | CommandFlags::WRITE, 8, &[]);
    wire.scsi(READ, 0, &[]);
    assert!(wire.event().is_none());
    let r2t = wire.one().r2t();
    assert_eq!(
        (r2t.initiator_task_tag, r2t.buffer_offset, r2t.desired_data_transfer_length),
        (late.initiator_task_tag, 0, 8)
    );
    wire.data_out(&r2t, b"12345678");
    assert_eq!(wire.command().data_out, b"12345678");
    assert!(wire.command().reads);
}
