//! The laboratory around a physical drive.

use crate::abi::reset_level;
use crate::abilities::{Findings, declare, pollers};
use crate::ask::{Ask, Readiness};
use crate::classify::{Operation, refused};
use crate::faults::SharedFaults;
use crate::first;
use crate::handle::LinuxHandle;
use crate::node::{Identity, Node, NodeKind, OpenError};
use crate::object::FileObject;
use crate::plug::{self, SysfsPlug};
use crate::remote::{AgentCommand, AgentProcess, RemoteHandle};
use crate::rig::{Rig, locked};
use crate::runtime::RuntimeFolder;
use crate::slow::{self, SlowReads};
use crate::undo::{self, HealReport};
use core::time::Duration;
use discrig_device::fault::FaultControl;
use discrig_device::{
    Bench, Capabilities, Completion, DeviceError, DiscChanger, ErrorKind, Handle, HostId, Instant,
    MemoryControl, Opener, Plug, ProcessId, Replug, ResetKind, SlowPath, TrayButton, VolumeControl,
};
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

/// How long the drive gets to become ready when it is brought to the known state.
const READY: Duration = Duration::from_secs(30);
/// How long a drive that is leaving may answer with errors of its path before the kernel knows that it is gone.
const LEAVES: Duration = Duration::from_secs(3);

/// What the bench may do.
#[derive(Clone, Debug, Default)]
pub struct LinuxOptions {
    /// How to start other processes; without it there is only this one.
    pub agent_command: Option<AgentCommand>,
    /// Resets may be caused. They hit everything on the bus.
    pub allow_reset: bool,
    /// The tray may be moved to bring the drive to the known state.
    pub allow_tray: bool,
    /// The drive may be taken off its bus.
    pub allow_unplug: bool,
    /// The drive was just switched on and nothing has asked it for anything that could report a unit attention.
    pub fresh: bool,
    /// The disc may be read when the bench is opened, to find out whether commands can be had that take too long.
    pub measure: bool,
}

/// A physical drive, its kernel, and real processes.
#[derive(Debug)]
pub struct LinuxBench {
    rig: Arc<Rig>,
    options: LinuxOptions,
    capabilities: Capabilities,
    healed: HealReport,
    plug: Option<SysfsPlug>,
    slow: Option<SlowReads>,
    had_disc: bool,
    /// The answer to the first command since power on, or why it is not known.
    first: Result<Completion, String>,
    faults: SharedFaults,
}

impl LinuxBench {
    /// Opens the drive at `path`, heals what dead discrig processes left on it, and finds out what can be done with it.
    ///
    /// # Errors
    /// [`OpenError`] for whatever is no optical drive that answers.
    pub fn open(path: impl AsRef<Path>, options: LinuxOptions) -> Result<LinuxBench, OpenError> {
        let folder = RuntimeFolder::of_system();
        let node = Node::at(path.as_ref())?;
        let first = match options.fresh {
            true => first::ask(&node),
            false => Err("nobody says that the drive was just switched on".to_owned()),
        };
        let healed = undo::heal_node(&folder, &node).unwrap_or_else(|error| HealReport {
            undone: Vec::new(),
            left: vec![format!("what a dead process left: {error}")],
        });
        let rig = Rig::open(node, folder)?;
        register(&rig);
        let faults = rig.faults().clone();
        let mut bench = LinuxBench {
            rig,
            options,
            capabilities: Capabilities::new(),
            healed,
            plug: None,
            slow: None,
            had_disc: false,
            first,
            faults,
        };
        bench.explore();
        Ok(bench)
    }

    /// Who the drive says it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.rig.identity()
    }

    /// Which driver's node the bench uses.
    #[must_use]
    pub fn node_kind(&self) -> NodeKind {
        self.rig.current().kind
    }

    /// What dead processes had left behind when the bench was opened.
    pub fn healed(&self) -> &HealReport {
        &self.healed
    }

    /// Answers so far that came after their request's timeout: Linux does not honour every timeout.
    #[must_use]
    pub fn late_answers(&self) -> u64 {
        self.rig.late_answers()
    }

    /// Something that leaves the drive unlocked from another thread, also while this one is stuck in a command.
    #[must_use]
    pub fn guard(&self) -> Guard {
        Guard { rig: Arc::downgrade(&self.rig) }
    }

    /// Frees and undoes everything of every bench of this process. For a signal's thread, just before the process ends.
    pub fn emergency_restore() {
        let rigs: Vec<_> = locked(&RIGS).drain(..).collect();
        for rig in rigs {
            // What fails here is left to the next process' journal.
            let _ = Guard { rig }.restore();
        }
    }

    /// Finds out what the drive and the machine can do.
    fn explore(&mut self) {
        let node = self.rig.current();
        let is_root = rustix::process::geteuid().is_root();
        let (mut has_disc, mut moves_tray) = (false, false);
        let mut no_reset = [Some("not allowed".to_owned()), Some("not allowed".to_owned())];
        if let Ok((node, fd)) = self.rig.open_either() {
            if self.options.allow_reset {
                no_reset = if is_root {
                    [reset_level::DEVICE, reset_level::BUS].map(|level| {
                        fd.reset(level).err().map(|errno| format!("the adapter refuses: {errno}"))
                    })
                } else {
                    [Some("root alone may reset".to_owned()), Some("root alone may reset".to_owned())]
                };
            }
            let mut ask = Ask::new(&node, &fd);
            let ready = matches!(ask.settle(READY), Ok(Readiness::Ready));
            has_disc = ready && matches!(ask.capacity(), Ok(Some(_)));
            moves_tray = ask.moves_tray().unwrap_or(false);
        }
        self.had_disc = has_disc;
        let no_plug = match &node.device {
            _ if !self.options.allow_unplug => Some("not allowed"),
            None => Some("the drive has no place in sysfs"),
            Some(_) if !is_root => Some("root alone may take devices off their bus"),
            Some(_) => None,
        };
        self.plug = no_plug.is_none().then(|| SysfsPlug::new(Arc::clone(&self.rig)));
        let limit = self.rig.properties(&node).maximum_transfer_unaligned;
        let slow = match (has_disc, self.options.measure) {
            (true, true) => slow::measure(&self.rig, limit),
            (true, false) => Err("not measured".to_owned()),
            (false, _) => Err("there is no disc to read slowly".to_owned()),
        };
        self.capabilities = declare(&Findings {
            kind: node.kind,
            processes: self.options.agent_command.is_some(),
            no_plug,
            no_reset,
            has_disc,
            moves_tray,
            pollers: pollers(&node),
            no_first_answer: self.first.as_ref().err().cloned(),
            slow: slow.as_ref().map(SlowReads::describe).map_err(String::clone),
        });
        self.slow = slow.ok();
    }

    /// The process, started if it does not run.
    fn process(&mut self, process: ProcessId) -> Result<Arc<AgentProcess>, DeviceError> {
        let command = self.options.agent_command.as_ref();
        let command = command.ok_or_else(|| DeviceError::new(ErrorKind::Unsupported, "open"))?;
        let mut agents = self.rig.agents();
        if self.rig.is_closed() {
            return Err(DeviceError::new(ErrorKind::InvalidHandle, "open").with_source("the bench was left"));
        }
        if let Some(agent) = agents.get(&process.0).filter(|agent| agent.is_alive()) {
            return Ok(Arc::clone(agent));
        }
        let agent = AgentProcess::start(command)?;
        agents.insert(process.0, Arc::clone(&agent));
        Ok(agent)
    }

    /// Brings the drive to the known state.
    fn bring_back(&mut self) -> Result<(), DeviceError> {
        self.faults.lift();
        self.rig.kill_agents()?;
        // Nobody is in the middle of a command here.
        let _ = self.rig.revoke_objects();
        self.recover_instance()?;
        let (node, fd) = self.rig.open_either()?;
        let mut ask = Ask::new(&node, &fd);
        undo::undo(&node, &fd, &mut self.rig.journal().traces())?;
        self.rig.journal().clear();
        // Also what this bench has not done itself, as far as this user may.
        undo::unlock_door(&node, &fd);
        unless_denied(undo::allow_removal(&node, &fd))?;
        unless_denied(undo::release(&node, &fd))?;
        if self.options.allow_tray && self.had_disc && ask.tray_open()?.unwrap_or(false) {
            ask.load()?;
        }
        ask.settle(READY)?;
        // The journals of the children that were killed.
        undo::heal_node(self.rig.folder(), &self.rig.current()).map(drop)
    }

    /// Whether the drive is about to go, or gone by now.
    fn is_leaving(&self) -> bool {
        let device = self.rig.current().device;
        device.is_some_and(|device| plug::wait(LEAVES, || (!device.exists()).then_some(())).is_some())
    }

    /// Sees to it that there is a drive to work with, also as another instance.
    fn recover_instance(&mut self) -> Result<(), DeviceError> {
        if let Some(plug) = self.plug.as_mut().filter(|plug| plug.is_pulled()) {
            return plug.put_back(Replug::Same);
        }
        let node = self.rig.current();
        let alive = undo::open_either(&node).is_ok_and(|(_, fd)| fd.ping().is_ok());
        let Some(place) = node.device.as_ref().filter(|_| !alive) else { return Ok(()) };
        match plug::find(node.kind, self.rig.identity(), place) {
            Some(node) => {
                self.rig.set_current(node);
                Ok(())
            }
            None => Err(DeviceError::new(ErrorKind::Gone, "restore")),
        }
    }
}

impl Drop for LinuxBench {
    fn drop(&mut self) {
        // What fails here is left to the next process' journal.
        let _ = self.rig.release_everything();
    }
}

impl Bench for LinuxBench {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError> {
        if host != HostId(0) {
            return Err(DeviceError::new(ErrorKind::Unsupported, "open"));
        }
        let rig = Arc::clone(&self.rig);
        let node = rig.current();
        let unique_id = node.device.map_or_else(|| node.path.display().to_string(), |device| device.path());
        let process = if process == ProcessId(0) { None } else { Some(self.process(process)?) };
        Ok(Box::new(LinuxOpener { rig, process, unique_id }))
    }

    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        if process == ProcessId(0) || self.options.agent_command.is_none() {
            return Err(DeviceError::new(ErrorKind::Unsupported, "kill"));
        }
        let agent = self.rig.agents().remove(&process.0);
        agent.map_or(Ok(()), |agent| agent.kill())
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        use discrig_device::Capability::{ResetBus, ResetLogicalUnit};
        let (ability, level) = match kind {
            ResetKind::Bus => (ResetBus, reset_level::BUS),
            ResetKind::LogicalUnit => (ResetLogicalUnit, reset_level::DEVICE),
            ResetKind::Nexus(_) | ResetKind::Power => {
                return Err(DeviceError::new(ErrorKind::Unsupported, "reset"));
            }
        };
        if !self.capabilities.has(ability) {
            return Err(DeviceError::new(ErrorKind::Unsupported, "reset"));
        }
        let (_, fd) = self.rig.open_either()?;
        fd.reset(level).map_err(|errno| refused(Operation::Reset, errno))
    }

    fn first_answer(&mut self) -> Result<Completion, DeviceError> {
        let unknown = |why| DeviceError::new(ErrorKind::Unsupported, "first answer").with_source(why);
        self.first.clone().map_err(unknown)
    }

    fn now(&self) -> Instant {
        self.rig.now()
    }

    fn wait(&mut self, span: Duration) {
        std::thread::sleep(span);
    }

    fn restore(&mut self) -> Result<(), DeviceError> {
        self.bring_back().map_err(|error| match error.kind() {
            ErrorKind::Transport if self.is_leaving() => {
                DeviceError::new(ErrorKind::Gone, "restore").with_source(error)
            }
            _ => error,
        })
    }

    fn faults(&mut self) -> Option<&mut dyn FaultControl> {
        Some(&mut self.faults)
    }

    fn button(&mut self) -> Option<&mut dyn TrayButton> {
        None
    }

    fn changer(&mut self) -> Option<&mut dyn DiscChanger> {
        None
    }

    fn memory(&mut self) -> Option<&mut dyn MemoryControl> {
        None
    }

    fn plug(&mut self) -> Option<&mut dyn Plug> {
        self.plug.as_mut().map(|plug| -> &mut dyn Plug { plug })
    }

    fn slow(&mut self) -> Option<&mut dyn SlowPath> {
        self.slow.as_mut().map(|slow| -> &mut dyn SlowPath { slow })
    }

    fn volume(&mut self) -> Option<&mut dyn VolumeControl> {
        None
    }
}

/// The kernel keeps some commands from users without rights, who then cannot have caused what they undo either.
fn unless_denied(result: Result<(), DeviceError>) -> Result<(), DeviceError> {
    match result {
        Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(()),
        other => other,
    }
}

/// Opens handles from this process or another.
#[derive(Debug)]
struct LinuxOpener {
    rig: Arc<Rig>,
    process: Option<Arc<AgentProcess>>,
    unique_id: String,
}

impl Opener for LinuxOpener {
    fn unique_id(&self) -> &str {
        &self.unique_id
    }

    fn open(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        let path = self.rig.current().path;
        match &self.process {
            Some(process) => Ok(Box::new(RemoteHandle::open(&self.rig, process, &path)?)),
            None => {
                let object = FileObject::open(&self.rig, Node::at(&path)?)?;
                Ok(Box::new(LinuxHandle::new(Arc::clone(&self.rig), object)))
            }
        }
    }
}

/// Leaves the drive of one bench unlocked, from any thread.
#[derive(Clone, Debug)]
pub struct Guard {
    rig: Weak<Rig>,
}

impl Guard {
    /// Kills the bench's other processes, closes its handles, and undoes what they did to the drive. Nothing happens when the bench
    /// is gone.
    ///
    /// # Errors
    /// What could not be undone; it stays in the journal for the next process.
    pub fn restore(&self) -> Result<(), DeviceError> {
        self.rig.upgrade().map_or(Ok(()), |rig| rig.release_everything())
    }
}

/// The rigs of this process, for [`LinuxBench::emergency_restore`].
static RIGS: Mutex<Vec<Weak<Rig>>> = Mutex::new(Vec::new());

fn register(rig: &Arc<Rig>) {
    let mut rigs = locked(&RIGS);
    rigs.retain(|rig| rig.strong_count() > 0);
    rigs.push(Arc::downgrade(rig));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_drive_is_refused() {
        for path in ["/dev/null", "/dev", "/proc/self/exe", "/dev/no-such-node"] {
            assert!(LinuxBench::open(path, LinuxOptions::default()).is_err(), "{path}");
        }
        LinuxBench::emergency_restore();
    }
}
