//! The task set of a drive: the order of commands, and how they end without an answer, with other nexuses watching.

use crate::host::Host;
use crate::rig::Rig;
use discrig_iscsi::initiator::{Data, Tag};
use discrig_iscsi::pdu::{Lun, TaskAttribute, TaskManagementFunction, TaskManagementResponseCode};
use discrig_wire::command::{Inquiry, Read10, TestUnitReady, Write10};
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, SenseCode, SenseKey};
use rstest::rstest;

use TaskManagementFunction as Function;

const COMPLETE: TaskManagementResponseCode = TaskManagementResponseCode::FUNCTION_COMPLETE;
const INVALID_MESSAGE_ERROR: SenseCode = SenseCode::new(SenseKey::IllegalRequest, 0x49, 0);
/// The first READ never ends.
const STALL: &str = "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { stall = {} }\ntimes = 1\n";
/// The first READ takes a while, and no INQUIRY ends.
const BLOCK: &str = "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { delay = { ms = 400 } }\ntimes = 1\n\
    [[rule]]\nwhen = { command = 'INQUIRY' }\ndo = { stall = {} }\n";

fn read() -> Cdb {
    Read10 { transfer_length: 1, ..Read10::default() }.cdb()
}

fn send(host: &mut Host, cdb: impl Into<Cdb>) -> Tag {
    host.send(Lun::ZERO, cdb.into(), Data::In(2048))
}

/// A command whose data the drive wants and does not get, since the host does not read what it is asked for.
fn send_half(host: &mut Host) -> Tag {
    let write = Write10 { transfer_length: 512, ..Write10::default() };
    host.send(Lun::ZERO, write.cdb(), Data::Out(vec![7; 512 * 2048]))
}

#[test]
fn head_of_queue_goes_ahead_of_what_has_not_begun() {
    let delay = "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { delay = { ms = 400 } }\ntimes = 1\n";
    let rig = Rig::with_faults(delay);
    let mut host = Host::new(rig.address, 1);
    use TaskAttribute::{HeadOfQueue, Ordered, Simple};
    let mut tags = vec![send(&mut host, read())];
    for attribute in [Simple, Ordered, Simple, HeadOfQueue, Ordered, HeadOfQueue] {
        tags.push(host.send_with(attribute, Lun::ZERO, TestUnitReady {}, Data::None));
    }
    let expected = [0, 4, 6, 1, 2, 3, 5].map(|index| tags[index]);
    assert_eq!(host.answered(7), expected);
}

#[test]
fn head_of_queue_goes_ahead_of_other_nexuses() {
    let rig = Rig::with_faults(BLOCK);
    let (mut one, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    let slow = send(&mut one, read());
    rig.wait_for_commands(1);
    // It would never end, and everything behind it would wait for ever.
    let endless = send(&mut other, Inquiry { allocation_length: 36, ..Inquiry::default() });
    rig.wait_for_commands(2);
    let head = one.send_with(TaskAttribute::HeadOfQueue, Lun::ZERO, TestUnitReady {}, Data::None);
    assert_eq!(one.answered(2), [slow, head]);
    assert_eq!(other.manage(Function::ABORT_TASK, Some(endless)), COMPLETE);
    assert_eq!((one.settle(), other.settle()), (vec![], vec![]));
}

#[test]
fn what_passes_takes_nothing_from_those_that_are_passed() {
    let delay = "[[rule]]\nwhen = { command = 'READ(10)' }\ndo = { delay = { ms = 200 } }\ntimes = 1\n";
    let rig = Rig::with_faults(delay);
    let mut host = Host::new(rig.address, 1);
    send(&mut host, read());
    let write = Write10 { transfer_length: 2, ..Write10::default() };
    let blocks: Vec<u8> = (0..4096u32).map(|byte| (byte / 3) as u8).collect();
    let written = host.send(Lun::ZERO, write.cdb(), Data::Out(blocks.clone()));
    rig.wait_for_commands(2);
    let before = host.send_with(TaskAttribute::HeadOfQueue, Lun::ZERO, read(), Data::In(2048));
    assert!(host.outcome(before).unwrap().data_in == [0; 2048], "the write was passed");
    assert!(host.outcome(written).unwrap().status.is_good());
    let both = Read10 { transfer_length: 2, ..Read10::default() };
    assert!(host.execute(both, Data::In(4096)).data_in == blocks);
}

#[test]
fn aca_is_refused_where_there_is_no_such_condition() {
    let rig = Rig::start();
    let mut host = Host::new(rig.address, 1);
    let tag = host.send_with(TaskAttribute::Aca, Lun::ZERO, read(), Data::In(2048));
    let refused = host.outcome(tag).unwrap();
    assert_eq!((refused.sense.code(), refused.data_in.len()), (Some(INVALID_MESSAGE_ERROR), 0));
    assert_eq!(host.manage(Function::CLEAR_ACA, None), TaskManagementResponseCode::FUNCTION_NOT_SUPPORTED);
    assert!(host.execute(read(), Data::In(2048)).status.is_good());
}

#[test]
fn abort_task_of_running_queued_finished_and_unknown_commands() {
    let rig = Rig::with_faults(STALL);
    let (mut one, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    let finished = send(&mut one, TestUnitReady {});
    one.outcome(finished);
    let running = send(&mut one, read());
    let queued = send(&mut one, read());
    let half = send_half(&mut one);
    rig.wait_for_commands(2);
    let watching = send(&mut other, TestUnitReady {});
    rig.wait_for_commands(3);
    let unknown = TaskManagementResponseCode::TASK_DOES_NOT_EXIST;
    let abort = Function::ABORT_TASK;
    assert_eq!(one.manage(abort, Some(finished)), unknown);
    assert_eq!(one.manage(abort, Some(Tag(0xDEAD_BEEF))), unknown);
    assert_eq!(one.manage_on(Lun::single_level(1), abort, Some(queued)), unknown);
    assert_eq!(one.manage(abort, Some(queued)), COMPLETE);
    assert_eq!(one.manage(abort, Some(half)), COMPLETE);
    rig.wait_for_commands(2);
    assert_eq!(one.manage(abort, Some(running)), COMPLETE);
    // The others go on as if nothing had happened.
    assert!(other.outcome(watching).unwrap().status.is_good());
    assert_eq!((one.settle(), other.settle()), (vec![], vec![]));
    assert!(one.execute(read(), Data::In(2048)).data_in == [0; 2048], "nothing was written");
}

#[test]
fn abort_task_set_ends_the_own_commands_alone() {
    let rig = Rig::with_faults(STALL);
    let (mut one, mut other) = (Host::new(rig.address, 1), Host::new(rig.address, 2));
    for _ in 0..3 {
        send(&mut one, read());
    }
    send_half(&mut one);
    rig.wait_for_commands(3);
    let watching = send(&mut other, TestUnitReady {});
    rig.wait_for_commands(4);
    assert_eq!(one.manage(Function::ABORT_TASK_SET, None), COMPLETE);
    assert!(other.outcome(watching).unwrap().status.is_good());
    assert_eq!((one.settle(), other.settle()), (vec![], vec![]));
    assert!(one.execute(read(), Data::In(2048)).data_in == [0; 2048], "nothing was written");
}

#[test]
fn clear_task_set_ends_everybodys_commands_and_tells_those_who_had_some() {
    let rig = Rig::with_faults(STALL);
    let mut hosts: Vec<_> = (1..=4).map(|isid| Host::new(rig.address, isid)).collect();
    let running = send(&mut hosts[0], read());
    rig.wait_for_commands(1);
    send(&mut hosts[1], read());
    rig.wait_for_commands(2);
    send_half(&mut hosts[2]);
    // That its first data have come shows in what comes behind them.
    assert_eq!(
        hosts[2].manage_on(Lun::single_level(7), Function::ABORT_TASK_SET, None),
        TaskManagementResponseCode::LUN_DOES_NOT_EXIST
    );
    assert_eq!(hosts[1].manage(Function::CLEAR_TASK_SET, None), COMPLETE);
    let cleared = vec![codes::COMMANDS_CLEARED_BY_ANOTHER_INITIATOR];
    let told: Vec<_> = hosts.iter_mut().map(Host::settle).collect();
    assert_eq!(told, [cleared.clone(), vec![], cleared, vec![]]);
    assert_eq!(
        hosts[0].manage(Function::ABORT_TASK, Some(running)),
        TaskManagementResponseCode::TASK_DOES_NOT_EXIST
    );
    assert!(hosts[3].execute(read(), Data::In(2048)).data_in == [0; 2048], "nothing was written");
}

#[rstest]
#[case::unit(Function::LOGICAL_UNIT_RESET, codes::BUS_DEVICE_RESET_FUNCTION_OCCURRED)]
#[case::warm(Function::TARGET_WARM_RESET, codes::SCSI_BUS_RESET_OCCURRED)]
fn resets_end_everybodys_commands_and_tell_everybody(#[case] function: Function, #[case] code: SenseCode) {
    let rig = Rig::with_faults(STALL);
    let mut hosts: Vec<_> = (1..=3).map(|isid| Host::new(rig.address, isid)).collect();
    send(&mut hosts[0], read());
    rig.wait_for_commands(1);
    send(&mut hosts[1], read());
    rig.wait_for_commands(2);
    send_half(&mut hosts[2]);
    assert_eq!(
        hosts[2].manage_on(Lun::single_level(7), function, None) == COMPLETE,
        function == Function::TARGET_WARM_RESET
    );
    assert_eq!(hosts[1].manage(function, None), COMPLETE);
    rig.wait_for_commands(0);
    let told: Vec<_> = hosts.iter_mut().map(Host::settle).collect();
    assert_eq!(told, [vec![code], vec![code], vec![code]]);
    assert!(hosts[2].execute(read(), Data::In(2048)).data_in == [0; 2048], "nothing was written");
}

/// What comes behind a reset on the same connection is carried out.
#[test]
fn commands_behind_a_reset_are_answered() {
    let rig = Rig::with_faults(STALL);
    let mut host = Host::new(rig.address, 1);
    send(&mut host, read());
    rig.wait_for_commands(1);
    let (reset, behind) = host.send_behind(Function::LOGICAL_UNIT_RESET, TestUnitReady {});
    assert_eq!(host.managed(reset), COMPLETE);
    let told = host.outcome(behind).unwrap().sense.code();
    assert_eq!(told, Some(codes::BUS_DEVICE_RESET_FUNCTION_OCCURRED));
}
