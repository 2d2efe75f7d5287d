//! The model of the recorders: counts, names, and what a foreign lock leaves of them.

use super::BAD_NAME;
use super::model::{
    ACCESS_DENIED, BAD_CLIENT_NAME, BAD_COMMAND, E_FAIL, E_INVALIDARG, GONE, INVALID_HANDLE, LOCKED,
    NO_MEMORY, Predict, TIMEOUT,
};
use super::state::{Bond, Holder, RecorderState, State};
use crate::allowed::Pattern;
use discrig_device::Owner;

const ACQUIRE: &str = "imapi2-acquire";
const RELEASE: &str = "imapi2-release";
const OWNER: &str = "imapi2-owner";

impl Predict<'_> {
    pub(super) fn create(&mut self, r: usize) {
        const CREATE: &str = "imapi2-initialize";
        let without = self.state.without_recorder(r);
        if self.state.exhausted {
            self.allow(NO_MEMORY, CREATE, without);
        }
        if !self.state.plugged {
            self.allow(GONE, CREATE, without);
            return;
        }
        if self.state.busy {
            self.allow(TIMEOUT, CREATE, without);
        }
        self.queued(Pattern::Ok, CREATE, without.with_recorder(r, RecorderState::NEW));
    }

    pub(super) fn acquire(&mut self, r: usize, force: bool, name: usize) {
        let recorder = self.state.recorders[r];
        let orphan = self.is_orphan(r, self.state);
        if name == BAD_NAME {
            self.allow(E_INVALIDARG, ACQUIRE, self.state);
            self.allow(BAD_CLIENT_NAME, "decision-10", self.state);
        } else if recorder.count > 0 {
            self.acquire_again(r, orphan);
        } else if !orphan {
            self.acquire_first(r, force, name);
        }
    }

    /// Only the count changes, so a host that cannot even say whether the drive is there refuses nothing.
    fn acquire_again(&mut self, r: usize, orphan: bool) {
        let recorder = self.state.recorders[r];
        if !orphan || self.state.exhausted {
            let counted = RecorderState { count: recorder.count + 1, ..recorder };
            self.allow(Pattern::Ok, ACQUIRE, self.state.with_recorder(r, counted));
        }
        if self.state.exhausted {
            self.allow(NO_MEMORY, ACQUIRE, self.state);
        }
    }

    fn acquire_first(&mut self, r: usize, force: bool, name: usize) {
        self.queue_failures(&[self.state], ACQUIRE);
        if self.state.mounted && !force {
            self.queued(ACCESS_DENIED, "decision-5", self.state);
            self.queued(BAD_COMMAND, "decision-5", self.state);
        } else if !self.state.is_free() {
            self.queued(LOCKED, ACQUIRE, self.state);
            self.queued(ACCESS_DENIED, "decision-3", self.state);
        } else {
            let counted = RecorderState { count: 1, ..self.state.recorders[r] };
            let held = self.state.held_by(Holder::Recorder(r), name).with_recorder(r, counted);
            self.queued(Pattern::Ok, ACQUIRE, held);
        }
    }

    pub(super) fn release(&mut self, r: usize) {
        let recorder = self.state.recorders[r];
        let zeroed = self.state.with_recorder(r, RecorderState { count: 0, ..recorder });
        let orphan = self.is_orphan(r, zeroed);
        match recorder.count {
            0 if orphan && !self.state.exhausted => {}
            0 => self.release_unheld(),
            1 if orphan => {}
            1 => self.release_last(r, zeroed),
            count if !orphan || self.state.exhausted => {
                let lowered = RecorderState { count: count - 1, ..recorder };
                self.allow(Pattern::Ok, RELEASE, self.state.with_recorder(r, lowered));
            }
            _ => {}
        }
    }

    fn release_unheld(&mut self) {
        self.queue_failures(&[self.state], RELEASE);
        self.allow(INVALID_HANDLE, "decision-14", self.state);
        self.allow(E_FAIL, "decision-14", self.state);
    }

    /// Without an answer the lock may be given up or not; the count says nothing of that, so the call can be repeated.
    fn release_last(&mut self, r: usize, zeroed: State) {
        if self.state.holder == Holder::Recorder(r) {
            self.queue_failures(&[self.state, self.state.freed()], RELEASE);
            self.queued(Pattern::Ok, RELEASE, zeroed.freed());
            return;
        }
        // The lock was lost. How the object learns of that is its own affair: by its handle, or by the owner's name.
        self.queue_failures(&[self.state], RELEASE);
        self.queued(INVALID_HANDLE, "cdrom-sample", zeroed);
        if self.state.is_free() {
            self.queued(E_FAIL, "decision-14", zeroed);
        } else {
            self.queued(LOCKED, RELEASE, zeroed);
        }
    }

    pub(super) fn owner(&mut self, r: usize) {
        if self.is_orphan(r, self.state) {
            return;
        }
        self.queue_failures(&[self.state], OWNER);
        self.queued(Pattern::Owner(self.state.owner()), OWNER, self.state);
        if !self.rules.owner_name {
            self.queued(Pattern::Owner(Owner::Nobody), OWNER, self.state);
        }
    }

    /// Whether the lock of another shuts recorder `r` out.
    fn is_shut_out(&self, r: usize) -> bool {
        self.rules.mandatory_lock && !self.state.is_free() && self.state.holder != Holder::Recorder(r)
    }

    pub(super) fn disable(&mut self, r: usize) {
        const DISABLE: &str = "imapi2-disable-mcn";
        if self.is_orphan(r, self.state) {
            return;
        }
        self.queue_failures(&[self.state], DISABLE);
        if self.is_shut_out(r) {
            self.queued(LOCKED, DISABLE, self.state);
            return;
        }
        let recorder = self.state.recorders[r];
        let counted = RecorderState { notification_off: recorder.notification_off + 1, ..recorder };
        self.queued(Pattern::Ok, DISABLE, self.state.with_recorder(r, counted));
        self.refused_to_owner(r);
    }

    pub(super) fn enable(&mut self, r: usize) {
        const ENABLE: &str = "imapi2-enable-mcn";
        let recorder = self.state.recorders[r];
        if self.is_orphan(r, self.state) {
            return;
        }
        self.queue_failures(&[self.state], ENABLE);
        let shut_out = self.is_shut_out(r);
        if shut_out {
            self.queued(LOCKED, ENABLE, self.state);
        }
        if recorder.notification_off == 0 {
            self.queued(E_FAIL, "decision-25", self.state);
            self.queued(BAD_COMMAND, "decision-25", self.state);
        } else if !shut_out {
            let counted = RecorderState { notification_off: recorder.notification_off - 1, ..recorder };
            self.queued(Pattern::Ok, ENABLE, self.state.with_recorder(r, counted));
        }
        self.refused_to_owner(r);
    }

    /// An implementation that keeps a second handle for the switch locks it out by its own lock.
    fn refused_to_owner(&mut self, r: usize) {
        if self.state.recorders[r].count > 0 {
            self.queued(LOCKED, "decision-24", self.state);
        }
    }

    pub(super) fn send(&mut self, r: usize) {
        const SEND: &str = "imapi2-send-command";
        if self.is_orphan(r, self.state) {
            return;
        }
        self.queue_failures(&[self.state], SEND);
        if self.is_shut_out(r) {
            self.queued(LOCKED, "decision-23", self.state);
        } else {
            self.queued(Pattern::Ok, SEND, self.state);
            self.queued(Pattern::OkWithSense, SEND, self.state);
        }
    }

    /// The lock survives, whatever becomes of the command.
    pub(super) fn overrun(&mut self, r: usize) {
        self.send(r);
        let reaches =
            self.state.recorders[r].bond == Bond::Live && !self.is_shut_out(r) && !self.state.exhausted;
        if reaches {
            self.allow(TIMEOUT, "decision-48", State { busy: true, ..self.state });
        }
    }
}
