//! The suite: what a recorder, its host and its drive must do, as scenarios that run on any [`discrig_device::Bench`].
//!
//! A [`Scenario`] is one judged behaviour with a permanent slug, its clauses, its level and what it needs. Examples are written against a [`Stage`];
//! properties ([`property`]) generate sequences of steps and check them against a small reference model that holds every state the real thing
//! may be in. The suite never learns what it judges: it sees the contract alone.

#![forbid(unsafe_code)]

mod allowed;
mod answer;
mod families;
pub mod property;
mod registry;
mod scenario;
mod stage;
mod stop;
mod transcript;

pub use allowed::{Allowed, Pattern, Permitted};
pub use answer::Answer;
pub use families::record::{Cell, MediaTable, Way, media_tables};
pub use registry::{find, scenarios};
pub use scenario::{Body, Hazard, Kind, Level, Scenario};
pub use stage::{HandleSeat, RecorderSeat, Settings, Stage};
pub use stop::{Finding, Stop, Verdict};
pub use transcript::{Entry, Transcript};
