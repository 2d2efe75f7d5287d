//! iSCSI without I/O (RFC 7143): target and initiator as state machines.
//!
//! Nothing here opens a socket, reads a clock, waits or asks for randomness. Bytes of a TCP connection go in and come out, time is an
//! argument (a [`Duration`](core::time::Duration) since whatever moment the caller calls zero), and randomness is a seed.
//!
//! - [`pdu`] is the layer of bytes: headers as a table.
//! - [`text`] is the language of logins: pairs, the table of keys, and how two values become one.
//! - [`chap`] is how one side proves to the other who it is.
//! - [`initiator`] is a session with a target.
//! - [`target`] is a portal with its targets and sessions.

#![forbid(unsafe_code)]

pub mod chap;
mod framer;
pub mod initiator;
pub mod name;
mod outbox;
pub mod params;
pub mod pdu;
mod random;
mod serial;
pub mod target;
pub mod text;
