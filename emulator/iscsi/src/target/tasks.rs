//! The tasks of a session.

use super::event::{Command, Outcome, TaskId};
use super::gather::Gather;
use crate::pdu::{CommandFlags, Lun, ScsiCommand};

/// How far a task has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    /// Requests before it are missing, or its own data segment is.
    Arriving,
    /// Its data may be on their way.
    Queued,
    /// The upper layer has it.
    Delivered,
}

/// A command on its way.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: TaskId,
    pub(super) header: ScsiCommand,
    pub(super) immediate: bool,
    pub(super) state: State,
    pub(super) gather: Gather,
    /// Bytes that count against the memory of the session.
    pub(super) reserved: usize,
    /// With what it ends without being told of.
    pub(super) refusal: Option<Outcome>,
}

impl Task {
    pub(super) fn itt(&self) -> u32 {
        self.header.initiator_task_tag
    }

    pub(super) fn reads(&self) -> bool {
        self.header.flags.contains(CommandFlags::READ)
    }

    pub(super) fn writes(&self) -> bool {
        self.header.flags.contains(CommandFlags::WRITE)
    }

    /// Hands the task over to the upper layer.
    pub(super) fn deliver(&mut self) -> Command {
        self.state = State::Delivered;
        Command {
            task: self.id,
            lun: self.header.lun,
            attribute: self.header.flags.attribute(),
            immediate: self.immediate,
            cdb: self.header.cdb,
            reads: self.reads(),
            writes: self.writes(),
            expected_length: self.header.expected_data_transfer_length,
            data_out: core::mem::take(&mut self.gather.data),
        }
    }

    fn is_outstanding(&self) -> bool {
        !self.immediate && self.state != State::Arriving
    }
}

/// All tasks, in the order of their arrival. There are as many as the window has room for and a few immediate ones.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    tasks: Vec<Task>,
}

impl Tasks {
    pub(super) fn insert(&mut self, task: Task) {
        self.tasks.push(task);
    }

    pub(super) fn get_mut(&mut self, id: TaskId) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.id == id)
    }

    pub(super) fn by_itt(&mut self, itt: u32) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.itt() == itt)
    }

    pub(super) fn remove(&mut self, id: TaskId) -> Option<Task> {
        let index = self.tasks.iter().position(|task| task.id == id)?;
        Some(self.tasks.remove(index))
    }

    /// Removes a task that the upper layer has.
    pub(super) fn take_delivered(&mut self, id: TaskId) -> Option<Task> {
        let index = self.tasks.iter().position(|task| task.id == id && task.state == State::Delivered)?;
        Some(self.tasks.remove(index))
    }

    /// Removes the tasks of a logical unit, or all, that came before `before`.
    pub(super) fn abort(&mut self, lun: Option<Lun>, before: u64) -> Vec<Task> {
        let concerned = |task: &mut Task| task.id.0 < before && lun.is_none_or(|lun| lun == task.header.lun);
        self.tasks.extract_if(.., concerned).collect()
    }

    /// Whether there are tasks of a logical unit.
    pub(super) fn any_of(&self, lun: Lun) -> bool {
        self.tasks.iter().any(|task| task.header.lun == lun)
    }

    /// Commands in order that had their turn and are not answered.
    pub(super) fn outstanding(&self) -> usize {
        self.tasks.iter().filter(|task| task.is_outstanding()).count()
    }

    pub(super) fn immediate(&self) -> usize {
        self.tasks.iter().filter(|task| task.immediate).count()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Task> {
        self.tasks.iter_mut()
    }
}
