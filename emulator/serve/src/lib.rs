//! Emulated recorders as iSCSI targets, for kernels, virtual machines and burning programs.
//!
//! [`Server::bind`] opens discs and sockets, [`Server::run`] serves until it is told to stop. Each drive is a target of its own whose LUN 0 is
//! the drive; an initiator port (initiator name and ISID) is a nexus of the drive, and the same one again after it was away.
//!
//! # How it works
//!
//! The main thread accepts connections, lets them log in within the limits of the portal, and serves discovery. A session that is logged in
//! moves to the thread of its drive, where it stays: there a command goes from the socket into the drive and the answer's data straight into
//! what is sent. Commands are carried out one after the other in the order in which they arrive, whoever sent them, which is
//! what SIMPLE and ORDERED ask for; HEAD OF QUEUE goes ahead of those that have not begun, and ACA is refused. Threads share nothing but the portal's list of sessions, so a disc file that is made durable, a stalled command or a hostile
//! peer hold up one drive at most; sessions of the same drive have their turns.
//!
//! The protocol is [`discrig_iscsi`], the drive [`discrig_drive`]; neither of them knows sockets or clocks. Here is what does: the real clock,
//! threads, the control socket ([`control`]), logs and transcripts.
//!
//! # Who may connect
//!
//! Everybody on this machine, or whoever proves to know the secret of CHAP. Other addresses than loopback are refused without CHAP. Every limit of the
//! portal is in [`discrig_iscsi::target::Limits`].

#![forbid(unsafe_code)]

mod absent;
mod alarm;
mod buffers;
mod clock;
mod config;
pub mod control;
mod error;
mod faults;
mod foreign;
mod hands;
mod log;
mod login;
mod management;
mod nexuses;
mod plug;
mod port;
mod pump;
mod random;
mod seat;
mod server;
mod session;
mod status;
mod tasks;
mod thread;
mod transcript;

pub use config::{Discs, DriveSetup, PORT, ServerConfig, TARGET_PREFIX};
pub use error::{FaultError, ServeError};
pub use log::LogFormat;
pub use server::{Served, Server, Stop};
