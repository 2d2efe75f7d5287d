//! The model of the raw handles: one owner, and what the others get.

use super::BAD_NAME;
use super::model::{BENCH, EXCLUSIVE, Predict};
use super::state::{Bond, Holder, State};
use crate::allowed::Pattern;
use discrig_device::{ErrorKind, Owner};

impl Predict<'_> {
    /// The old handle is closed when the new one takes its place, and stays when there is no new one.
    pub(super) fn open(&mut self, h: usize) {
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), EXCLUSIVE, self.state);
        }
        if !self.state.plugged {
            self.allow(Pattern::Error(ErrorKind::Gone), EXCLUSIVE, self.state);
            return;
        }
        if self.state.busy {
            self.allow(Pattern::Error(ErrorKind::Timeout), EXCLUSIVE, self.state);
        }
        let mut next = self.state.without_handle(h);
        next.handles[h] = Bond::Live;
        self.queued(Pattern::Ok, EXCLUSIVE, next);
    }

    /// Judged in this order: name, volume, owner.
    pub(super) fn lock(&mut self, h: usize, ignore: bool, name: usize) {
        let error = |kind| Pattern::Error(kind);
        if name == BAD_NAME {
            self.queued(error(ErrorKind::InvalidName), EXCLUSIVE, self.state);
        }
        if self.is_orphan_handle(h) {
            return;
        }
        let taken = if self.state.is_free() && name != BAD_NAME {
            self.state.held_by(Holder::Handle(h), name)
        } else {
            self.state
        };
        self.host_queue_failures(&[self.state, taken]);
        if name == BAD_NAME {
            return;
        }
        if self.state.mounted && !ignore {
            self.queued(error(ErrorKind::VolumeMounted), EXCLUSIVE, self.state);
        } else if !self.state.is_free() {
            self.queued(error(ErrorKind::AlreadyLocked), EXCLUSIVE, self.state);
        } else {
            self.queued(Pattern::Ok, EXCLUSIVE, taken);
        }
    }

    pub(super) fn unlock(&mut self, h: usize) {
        if self.is_orphan_handle(h) {
            return;
        }
        match self.state.holder {
            Holder::Handle(owner) if owner == h => {
                self.host_queue_failures(&[self.state, self.state.freed()]);
                self.queued(Pattern::Ok, EXCLUSIVE, self.state.freed());
            }
            holder => {
                let free = holder == Holder::Nobody;
                let kind = if free { ErrorKind::NotLocked } else { ErrorKind::InvalidHandle };
                self.host_queue_failures(&[self.state]);
                self.queued(Pattern::Error(kind), EXCLUSIVE, self.state);
            }
        }
    }

    pub(super) fn owner_of(&mut self, h: usize) {
        if self.is_orphan_handle(h) {
            return;
        }
        self.host_queue_failures(&[self.state]);
        let owner = self.state.owner();
        self.queued(Pattern::Owner(owner), EXCLUSIVE, self.state);
        if !self.rules.owner_name && owner != Owner::Nobody {
            self.queued(Pattern::Owner(Owner::Unnamed), EXCLUSIVE, self.state);
        }
    }

    /// Whether the lock of another shuts handle `h` out.
    fn is_handle_shut_out(&self, h: usize) -> bool {
        self.rules.mandatory_lock && !self.state.is_free() && self.state.holder != Holder::Handle(h)
    }

    pub(super) fn ready(&mut self, h: usize) {
        const READY: &str = "drvdoc-exclusive-access";
        if self.is_orphan_handle(h) {
            return;
        }
        self.host_queue_failures(&[self.state]);
        if self.is_handle_shut_out(h) {
            self.queued(Pattern::Error(ErrorKind::Locked), READY, self.state);
        } else {
            self.queued(Pattern::AnyAnswer, READY, self.state);
        }
    }

    /// A slow command is answered after all, or leaves the drive busy; the lock is as it was.
    pub(super) fn abandon(&mut self, h: usize) {
        self.ready(h);
        let reaches =
            self.state.handles[h] == Bond::Live && !self.is_handle_shut_out(h) && !self.state.exhausted;
        if reaches {
            let busy = State { busy: true, ..self.state };
            self.allow(Pattern::Error(ErrorKind::Timeout), "design-effect-unknown", busy);
        }
    }

    pub(super) fn mount(&mut self) {
        const MOUNT: &str = "drvdoc-exclusive-access";
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), BENCH, self.state);
        }
        if !self.state.plugged {
            self.allow(Pattern::Error(ErrorKind::Gone), BENCH, self.state);
            return;
        }
        if self.state.busy {
            self.allow(Pattern::Error(ErrorKind::Timeout), BENCH, self.state);
        }
        if self.state.is_free() {
            self.queued(Pattern::Ok, BENCH, State { mounted: true, ..self.state });
            return;
        }
        self.queued(Pattern::Error(ErrorKind::AlreadyLocked), MOUNT, self.state);
        self.queued(Pattern::Error(ErrorKind::Locked), MOUNT, self.state);
        if self.state.mounted {
            self.queued(Pattern::Ok, BENCH, self.state);
        }
    }
}
