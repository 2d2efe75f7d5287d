//! The IMAPI2 disc recorder.
//!
//! [`DiscRecorder2`] and [`DiscRecorder2Ex`] are the interfaces IDiscRecorder2 and IDiscRecorder2Ex under Rust names, member by member, with their exact
//! result codes ([`Hresult`]). A [`RecorderSource`] gives a suite objects that implement them, whichever implementation is judged. The portable one is
//! [`CountingRecorder`]: it counts over the handle of any host.
//!
//! What the interface's pages leave open was decided once: [`decisions`] is the index, [`Policy`] has the choices that can be made otherwise, and
//! [`mod@documented`] what the pages do say.

#![forbid(unsafe_code)]

mod buffer;
mod counting;
pub mod decisions;
mod descriptor;
pub mod documented;
mod hresult;
mod interface;
pub mod policy;
mod quirk;
mod refusal;
mod source;
mod translation;

pub use counting::CountingRecorder;
pub use documented::{Interface, Member, documented};
pub use hresult::{Hresult, HresultError, Success};
pub use interface::{
    DEFAULT_COMMAND_TIMEOUT_S, DiscRecorder2, DiscRecorder2Ex, ModePageRequestType, Recorder, SENSE_LENGTH,
    TrackAddressType,
};
pub use policy::Policy;
pub use quirk::{Quirk, Quirks};
pub use source::{PortableSource, RecorderSource};
