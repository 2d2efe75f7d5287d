//! Sessions that come and go, and task management: what reaches the drive as events.

use crate::nexuses::{InitiatorPort, OWN};
use crate::port::Port;
use crate::seat::Seat;
use crate::session::{self, Arrival};
use crate::transcript::Transcript;
use core::cell::RefCell;
use discrig_device::fault::HostOperation;
use discrig_drive::{HostEvent, NexusId};
use discrig_iscsi::pdu::{Lun, TaskManagementFunction, TaskManagementResponseCode};
use discrig_iscsi::target::{ConnectionId, LoggedIn, TaskManagement};
use discrig_wire::sense::codes;
use std::io::{IoSlice, Write};
use std::path::Path;
use std::rc::Rc;

/// A session arrives at its drive. The one that it takes the place of is lost before; one that it goes on with keeps its nexus.
pub(crate) fn arrive(seat: &Rc<RefCell<Seat>>, mut arrival: Arrival, transcripts: Option<&Path>) {
    let mut place = seat.borrow_mut();
    let nexus = match arrival.login.continues {
        Some(old) => place.go_on(old, &mut arrival),
        None => place.begin(&arrival),
    };
    let Some(nexus) = nexus else { return };
    let Arrival { stream, connection, login: LoggedIn { session, continues, .. }, peer } = arrival;
    let name = &place.setup.name;
    let fields: [(&str, &dyn core::fmt::Display); 5] = [
        ("drive", name),
        ("nexus", &nexus.0),
        ("initiator", &session.initiator),
        ("isid", &session.isid),
        ("peer", &peer),
    ];
    place.log.tell(if continues.is_some() { "connection reinstated" } else { "login" }, &fields);
    let transcript = transcripts.and_then(|folder| {
        Transcript::open(folder, name, nexus, &session)
            .inspect_err(|error| place.log.tell("no transcript", &[("drive", name), ("error", error)]))
            .ok()
    });
    let port = Rc::new(Port::new(nexus, session, peer, *connection, transcript, Rc::clone(&place.buffers)));
    place.ports.insert(nexus, Rc::clone(&port));
    if continues.is_none() {
        // It cannot be refused.
        let _ = place.happen(HostEvent::NexusEstablished(nexus));
        place.operation(nexus, HostOperation::Open);
    }
    drop(place);
    tokio::task::spawn_local(session::serve(Rc::clone(seat), port, stream));
}

impl Seat {
    fn port_of(&self, connection: ConnectionId) -> Option<Rc<Port>> {
        self.ports.values().find(|port| port.session.connection == connection).cloned()
    }

    /// A session begins: the nexus that it is.
    fn begin(&mut self, arrival: &Arrival) -> Option<NexusId> {
        let LoggedIn { session, displaced, .. } = &arrival.login;
        if let Some(old) = displaced.and_then(|old| self.port_of(old)) {
            old.connection.borrow_mut().displaced(self.clock.elapsed());
            self.depart(&old);
            old.wake();
        }
        let initiator = (session.initiator.clone(), session.isid);
        let Some(nexus) = self.enter(&initiator) else {
            self.log.tell("too many nexuses", &[("drive", &self.setup.name), ("peer", &arrival.peer)]);
            return None;
        };
        if !self.plug.is_in() {
            // The plug was pulled while the session was on its way here.
            self.nexuses.leave(&initiator);
            return None;
        }
        Some(nexus)
    }

    /// A session goes on with another connection: its tasks end, and nothing else of its nexus does (RFC 7143, 6.3.4).
    fn go_on(&mut self, old: ConnectionId, arrival: &mut Arrival) -> Option<NexusId> {
        let now = self.clock.elapsed();
        let old = self.port_of(old);
        let remains = old.as_ref().and_then(|old| old.connection.borrow_mut().surrender(now));
        let is_there = remains.is_some();
        arrival.connection.take_over(now, remains);
        match old.filter(|_| is_there) {
            Some(old) => {
                let _ = self.happen_by(old.nexus, HostEvent::AbortTaskSet(old.nexus));
                old.wake();
                Some(old.nexus)
            }
            None => {
                // The session ended while this login was on its way here. The refusal is short enough to go at once, or not at all.
                let mut pieces = [IoSlice::new(&[]); 2];
                let count = arrival.connection.output(&mut pieces);
                let _ = arrival.stream.write_vectored(&pieces[..count]);
                None
            }
        }
    }

    fn enter(&mut self, initiator: &InitiatorPort) -> Option<NexusId> {
        // Registrations belong to initiator ports that may come back for them.
        let registrations = &self.drive.state().reservations.registrations;
        self.nexuses.enter(initiator, |nexus| registrations.contains_key(&nexus))
    }

    /// A session is over: its nexus is lost. Does nothing the second time.
    pub(crate) fn depart(&mut self, port: &Rc<Port>) {
        let is_current = self.ports.get(&port.nexus).is_some_and(|current| Rc::ptr_eq(current, port));
        if !is_current {
            return;
        }
        self.operation(port.nexus, HostOperation::Close);
        self.ports.remove(&port.nexus);
        self.nexuses.leave(&(port.session.initiator.clone(), port.session.isid));
        let _ = self.happen(HostEvent::NexusLost(port.nexus));
    }

    /// A task management function of a session.
    pub(crate) fn manage(&mut self, port: &Port, asked: &TaskManagement) {
        let code = self.managed(port, asked);
        let now = self.clock.elapsed();
        self.log.tell(
            "task management",
            &[("drive", &self.setup.name), ("nexus", &port.nexus.0), ("function", &asked.function)],
        );
        port.connection.borrow_mut().respond_task_management(now, asked.request, code);
    }

    fn managed(&mut self, port: &Port, asked: &TaskManagement) -> TaskManagementResponseCode {
        use TaskManagementFunction as Function;
        let nexus = port.nexus;
        let of_target = matches!(asked.function, Function::TARGET_WARM_RESET | Function::TARGET_COLD_RESET);
        if asked.lun != Lun::ZERO && !of_target {
            return TaskManagementResponseCode::LUN_DOES_NOT_EXIST;
        }
        let event = match asked.function {
            Function::ABORT_TASK => match asked.task {
                Some(task) => HostEvent::AbortTask { nexus, tag: task.0 },
                None => return TaskManagementResponseCode::TASK_DOES_NOT_EXIST,
            },
            Function::ABORT_TASK_SET => HostEvent::AbortTaskSet(nexus),
            Function::CLEAR_TASK_SET => {
                self.clear(nexus);
                HostEvent::AbortTaskSet(nexus)
            }
            Function::LOGICAL_UNIT_RESET => HostEvent::LogicalUnitReset,
            Function::TARGET_WARM_RESET | Function::TARGET_COLD_RESET => HostEvent::BusReset,
            _ => return TaskManagementResponseCode::FUNCTION_NOT_SUPPORTED,
        };
        // A task that is no longer there was answered meanwhile, which is as good.
        let _ = self.happen_by(nexus, event);
        if of_target || asked.function == Function::LOGICAL_UNIT_RESET {
            let lun = (!of_target).then_some(Lun::ZERO);
            self.others(nexus).for_each(|other| end_tasks(other, lun));
        }
        if asked.function == Function::TARGET_COLD_RESET {
            let now = self.clock.elapsed();
            for other in self.others(nexus) {
                other.connection.borrow_mut().shutdown(now);
                other.wake();
            }
        }
        TaskManagementResponseCode::FUNCTION_COMPLETE
    }

    /// The sessions of all other nexuses.
    fn others(&self, nexus: NexusId) -> impl Iterator<Item = &Rc<Port>> {
        self.ports.values().filter(move |other| other.nexus != nexus)
    }

    /// CLEAR TASK SET ends all commands, whether the drive has them or their data are still on the way. Other nexuses that had some are told,
    /// and not otherwise (SAM-5, 5.8.4 and 7.5, with TAS zero).
    fn clear(&mut self, nexus: NexusId) {
        let with_tasks = |port: &&Rc<Port>| port.connection.borrow().has_tasks(Lun::ZERO);
        let others: Vec<_> = self.others(nexus).filter(with_tasks).cloned().collect();
        // The last one first: whatever is in front keeps those behind it from beginning.
        let tasks: Vec<_> =
            self.drive.state().tasks.iter().rev().map(|task| (task.nexus, task.tag)).collect();
        let now = self.clock.now();
        for (nexus, tag) in tasks.into_iter().filter(|task| task.0 != OWN) {
            // It is there.
            let _ = self.drive.host_event(now, HostEvent::AbortTask { nexus, tag });
        }
        for other in others {
            let (nexus, code) = (other.nexus, codes::COMMANDS_CLEARED_BY_ANOTHER_INITIATOR);
            let _ = self.drive.host_event(now, HostEvent::EstablishUnitAttention { nexus, code });
            end_tasks(&other, Some(Lun::ZERO));
        }
    }
}

/// The tasks of a session at a logical unit, or all, end without an answer, since somebody else wanted it.
fn end_tasks(port: &Port, lun: Option<Lun>) {
    port.connection.borrow_mut().abort_tasks(lun);
    port.wake();
}
