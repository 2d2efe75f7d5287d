//! Commands that a drive has and did not answer yet, with what the answer needs to know of them.

use discrig_device::Instant;
use discrig_drive::NexusId;
use discrig_iscsi::pdu::TaskAttribute;
use discrig_wire::command::{CommandSpec, Direction, TestUnitReady};
use discrig_wire::{Cdb, cdb};
use std::collections::VecDeque;

/// What a fault does to the answer of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    /// These bytes of its data are changed.
    CorruptData { offset: usize, length: usize, xor: u8 },
    /// It has fewer data.
    ShortTransfer { length: usize },
    /// Its sense has fewer bytes.
    TruncateSense { length: usize },
    /// When it is sent the plug is pulled, for a time or for good.
    Unplug { milliseconds: Option<u64> },
}

/// A command that the drive has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) nexus: NexusId,
    pub(crate) tag: u64,
    pub(crate) cdb: Cdb,
    /// How it is queued.
    pub(crate) attribute: TaskAttribute,
    /// When it came.
    pub(crate) came: Instant,
    /// Bytes that came with it.
    pub(crate) data_out: usize,
    /// Bytes that the initiator is ready to receive.
    pub(crate) expected: usize,
    pub(crate) change: Option<Change>,
}

/// The commands that a drive has, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Tasks(VecDeque<Task>);

impl Tasks {
    pub(crate) fn push(&mut self, task: Task) {
        self.0.push_back(task);
    }

    /// The task that is answered: the first one, nearly always.
    pub(crate) fn take(&mut self, nexus: NexusId, tag: u64) -> Option<Task> {
        let at = self.0.iter().position(|task| task.nexus == nexus && task.tag == tag)?;
        self.0.remove(at)
    }

    /// Whether it is a command with HEAD OF QUEUE.
    pub(crate) fn is_head_of_queue(&self, nexus: NexusId, tag: u64) -> bool {
        let is_it = |task: &&Task| task.nexus == nexus && task.tag == tag;
        self.0.iter().find(is_it).is_some_and(|task| task.attribute == TaskAttribute::HeadOfQueue)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets what the drive has no longer, and says whose it was.
    pub(crate) fn forget(&mut self, is_gone: impl Fn(&Task) -> bool) -> Vec<NexusId> {
        let mut whose: Vec<_> = self.0.iter().filter(|task| is_gone(task)).map(|task| task.nexus).collect();
        self.0.retain(|task| !is_gone(task));
        whose.sort_unstable();
        whose.dedup();
        whose
    }
}

/// The command in the sixteen bytes of a PDU: as long as its operation code says, or all of them where that says nothing.
pub(crate) fn cdb_of(bytes: &[u8; Cdb::MAX]) -> Cdb {
    let length = cdb::group_length(bytes[0]).map_or(Cdb::MAX, usize::from);
    // All these lengths are legal.
    Cdb::new(&bytes[..length]).unwrap_or_else(|_| TestUnitReady {}.cdb())
}

/// Bytes of a block that may come with a writing command: user data, whole sectors, and those with their sub-channels.
const BLOCKS: [usize; 9] = [2048, 2056, 2324, 2332, 2336, 2340, 2352, 2368, 2448];

/// How many bytes a command wanted that came with `given`. What its own fields do not say is what came.
pub(crate) fn wanted(cdb: &Cdb, given: usize) -> usize {
    let Some(spec) = CommandSpec::of(cdb) else { return given };
    let field = |name| spec.field(name).map(|field| field.get(cdb) as usize);
    if spec.direction != Direction::Out {
        return 0;
    }
    match (field("parameter_list_length"), spec.blocks(cdb)) {
        (Some(length), _) => length,
        (None, Some(blocks)) if BLOCKS.iter().any(|block| blocks.checked_mul(*block) == Some(given)) => given,
        (None, Some(blocks)) => blocks.saturating_mul(BLOCKS[0]),
        (None, None) => given,
    }
}
