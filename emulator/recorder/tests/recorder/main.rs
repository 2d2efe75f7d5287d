//! The portable recorder over a host that does what each test says.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod commands;
mod lifecycle;
mod lock;
mod model;
mod notification;
mod quirks;
mod tray;
mod typed;
mod world;
