//! Optical discs: what is recorded on one, by which rules recording goes on, and every view of it that a drive reports.
//!
//! A [`Disc`] is a plain [`DiscState`] (sessions, tracks, formats) with a [`Store`] that keeps the blocks. Nothing here knows of commands,
//! tasks, time or initiators: the drive asks, and is told a [`Refusal`] or what to do.

#![forbid(unsafe_code)]

mod content;
mod disc;
mod extents;
mod image;
mod kind;
mod operations;
mod refusal;
mod rules;
pub mod sector;
mod state;
mod store;
mod views;

pub use content::TrailingPacks;
pub use disc::{Disc, DiscError};
pub use extents::Extents;
pub use kind::{Family, MediumKind, MediumSpec, Rules};
pub use refusal::{Place, Refusal};
pub use rules::{Change, FormatRequest, Placement, Reservation, Source, Task};
pub use state::{
    BackgroundState, CueSession, CueStretch, DiscState, Form, OpenPacket, Packets, PseudoOverwrite,
    RawLeadIn, Recording, Sequence, Session, Surface, Track, TrackStatus,
};
pub use store::{Area, MemoryStore, Store, StoreError};
pub use views::{StructureBody, StructureRow, Toc, TrackSelector};
