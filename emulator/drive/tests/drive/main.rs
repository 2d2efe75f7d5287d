//! The drive as initiators see it: bytes in, bytes out.

#[cfg(test)]
mod background;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod disc;
#[cfg(test)]
mod events;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod performance;
#[cfg(test)]
mod port;
#[cfg(test)]
mod precheck;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod random;
#[cfg(test)]
mod read;
#[cfg(test)]
mod removal;
#[cfg(test)]
mod reservation;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod state;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod timing_buffer;
#[cfg(test)]
mod timing_events;
#[cfg(test)]
mod unit;
