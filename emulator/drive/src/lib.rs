//! A simulated MMC recorder without I/O: tray, disc, lock ledger, unit attentions, timing.
//!
//! [`Drive`] has five entry points: a command arrives ([`Drive::submit`]), time passes ([`Drive::handle_timeout`]), something else happens
//! ([`Drive::host_event`]), an answer is polled ([`Drive::poll_output`]), and the caller asks when to come back ([`Drive::next_deadline`]). It
//! reads no clock, sleeps nowhere and opens no file. [`VirtualPort`] makes it a blocking device under a virtual clock.
//!
//! Everything that the drive knows is one serialisable [`State`]. Pre-checks stand in one place; what shows a fact (the lock in mode page 2Ah, in events,
//! in the outcome of an eject) is derived from the one place that holds it. Real firmware's deviations are data: [`Quirk`].

#![forbid(unsafe_code)]

mod attention;
mod background;
mod buffer;
mod check;
mod dispatch;
mod drive;
mod events;
mod handlers;
mod host_event;
mod ledger;
mod modes;
mod nexus;
mod operation;
mod playback;
mod port;
mod power;
mod precheck;
mod profile;
mod quirk;
mod read_ahead;
mod reservation;
mod service;
mod speed;
mod state;
mod task;
mod timing;
mod tray;
mod unit;

pub use attention::Attentions;
pub use buffer::{Buffer, FullBuffer, Run};
pub use discrig_disc::{Disc, DiscError, DiscState, Family, MediumKind, MediumSpec};
pub use drive::{BLOCK, Drive, DriveConfig, Output, RestoreError};
pub use events::{EventQueues, Happening};
pub use handlers::keys::Region;
pub use host_event::{HostEvent, HostEventError};
pub use ledger::{Ledger, LedgerEvent};
pub use modes::ModePages;
pub use nexus::{NexusId, NexusState};
pub use operation::Operation;
pub use playback::Playback;
pub use port::{VirtualClock, VirtualPort};
pub use power::Power;
pub use profile::{
    CdWriteMode, FeatureData, Hex, HexKey, InquiryData, ModePageData, Profile, Rotations, Speeds,
};
pub use quirk::Quirk;
pub use read_ahead::{ReadAhead, ReadAheadJump};
pub use reservation::{Persistent, Reservations};
pub use state::{SpeedState, State};
pub use task::{Service, Stage, Task};
pub use timing::{Latencies, Pace, PerFamily, Rotation, TaskTimes, Timing, TimingError, ZoneStart};
pub use tray::{Span, Tray, TrayAction, TrayChange, TrayTimes};
