//! Long operations on the disc: formatting, blanking, closing. They take effect when their time is over; until then the drive is busy with them.

use crate::check::Check;
use crate::dispatch::{Done, Outcome};
use crate::events::Happening;
use crate::nexus::NexusId;
use crate::task::Stage;
use crate::tray::Span;
use crate::unit::Unit;
use core::time::Duration;
use discrig_device::Instant;
use discrig_disc::{Change, StoreError, Task};
use discrig_wire::event::BusyEvent;
use discrig_wire::sense::{SenseCode, codes};
use serde::{Deserialize, Serialize};

/// Something that is being done to the disc.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// From when to when.
    pub span: Span,
    /// What becomes of the disc.
    pub change: Change,
    /// Who asked for it.
    pub nexus: NexusId,
    /// The command was answered when it began (IMMED).
    pub answered: bool,
}

impl Operation {
    /// What commands are told meanwhile (MMC-5 4.1.2.6 and the commands' own clauses).
    pub(crate) fn busy(&self, now: Instant) -> Check {
        let code = match self.change.task {
            Task::FormatFull | Task::FormatQuick => codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS,
            Task::Synchronize => codes::LOGICAL_UNIT_NOT_READY_LONG_WRITE_IN_PROGRESS,
            _ => codes::LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS,
        };
        Check::progress(code, self.span.progress(now))
    }
}

impl Unit {
    /// Begins a change of the disc for a command of `nexus`, which is answered at once with `immediate`, else when the change is complete.
    pub(crate) fn begin(&mut self, nexus: NexusId, change: Change, immediate: bool) -> Outcome {
        let length = if self.has_nothing_to_synchronize(&change) {
            Duration::ZERO
        } else {
            self.access(nexus) + self.flush() + self.task_time(&change)
        };
        if length.is_zero() {
            return match self.carry_through(change) {
                Ok(()) => Ok(Done::Good),
                Err(code) => Err(code.into()),
            };
        }
        let span = Span::new(self.state.now, length);
        self.state.operation = Some(Operation { span, change, nexus, answered: immediate });
        if immediate {
            self.raise_all(Happening::Busy(BusyEvent::CHANGE));
            return Ok(Done::Good);
        }
        Ok(Done::Until(span.until))
    }

    /// Nothing waits for being recorded, and nothing was recorded since the last time: the disc is not touched.
    fn has_nothing_to_synchronize(&self, change: &Change) -> bool {
        let buffer = &self.state.buffer;
        change.task == Task::Synchronize
            && change.blocks == 0
            && buffer.writing.is_empty()
            && !buffer.open
            && self.medium().is_some_and(|disc| *disc == change.after)
    }

    /// When the operation that is under way will be done.
    pub(crate) fn operation_deadline(&self) -> Option<Instant> {
        self.state.operation.as_ref().map(|operation| operation.span.until)
    }

    /// The disc is taken out of what is being done to it. A command that waits for its end is told so.
    pub(crate) fn abandon_operation(&mut self) {
        let Some(Operation { answered: false, .. }) = self.state.operation.take() else { return };
        let now = self.state.now;
        if let Some(Stage::Finishing { until, failure }) =
            self.state.tasks.front_mut().map(|task| &mut task.stage)
        {
            (*until, *failure) = (now, Some(codes::MEDIUM_NOT_PRESENT));
        }
    }

    /// The time of the operation is over. The code says how it failed, if it did and its command is still to be answered.
    pub(crate) fn complete_operation(&mut self) -> Option<SenseCode> {
        let Operation { change, nexus, answered, .. } = self.state.operation.take()?;
        self.state.power.last_access = self.state.now;
        self.forget_busy();
        let code = self.carry_through(change).err()?;
        if !answered {
            return Some(code);
        }
        if let Some(state) = self.state.nexuses.get_mut(&nexus) {
            state.deferred = Some(code);
        }
        None
    }

    /// The change happens. Whoever listens is told what is different.
    pub(crate) fn carry_through(&mut self, change: Change) -> Result<(), SenseCode> {
        let failed = match change.task {
            Task::FormatFull | Task::FormatQuick => codes::FORMAT_COMMAND_FAILED,
            Task::BlankFull | Task::BlankMinimal => codes::ERASE_FAILURE,
            Task::CloseSession | Task::CloseTrack | Task::Finalize => codes::SESSION_FIXATION_ERROR,
            _ => codes::WRITE_ERROR,
        };
        let before = self.shown();
        let calibrates = change.task == Task::Calibrate && !self.clockwork.is_instant();
        match (&mut self.state.disc, &mut self.content) {
            (Some(disc), Some(store)) => disc.apply(change, &mut **store).map_err(|_: StoreError| failed)?,
            _ => return Err(codes::MEDIUM_NOT_PRESENT),
        }
        self.state.buffer.calibrated |= calibrates;
        self.tell_features(before);
        Ok(())
    }
}
