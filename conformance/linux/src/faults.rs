//! Faults on the answers of every handle of a bench.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use discrig_device::fault::{
    ActionKind, FaultControl, FaultEngine, Faulty, InstallError, Occurrence, Rule, States, Subject,
    apply_answer,
};
use discrig_device::{Completion, DeviceError, Instant, Request};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rules that the handles of a bench share. Clones are the same set.
///
/// Only what changes an answer is honoured: the state of a physical drive is not ours, and what needs its clock or its plug has
/// physical counterparts on the bench.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedFaults {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    armed: AtomicBool,
    fired: AtomicU64,
    engine: Mutex<FaultEngine>,
}

impl SharedFaults {
    /// Executes a command under the rules.
    pub(crate) fn apply(
        &self,
        now: Instant,
        request: Request<'_>,
        execute: impl FnOnce(Request<'_>) -> Result<Completion, DeviceError>,
    ) -> Result<Completion, DeviceError> {
        if !self.inner.armed.load(Ordering::Acquire) {
            return execute(request);
        }
        let subject = Subject::Command(request.cdb.opcode());
        let occurrence = Occurrence { subject, nexus: 0, now, states: States::default() };
        let firing = self.engine().decide(&occurrence);
        match firing {
            Some(firing) => {
                self.inner.fired.fetch_add(1, Ordering::Relaxed);
                apply_answer(&firing.action, request, execute)
            }
            None => execute(request),
        }
    }

    fn engine(&self) -> MutexGuard<'_, FaultEngine> {
        self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Conditions that cannot be known here: rules with them would never fire.
fn is_knowable(rule: &Rule) -> bool {
    rule.when.state.is_empty()
        && rule.when.operation.is_none()
        && rule.when.nexus.is_none_or(|nexus| nexus == 0)
}

impl FaultControl for SharedFaults {
    fn honours(&self, action: ActionKind) -> bool {
        action.is_answer()
    }

    fn add(&mut self, rule: Rule) {
        self.engine().install(rule);
        self.inner.armed.store(true, Ordering::Release);
    }

    fn lift(&mut self) {
        self.inner.armed.store(false, Ordering::Release);
        self.engine().lift();
    }

    fn fired(&self) -> u64 {
        self.inner.fired.load(Ordering::Relaxed)
    }

    fn install(&mut self, rule: Rule) -> Result<(), InstallError> {
        // The decorator over any device honours the same actions and makes the same checks.
        Faulty::new((), 0).install(rule.clone())?;
        if !is_knowable(&rule) {
            return Err(InstallError::NotHonoured { rule: rule.to_string(), action: rule.action.kind() });
        }
        self.add(rule);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use discrig_device::fault::{Action, HostOperation, StateCondition};
    use discrig_wire::Status;
    use discrig_wire::command::TestUnitReady;

    fn ready(faults: &SharedFaults) -> Status {
        let request = Request::none(TestUnitReady {}, Duration::from_secs(1));
        faults.apply(Instant::ZERO, request, |_| Ok(Completion::good(0))).unwrap().status
    }

    #[test]
    fn rules_apply_to_every_clone_until_lifted() {
        let mut faults = SharedFaults::default();
        let other = faults.clone();
        assert_eq!(ready(&other), Status::GOOD);
        faults.install(Rule::new(Action::Status { status: 8 }).on_command("TEST UNIT READY")).unwrap();
        assert_eq!(ready(&other), Status::BUSY);
        faults.lift();
        assert_eq!(ready(&other), Status::GOOD);
        assert_eq!(faults.fired(), 1);
    }

    #[test]
    fn what_would_never_fire_is_refused() {
        let mut faults = SharedFaults::default();
        let mut in_state = Rule::new(Action::Lie {});
        in_state.when.state = vec![StateCondition::Disc];
        assert!(matches!(faults.install(in_state), Err(InstallError::NotHonoured { .. })));
        assert!(faults.install(Rule::new(Action::Stall {})).is_err());
        assert!(faults.install(Rule::new(Action::Lie {}).on_operation(HostOperation::Lock)).is_err());
        assert!(faults.install(Rule::new(Action::Lie {}).on_command("NO SUCH")).is_err());
        assert_eq!(ready(&faults), Status::GOOD);
    }
}
