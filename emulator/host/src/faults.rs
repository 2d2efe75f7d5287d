//! Faults that happen at host operations.

use crate::driver::ClassDriver;
use crate::files::FileId;
use crate::port::Port;
use discrig_device::fault::{
    Action, ActionKind, FaultControl, FaultEngine, HostOperation, InstallError, Occurrence, Rule, Subject,
};
use discrig_device::{CallerName, Owner, ProcessId};

/// The process in whose name fault rules lock the device. Killing it gives such a lock free as the death of a real owner does.
pub const FOREIGN_PROCESS: ProcessId = ProcessId(u8::MAX);

/// The fault rules of a host. It honours the actions that happen at host operations.
#[derive(Clone, Debug)]
pub struct HostFaults {
    engine: FaultEngine,
}

impl HostFaults {
    pub(crate) fn new(seed: u64) -> HostFaults {
        HostFaults { engine: FaultEngine::new(seed) }
    }

    pub(crate) fn forget(&mut self) {
        self.engine.lift();
    }
}

impl FaultControl for HostFaults {
    fn honours(&self, action: ActionKind) -> bool {
        action.is_host_operation()
    }

    /// A lost unlock that names no operation happens at unlocks.
    fn add(&mut self, mut rule: Rule) {
        if rule.action.kind() == ActionKind::LostUnlock {
            rule.when.operation.get_or_insert(HostOperation::Unlock);
        }
        self.engine.install(rule);
    }

    fn lift(&mut self) {
        self.engine.lift();
    }

    fn fired(&self) -> u64 {
        self.engine.fired()
    }
}

impl ClassDriver {
    /// Installs a rule for a host operation.
    ///
    /// # Errors
    /// [`InstallError`] when the rule contradicts itself or is about something else than host operations.
    pub fn install(&mut self, rule: Rule) -> Result<(), InstallError> {
        let elsewhere = rule.when.operation.is_some_and(|operation| operation != HostOperation::Unlock);
        if rule.action.kind() == ActionKind::LostUnlock && elsewhere {
            return Err(InstallError::Contradiction {
                rule: rule.to_string(),
                problem: "an unlock can only be lost at the operation `unlock`".to_owned(),
            });
        }
        self.faults.install(rule)
    }

    /// Lets the fault rules act on an operation, and says whether it shall be answered without effect.
    pub(crate) fn inject(&mut self, port: &mut dyn Port, operation: Option<HostOperation>) -> bool {
        let Some(operation) = operation.filter(|_| !self.faults.engine.is_empty()) else { return false };
        let occurrence = Occurrence {
            subject: Subject::Operation(operation),
            nexus: self.config.host.0,
            now: port.now(),
            states: port.states().and(self.states()),
        };
        match self.faults.engine.decide(&occurrence).map(|firing| firing.action) {
            Some(Action::ForeignLock { name }) => self.foreign_lock(port, name),
            Some(Action::ForeignUnlock {}) => self.clear_owner(),
            Some(Action::LostUnlock {}) => return operation == HostOperation::Unlock,
            _ => {}
        }
        false
    }

    /// A file of another process takes the device, if it is free and there.
    fn foreign_lock(&mut self, port: &mut dyn Port, name: CallerName) {
        if self.holder().is_none()
            && let Some(file) = self.foreign_file()
        {
            self.take(port.now(), file, Owner::Named(name));
        }
    }

    /// The foreign process' file on the drive that is there; it is opened once.
    fn foreign_file(&mut self) -> Option<FileId> {
        let handles = self.files.handles_of(FOREIGN_PROCESS);
        let mut open = handles.into_iter().filter_map(|handle| self.file_of(handle));
        let file = open.find(|file| self.is_current(*file));
        file.or_else(|| self.new_file(FOREIGN_PROCESS).ok().and_then(|handle| self.file_of(handle)))
    }
}
