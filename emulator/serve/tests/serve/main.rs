//! A whole server with real sockets, and initiators that speak to it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod faults;
mod host;
mod limits;
mod nexuses;
mod reinstatement;
mod rig;
mod security;
mod tasks;
