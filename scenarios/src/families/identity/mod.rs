//! `identity.*`: what the drive says of itself and of the disc, and whether it agrees with itself.

mod configuration;
mod disc;
mod inquiry;
mod mode;
mod properties;
mod sets;

pub(super) use configuration::CONFIGURATION;
pub(super) use disc::DISC;
pub(super) use inquiry::INQUIRY;
pub(super) use mode::MODE;
pub(super) use properties::PROPERTIES;
