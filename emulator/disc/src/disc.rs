//! A disc: its state with the store that keeps its blocks.

use crate::content;
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::rules::{Change, FormatRequest, Placement, Reservation, Source, rules};
use crate::state::{DiscState, Form, Recording, Sequence, Session, Track, TrackStatus};
use crate::store::{Area, MemoryStore, Store, StoreError};
use core::ops::Range;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;
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
    state: DiscState,
    /// What the disc would be if the writing that is rehearsed were real.
    rehearsal: Option<Box<DiscState>>,
    store: Box<dyn Store>,
}

impl Disc {
    /// A recordable disc that nothing was written to, in memory.
    ///
    /// # Errors
    /// [`DiscError::NotRecordable`] for pressed kinds.
    pub fn blank(kind: MediumKind) -> Result<Disc, DiscError> {
        Ok(Disc::new(DiscState::blank(kind)?, Box::new(MemoryStore::default())))
    }

    /// A disc in this state, whose blocks the store has.
    #[must_use]
    pub fn new(state: DiscState, store: Box<dyn Store>) -> Disc {
        Disc { state, rehearsal: None, store }
    }

    /// What is on it.
    #[must_use]
    pub fn state(&self) -> &DiscState {
        &self.state
    }

    /// What would be on it, while writing is rehearsed.
    #[must_use]
    pub fn rehearsal(&self) -> Option<&DiscState> {
        self.rehearsal.as_deref()
    }

    /// Ends a rehearsal: the disc is as it was.
    pub fn end_rehearsal(&mut self) {
        self.rehearsal = None;
    }

    /// Whether reading can neither fail nor take a detour.
    #[must_use]
    pub fn is_memory(&self) -> bool {
        self.store.is_memory()
    }

    /// The store, for those who export what is on the disc.
    pub fn store(&mut self) -> &mut dyn Store {
        &mut *self.store
    }

    /// What a WRITE would be.
    ///
    /// # Errors
    /// The refusal of the medium's rules.
    pub fn placement(&self, page: &WriteParametersPage, first: i32, blocks: u32) -> Result<Placement, Refusal> {
        let disc = self.seen();
        if disc.write_protected {
            return Err(codes::PERSISTENT_WRITE_PROTECT.into());
        }
        rules(disc.kind).write(disc, page, first, blocks)
    }

    /// Carries out a WRITE whose placement was asked for before. With the test write bit it is rehearsed: nothing reaches the disc.
    ///
    /// # Errors
    /// The refusal, or WRITE ERROR when the store fails; then the state is as before.
    pub fn write(
        &mut self,
        page: &WriteParametersPage,
        first: i32,
        blocks: u32,
        data: &[u8],
    ) -> Result<(), Refusal> {
        let placement = self.placement(page, first, blocks)?;
        let length = usize::from(placement.block_length) * blocks as usize;
        let data = data.get(..length).ok_or(Refusal::new(codes::DATA_PHASE_ERROR))?;
        if page.test_write && self.can_rehearse() {
            let kind = self.state.kind;
            let rehearsal = self.rehearsal.get_or_insert_with(|| Box::new(self.state.clone()));
            rules(kind).written(rehearsal, page, first, blocks);
            return Ok(());
        }
        self.keep(&placement, first, data).map_err(|_| Refusal::at_block(codes::WRITE_ERROR, first))?;
        rules(self.state.kind).written(&mut self.state, page, first, blocks);
        Ok(())
    }

    /// Whether the write parameters page counts for the disc, and with it the test write bit.
    fn can_rehearse(&self) -> bool {
        matches!(self.state.recording, Recording::Sequential(_)) && self.state.kind.spec().obeys_write_parameters()
    }

    fn keep(&mut self, placement: &Placement, first: i32, data: &[u8]) -> Result<(), StoreError> {
        match placement.source {
            Source::User => self.store.write(Area::User, first, data),
            _ => content::keep(&mut *self.store, placement, first, data),
        }
    }

    /// Carries out what the rules have answered, and keeps it.
    ///
    /// # Errors
    /// [`StoreError`]; then the state is as before.
    pub fn apply(&mut self, change: Change) -> Result<(), StoreError> {
        if let Some(rehearsal) = &mut self.rehearsal {
            **rehearsal = change.after;
            return Ok(());
        }
        for blocks in change.erased {
            self.store.erase(blocks)?;
        }
        self.store.commit(&change.after)?;
        self.state = change.after;
        Ok(())
    }

    /// SYNCHRONIZE CACHE.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn synchronize(&self) -> Result<Change, Refusal> {
        let disc = self.seen();
        rules(disc.kind).synchronize(disc)
    }

    /// RESERVE TRACK.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn reserve(&self, page: &WriteParametersPage, what: Reservation) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).reserve(disc, page, what))
    }

    /// CLOSE TRACK/SESSION.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn close(&self, page: &WriteParametersPage, function: u8, track: u16) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).close(disc, page, function, track))
    }

    /// BLANK.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn erase_disc(&self, blanking_type: u8, address: u32) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).blank(disc, blanking_type, address))
    }

    /// FORMAT UNIT.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn format(&self, request: &FormatRequest) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).format(disc, request))
    }

    /// REPAIR TRACK.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn repair(&self, track: u16) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).repair(disc, track))
    }

    /// SEND CUE SHEET.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn cue_sheet(&self, page: &WriteParametersPage, sheet: &[u8]) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).cue_sheet(disc, page, sheet))
    }

    /// SEND DISC STRUCTURE.
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn send_structure(&self, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        let disc = self.seen();
        rules(disc.kind).send_structure(disc, format, bytes)
    }

    /// ERASE(10).
    ///
    /// # Errors
    /// The refusal of the rules.
    pub fn erase(&self, blocks: Range<i32>) -> Result<Change, Refusal> {
        self.unprotected(|disc| rules(disc.kind).erase(disc, blocks))
    }

    fn unprotected(&self, ask: impl FnOnce(&DiscState) -> Result<Change, Refusal>) -> Result<Change, Refusal> {
        if self.state.write_protected {
            return Err(codes::PERSISTENT_WRITE_PROTECT.into());
        }
        ask(self.seen())
    }

    /// So many blocks of a background format were done; whether it goes on.
    pub fn background(&mut self, blocks: u32) -> bool {
        match rules(self.state.kind).background(&self.state, blocks) {
            Some(after) => {
                self.state = after;
                true
            }
            None => false,
        }
    }

    /// The drive was torn out of what it did.
    pub fn interrupted(&mut self) {
        self.rehearsal = None;
        rules(self.state.kind).interrupted(&mut self.state);
    }

    /// Whether blocks can be read, and what they are made of.
    ///
    /// # Errors
    /// The refusal that a READ gets.
    pub fn readable(&self, first: i32, blocks: u32) -> Result<Form, Refusal> {
        rules(self.state.kind).readable(&self.state, first, blocks)
    }

    /// Fills `buffer` with user data from block `first` on, which were found readable before.
    ///
    /// # Errors
    /// UNRECOVERED READ ERROR when the store fails, ILLEGAL MODE FOR THIS TRACK for blocks that are not 2048 bytes.
    pub fn read(&mut self, form: Form, first: i32, buffer: &mut [u8]) -> Result<(), Refusal> {
        let failed = |_| Refusal::at_block(codes::UNRECOVERED_READ_ERROR, first);
        match form.area() {
            Area::User => self.store.read(Area::User, first, buffer).map_err(failed),
            _ => content::read_user(&mut *self.store, form, first, buffer),
        }
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
        let session = Session { tracks: vec![track], closed: true, lead_out: Some(end), ..Session::default() };
        let sequence = Sequence { sessions: vec![session], finalized: true, ..Sequence::default() };
        Ok(DiscState::with(kind, Recording::Sequential(sequence)))
    }

    /// A disc with this on it, and all settings as usual.
    #[must_use]
    pub fn with(kind: MediumKind, recording: Recording) -> DiscState {
        DiscState {
            kind,
            recording,
            identifier: 0,
            rewrites: 0,
            endurance: None,
            write_protected: false,
            calibrations: 0,
            damaged: crate::extents::Extents::default(),
        }
    }
}
