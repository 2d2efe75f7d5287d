//! The entry points: commands and events of the world go in, answers come out, time is told.

use crate::check::Refused;
use crate::dispatch::{Call, Done, dispatch};
use crate::host_event::{self, HostEvent, HostEventError};
use crate::modes::ModePages;
use crate::nexus::NexusId;
use crate::precheck::admit;
use crate::profile::Profile;
use crate::quirk::Quirk;
use crate::service::{breaks_stream, service_time};
use crate::state::State;
use crate::task::{Service, Stage, Task};
use crate::timing::Timing;
use crate::tray::TrayAction;
use crate::unit::Unit;
use discrig_device::Instant;
use discrig_disc::{Disc, Form};
use discrig_wire::sense::{FixedSense, codes};
use discrig_wire::{Cdb, Status};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use thiserror::Error;

/// Commands that wait at most; beyond that the answer is TASK SET FULL.
const MOST_TASKS: usize = 256;

/// Bytes of a block of user data.
pub const BLOCK: usize = 2048;

/// Bytes of the longest answer that is not blocks of the medium.
const BUFFER: usize = 1 << 16;

/// What a drive is made from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DriveConfig {
    /// The model.
    pub profile: Profile,
    /// Whether the mechanics take time.
    pub timing: Timing,
    /// Deviations from the standards.
    pub quirks: BTreeSet<Quirk>,
}

/// Where the data of an answer are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Payload {
    Blocks { first: i32 },
    Buffer,
    None,
    Staged,
}

/// The answer to a command.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Who sent the command.
    pub nexus: NexusId,
    /// The sender's name for it.
    pub tag: u64,
    /// The status byte.
    pub status: Status,
    /// Sense data, with CHECK CONDITION.
    pub sense: Option<FixedSense>,
    /// Bytes of data for the initiator; [`Drive::fetch`] gives them.
    pub length: usize,
    payload: Payload,
}

/// Why a drive cannot be put back into a state.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum RestoreError {
    /// The state has a disc where none was given, or the other way round, or another one.
    #[error("the disc is not the one that the state describes")]
    OtherDisc,
}

/// A simulated MMC recorder.
///
/// # Contract
/// - Time never runs backwards: an earlier `now` than the last one counts as the last one.
/// - Commands are carried out one after the other, in the order in which they were submitted, whoever sent them. A command takes effect
///   when its service time is over, not before.
/// - After each entry point the caller polls until there is no more output, and then asks for the next deadline. A deadline that has
///   passed already asks for [`Drive::handle_timeout`] at once.
/// - The data of an answer are fetched before any other entry point is called.
pub struct Drive {
    pub(crate) unit: Unit,
    answer: Option<Output>,
    full: VecDeque<(NexusId, u64)>,
    buffer: Box<[u8]>,
    staged: Vec<u8>,
    next_tag: u64,
}

impl Drive {
    /// A drive that was switched on at `now`, its tray closed and empty.
    #[must_use]
    pub fn new(config: DriveConfig, now: Instant) -> Drive {
        let state = State::new(now, ModePages::of(&config.profile));
        Drive::with_unit(Unit::new(config, state, None))
    }

    /// A drive in a state that was saved before, with the disc that was in it.
    ///
    /// # Errors
    /// [`RestoreError::OtherDisc`] when the disc is not the one of the state.
    pub fn restore(config: DriveConfig, state: State, disc: Option<Disc>) -> Result<Drive, RestoreError> {
        if state.disc.as_ref() != disc.as_ref().map(|disc| &disc.state) {
            return Err(RestoreError::OtherDisc);
        }
        Ok(Drive::with_unit(Unit::new(config, state, disc.map(|disc| disc.store))))
    }

    fn with_unit(unit: Unit) -> Drive {
        Drive {
            unit,
            answer: None,
            full: VecDeque::new(),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            staged: Vec::new(),
            next_tag: 0,
        }
    }

    /// What the drive was made from.
    #[must_use]
    pub fn config(&self) -> &DriveConfig {
        &self.unit.config
    }

    /// Everything that the drive knows, without the blocks of the disc.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.unit.state
    }

    /// A name for a command that no other command of this drive has had from here.
    pub(crate) fn issue_tag(&mut self) -> u64 {
        self.next_tag += 1;
        self.next_tag
    }

    /// A command arrives from `nexus`, which is established when it was not.
    pub fn submit(
        &mut self,
        now: Instant,
        nexus: NexusId,
        tag: u64,
        cdb: &Cdb,
        data_out: &[u8],
        service: Service,
    ) {
        self.handle_timeout(now);
        self.unit.nexus(nexus);
        let idle = self.unit.state.tasks.is_empty() && self.answer.is_none();
        if idle && service.is_normal() && self.unit.clockwork.is_instant() {
            return self.carry_out(nexus, tag, cdb, data_out);
        }
        if self.unit.state.tasks.len() >= MOST_TASKS {
            return self.full.push_back((nexus, tag));
        }
        let (cdb, data_out, stage) = (*cdb, data_out.to_vec(), Stage::Queued);
        self.unit.state.tasks.push_back(Task { nexus, tag, cdb, data_out, service, stage });
        self.handle_timeout(now);
    }

    /// Time has come to `now`: everything that was due happens, each at its time.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(due) = self.next_deadline().filter(|due| *due <= now) {
            self.pass(due);
            self.happen();
        }
        self.pass(now);
    }

    fn pass(&mut self, now: Instant) {
        let now = self.unit.state.now.max(now);
        self.unit.format_until(now);
        self.unit.drain(now);
        self.unit.state.now = now;
    }

    /// Something happens outside that is no command.
    ///
    /// # Errors
    /// [`HostEventError`] when it cannot happen now; then nothing did.
    pub fn host_event(&mut self, now: Instant, event: HostEvent) -> Result<(), HostEventError> {
        self.handle_timeout(now);
        host_event::apply(&mut self.unit, event)?;
        self.handle_timeout(now);
        Ok(())
    }

    /// The next answer.
    pub fn poll_output(&mut self) -> Option<Output> {
        if let Some((nexus, tag)) = self.full.pop_front() {
            let status = Status::TASK_SET_FULL;
            return Some(Output { nexus, tag, status, sense: None, length: 0, payload: Payload::None });
        }
        self.answer.take()
    }

    /// Writes the data of the answer that was polled last into `buffer`, as many as fit, and says how many.
    pub fn fetch(&mut self, output: &Output, buffer: &mut [u8]) -> usize {
        let wanted = output.length.min(buffer.len());
        let buffer = &mut buffer[..wanted];
        match output.payload {
            Payload::Blocks { first } => {
                // Memory does not fail; other content was staged.
                if self.unit.read_blocks(Form::Mode1, first, buffer).is_err() {
                    buffer.fill(0);
                }
                wanted
            }
            Payload::Buffer => copy(&self.buffer, buffer),
            Payload::None => 0,
            Payload::Staged => copy(&self.staged, buffer),
        }
    }

    /// When [`Drive::handle_timeout`] is to be called next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        let tray = self.unit.state.tray.busy_until();
        let operation = self.unit.operation_deadline();
        let (power, background) = (self.unit.power_deadline(), self.unit.background_deadline());
        [tray, operation, power, background, self.task_deadline()].into_iter().flatten().min()
    }

    fn task_deadline(&self) -> Option<Instant> {
        if self.answer.is_some() {
            return None;
        }
        match self.unit.state.tasks.front()?.stage {
            Stage::Queued => Some(self.unit.state.now),
            Stage::Finishing { until, .. } | Stage::Serving { until } => {
                (until != Instant::NEVER).then_some(until)
            }
        }
    }

    /// Lets the first thing happen that is due.
    fn happen(&mut self) {
        let now = self.unit.state.now;
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.unit.state.tray.busy_until()) {
            self.unit.move_tray(TrayAction::TimeUp);
        } else if due(self.unit.operation_deadline()) {
            self.complete_operation();
        } else if due(self.task_deadline()) {
            self.advance_task();
        } else if due(self.unit.power_deadline()) {
            self.unit.power_timer();
        }
    }

    /// An operation on the disc is done; how it failed is the answer to its command, if that waits.
    fn complete_operation(&mut self) {
        let Some(code) = self.unit.complete_operation() else { return };
        if let Some(Stage::Finishing { failure, .. }) =
            self.unit.state.tasks.front_mut().map(|task| &mut task.stage)
        {
            *failure = Some(code);
        }
    }

    /// The first command goes on to its next stage.
    fn advance_task(&mut self) {
        let now = self.unit.state.now;
        let Some(task) = self.unit.state.tasks.front() else { return };
        match task.stage {
            Stage::Queued => {
                let until = match task.service {
                    Service { never: true, .. } => Instant::NEVER,
                    Service { extra, .. } => {
                        let (nexus, cdb) = (task.nexus, task.cdb);
                        now + extra + service_time(&mut self.unit, nexus, &cdb)
                    }
                };
                if let Some(task) = self.unit.state.tasks.front_mut() {
                    task.stage = Stage::Serving { until };
                }
            }
            Stage::Serving { .. } => {
                if let Some(task) = self.unit.state.tasks.pop_front() {
                    self.carry_out(task.nexus, task.tag, &task.cdb, &task.data_out);
                }
            }
            Stage::Finishing { failure, .. } => {
                if let Some(task) = self.unit.state.tasks.pop_front() {
                    let outcome = failure.map_or(Ok(Done::Good), |code| Err(code.into()));
                    self.finish(task.nexus, task.tag, outcome);
                }
            }
        }
    }

    /// A command takes effect.
    fn carry_out(&mut self, nexus: NexusId, tag: u64, cdb: &Cdb, data_out: &[u8]) {
        let mut abort = Vec::new();
        let outcome = admit(&mut self.unit, nexus, cdb).and_then(|command| {
            let mut call = Call {
                nexus,
                data_out,
                buffer: &mut self.buffer,
                staged: &mut self.staged,
                abort: &mut abort,
            };
            if breaks_stream(&self.unit, &command) {
                return Err(codes::COMMAND_SEQUENCE_ERROR.into());
            }
            dispatch(&command, &mut self.unit, &mut call)
        });
        if !abort.is_empty() {
            self.unit.state.tasks.retain(|task| !abort.contains(&task.nexus));
        }
        match outcome {
            Ok(Done::Until(until)) if until > self.unit.state.now => {
                let stage = Stage::Finishing { until, failure: None };
                let task =
                    Task { nexus, tag, cdb: *cdb, data_out: Vec::new(), service: Service::NORMAL, stage };
                self.unit.state.tasks.push_front(task);
            }
            outcome => self.finish(nexus, tag, outcome),
        }
    }

    fn finish(&mut self, nexus: NexusId, tag: u64, outcome: Result<Done, Refused>) {
        let good = |length, payload| (Status::GOOD, None, length, payload);
        let (status, sense, length, payload) = match outcome {
            Ok(Done::Blocks { first, count }) => good(count as usize * BLOCK, Payload::Blocks { first }),
            Ok(Done::Data(length)) => good(length, Payload::Buffer),
            Ok(Done::Good | Done::Until(_)) => good(0, Payload::None),
            Ok(Done::Staged) => good(self.staged.len(), Payload::Staged),
            Err(Refused::Check(check)) => (Status::CHECK_CONDITION, Some(check.sense()), 0, Payload::None),
            Err(Refused::Status(status)) => (status, None, 0, Payload::None),
        };
        self.answer = Some(Output { nexus, tag, status, sense, length, payload });
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let length = from.len().min(to.len());
    to[..length].copy_from_slice(&from[..length]);
    length
}

impl core::fmt::Debug for Drive {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Drive").field("state", &self.unit.state).finish_non_exhaustive()
    }
}
