//! Requests of an initiator, and what is known of each while it waits for its answer.

use crate::pdu::{CommandFlags, Lun, ScsiCommand, TaskAttribute, TaskManagementFunction};

/// The initiator's name for a request: the initiator task tag. It is unique among the requests of a connection, as long as there are fewer
/// than four billion.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Tag(pub u32);

/// The data of a command, and with them its direction.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Data {
    /// Up to so many bytes for the initiator.
    In(u32),
    /// None.
    #[default]
    None,
    /// These bytes for the target.
    Out(Vec<u8>),
}

/// A command.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Command {
    /// The logical unit.
    pub lun: Lun,
    /// The descriptor block, zero-padded.
    pub cdb: [u8; 16],
    /// Data and direction.
    pub data: Data,
    /// How it is to be queued.
    pub attribute: TaskAttribute,
    /// Whether it passes by the order of requests.
    pub immediate: bool,
}

impl Data {
    pub(super) fn expected_length(&self) -> u32 {
        match self {
            Data::In(length) => *length,
            Data::None => 0,
            Data::Out(bytes) => bytes.len() as u32,
        }
    }

    pub(super) fn flags(&self) -> CommandFlags {
        match self {
            Data::In(_) => CommandFlags::READ,
            Data::None => CommandFlags::empty(),
            Data::Out(_) => CommandFlags::WRITE,
        }
    }
}

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) tag: Tag,
    pub(super) cmd_sn: u32,
    pub(super) kind: Kind,
}

/// What kind of request it is, and how far it has come.
#[derive(Debug)]
pub(super) enum Kind {
    Command(Box<Task>),
    Logout,
    Management {
        function: TaskManagementFunction,
        lun: Lun,
        task: Option<Tag>,
    },
    Ping,
    /// A ping in the place of a request that was rejected; nobody waits for its answer.
    Plug,
    /// What is still to be sent, and what has come.
    Text {
        rest: Vec<u8>,
        answer: Vec<u8>,
    },
}

/// A command that waits for its answer.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) lun: Lun,
    pub(super) data_out: Vec<u8>,
    /// As long as what is expected.
    pub(super) data_in: Vec<u8>,
    /// How much has come, in order.
    pub(super) received: usize,
    /// Next DataSN of Data-In and R2T.
    pub(super) data_sn: u32,
    pub(super) r2t_sn: u32,
}

/// A request that waits for room in the command window.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) tag: Tag,
    pub(super) request: Ordered,
}

/// A request that has a place in the order.
#[derive(Debug)]
pub(super) enum Ordered {
    Command(Command),
    Management { function: TaskManagementFunction, lun: Lun, task: Option<Tag> },
}

impl Command {
    /// The header, without what depends on the moment.
    pub(super) fn header(&self, tag: Tag) -> ScsiCommand {
        ScsiCommand {
            flags: (CommandFlags::FINAL | self.data.flags()).with_attribute(self.attribute),
            lun: self.lun,
            initiator_task_tag: tag.0,
            expected_data_transfer_length: self.data.expected_length(),
            cmd_sn: 0,
            exp_stat_sn: 0,
            cdb: self.cdb,
        }
    }
}
