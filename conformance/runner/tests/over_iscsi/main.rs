//! Drives behind iSCSI targets: the real server, a foreign one, and the same suite in process.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "without the programs there is nothing to test"
)]

mod chap;
mod commands;
mod foreign;
mod like;
mod rig;
mod stopping;
mod transcripts;
