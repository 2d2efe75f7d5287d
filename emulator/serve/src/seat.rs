//! A drive with everything that is connected to it. It belongs to one thread.

use crate::absent;
use crate::buffers::{Buffers, LONG};
use crate::clock::Clock;
use crate::config::{Discs, DriveSetup};
use crate::log::Log;
use crate::nexuses::{Nexuses, OWN};
use crate::plug::Plug;
use crate::port::Port;
use crate::tasks::{Change, Task, Tasks, cdb_of, wanted};
use core::task::{Context, Waker};
use core::time::Duration;
use discrig_device::Instant;
use discrig_device::fault::FaultEngine;
use discrig_drive::{Drive, HostEvent, HostEventError, NexusId, Output, Service, Stage};
use discrig_iscsi::name::Name;
use discrig_iscsi::pdu::{Lun, TaskAttribute};
use discrig_iscsi::target::{Command, Outcome, Portal, TaskId};
use discrig_wire::command::CommandSpec;
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, SenseBuffer, SenseCode, SenseKey, Status};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// A message that makes no sense: here, a task attribute that needs a condition which this drive does not know (SAM-5, 8.6).
const INVALID_MESSAGE_ERROR: SenseCode = SenseCode::new(SenseKey::IllegalRequest, 0x49, 0x00);

/// What the drives of a server have in common.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) portal: Portal,
    pub(crate) discs: Arc<dyn Discs>,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    /// Bytes that one command may have for its initiator.
    pub(crate) most_data: usize,
}

/// A drive with everything that is connected to it.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) setup: DriveSetup,
    pub(crate) target: Name,
    pub(crate) portal: Portal,
    pub(crate) discs: Arc<dyn Discs>,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
    most_data: usize,
    pub(crate) drive: Drive,
    /// The disc that was put in last, for people.
    pub(crate) disc: String,
    pub(crate) plug: Plug,
    pub(crate) ports: BTreeMap<NexusId, Rc<Port>>,
    pub(crate) nexuses: Nexuses,
    pub(crate) faults: FaultEngine,
    pub(crate) rules: usize,
    /// Under which name the foreign host holds the drive, and until when.
    pub(crate) foreign: Option<(String, Option<Instant>)>,
    pub(crate) tasks: Tasks,
    pub(crate) buffers: Rc<Buffers>,
    /// The last command of the server's own nexus, and how it was answered.
    own: (u64, Option<Status>),
    keeper: Option<Waker>,
    due: Option<Instant>,
}

impl Seat {
    pub(crate) fn new(setup: DriveSetup, target: Name, drive: Drive, house: House) -> Seat {
        let House { portal, discs, clock, log, most_data } = house;
        Seat {
            disc: setup.disc.clone(),
            faults: FaultEngine::from_plan(&setup.faults),
            rules: setup.faults.rules.len(),
            setup,
            target,
            portal,
            discs,
            clock,
            log,
            most_data,
            drive,
            plug: Plug::In,
            ports: BTreeMap::new(),
            nexuses: Nexuses::default(),
            foreign: None,
            tasks: Tasks::default(),
            buffers: Rc::default(),
            own: (0, None),
            keeper: None,
            due: None,
        }
    }

    /// A command of a session. Its answer is in the connection when this returns, or will be when the drive is done with it.
    pub(crate) fn command(&mut self, port: &Port, command: Command) {
        port.commands.set(port.commands.get() + 1);
        let cdb = cdb_of(&command.cdb);
        if command.lun != Lun::ZERO {
            let (outcome, data) = absent::answer(&cdb);
            self.answer_at_once(port, &command, &cdb, outcome, data);
        } else if command.attribute == TaskAttribute::Aca {
            self.answer_at_once(
                port,
                &command,
                &cdb,
                Outcome::check_condition(INVALID_MESSAGE_ERROR),
                Vec::new(),
            );
        } else if CommandSpec::of(&cdb).is_some_and(|spec| spec.allocation(&cdb) > self.most_data) {
            // Whoever asks for gigabytes at once is refused before anybody makes room for them.
            let outcome = Outcome::check_condition(codes::INVALID_FIELD_IN_CDB);
            self.answer_at_once(port, &command, &cdb, outcome, Vec::new());
        } else if self.faults.is_empty() {
            self.serve(port, &command, cdb, Service::NORMAL, None);
        } else {
            self.serve_or_suffer(port, &command, cdb);
        }
        port.connection.borrow_mut().recycle(command.data_out);
    }

    /// Hands a command to the drive.
    pub(crate) fn serve(
        &mut self,
        port: &Port,
        command: &Command,
        cdb: Cdb,
        service: Service,
        change: Option<Change>,
    ) {
        let (nexus, tag, now) = (port.nexus, command.task.0, self.clock.now());
        let expected = if command.reads { command.expected_length as usize } else { 0 };
        let data_out = command.data_out.len();
        let attribute = command.attribute;
        let passed = if attribute == TaskAttribute::HeadOfQueue { self.step_aside(now) } else { Vec::new() };
        self.tasks.push(Task { nexus, tag, cdb, attribute, came: now, data_out, expected, change });
        self.drive.submit(now, nexus, tag, &cdb, &command.data_out, service);
        for task in passed {
            self.drive.submit(now, task.nexus, task.tag, &task.cdb, &task.data_out, task.service);
        }
        self.settle(now, Some(nexus));
    }

    /// Takes the commands out of the drive's queue that a command with HEAD OF QUEUE goes ahead of: those that have not begun, unless they
    /// have that attribute as well. For the others the order of their arrival is all that their attributes ask for (SAM-5, 8.6).
    fn step_aside(&mut self, now: Instant) -> Vec<discrig_drive::Task> {
        self.drive.handle_timeout(now);
        let passed = |task: &&discrig_drive::Task| {
            task.stage == Stage::Queued && !self.tasks.is_head_of_queue(task.nexus, task.tag)
        };
        let passed: Vec<_> = self.drive.state().tasks.iter().filter(passed).cloned().collect();
        for task in &passed {
            // It is there.
            let _ = self.drive.host_event(now, HostEvent::AbortTask { nexus: task.nexus, tag: task.tag });
        }
        passed
    }

    /// Answers a command that the drive does not see.
    pub(crate) fn answer_at_once(
        &mut self,
        port: &Port,
        command: &Command,
        cdb: &Cdb,
        outcome: Outcome,
        data: Vec<u8>,
    ) {
        let now = self.clock.now();
        if let Some(transcript) = &port.transcript {
            transcript.borrow_mut().note(cdb, now, now, command.data_out.len(), data.len(), &outcome);
        }
        port.connection.borrow_mut().respond_with_data(command.task, &outcome, data);
    }

    /// Something happens to the drive that is no command.
    ///
    /// # Errors
    /// That it cannot happen now.
    pub(crate) fn happen(&mut self, event: HostEvent) -> Result<(), HostEventError> {
        let now = self.clock.now();
        let outcome = self.drive.host_event(now, event);
        self.settle(now, None);
        outcome
    }

    /// The same, by a nexus whose own connection forgets the commands that end by it.
    pub(crate) fn happen_by(&mut self, nexus: NexusId, event: HostEvent) -> Result<(), HostEventError> {
        let now = self.clock.now();
        let outcome = self.drive.host_event(now, event);
        let there = &self.drive.state().tasks;
        let is_gone = |task: &Task| {
            task.nexus == nexus && !there.iter().any(|other| (other.nexus, other.tag) == (nexus, task.tag))
        };
        self.tasks.forget(is_gone);
        self.settle(now, None);
        outcome
    }

    /// Time has passed: everything that is due happens.
    pub(crate) fn pass_time(&mut self) {
        let now = self.clock.now();
        self.plug_returns(now);
        self.foreign_ends(now);
        if self.plug.is_in() {
            self.drive.handle_timeout(now);
        }
        self.settle(now, None);
    }

    /// Delivers what the drive has to say. `current` needs no waking: it is at work.
    fn settle(&mut self, now: Instant, current: Option<NexusId>) {
        loop {
            while let Some(output) = self.drive.poll_output() {
                self.deliver(&output, now, current);
            }
            match self.drive.next_deadline() {
                Some(due) if due <= now && self.plug.is_in() => self.drive.handle_timeout(now),
                _ => break,
            }
        }
        if self.tasks.len() != self.drive.state().tasks.len() {
            self.forget_aborted();
        }
        self.set_alarm();
    }

    fn deliver(&mut self, output: &Output, now: Instant, current: Option<NexusId>) {
        let Some(task) = self.tasks.take(output.nexus, output.tag) else { return };
        if output.nexus == OWN && output.tag == self.own.0 {
            self.own.1 = Some(output.status);
        }
        let Some(port) = self.ports.get(&output.nexus) else { return };
        let sense = output.sense.map_or(SenseBuffer::EMPTY, SenseBuffer::from);
        let mut outcome = Outcome { status: output.status, sense, transfer_length: output.length as u64 };
        if output.length == 0 && output.status.is_good() {
            outcome.transfer_length = wanted(&task.cdb, task.data_out) as u64;
        }
        let mut connection = port.connection.borrow_mut();
        let id = TaskId(output.tag);
        let length = output.length.min(task.expected);
        match task.change {
            None if length == 0 => {
                connection.respond(id, &outcome);
            }
            None if length >= LONG => {
                let mut data = self.buffers.take(length);
                self.drive.fetch(output, &mut data);
                connection.respond_with_data(id, &outcome, data);
            }
            None => {
                let drive = &mut self.drive;
                connection.respond_with(id, &outcome, |place| drive.fetch(output, place));
            }
            Some(change) => {
                let mut data = vec![0; length];
                self.drive.fetch(output, &mut data);
                alter(change, &mut outcome, &mut data);
                connection.respond_with_data(id, &outcome, data);
            }
        }
        drop(connection);
        if let Some(transcript) = &port.transcript {
            transcript.borrow_mut().note(&task.cdb, task.came, now, task.data_out, output.length, &outcome);
        }
        if current != Some(output.nexus) {
            port.wake();
        }
        if let Some(Change::Unplug { milliseconds }) = task.change {
            self.unplug(milliseconds.map(Duration::from_millis));
        }
    }

    /// Commands that the drive dropped by itself are not answered (SAM-5, 5.3): resets and PREEMPT AND ABORT end them.
    fn forget_aborted(&mut self) {
        let there = &self.drive.state().tasks;
        let is_gone =
            |task: &Task| !there.iter().any(|other| (other.nexus, other.tag) == (task.nexus, task.tag));
        for nexus in self.tasks.forget(is_gone) {
            if let Some(port) = self.ports.get(&nexus) {
                port.connection.borrow_mut().abort_tasks(Some(Lun::ZERO));
            }
        }
    }

    // Time.

    /// Tells the keeper of time when to come next.
    pub(crate) fn set_alarm(&mut self) {
        let drive = self.drive.next_deadline().filter(|_| self.plug.is_in());
        let foreign = self.foreign.as_ref().and_then(|(_, until)| *until);
        let due = [drive, foreign, self.plug.returns()].into_iter().flatten().min();
        let is_sooner = match (due, self.due) {
            (Some(new), Some(old)) => new < old,
            (new, _) => new.is_some(),
        };
        self.due = due;
        if is_sooner && let Some(keeper) = self.keeper.take() {
            keeper.wake();
        }
    }

    /// Lets everything happen that is due, and says when to come again.
    pub(crate) fn keep_time(&mut self, cx: &Context<'_>) -> Option<Duration> {
        self.pass_time();
        self.keeper = Some(cx.waker().clone());
        self.due.map(Instant::elapsed)
    }

    // The server's own nexus.

    /// Sends commands of the server's own nexus, one after the other. What it was to be told by unit attentions is read first.
    pub(crate) fn execute_own(&mut self, commands: &[Cdb]) -> u64 {
        const ATTENTIONS: usize = 4;
        let read = discrig_wire::command::RequestSense { allocation_length: 18, ..Default::default() }.cdb();
        let now = self.clock.now();
        for cdb in core::iter::repeat_n(&read, ATTENTIONS).chain(commands) {
            self.own = (self.own.0 + 1, None);
            let task = Task {
                nexus: OWN,
                tag: self.own.0,
                cdb: *cdb,
                attribute: TaskAttribute::Simple,
                came: now,
                data_out: 0,
                expected: 0,
                change: None,
            };
            self.tasks.push(task);
            self.drive.submit(now, OWN, self.own.0, cdb, &[], Service::NORMAL);
        }
        self.settle(now, None);
        self.own.0
    }

    /// The tag of the last command of the server's own nexus.
    pub(crate) fn own_tag(&self) -> u64 {
        self.own.0
    }

    /// How the last of [`Seat::execute_own`]'s commands was answered, once it was.
    pub(crate) fn own_answer(&self, tag: u64) -> Option<Status> {
        self.own.1.filter(|_| self.own.0 == tag)
    }
}

/// Changes an answer before it is sent.
fn alter(change: Change, outcome: &mut Outcome, data: &mut Vec<u8>) {
    match change {
        Change::CorruptData { offset, length, xor } => {
            data.iter_mut().skip(offset).take(length).for_each(|byte| *byte ^= xor);
        }
        Change::ShortTransfer { length } => {
            data.truncate(length);
            outcome.transfer_length = outcome.transfer_length.min(length as u64);
        }
        Change::TruncateSense { length } => {
            let kept = outcome.sense.bytes().len().min(length);
            outcome.sense = SenseBuffer::new(&outcome.sense.bytes()[..kept]);
        }
        Change::Unplug { .. } => {}
    }
}
