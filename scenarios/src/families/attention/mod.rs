//! `attention.*`: unit attentions and events, for each nexus.

mod established;
mod events;
mod exempt;
mod properties;
mod sets;

pub(super) use established::ESTABLISHED;
pub(super) use events::EVENTS;
pub(super) use exempt::EXEMPTIONS;
pub(super) use properties::PROPERTIES;
