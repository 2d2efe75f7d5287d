//! What each command does, by subject. Pre-checks are done when a handler is called.

mod audio;
pub(crate) mod buffer;
mod configuration;
mod diagnostic;
mod disc;
mod events;
mod features;
mod identity;
pub(crate) mod keys;
mod modes;
mod performance;
mod read;
mod read_cd;
mod recording;
mod removal;
mod reservation;
mod structure;
mod toc;
mod write;
