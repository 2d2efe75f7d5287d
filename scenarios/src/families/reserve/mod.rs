//! `reserve.*`: reservations of the logical unit by a nexus.

mod persistent;
mod properties;
mod sets;
mod simple;

pub(super) use persistent::PERSISTENT_RESERVATION;
pub(super) use properties::PROPERTIES;
pub(super) use simple::SIMPLE_RESERVATION;
