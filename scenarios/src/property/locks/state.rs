//! What the model of the lock world knows.

use super::{CALLERS, HANDLES, RECORDERS};
use discrig_device::Owner;

/// Whether an actor exists and still reaches a drive.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Bond {
    /// Its drive went away.
    Dead,
    /// It reaches the drive.
    Live,
    /// It does not exist.
    #[default]
    None,
}

/// A recorder of the model.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct RecorderState {
    pub(super) bond: Bond,
    pub(super) count: u8,
    pub(super) notification_off: u8,
}

impl RecorderState {
    /// A new one.
    pub(super) const NEW: RecorderState = RecorderState { bond: Bond::Live, count: 0, notification_off: 0 };
}

/// Who owns the device.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Holder {
    /// A process that is none of the actors.
    Foreign,
    Handle(usize),
    #[default]
    Nobody,
    Recorder(usize),
}

/// A state of the lock world.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct State {
    pub(super) recorders: [RecorderState; RECORDERS],
    pub(super) handles: [Bond; HANDLES],
    pub(super) holder: Holder,
    /// Under which name; 0 when nobody holds the device.
    pub(super) name: usize,
    pub(super) mounted: bool,
    pub(super) plugged: bool,
    pub(super) exhausted: bool,
    /// An abandoned command may occupy the drive.
    pub(super) busy: bool,
}

impl State {
    pub(super) fn start() -> State {
        State {
            recorders: [RecorderState::NEW, RecorderState::NEW, RecorderState::default()],
            handles: [Bond::Live, Bond::None],
            holder: Holder::Nobody,
            name: 0,
            mounted: false,
            plugged: true,
            exhausted: false,
            busy: false,
        }
    }

    /// Whether a recorder exists.
    pub(super) fn exists(&self, r: usize) -> bool {
        self.recorders[r].bond != Bond::None
    }

    /// The lock count of a recorder.
    pub(super) fn count(&self, r: usize) -> u8 {
        self.recorders[r].count
    }

    /// How often a recorder has switched notification off.
    pub(super) fn notification_off(&self, r: usize) -> u8 {
        self.recorders[r].notification_off
    }

    /// Whether a handle exists.
    pub(super) fn is_open(&self, h: usize) -> bool {
        self.handles[h] != Bond::None
    }

    /// Whether nobody holds the device.
    pub(super) fn is_free(&self) -> bool {
        self.holder == Holder::Nobody
    }

    pub(super) fn owner(&self) -> Owner {
        match self.holder {
            Holder::Nobody => Owner::Nobody,
            _ => CALLERS[self.name].map_or(Owner::Unnamed, Owner::Named),
        }
    }

    /// The same with the device in somebody's hands.
    pub(super) fn held_by(self, holder: Holder, name: usize) -> State {
        State { holder, name, ..self }
    }

    /// The same with the device free.
    pub(super) fn freed(self) -> State {
        self.held_by(Holder::Nobody, 0)
    }

    fn freed_by(self, holder: Holder) -> State {
        if self.holder == holder { self.freed() } else { self }
    }

    /// The same with another state of a recorder.
    pub(super) fn with_recorder(mut self, r: usize, recorder: RecorderState) -> State {
        self.recorders[r] = recorder;
        self
    }

    /// The same without a recorder.
    pub(super) fn without_recorder(self, r: usize) -> State {
        self.with_recorder(r, RecorderState::default()).freed_by(Holder::Recorder(r))
    }

    /// The same without a handle.
    pub(super) fn without_handle(mut self, h: usize) -> State {
        self.handles[h] = Bond::None;
        self.freed_by(Holder::Handle(h))
    }

    /// The drive goes away: every lock is gone, and whoever had it open never reaches it again.
    pub(super) fn unplugged(self) -> State {
        let mut next = State { plugged: false, mounted: false, ..self.freed() };
        for recorder in &mut next.recorders {
            recorder.bond = recorder.bond.cut();
        }
        for bond in &mut next.handles {
            *bond = bond.cut();
        }
        next
    }
}

impl Bond {
    fn cut(self) -> Bond {
        if self == Bond::Live { Bond::Dead } else { self }
    }
}
