//! Prevented removal, unit attentions, and more than one initiator.

use discrig_drive::{HostEvent, NexusId};

use super::super::Own;
use super::super::desk::{A, Answer, B, Desk};
use super::{level, pressed, yes};

const TEST_UNIT_READY: [u8; 6] = [0; 6];
const EJECT: [u8; 6] = [0x1B, 0, 0, 0, 2, 0];
const BLOCKS: usize = 100;

/// PREVENT ALLOW MEDIUM REMOVAL with a value of its field.
const fn prevent(how: u8) -> [u8; 6] {
    [0x1E, 0, 0, 0, how, 0]
}

const ALLOW: [u8; 6] = prevent(0);
const PREVENT: [u8; 6] = prevent(1);
const PERSISTENT_ALLOW: [u8; 6] = prevent(2);
const PERSISTENT_PREVENT: [u8; 6] = prevent(3);

/// Whether the tray opens after these commands.
fn opens_after(commands: &[(u16, [u8; 6])]) -> bool {
    let mut desk = Desk::new(pressed(BLOCKS));
    let all_good = commands.iter().all(|(nexus, cdb)| desk.does(*nexus, cdb));
    desk.does(B, &EJECT);
    all_good && desk.is_open()
}

pub(super) fn scope() -> Own {
    let enforced = opens_after(&[]) && !opens_after(&[(A, PREVENT)]);
    let for_each = !opens_after(&[(A, PREVENT), (B, ALLOW)])
        && !opens_after(&[(A, PREVENT), (B, PREVENT), (B, ALLOW)])
        && opens_after(&[(A, PREVENT), (A, PREVENT), (A, ALLOW)]);
    let persistent = !opens_after(&[(A, PERSISTENT_PREVENT), (A, ALLOW)])
        && !opens_after(&[(A, PREVENT), (A, PERSISTENT_ALLOW)])
        && opens_after(&[(A, PERSISTENT_PREVENT), (A, PERSISTENT_ALLOW)]);
    level(match (enforced, for_each, persistent) {
        (false, ..) => "stored",
        (true, false, _) => "device",
        (true, true, false) => "nexus",
        (true, true, true) => "nexus and persistent",
    })
}

pub(super) fn locked_eject() -> Own {
    let mut desk = Desk::new(pressed(BLOCKS));
    desk.does(A, &PREVENT);
    let answer = desk.send(A, &EJECT, &[]);
    let (key, asc, ascq) = answer.sense();
    let own = yes(asc == 0x53 && !desk.is_open());
    Own { text: Some(format!("{}, with {key:02X}/{asc:02X}/{ascq:02X}", own.is)), ..own }
}

/// What each of the initiators is told next.
fn told(desk: &mut Desk) -> [Answer; 2] {
    [A, B].map(|nexus| desk.send(nexus, &TEST_UNIT_READY, &[]))
}

pub(super) fn attentions() -> Own {
    let mut desk = Desk::new(pressed(BLOCKS));
    let mut all = |event, asc| {
        desk.happen(event);
        let told = told(&mut desk).map(|answer| answer.sense());
        desk.settle();
        told.iter().all(|sense| (sense.0, sense.1) == (6, asc))
    };
    let reset = all(HostEvent::LogicalUnitReset, 0x29);
    level(match (reset, all(HostEvent::SwapDisc(pressed(BLOCKS)), 0x28)) {
        (true, true) => "yes",
        (true, false) => "all but changes of medium",
        (false, _) => "no",
    })
}

pub(super) fn power_on() -> Own {
    let mut desk = Desk::new(pressed(BLOCKS));
    desk.happen(HostEvent::PowerCycle);
    let sense = desk.send(A, &TEST_UNIT_READY, &[]).sense();
    desk.happen(HostEvent::NexusEstablished(NexusId(B)));
    let other = desk.send(B, &TEST_UNIT_READY, &[]).sense();
    yes([sense, other].iter().all(|sense| (sense.0, sense.1) == (6, 0x29)))
}

/// What is one initiator's own: attentions, events, prevention.
pub(super) fn initiators() -> Own {
    const MEDIA_EVENT: [u8; 10] = [0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0];
    let mut desk = Desk::new(pressed(BLOCKS));
    desk.happen(HostEvent::SwapDisc(pressed(BLOCKS)));
    let attentions = told(&mut desk).iter().all(|answer| answer.sense().0 == 6);
    let events = [A, B].map(|nexus| desk.send(nexus, &MEDIA_EVENT, &[]).data);
    let own_events = events.iter().all(|event| event.get(4).is_some_and(|code| code & 0x0F != 0));
    yes(attentions && own_events && !opens_after(&[(A, PREVENT), (B, ALLOW)]))
}
