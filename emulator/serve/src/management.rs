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
use discrig_iscsi::target::{LoggedIn, TaskManagement};
use discrig_wire::sense::codes;
use std::path::Path;
use std::rc::Rc;

/// A session arrives at its drive. The one that it takes the place of is lost before.
pub(crate) fn arrive(seat: &Rc<RefCell<Seat>>, arrival: Arrival, transcripts: Option<&Path>) {
    let Arrival { stream, connection, login: LoggedIn { session, displaced, .. }, peer } = arrival;
    let mut place = seat.borrow_mut();
    let now = place.clock.elapsed();
    if let Some(old) = place.ports.values().find(|port| Some(port.session.connection) == displaced).cloned() {
        old.connection.borrow_mut().displaced(now);
        place.depart(&old);
        old.wake();
    }
    let initiator = (session.initiator.clone(), session.isid);
    let Some(nexus) = place.enter(&initiator) else {
        place.log.tell("too many nexuses", &[("drive", &place.setup.name), ("peer", &peer)]);
        return;
    };
    if !place.plug.is_in() {
        // The plug was pulled while the session was on its way here.
        place.nexuses.leave(&initiator);
        return;
    }
    let name = &place.setup.name;
    let fields: [(&str, &dyn core::fmt::Display); 5] = [
        ("drive", name),
        ("nexus", &nexus.0),
        ("initiator", &session.initiator),
        ("isid", &session.isid),
        ("peer", &peer),
    ];
    place.log.tell("login", &fields);
    let transcript = transcripts.and_then(|folder| {
        Transcript::open(folder, name, nexus, &session)
            .inspect_err(|error| place.log.tell("no transcript", &[("drive", name), ("error", error)]))
            .ok()
    });
    let port = Rc::new(Port::new(nexus, session, peer, *connection, transcript, Rc::clone(&place.buffers)));
    place.ports.insert(nexus, Rc::clone(&port));
    // Neither can be refused.
    let _ = place.happen(HostEvent::NexusEstablished(nexus));
    place.operation(nexus, HostOperation::Open);
    drop(place);
    tokio::task::spawn_local(session::serve(Rc::clone(seat), port, stream));
}

impl Seat {
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
                self.clear_others(nexus);
                HostEvent::AbortTaskSet(nexus)
            }
            Function::LOGICAL_UNIT_RESET => HostEvent::LogicalUnitReset,
            Function::TARGET_WARM_RESET | Function::TARGET_COLD_RESET => HostEvent::BusReset,
            _ => return TaskManagementResponseCode::FUNCTION_NOT_SUPPORTED,
        };
        // A task that is no longer there was answered meanwhile, which is as good.
        let _ = self.happen(event);
        if asked.function == Function::TARGET_COLD_RESET {
            let now = self.clock.elapsed();
            for other in self.ports.values().filter(|other| other.nexus != nexus) {
                other.connection.borrow_mut().shutdown(now);
                other.wake();
            }
        }
        TaskManagementResponseCode::FUNCTION_COMPLETE
    }

    /// CLEAR TASK SET takes the commands of other nexuses too, and they are told (SAM-5, 7.5).
    fn clear_others(&mut self, nexus: NexusId) {
        let with_tasks = |task: &discrig_drive::Task| task.nexus;
        let mut others: Vec<_> = self.drive.state().tasks.iter().map(with_tasks).collect();
        others.retain(|other| *other != nexus && *other != OWN);
        others.sort_unstable();
        others.dedup();
        for other in others {
            let code = codes::COMMANDS_CLEARED_BY_ANOTHER_INITIATOR;
            let _ = self.happen(HostEvent::AbortTaskSet(other));
            let _ = self.happen(HostEvent::EstablishUnitAttention { nexus: other, code });
        }
    }
}
