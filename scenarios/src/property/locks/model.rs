//! The model of the lock world: which step leads where, and what the host's queue makes of it.

use super::state::{Bond, Holder, State};
use super::{KILLED_HANDLE, KILLED_RECORDER, Step};
use crate::allowed::Pattern;
use crate::property::{Predicted, Rules};
use discrig_device::{ErrorKind, Owner};
use discrig_recorder::Hresult;

pub(super) const E_FAIL: Pattern = Pattern::Failed(Hresult::E_FAIL);
pub(super) const E_INVALIDARG: Pattern = Pattern::Failed(Hresult::E_INVALIDARG);
pub(super) const LOCKED: Pattern = Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED);
pub(super) const ACCESS_DENIED: Pattern = Pattern::Failed(Hresult::E_ACCESSDENIED);
pub(super) const BAD_COMMAND: Pattern = Pattern::Failed(Hresult::ERROR_BAD_COMMAND);
pub(super) const BAD_CLIENT_NAME: Pattern =
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID);
pub(super) const INVALID_HANDLE: Pattern = Pattern::Failed(Hresult::ERROR_INVALID_HANDLE);
pub(super) const GONE: Pattern = Pattern::Failed(Hresult::ERROR_DEV_NOT_EXIST);
pub(super) const NO_MEMORY: Pattern = Pattern::Failed(Hresult::E_OUTOFMEMORY);
pub(super) const TIMEOUT: Pattern = Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT);

/// The clause of the bench's own doings.
pub(super) const BENCH: &str = "bench";
/// The clause of the handles' lock.
pub(super) const EXCLUSIVE: &str = "ddi-exclusive-access";

/// The model at one state.
///
/// Short of memory, a host may fail before it finds out that the drive is gone: then both answers are allowed.
pub(super) struct Predict<'p> {
    pub(super) rules: &'p Rules,
    pub(super) state: State,
    emit: &'p mut dyn FnMut(Predicted, State),
}

impl<'p> Predict<'p> {
    pub(super) fn new(
        rules: &'p Rules,
        state: State,
        emit: &'p mut dyn FnMut(Predicted, State),
    ) -> Predict<'p> {
        Predict { rules, state, emit }
    }

    pub(super) fn step(&mut self, step: &Step) {
        let state = self.state;
        match *step {
            Step::Create { r } => self.create(r),
            Step::Drop { r } => self.allow(Pattern::Ok, "decision-30", state.without_recorder(r)),
            Step::Acquire { r, name, force } if state.exists(r) => self.acquire(r, force, name),
            Step::Release { r } if state.exists(r) => self.release(r),
            Step::Owner { r } if state.exists(r) => self.owner(r),
            Step::DisableMcn { r } if state.exists(r) => self.disable(r),
            Step::EnableMcn { r } if state.exists(r) => self.enable(r),
            Step::Send { r } if state.exists(r) => self.send(r),
            Step::Overrun { r } if state.exists(r) => self.overrun(r),
            Step::Open { h } => self.open(h),
            Step::Close { h } => self.allow(Pattern::Ok, EXCLUSIVE, state.without_handle(h)),
            Step::Lock { h, ignore, name } if state.is_open(h) => self.lock(h, ignore, name),
            Step::Unlock { h } if state.is_open(h) => self.unlock(h),
            Step::OwnerOf { h } if state.is_open(h) => self.owner_of(h),
            Step::Ready { h } if state.is_open(h) => self.ready(h),
            Step::Abandon { h } if state.is_open(h) => self.abandon(h),
            Step::Mount => self.mount(),
            Step::Dismount => self.allow(Pattern::Ok, BENCH, State { mounted: false, ..state }),
            Step::Kill => {
                let next = state.without_recorder(KILLED_RECORDER).without_handle(KILLED_HANDLE);
                self.allow(Pattern::Ok, "decision-31", next);
            }
            Step::Pull => {
                // A command that was abandoned before may go on in a drive that kept its power.
                self.allow(Pattern::Ok, BENCH, state.unplugged());
                self.allow(Pattern::Ok, BENCH, State { busy: false, ..state.unplugged() });
            }
            Step::PutBack => self.allow(Pattern::Ok, BENCH, State { plugged: true, ..state }),
            Step::Exhaust { on } => self.allow(Pattern::Ok, BENCH, State { exhausted: on, ..state }),
            Step::Reset if state.plugged => self.allow(Pattern::Ok, "cdrom-sample", state),
            Step::Reset => self.allow(Pattern::Error(ErrorKind::Gone), BENCH, state),
            Step::ForeignLock { name } if state.is_free() => {
                self.behind_backs(state.held_by(Holder::Foreign, name));
            }
            Step::ForeignLock { .. } => self.behind_backs(state),
            Step::Steal => self.behind_backs(state.freed()),
            // An actor that does not exist does nothing.
            _ => self.allow(Pattern::Ok, BENCH, state),
        }
    }

    pub(super) fn allow(&mut self, pattern: Pattern, clause: &'static str, next: State) {
        (self.emit)(Predicted { pattern, clause }, next);
    }

    /// An outcome of a request that passes the host's queue: short of memory only failures stay possible, and while an abandoned
    /// command may occupy the drive it may or may not have ended.
    pub(super) fn queued(&mut self, pattern: Pattern, clause: &'static str, next: State) {
        let failure = matches!(pattern, Pattern::Failed(_) | Pattern::Error(_));
        if self.state.exhausted && !failure {
            return;
        }
        self.allow(pattern, clause, next);
        if self.state.busy {
            self.allow(pattern, clause, State { busy: false, ..next });
        }
    }

    /// What the queue itself can make of a request of a recorder.
    pub(super) fn queue_failures(&mut self, timed_out: &[State], clause: &'static str) {
        if self.state.exhausted {
            self.allow(NO_MEMORY, clause, self.state);
        }
        if self.state.busy {
            for state in timed_out {
                self.allow(TIMEOUT, clause, *state);
            }
        }
    }

    /// The same for a handle.
    pub(super) fn host_queue_failures(&mut self, timed_out: &[State]) {
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), EXCLUSIVE, self.state);
        }
        if self.state.busy {
            for state in timed_out {
                self.allow(Pattern::Error(ErrorKind::Timeout), EXCLUSIVE, *state);
            }
        }
    }

    /// Whether recorder `r` has no drive any more; what it then answers.
    pub(super) fn is_orphan(&mut self, r: usize, next: State) -> bool {
        let dead = self.state.recorders[r].bond == Bond::Dead;
        if dead {
            self.allow(GONE, "decision-33", next);
            if self.state.exhausted {
                self.allow(NO_MEMORY, "decision-33", self.state);
            }
        }
        dead
    }

    /// The same for a handle.
    pub(super) fn is_orphan_handle(&mut self, h: usize) -> bool {
        let dead = self.state.handles[h] == Bond::Dead;
        if dead {
            self.allow(Pattern::Error(ErrorKind::Gone), "decision-33", self.state);
            if self.state.exhausted {
                self.allow(Pattern::Error(ErrorKind::OutOfMemory), "decision-33", self.state);
            }
        }
        dead
    }

    /// A fault changes the lock at an owner query, which then finds it changed.
    fn behind_backs(&mut self, next: State) {
        if !self.state.plugged {
            self.allow(Pattern::Error(ErrorKind::Gone), BENCH, self.state);
        }
        // Short of memory there is no handle to ask by, so nothing happens.
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), BENCH, self.state);
        }
        if !self.state.plugged || self.state.exhausted {
            return;
        }
        self.host_queue_failures(&[next]);
        self.queued(Pattern::Owner(next.owner()), EXCLUSIVE, next);
        if !self.rules.owner_name && next.owner() != Owner::Nobody {
            self.queued(Pattern::Owner(Owner::Unnamed), EXCLUSIVE, next);
        }
    }
}
