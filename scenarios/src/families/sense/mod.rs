//! `sense.*`: what is refused and how, and what sense data say.

mod data;
mod properties;
mod refused;
mod sets;

pub(super) use data::DATA;
pub(super) use properties::PROPERTIES;
pub(super) use refused::REFUSED;
