//! `attention.*`: unit attentions and events, for each nexus.

mod established;
mod events;
mod exempt;
mod sets;

pub(super) use established::ESTABLISHED;
pub(super) use events::EVENTS;
pub(super) use exempt::EXEMPTIONS;
