//! `sense.*`: what is refused and how, and what sense data say.

mod data;
mod refused;
mod sets;

pub(super) use data::DATA;
pub(super) use refused::REFUSED;
