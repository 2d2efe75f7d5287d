//! What a portal is told: who it is, what it offers, and every limit.

use crate::chap::Authentication;
use crate::name::Name;
use core::time::Duration;
use std::collections::BTreeSet;

/// Every limit that the target side keeps. The defaults suit a test rig on one machine.
///
/// # Memory
/// A connection that is not logged in holds less than 32 KiB besides three times `text_length`. A session holds no more than `session_data_out` and
/// one command's `data_out_length` beyond it, `output` and one answer beyond it, `queue_depth` times `text_length` for requests that came
/// too early, and 5 MiB of buffers to be used again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limits {
    /// TCP connections at once, logged in or not.
    pub connections: usize,
    /// Sessions at once.
    pub sessions: usize,
    /// Requests in order that a session may have outstanding: the size of the command window.
    pub queue_depth: u32,
    /// Immediate requests that a session may have outstanding besides.
    pub immediate_requests: usize,
    /// Time from the connection until the session is in full feature phase.
    pub login_time: Duration,
    /// Login requests of one login.
    pub login_requests: u32,
    /// Silence after which the target pings the initiator.
    pub idle_time: Duration,
    /// Time for the answer to a ping, after which the connection is closed.
    pub ping_time: Duration,
    /// Time for the initiator to log out or close the connection after it was asked or told to.
    pub closing_time: Duration,
    /// Bytes of key=value text in one negotiation or text exchange, in either direction, and of the data of a ping.
    pub text_length: usize,
    /// Bytes of a data segment that the target receives (declared as MaxRecvDataSegmentLength).
    pub data_segment_length: u32,
    /// FirstBurstLength that the target agrees to, in bytes.
    pub first_burst_length: u32,
    /// MaxBurstLength that the target agrees to, in bytes.
    pub max_burst_length: u32,
    /// MaxOutstandingR2T that the target agrees to.
    pub outstanding_r2t: u32,
    /// Bytes of data for the device in one command. What a command has beyond them is not asked for.
    pub data_out_length: u32,
    /// Bytes of data for the device in all commands of a session. Beyond them, no data are asked for until commands have ended.
    pub session_data_out: usize,
    /// Bytes that wait to be sent, beyond which nothing more is received from the peer.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 1024,
            sessions: 512,
            queue_depth: 32,
            immediate_requests: 8,
            login_time: Duration::from_secs(15),
            login_requests: 32,
            idle_time: Duration::from_secs(60),
            ping_time: Duration::from_secs(15),
            closing_time: Duration::from_secs(5),
            text_length: 64 << 10,
            data_segment_length: 256 << 10,
            first_burst_length: 64 << 10,
            max_burst_length: 1 << 20,
            outstanding_r2t: 4,
            data_out_length: 16 << 20,
            session_data_out: 32 << 20,
            output: 4 << 20,
        }
    }
}

/// The network portal and what all its targets share.
#[derive(Clone, Debug, Default)]
pub struct PortalConfig {
    /// The portal group to which the portal belongs. Targets are reported with it.
    pub portal_group_tag: u16,
    /// What initiators must prove to discover targets; `None` lets everybody.
    pub discovery_authentication: Option<Authentication>,
    /// The limits.
    pub limits: Limits,
}

/// One target: a node with a single logical unit behind it, or several; the portal does not care.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name.
    pub name: Name,
    /// A word for people.
    pub alias: Option<String>,
    /// What initiators must prove to log in; `None` lets everybody.
    pub authentication: Option<Authentication>,
    /// The initiators that may log in; `None` for all. The others do not discover it.
    pub initiators: Option<BTreeSet<Name>>,
    /// Whether logins succeed at the moment.
    pub availability: Availability,
}

impl Target {
    /// A target that lets everybody in.
    #[must_use]
    pub fn new(name: Name) -> Target {
        Target {
            name,
            alias: None,
            authentication: None,
            initiators: None,
            availability: Availability::Available,
        }
    }
}

/// Whether logins to a target succeed, and what initiators are told otherwise.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Availability {
    /// They do.
    #[default]
    Available,
    /// Something of the target is broken (0300h).
    Failed,
    /// The target is at another portal, written as in TargetAddress (0101h or 0102h).
    Moved {
        /// Address and port, `[address]:port`.
        address: String,
        /// For good.
        permanently: bool,
    },
    /// It was here once (0204h).
    Removed,
    /// Not at the moment (0301h).
    Unavailable,
}
