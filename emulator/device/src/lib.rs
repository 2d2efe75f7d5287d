//! The contract between a suite and what it judges.
//!
//! [`Device`] carries one command. [`Handle`] is an operating system's open handle: a device with an exclusive lock
//! ([`ExclusiveAccess`]), the media change notification switch ([`MediaNotification`]) and cached properties. [`Bench`] is the laboratory around one
//! drive: it opens handles on hosts and processes, waits, resets, and lends what only some laboratories have: fault injection, a tray
//! button, a disc changer, a plug. Abilities are declared as data ([`Capabilities`]) and asked once.
//!
//! Implementations: the emulated laboratory (`discrig-bench`), physical drives under Linux (`discrig-linux`).
//!
//! # Rules of the contract
//! - A CHECK CONDITION is an answer: `Ok` with a [`Completion`] that says so. `Err` means that no answer came, and
//!   [`DeviceError::effect`] says what is known about the command.
//! - Calls block until the answer, the request's timeout, or the loss of the device. Nothing waits without a bound.
//! - Time is the bench's: [`Bench::now`] and [`Completion::elapsed`] are of one clock, virtual or real.

#![forbid(unsafe_code)]

mod bench;
mod capability;
mod error;
pub mod fault;
mod handle;
mod medium;
mod name;
mod request;
mod time;

pub use bench::{
    Bench, DiscChanger, DiscKind, HostId, MemoryControl, Opener, Plug, ProcessId, Replug, ResetKind,
    SlowCommand, SlowPath, TrayButton, VolumeControl,
};
pub use capability::{Capabilities, Capability};
pub use error::{DeviceError, Effect, ErrorKind};
pub use handle::{
    ExclusiveAccess, Handle, HostEvent, HostTray, MediaNotification, Owner, Properties, Told, TrayLock,
    VolumePolicy,
};
pub use medium::Medium;
pub use name::{CallerName, NameError};
pub use request::{Completion, Data, Device, Observation, Request};
pub use time::Instant;
