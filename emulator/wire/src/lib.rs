//! Bytes of an MMC recorder.
//!
//! Everything that crosses the boundary between an initiator and an optical disc recorder has its one definition here: the
//! command table ([`command`]), the sense table ([`sense`]), the feature table ([`feature`]), and the data structures that commands
//! carry, one module to a subject. Nothing in this crate has state, does I/O or can panic on what it parses: bytes from outside are
//! either understood or refused with a [`WireError`] that says where and why.
//!
//! Structures go both ways. `parse` is total and as tolerant as initiators must be: an answer that the allocation length cut is read as far
//! as it goes, bytes beyond its announced length mean nothing, and lengths that contradict each other are errors. `encode` appends to a
//! [`Reply`] without allocating. [`describe`] turns all of it into text for people.
//!
//! Multi-byte fields are big-endian throughout. "Byte n, bit m" counts bit 0 as the least significant one.

#![forbid(unsafe_code)]

pub mod ascii;
mod bits;
pub mod buffer;
pub mod capacity;
pub mod cdb;
pub mod close;
pub mod command;
pub mod crc;
pub mod cue;
pub mod describe;
pub mod disc;
pub mod error;
pub mod event;
pub mod feature;
pub mod format;
pub mod inquiry;
pub mod key;
mod layout;
pub mod luns;
pub mod mechanism;
pub mod mode;
pub mod msf;
pub mod performance;
mod records;
pub mod removal;
pub mod reply;
pub mod reservation;
pub mod sense;
pub mod serial;
pub mod status;
pub mod structure;
pub mod sub_channel;
pub mod toc;
pub mod track;

pub use cdb::Cdb;
pub use command::{Command, CommandSpec};
pub use error::WireError;
pub use reply::Reply;
pub use sense::{SenseBuffer, SenseCode, SenseKey};
pub use status::Status;
