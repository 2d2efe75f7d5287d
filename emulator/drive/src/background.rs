//! The background format of DVD+RW: it goes on while nobody wants anything else, and stands still while a command is under way.

use crate::events::Happening;
use crate::tray::Tray;
use crate::unit::Unit;
use discrig_device::Instant;
use discrig_disc::{BackgroundState, DiscState, Recording, Surface};
use discrig_wire::event::MediaEvent;
use discrig_wire::feature::{FeatureCode, Profile as MediaProfile};

/// What initiators are told of unasked when it changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    current: (MediaProfile, Option<&'static [FeatureCode]>),
    background: Option<BackgroundState>,
}

impl Unit {
    /// What initiators are told of unasked when it becomes otherwise: the profile and the features that are current, a format that goes on.
    pub(crate) fn shown(&self) -> Shown {
        let features = self.medium().map(DiscState::write_features);
        Shown { current: (self.current_profile(), features), background: self.background_state() }
    }

    /// Raises the events, when what is shown is otherwise than `before`.
    pub(crate) fn tell_features(&mut self, before: Shown) {
        let after = self.shown();
        if after.current != before.current {
            self.raise_all(Happening::FEATURES);
        }
        let goes_on = (Some(BackgroundState::Suspended), Some(BackgroundState::Running));
        if (before.background, after.background) == goes_on {
            self.raise_all(Happening::Media(MediaEvent::BACKGROUND_FORMAT_RESTARTED));
        }
    }

    /// The extent of a disc that can be accessed, where a background format may be under way.
    fn formatted_surface(&self) -> Option<&Surface> {
        // Asked for at every command: what few discs are comes before what the model knows of them.
        match &self.state.disc.as_ref()?.seen().recording {
            Recording::Random(surface) if surface.blocks > 0 => self.medium().map(|_| surface),
            _ => None,
        }
    }

    /// How the background format of the disc is.
    pub(crate) fn background_state(&self) -> Option<BackgroundState> {
        self.formatted_surface().map(|surface| surface.background)
    }

    fn running_surface(&self) -> Option<&Surface> {
        self.formatted_surface().filter(|surface| surface.background == BackgroundState::Running)
    }

    /// How far the background format has come, as a numerator over 65536; `None` when none is running.
    pub(crate) fn background_progress(&self) -> Option<u16> {
        let surface = self.running_surface()?;
        Some((u64::from(surface.formatted_to) * 0xFFFF / u64::from(surface.blocks)) as u16)
    }

    /// When the background format will be complete, if it can go on until then.
    pub(crate) fn background_deadline(&self) -> Option<Instant> {
        let surface = self.running_surface()?;
        let state = &self.state;
        if state.tray != Tray::Ready || state.operation.is_some() || !state.tasks.is_empty() {
            return None;
        }
        let left = self.clockwork.background(surface.blocks - surface.formatted_to);
        // What is to be recorded comes first.
        Some(self.recorded_at() + left.saturating_sub(state.background))
    }

    /// Time goes on to `to`, and the background format with it.
    pub(crate) fn format_until(&mut self, to: Instant) {
        let Some(due) = self.background_deadline() else { return };
        let spent = self.state.background + to.since(self.recorded_at());
        let (blocks, rest) = if to >= due {
            (u32::MAX, core::time::Duration::ZERO)
        } else {
            self.clockwork.background_blocks(spent)
        };
        self.state.background = rest;
        self.state.power.last_access = due.min(to);
        let (Some(disc), Some(store)) = (&mut self.state.disc, &mut self.content) else { return };
        disc.background(blocks);
        if to >= due {
            // What fails to be kept is formatted again after a crash: nothing is lost.
            let _ = store.commit(disc);
            self.raise_all(Happening::Media(MediaEvent::BACKGROUND_FORMAT_COMPLETED));
        }
    }

    /// What a recorder does before it gives a disc away: the buffer is emptied, and a background format is stopped so that other drives can
    /// read the disc. What cannot be done is left.
    pub(crate) fn let_go(&mut self) {
        self.state.playback = None;
        let page = self.state.modes.write_parameters;
        let (Some(disc), Some(store)) = (&mut self.state.disc, &mut self.content) else { return };
        if !disc.kind.spec().is_recordable() {
            return;
        }
        disc.end_rehearsal();
        if let Ok(change) = disc.synchronize() {
            let _ = disc.apply(change, &mut **store);
        }
        let runs = matches!(&disc.recording, Recording::Random(surface) if surface.background == BackgroundState::Running);
        if runs
            && let Ok(change) =
                disc.close(&page, discrig_wire::close::CloseFunction::STOP_BACKGROUND_FORMAT.0, 0)
        {
            let _ = disc.apply(change, &mut **store);
        }
    }
}
