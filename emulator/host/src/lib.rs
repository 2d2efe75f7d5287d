//! A simulated class driver over any [`Device`](discrig_device::Device): handles, one exclusive owner, media change notification.
//!
//! The behaviour is the documented one of the Windows CD class driver (IOCTL_CDROM_EXCLUSIVE_ACCESS and its neighbours), and where the
//! documents are silent that of its published sample. [`ClassDriver`] is state and rules and nothing else: whoever owns it lends it the
//! [`Port`] to the drive with each call. [`HostHandle`] makes one open file of it a [`Handle`](discrig_device::Handle); the [`Seat`] says
//! where driver and port are kept, so that a laboratory with its whole world behind one mutex can have handles too. [`Host`] is the seat
//! for everybody else: it puts the driver on a device of its own.
//!
//! # Who owns what
//! - A *file object* is one successful open. It owns the exclusive lock, its media change notification count and its protected tray locks.
//! - A *handle* is a reference to a file object that some process holds. The last one to close takes the file object with it.
//! - The *unit* is one arrival of a drive. Everything that concerns the drive alone (who has locked it, what is mounted, what it
//!   prevents) is in it and vanishes with it; files opened on it answer `Gone` from then on.
//!
//! What a request passes before it is looked at, and what it gets while another file holds the drive, is one table: [`RequestKind`].
//! Misbehaviour that a judge must find is declared as data: [`Quirk`].

#![forbid(unsafe_code)]

mod command;
mod config;
mod driver;
mod exclusive;
mod faults;
mod files;
mod handle;
mod history;
mod host;
mod notification;
mod port;
mod quirk;
mod request;
mod state;
mod tray;
mod unit;
mod volume;

#[cfg(test)]
mod tests;

pub use command::Refused;
pub use config::{HostConfig, OpenWhileLocked};
pub use driver::ClassDriver;
pub use exclusive::{LogAction, LogEntry};
pub use faults::{FOREIGN_PROCESS, HostFaults};
pub use files::{FileId, HandleId};
pub use handle::{HostHandle, HostOpener, Seat};
pub use host::Host;
pub use notification::Notification;
pub use port::Port;
pub use quirk::Quirk;
pub use request::{OutsiderAnswer, RequestKind};
pub use state::{FileState, HostState};
pub use unit::Media;
