//! `host.*`: handles: who owns the device, what the others get, what is told, and the host's own tray calls.

mod events;
mod exclusive;
mod outsider;
mod tray;
mod walk;

pub(super) use events::EVENTS;
pub(super) use exclusive::EXCLUSIVE;
pub(super) use outsider::OUTSIDER;
pub(super) use tray::TRAY;
pub(super) use walk::WALK;
