//! The initiator side: a session of one connection with a target, for commands or for discovery.
//!
//! A [`Connection`] begins to log in as soon as it exists. It is fed and emptied like its counterpart in [`crate::target`]; what came of a
//! request is told in [`Connection::poll_event`] under the [`Tag`] that the request gave.
//!
//! ```
//! use discrig_iscsi::initiator::{Config, Connection};
//! use discrig_iscsi::name::Name;
//!
//! let name = Name::new("iqn.2026-11.dev.discrig:host")?;
//! let target = Name::new("iqn.2026-11.dev.discrig:a")?;
//! let connection = Connection::new(Config::new(name, Some(target)), [7; 32]);
//! assert!(connection.has_output(), "the first login request");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! There are no timers here: whoever waits for an answer knows how long.

mod command;
mod config;
mod connection;
mod event;
mod exchange;
mod login;
mod security;
mod session;

pub use command::{Command, Data, Tag};
pub use config::{Config, Offer};
pub use connection::{Connection, NotLoggedIn};
pub use event::{CloseReason, Completion, Event, Residual, TargetPortals};

use crate::outbox::Outbox;
use crate::random::Random;
use std::collections::VecDeque;

/// What each phase of a connection works with.
#[derive(Debug)]
struct Link {
    config: Config,
    random: Random,
    outbox: Outbox,
    events: VecDeque<Event>,
}
