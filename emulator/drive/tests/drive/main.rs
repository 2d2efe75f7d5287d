//! The drive as initiators see it: bytes in, bytes out.

mod configuration;
mod disc;
mod events;
mod identity;
mod modes;
mod performance;
mod port;
mod precheck;
#[cfg(test)]
mod properties;
mod read;
mod removal;
mod reservation;
#[cfg(test)]
mod rig;
mod state;
