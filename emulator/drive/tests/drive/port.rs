//! Time: delays, stalls, timeouts, abandoned commands, and the entry points without a port.

use crate::rig::{A, B, EJECT, LOAD, PREVENT, Rig, TEST_UNIT_READY, data_disc, ending};
use core::time::Duration;
use discrig_device::{Device, DeviceError, Effect, ErrorKind, Instant, Request};
use discrig_drive::{HostEvent, NexusId, Service, Stage};
use discrig_wire::{Cdb, Status};

const SECOND: Duration = Duration::from_secs(1);

fn cdb(text: &str) -> Cdb {
    text.parse().unwrap()
}

/// A command with a timeout of a second that is served in a given way.
fn within_a_second(rig: &mut Rig, nexus: u16, text: &str, service: Service) -> Result<String, DeviceError> {
    let request = Request::none(cdb(text), SECOND);
    rig.port(nexus).execute_with(request, service).map(|answer| ending(&answer))
}

fn times_out(rig: &mut Rig, nexus: u16, text: &str, service: Service) {
    let start = rig.clock.now();
    let error = within_a_second(rig, nexus, text, service).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
    assert_eq!(rig.clock.now().since(start), SECOND, "exactly as long as it was willing to wait");
}

#[test]
fn an_answer_takes_as_long_as_it_takes() {
    let mut rig = Rig::loaded();
    let delay = Duration::from_millis(250);
    let request = Request::none(cdb(TEST_UNIT_READY), SECOND);
    let answer = rig.port(A).execute_with(request, Service::delayed(delay)).unwrap();
    assert_eq!((answer.is_good(), answer.elapsed), (true, delay));
    let exactly = within_a_second(&mut rig, A, TEST_UNIT_READY, Service::delayed(SECOND));
    assert_eq!(exactly.unwrap(), "GOOD", "at the last moment");
}

#[test]
fn a_command_takes_effect_after_its_timeout() {
    let mut rig = Rig::loaded();
    times_out(&mut rig, A, PREVENT, Service::delayed(3 * SECOND));
    assert!(!rig.drive.state().ledger.is_prevented(), "not yet");
    rig.wait(SECOND);
    assert!(!rig.drive.state().ledger.is_prevented(), "not yet");
    rig.wait(SECOND);
    assert!(rig.drive.state().ledger.is_prevented());
    assert_eq!(rig.ask(B, EJECT), "05/53/02");
}

#[test]
fn commands_wait_behind_an_abandoned_one_and_time_out_in_turn() {
    let mut rig = Rig::loaded();
    times_out(&mut rig, A, PREVENT, Service::delayed(3 * SECOND));
    times_out(&mut rig, B, TEST_UNIT_READY, Service::NORMAL);
    assert_eq!(rig.drive.state().tasks.len(), 2);
    let start = rig.clock.now();
    assert_eq!(rig.ask(B, EJECT), "05/53/02", "after the prevention, in order");
    assert_eq!(rig.clock.now().since(start), SECOND);
    assert!(rig.drive.state().tasks.is_empty());
}

#[test]
fn a_stalled_command_stays_until_it_is_aborted_or_the_drive_is_reset() {
    for event in [
        HostEvent::AbortTaskSet(NexusId(A)),
        HostEvent::LogicalUnitReset,
        HostEvent::BusReset,
        HostEvent::PowerCycle,
        HostEvent::NexusLost(NexusId(A)),
    ] {
        let mut rig = Rig::loaded();
        times_out(&mut rig, A, PREVENT, Service::STALLED);
        times_out(&mut rig, B, TEST_UNIT_READY, Service::NORMAL);
        rig.wait(3600 * SECOND);
        times_out(&mut rig, A, TEST_UNIT_READY, Service::NORMAL);
        rig.happen(event);
        rig.settle();
        assert_eq!(rig.ask(B, EJECT), "GOOD", "the prevention never took effect");
        assert!(rig.drive.state().tasks.is_empty());
    }
}

#[test]
fn no_time_is_no_answer() {
    let mut rig = Rig::loaded();
    let error = rig.port(A).execute(Request::none(cdb(TEST_UNIT_READY), Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
}

#[test]
fn a_load_that_takes_longer_than_the_timeout_is_finished_all_the_same() {
    let mut rig = Rig::slow(Some(data_disc(10)));
    assert_eq!(rig.ask(A, EJECT), "GOOD");
    times_out(&mut rig, A, LOAD, Service::NORMAL);
    assert!(matches!(rig.drive.state().tasks.front().unwrap().stage, Stage::Finishing { .. }));
    let start = rig.clock.now();
    assert_eq!(rig.ask(B, TEST_UNIT_READY), "06/28/00", "one command at a time");
    assert!(rig.clock.now().since(start) > 5 * SECOND);
}

#[test]
fn reading_takes_time_by_distance_and_length() {
    let mut rig = Rig::slow(Some(data_disc(20_000)));
    let mut took = |text: &str| {
        let start = rig.clock.now();
        rig.data(A, text);
        rig.clock.now().since(start)
    };
    took("28 00 00 00 00 00 00 00 01 00");
    let next = took("28 00 00 00 00 01 00 00 01 00");
    let longer = took("28 00 00 00 00 02 00 00 20 00");
    let far = took("28 00 00 00 40 00 00 00 01 00");
    assert!(next < longer && longer < far, "{next:?} {longer:?} {far:?}");
    assert!(far > Duration::from_millis(70), "settling, and two of the 33 mm of the band");
    for (rest, words) in [("1B 00 00 00 30 00", "from standby"), ("1B 00 00 00 00 00", "stopped")] {
        rig.ask(A, rest);
        let start = rig.clock.now();
        rig.data(A, "28 00 00 00 40 01 00 00 01 00");
        assert!(rig.clock.now().since(start) > 3 * SECOND, "{words}");
    }
}

#[test]
fn the_entry_points_without_a_port() {
    let Rig { mut drive, clock } = Rig::loaded();
    let now = clock.now();
    let ready = cdb(TEST_UNIT_READY);
    drive.submit(now, NexusId(A), 7, &ready, &[], Service::delayed(SECOND));
    drive.submit(now, NexusId(B), 8, &ready, &[], Service::NORMAL);
    drive.submit(now, NexusId(A), 9, &ready, &[], Service::NORMAL);
    assert!(drive.poll_output().is_none());
    assert_eq!(drive.next_deadline(), Some(now + SECOND));
    drive.host_event(now, HostEvent::AbortTask { nexus: NexusId(A), tag: 9 }).unwrap();
    assert!(drive.host_event(now, HostEvent::AbortTask { nexus: NexusId(A), tag: 9 }).is_err());
    drive.handle_timeout(now + SECOND);
    let first = drive.poll_output().unwrap();
    assert_eq!((first.nexus, first.tag, first.status, first.length), (NexusId(A), 7, Status::GOOD, 0));
    assert!(drive.poll_output().is_none(), "the next one begins when time is told");
    assert_eq!(drive.next_deadline(), Some(now + SECOND));
    drive.handle_timeout(now + SECOND);
    assert_eq!(drive.poll_output().map(|output| (output.nexus, output.tag)), Some((NexusId(B), 8)));
    assert!(drive.poll_output().is_none());
}

#[test]
fn a_full_queue_says_so() {
    let Rig { mut drive, clock } = Rig::loaded();
    let ready = cdb(TEST_UNIT_READY);
    for tag in 0..300 {
        drive.submit(clock.now(), NexusId(A), tag, &ready, &[], Service::STALLED);
    }
    let refused: Vec<u64> = core::iter::from_fn(|| drive.poll_output())
        .inspect(|output| assert_eq!(output.status, Status::TASK_SET_FULL))
        .map(|output| output.tag)
        .collect();
    assert_eq!(refused, (256..300).collect::<Vec<_>>());
}

#[test]
fn time_does_not_run_backwards() {
    let mut rig = Rig::loaded();
    rig.wait(SECOND);
    rig.drive.handle_timeout(Instant::ZERO);
    assert_eq!(rig.drive.state().now, rig.clock.now());
}

#[test]
fn an_unknown_nexus() {
    let mut rig = Rig::loaded();
    let code = discrig_wire::sense::codes::WRITE_ERROR;
    let event = HostEvent::DeferredError { nexus: NexusId(77), code };
    assert!(rig.drive.host_event(rig.clock.now(), event).is_err());
    rig.happen(HostEvent::NexusLost(NexusId(77)));
    assert_eq!(rig.ask(77, TEST_UNIT_READY), "06/29/00", "it is established by its first command");
}
