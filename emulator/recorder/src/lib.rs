//! The IMAPI2 disc recorder.
//!
//! [`DiscRecorder2`] and [`DiscRecorder2Ex`] are the interfaces IDiscRecorder2 and IDiscRecorder2Ex under Rust names, member by member, with their exact
//! result codes ([`Hresult`]). A [`RecorderSource`] gives a suite objects that implement them, whichever implementation is judged.

#![forbid(unsafe_code)]

pub mod documented;
mod hresult;
mod interface;
mod source;

pub use documented::{Interface, Member, documented};
pub use hresult::{Hresult, HresultError, Success};
pub use interface::{
    DEFAULT_COMMAND_TIMEOUT_S, DiscRecorder2, DiscRecorder2Ex, ModePageRequestType, Recorder, SENSE_LENGTH,
    TrackAddressType,
};
pub use source::RecorderSource;
