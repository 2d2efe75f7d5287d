//! The drive as initiators see it: bytes in, bytes out.

#[cfg(test)]
mod audio;
#[cfg(test)]
mod background;
#[cfg(test)]
mod buffer;
#[cfg(test)]
mod burnt;
#[cfg(test)]
mod calibration;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod contents;
#[cfg(test)]
mod cue_sheets;
#[cfg(test)]
mod disc;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod events;
#[cfg(test)]
mod features;
#[cfg(test)]
mod formatting;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod information;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mode_pages;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod notification;
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
mod read_cd;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod removal;
#[cfg(test)]
mod reservation;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod script;
#[cfg(test)]
mod state;
#[cfg(test)]
mod structures;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod timing_buffer;
#[cfg(test)]
mod timing_events;
#[cfg(test)]
mod timing_media;
#[cfg(test)]
mod unit;
