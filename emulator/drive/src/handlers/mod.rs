//! What each command does, by subject. Pre-checks are done when a handler is called.

mod configuration;
mod disc;
mod events;
mod identity;
mod modes;
mod performance;
mod read;
mod removal;
mod reservation;
mod structure;
mod toc;
mod write;
