//! A disc as it is handed around: its state with the store that keeps its blocks.

use crate::content::TrailingPacks;
use crate::extents::Extents;
use crate::image::MemoryImage;
use crate::kind::MediumKind;
use crate::rules::rules;
use crate::state::{DiscState, Recording, Sequence, Session, Track, TrackStatus};
use crate::store::{MemoryStore, Store};
use std::sync::Arc;
use thiserror::Error;

/// Why a disc cannot be made.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum DiscError {
    /// The image has no bytes.
    #[error("an empty image makes no disc")]
    Empty,
    /// A blank of a pressed kind was asked for.
    #[error("a pressed disc is never blank")]
    NotRecordable(MediumKind),
    /// More than the largest disc holds.
    #[error("{0} blocks do not fit on any disc")]
    TooLarge(u64),
}

/// A disc to be put into a drive.
#[derive(Debug)]
pub struct Disc {
    /// What is on it.
    pub state: DiscState,
    /// Where its blocks are kept.
    pub store: Box<dyn Store>,
}

impl Disc {
    /// A recordable disc that nothing was written to, in memory.
    ///
    /// # Errors
    /// [`DiscError::NotRecordable`] for pressed kinds.
    pub fn blank(kind: MediumKind) -> Result<Disc, DiscError> {
        Ok(Disc { state: DiscState::blank(kind)?, store: Box::new(MemoryStore::default()) })
    }

    /// A pressed disc with an image's bytes: CD-ROM, DVD-ROM or BD-ROM by size. What is missing of the last block reads as zeros.
    ///
    /// # Errors
    /// [`DiscError::Empty`] or [`DiscError::TooLarge`].
    pub fn from_image(bytes: impl Into<Arc<[u8]>>) -> Result<Disc, DiscError> {
        let image = MemoryImage(bytes.into());
        let state = DiscState::pressed((image.0.len() as u64).div_ceil(2048))?;
        Ok(Disc { state, store: Box::new(image) })
    }
}

impl DiscState {
    /// A recordable disc that nothing was written to.
    ///
    /// # Errors
    /// [`DiscError::NotRecordable`] for pressed kinds.
    pub fn blank(kind: MediumKind) -> Result<DiscState, DiscError> {
        if !kind.spec().is_recordable() {
            return Err(DiscError::NotRecordable(kind));
        }
        Ok(DiscState::with(kind, rules(kind).unrecorded(kind)))
    }

    /// A pressed disc of one data track with so many blocks: CD-ROM, DVD-ROM or BD-ROM by size.
    ///
    /// # Errors
    /// [`DiscError::Empty`] or [`DiscError::TooLarge`].
    pub fn pressed(blocks: u64) -> Result<DiscState, DiscError> {
        if blocks == 0 {
            return Err(DiscError::Empty);
        }
        let kind = MediumKind::pressed_for(blocks).ok_or(DiscError::TooLarge(blocks))?;
        let end = i32::try_from(blocks).map_err(|_| DiscError::TooLarge(blocks))?;
        let track = Track { next: end, end: Some(end), status: TrackStatus::Complete, ..Track::open(1, 0) };
        let session =
            Session { tracks: vec![track], closed: true, lead_out: Some(end), ..Session::default() };
        let sequence = Sequence { sessions: vec![session], finalized: true, ..Sequence::default() };
        Ok(DiscState::with(kind, Recording::Sequential(sequence)))
    }

    /// A disc with this on it, and all settings as usual.
    #[must_use]
    pub fn with(kind: MediumKind, recording: Recording) -> DiscState {
        DiscState {
            kind,
            recording,
            parallel_track_path: false,
            rehearsal: None,
            trailing_packs: TrailingPacks::default(),
            identifier: 0,
            rewrites: 0,
            endurance: None,
            write_protected: false,
            calibrations: 0,
            damaged: Extents::default(),
            replaced: Extents::default(),
            overwritten: 0,
        }
    }
}
