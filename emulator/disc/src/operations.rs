//! What commands do to a disc.

use crate::content;
use crate::refusal::Refusal;
use crate::rules::{Change, FormatRequest, Placement, Reservation, rules};
use crate::state::{DiscState, Form, Recording};
use crate::store::{Area, Store, StoreError};
use core::ops::Range;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

impl DiscState {
    /// The disc as commands see it: the rehearsal, while one is going on.
    #[must_use]
    pub fn seen(&self) -> &DiscState {
        self.rehearsal.as_deref().unwrap_or(self)
    }

    /// Ends a rehearsal: the disc is as it was.
    pub fn end_rehearsal(&mut self) {
        self.rehearsal = None;
    }

    /// Blocks of the lead-in that are recorded before the next WRITE, because it begins a session that is recorded at once.
    #[must_use]
    pub fn lead_in(&self, page: &WriteParametersPage) -> u32 {
        let disc = self.seen();
        rules(disc.kind).lead_in(disc, page)
    }

    /// What a WRITE would be.
    ///
    /// # Errors
    /// The refusal of the medium's rules.
    pub fn placement(
        &self,
        page: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
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
        store: &mut dyn Store,
    ) -> Result<(), Refusal> {
        let placement = self.placement(page, first, blocks)?;
        let length = usize::from(placement.block_length) * blocks as usize;
        let data = data.get(..length).ok_or(Refusal::new(codes::DATA_PHASE_ERROR))?;
        self.rehearse(page);
        match &mut self.rehearsal {
            Some(rehearsal) => rehearsal.record(page, &placement, first, blocks, data, &mut Nowhere),
            None => self.record(page, &placement, first, blocks, data, store),
        }
    }

    /// With the test write bit a rehearsal begins, unless one is going on: what follows is not done to the disc.
    pub fn rehearse(&mut self, page: &WriteParametersPage) {
        if page.test_write && self.can_rehearse() && self.rehearsal.is_none() {
            self.rehearsal = Some(Box::new(self.clone()));
        }
    }

    fn record(
        &mut self,
        page: &WriteParametersPage,
        placement: &Placement,
        first: i32,
        blocks: u32,
        data: &[u8],
        store: &mut dyn Store,
    ) -> Result<(), Refusal> {
        let failed = |_: StoreError| Refusal::at_block(codes::WRITE_ERROR, first);
        let channels = content::keep(store, placement, page, &mut self.trailing_packs, first, data);
        let channels = channels.map_err(failed)?;
        rules(self.kind).written(self, page, first, blocks);
        if !channels.is_empty() {
            rules(self.kind).sub_channels_written(self, first, &channels);
        }
        Ok(())
    }

    /// Whether the write parameters page counts for the disc, and with it the test write bit.
    fn can_rehearse(&self) -> bool {
        matches!(self.recording, Recording::Sequential(_)) && self.kind.spec().obeys_write_parameters()
    }

    /// Carries out what the rules have answered, and keeps it.
    ///
    /// # Errors
    /// [`StoreError`]; then the state is as before.
    pub fn apply(&mut self, change: Change, store: &mut dyn Store) -> Result<(), StoreError> {
        if let Some(rehearsal) = &mut self.rehearsal {
            **rehearsal = change.after;
            return Ok(());
        }
        for blocks in change.erased {
            store.erase(blocks)?;
        }
        store.commit(&change.after)?;
        *self = change.after;
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

    fn unprotected(
        &self,
        ask: impl FnOnce(&DiscState) -> Result<Change, Refusal>,
    ) -> Result<Change, Refusal> {
        if self.write_protected {
            return Err(codes::PERSISTENT_WRITE_PROTECT.into());
        }
        ask(self.seen())
    }

    /// So many blocks of a background format were done; whether it goes on.
    pub fn background(&mut self, blocks: u32) -> bool {
        match rules(self.kind).background(self, blocks) {
            Some(after) => {
                *self = after;
                true
            }
            None => false,
        }
    }

    /// The drive was torn out of what it did.
    pub fn interrupted(&mut self) {
        self.rehearsal = None;
        rules(self.kind).interrupted(self);
    }

    /// Whether blocks can be read, and what they are made of.
    ///
    /// # Errors
    /// The refusal that a READ gets.
    pub fn readable(&self, first: i32, blocks: u32) -> Result<Form, Refusal> {
        rules(self.kind).readable(self, first, blocks)
    }

    /// Fills `buffer` with user data from block `first` on, which were found readable before.
    ///
    /// # Errors
    /// UNRECOVERED READ ERROR when the store fails, ILLEGAL MODE FOR THIS TRACK for blocks that are not 2048 bytes.
    pub fn read(
        &self,
        form: Form,
        first: i32,
        buffer: &mut [u8],
        store: &mut dyn Store,
    ) -> Result<(), Refusal> {
        let read = |store: &mut dyn Store, first, buffer: &mut [u8]| match form.area() {
            Area::User => {
                store.read(Area::User, first, buffer).map_err(|_| codes::UNRECOVERED_READ_ERROR.into())
            }
            _ => content::read_user(store, form, first, buffer),
        };
        let refusal = match read(store, first, buffer) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        // Which block it was is found out one by one.
        let mut blocks = (first..).zip(buffer.chunks_mut(Area::User.stride()));
        let bad = blocks.find_map(|(block, bytes)| read(store, block, bytes).err().map(|_| block));
        Err(Refusal::at_block(refusal.code, bad.unwrap_or(first)))
    }
}

/// Where blocks go that are rehearsed.
#[derive(Debug)]
struct Nowhere;

impl Store for Nowhere {
    fn read(&mut self, _: Area, _: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        buffer.fill(0);
        Ok(())
    }

    fn write(&mut self, _: Area, _: i32, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    fn erase(&mut self, _: Range<i32>) -> Result<(), StoreError> {
        Ok(())
    }
}
