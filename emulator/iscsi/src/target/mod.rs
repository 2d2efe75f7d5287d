//! The target side: a [`Portal`] for what connections share, and a [`Connection`] for each.
//!
//! A connection is fed through [`Connection::receive_buffer`] and [`Connection::received`], tells what happened in
//! [`Connection::poll_event`], is answered through its `respond` methods, and has bytes to send in [`Connection::output`].
//!
//! ```
//! use core::time::Duration;
//! use discrig_iscsi::name::Name;
//! use discrig_iscsi::target::{Portal, PortalConfig, Target};
//!
//! let portal = Portal::new(PortalConfig::default());
//! portal.add_target(Target::new(Name::new("iqn.2026-11.dev.discrig:a")?))?;
//! let mut connection = portal.accept(Duration::ZERO, "127.0.0.1:3260", [7; 32])?;
//! assert!(connection.poll_event(Duration::ZERO).is_none());
//! assert!(!connection.receive_buffer().is_empty());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! Sessions have one connection and error recovery level 0: what goes wrong on the way ends a task or the session, and nothing is sent
//! twice. Commands are told of in the order of their CmdSN, whenever their data arrive, since burning depends on it.

mod answer;
mod config;
mod connection;
mod control;
mod data;
mod event;
mod exchange;
mod gather;
mod login;
mod manage;
mod portal;
mod security;
mod session;
mod tasks;
mod window;

pub use config::{Availability, Limits, PortalConfig, Target};
pub use connection::Connection;
pub use event::{
    CloseReason, Command, Event, LoggedIn, Outcome, RequestId, SessionInfo, TaskId, TaskManagement,
};
pub use portal::{ConnectionId, Portal, Refused, TargetExists};
pub use session::Remains;

use crate::outbox::Outbox;
use crate::random::Random;
use std::collections::VecDeque;

/// What each phase of a connection works with.
#[derive(Debug)]
struct Link {
    id: ConnectionId,
    portal: Portal,
    /// Where the connection arrived, as in TargetAddress.
    address: String,
    limits: Limits,
    random: Random,
    outbox: Outbox,
    events: VecDeque<Event>,
}
