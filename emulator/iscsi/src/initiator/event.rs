//! What an initiator's connection tells.

use super::command::Tag;
use crate::name::Name;
use crate::params::Parameters;
use crate::pdu::{AsyncMessage, LoginStatus, RejectReason, ScsiResponseCode, TaskManagementResponseCode};
use core::fmt;
use discrig_wire::{SenseBuffer, Status};

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A command ended without an answer, since a task management function was carried out.
    Aborted(Tag),
    /// The connection is over. Nothing comes after this, and what had no answer yet gets none.
    Closed(CloseReason),
    /// A command was answered.
    Completed(Completion),
    /// The login succeeded.
    LoggedIn {
        /// The target's part of the session's name.
        tsih: u16,
        /// What was agreed on.
        parameters: Parameters,
    },
    /// The target tells of something, with the sense data of a SCSI event. It may be a request to log out.
    Message(AsyncMessage, SenseBuffer),
    /// A ping was answered with these data.
    Pong(Tag, Vec<u8>),
    /// The target did not accept a PDU. Where it was a request that waited for an answer, it has the tag, and gets no other answer.
    Rejected(Option<Tag>, RejectReason),
    /// A task management function was answered.
    TaskManagement(Tag, TaskManagementResponseCode),
    /// A text was answered with these pairs.
    Text(Tag, Vec<(String, String)>),
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The command.
    pub tag: Tag,
    /// Where the answer comes from.
    pub response: ScsiResponseCode,
    /// The status byte.
    pub status: Status,
    /// Sense data.
    pub sense: SenseBuffer,
    /// Data for the initiator, as many as came.
    pub data_in: Vec<u8>,
    /// The difference to what was expected, as the target sees it.
    pub residual: Residual,
}

/// The difference between what was expected to be transferred and what there was, in bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Residual {
    /// As expected.
    None,
    /// There was more.
    Overflow(u32),
    /// There was less.
    Underflow(u32),
}

/// A target and where it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TargetPortals {
    /// Its name.
    pub name: Name,
    /// Its addresses, as in TargetAddress: `address:port,portal group`.
    pub addresses: Vec<String>,
}

impl TargetPortals {
    /// Reads the answer to SendTargets. Names that are none are left out, with their addresses.
    #[must_use]
    pub fn from_pairs(pairs: &[(String, String)]) -> Vec<TargetPortals> {
        let mut targets: Vec<Option<TargetPortals>> = Vec::new();
        for (key, value) in pairs {
            match (key.as_str(), targets.last_mut()) {
                ("TargetName", _) => {
                    let named = |name| TargetPortals { name, addresses: Vec::new() };
                    targets.push(Name::new(value).ok().map(named));
                }
                ("TargetAddress", Some(Some(target))) => target.addresses.push(value.clone()),
                _ => {}
            }
        }
        targets.into_iter().flatten().collect()
    }
}

/// Why a connection is over.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CloseReason {
    /// A data segment did not match its digest (error recovery level 0).
    DataDigest,
    /// A header did not match its digest.
    HeaderDigest,
    /// A logout was answered.
    LoggedOut,
    /// The target did not let us in. Redirections say where to go instead.
    LoginFailed(LoginStatus, Option<String>),
    /// The target broke the protocol.
    Protocol(&'static str),
    /// The target did not prove who it is, or wants a proof that there is none for.
    Unauthenticated(&'static str),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CloseReason::DataDigest => f.write_str("data digest error"),
            CloseReason::HeaderDigest => f.write_str("header digest error"),
            CloseReason::LoggedOut => f.write_str("logged out"),
            CloseReason::LoginFailed(status, None) => write!(f, "login failed: {status}"),
            CloseReason::LoginFailed(status, Some(address)) => {
                write!(f, "login failed: {status} to {address}")
            }
            CloseReason::Protocol(what) => write!(f, "the target broke the protocol: {what}"),
            CloseReason::Unauthenticated(what) => write!(f, "authentication: {what}"),
        }
    }
}
