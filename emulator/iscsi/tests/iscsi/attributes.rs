//! Task attributes: what HEAD OF QUEUE goes ahead of.

use crate::raw::*;
use discrig_iscsi::pdu::*;
use discrig_iscsi::target::*;

const READ: CommandFlags = CommandFlags::FINAL.union(CommandFlags::READ);
const WRITE: CommandFlags = CommandFlags::FINAL.union(CommandFlags::WRITE);

fn send(wire: &mut Wire, flags: CommandFlags, attribute: TaskAttribute, expected: u32) -> u32 {
    let header = wire.header(flags, expected);
    let header = ScsiCommand { flags: header.flags.with_attribute(attribute), ..header };
    wire.send(header.encode(), &[]);
    header.initiator_task_tag
}

#[test]
fn every_attribute_is_told() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "");
    for attribute in [
        TaskAttribute::Untagged,
        TaskAttribute::Simple,
        TaskAttribute::Ordered,
        TaskAttribute::HeadOfQueue,
        TaskAttribute::Aca,
    ] {
        send(&mut wire, READ, attribute, 0);
        assert_eq!(wire.command().attribute, attribute);
    }
}

#[test]
fn head_of_queue_goes_ahead_of_commands_that_wait_for_data() {
    let mut wire = Wire::logged_in(&portal(Limits::default()), "ImmediateData=No");
    let simple = send(&mut wire, WRITE, TaskAttribute::Simple, 1000);
    send(&mut wire, READ, TaskAttribute::Ordered, 0);
    assert!(wire.event().is_none());
    let r2t = wire.one().r2t();
    let head = send(&mut wire, WRITE, TaskAttribute::HeadOfQueue, 500);
    let second = send(&mut wire, READ, TaskAttribute::HeadOfQueue, 0);
    assert!(wire.event().is_none(), "the one at the head waits for data as well, and the other one for that");
    let head_r2t = wire.one().r2t();
    assert_eq!((r2t.initiator_task_tag, head_r2t.initiator_task_tag), (simple, head));
    wire.data_out(&r2t, &[1; 1000]);
    assert!(wire.event().is_none(), "complete, but not at the head");
    wire.data_out(&head_r2t, &[2; 500]);
    let told: Vec<_> = (0..4).map(|_| wire.command()).collect();
    let attributes: Vec<_> = told.iter().map(|command| command.attribute).collect();
    use TaskAttribute::{HeadOfQueue, Ordered, Simple};
    assert_eq!(attributes, [HeadOfQueue, HeadOfQueue, Simple, Ordered]);
    assert_eq!((told[0].data_out.len(), told[2].data_out.len()), (500, 1000));
    wire.connection.respond(told[1].task, &Outcome::good(0));
    assert_eq!(wire.one().scsi().initiator_task_tag, second);
}

/// Memory that commands hold which have to wait must not keep the one at the head from getting its own.
#[test]
fn head_of_queue_gets_its_memory_although_others_hold_all_of_it() {
    let limits = Limits { session_data_out: 1000, data_out_length: 1000, ..Limits::default() };
    let mut wire = Wire::logged_in(&portal(limits), "ImmediateData=No");
    send(&mut wire, WRITE, TaskAttribute::Simple, 1000);
    assert!(wire.event().is_none());
    let first = wire.one().r2t();
    send(&mut wire, WRITE, TaskAttribute::Ordered, 1000);
    assert!(wire.event().is_none() && !wire.connection.has_output(), "there is no more memory");
    send(&mut wire, WRITE, TaskAttribute::HeadOfQueue, 900);
    assert!(wire.event().is_none());
    let head = wire.one().r2t();
    wire.data_out(&first, &[1; 1000]);
    assert!(wire.event().is_none());
    wire.data_out(&head, &[2; 900]);
    let (head, simple) = (wire.command(), wire.command());
    assert_eq!((head.data_out.len(), simple.data_out.len()), (900, 1000));
    wire.connection.respond(head.task, &Outcome::good(900));
    wire.connection.respond(simple.task, &Outcome::good(1000));
    assert_eq!(
        wire.take().iter().filter(|pdu| matches!(pdu.response(), Response::ReadyToTransfer(_))).count(),
        1
    );
}
