//! What a connection tells whoever serves the device, and what it is answered.

use super::portal::ConnectionId;
use crate::name::Name;
use crate::params::Parameters;
use crate::pdu::{Isid, Lun, TaskAttribute, TaskManagementFunction};
use core::fmt;
use discrig_wire::sense::FixedSense;
use discrig_wire::{SenseBuffer, SenseCode, Status};

/// Something for the upper layer.
#[derive(Debug)]
pub enum Event {
    /// The connection is over: send what is still to be sent, then close it. Nothing comes after this. A session that existed is gone,
    /// which is the loss of its nexus.
    Closed(CloseReason),
    /// A command with all its data. It is answered with one of [`Connection`](super::Connection)'s `respond` methods.
    Command(Command),
    /// A normal session begins: a new nexus. (Discovery sessions are served without telling.)
    LoggedIn(LoggedIn),
    /// A task management function, answered with [`Connection::respond_task_management`](super::Connection::respond_task_management).
    TaskManagement(TaskManagement),
}

/// A session in full feature phase.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionInfo {
    /// Its connection.
    pub connection: ConnectionId,
    /// The initiator. With `isid` it names the initiator port, and so the nexus.
    pub initiator: Name,
    /// What the initiator calls itself for people.
    pub initiator_alias: Option<String>,
    /// The initiator's part of the session's name.
    pub isid: Isid,
    /// The target's part of the session's name; never zero.
    pub tsih: u16,
    /// The target; `None` in discovery sessions.
    pub target: Option<Name>,
    /// The initiator's name for the connection.
    pub cid: u16,
}

/// A normal session begins.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// Who, and where.
    pub session: SessionInfo,
    /// What was negotiated.
    pub parameters: Parameters,
    /// The session that this one takes the place of, as the same initiator port logged in again: its nexus is lost before this event, and
    /// [`Connection::displaced`](super::Connection::displaced) is to be called on its connection.
    pub displaced: Option<ConnectionId>,
    /// The connection whose session this one goes on with (connection reinstatement; RFC 7143, 6.3.4): the nexus stays, and the tasks of the
    /// old connection end without an answer. The login waits for [`Connection::take_over`](super::Connection::take_over), with what
    /// [`Connection::surrender`](super::Connection::surrender) gives on the old one.
    pub continues: Option<ConnectionId>,
}

/// The target's name for a task: unique on its connection for all time, unlike the initiator's.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TaskId(pub u64);

/// A command whose data for the device have all arrived.
#[derive(Debug)]
pub struct Command {
    /// Its name, for the answer.
    pub task: TaskId,
    /// The logical unit, which may not exist.
    pub lun: Lun,
    /// How it is to be queued.
    pub attribute: TaskAttribute,
    /// Whether it came outside of the order of requests.
    pub immediate: bool,
    /// Sixteen bytes, zero-padded; the operation code says how many count.
    pub cdb: [u8; 16],
    /// Whether the initiator is ready to receive data.
    pub reads: bool,
    /// Whether the initiator is ready to send data.
    pub writes: bool,
    /// How many bytes it is ready to transfer.
    pub expected_length: u32,
    /// Data for the device: `expected_length` bytes when `writes`, or [`Limits::data_out_length`](super::Limits::data_out_length) when that
    /// is less. Give it back with [`Connection::recycle`](super::Connection::recycle).
    pub data_out: Vec<u8>,
}

/// A task management function. Commands that it concerns and that were not told of yet never will be, once it is answered with success.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TaskManagement {
    /// Its name, for the answer.
    pub request: RequestId,
    /// What is asked for. TASK REASSIGN, CLEAR ACA and unknown functions were refused already.
    pub function: TaskManagementFunction,
    /// The logical unit; means nothing with resets of the target.
    pub lun: Lun,
    /// The task that ABORT TASK means, which was told of and not answered yet.
    pub task: Option<TaskId>,
}

/// The target's name for a task management request.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct RequestId(pub u64);

/// How a command ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// The status byte.
    pub status: Status,
    /// Sense data, with CHECK CONDITION.
    pub sense: SenseBuffer,
    /// Bytes that the command had for the initiator, or wanted from it, whatever the initiator expected. The difference is the residual.
    pub transfer_length: u64,
}

impl Outcome {
    /// GOOD, after a transfer of `transfer_length` bytes.
    #[must_use]
    pub const fn good(transfer_length: u64) -> Outcome {
        Outcome { status: Status::GOOD, sense: SenseBuffer::EMPTY, transfer_length }
    }

    /// CHECK CONDITION, without a transfer.
    #[must_use]
    pub fn check_condition(code: SenseCode) -> Outcome {
        let sense = SenseBuffer::new(FixedSense::new(code).bytes());
        Outcome { status: Status::CHECK_CONDITION, sense, transfer_length: 0 }
    }
}

/// Why a connection is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CloseReason {
    /// A target cold reset.
    ColdReset,
    /// A header did not match its digest, so nothing behind it can be trusted (error recovery level 0).
    HeaderDigest,
    /// The peer did not answer a ping, or did not go when it was asked to.
    Idle,
    /// A limit of the target was exceeded.
    Limit(&'static str),
    /// The initiator logged out.
    LoggedOut,
    /// The login failed.
    LoginFailed(crate::pdu::LoginStatus),
    /// The login took too long.
    LoginTimeout,
    /// The peer broke the protocol in a way that leaves no common ground.
    Protocol(&'static str),
    /// The same initiator port logged in again, or another connection took the place of this one.
    Reinstated,
    /// The upper layer ended it.
    Shutdown,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CloseReason::ColdReset => f.write_str("target cold reset"),
            CloseReason::HeaderDigest => f.write_str("header digest error"),
            CloseReason::Idle => f.write_str("no answer from the initiator"),
            CloseReason::Limit(limit) => write!(f, "beyond the limit of {limit}"),
            CloseReason::LoggedOut => f.write_str("logged out"),
            CloseReason::LoginFailed(status) => write!(f, "login failed: {status}"),
            CloseReason::LoginTimeout => f.write_str("login took too long"),
            CloseReason::Protocol(what) => write!(f, "protocol error: {what}"),
            CloseReason::Reinstated => f.write_str("the initiator logged in again"),
            CloseReason::Shutdown => f.write_str("ended by the target"),
        }
    }
}
