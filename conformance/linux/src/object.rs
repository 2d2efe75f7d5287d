//! A file object: what one successful open gave, shared by a handle and its duplicates.

use crate::abi::ScsiFd;
use crate::ask::Ask;
use crate::classify::{Operation, kind_of, refused};
use crate::journal::Trace;
use crate::mounts::mount_points;
use crate::node::{Node, NodeKind, OpenError};
use crate::owner::{find_name, leave_name};
use crate::rig::Rig;
use crate::runtime::RecordFile;
use crate::sg;
use core::time::Duration;
use discrig_device::{
    CallerName, Completion, DeviceError, Effect, ErrorKind, Owner, Properties, Request, VolumePolicy,
};
use rustix::io::Errno;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

/// How often an exclusive open is tried when nobody is known to hold the node: somebody else's probe lasts a moment.
const TRIES: usize = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// An open node with what it holds. The last reference closes it.
#[derive(Debug)]
pub(crate) struct FileObject {
    rig: Arc<Rig>,
    node: Node,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Stands first, so that it is dropped first: a name that is held proves that the node is held.
    exclusive: Option<Exclusive>,
    /// `None` once it was revoked, or when a node could not be opened again.
    fd: Option<Arc<ScsiFd>>,
}

/// Exclusive access: the object's descriptor is an exclusive one.
#[derive(Debug)]
struct Exclusive {
    name: CallerName,
    /// The name for other processes.
    _record: Option<RecordFile>,
}

impl FileObject {
    /// Opens a node.
    ///
    /// # Errors
    /// [`OpenError`] with the owner's name where it is known.
    pub(crate) fn open(rig: &Arc<Rig>, node: Node) -> Result<Arc<FileObject>, OpenError> {
        let fd = node.open(false).map_err(|errno| {
            let owner = find_name(rig.folder(), &node).map(|(name, pid)| format!("{name} (process {pid})"));
            node.open_error(errno, owner)
        })?;
        let state = Mutex::new(State { fd: Some(Arc::new(fd)), exclusive: None });
        let object = Arc::new(FileObject { rig: Arc::clone(rig), node, state });
        rig.adopt(&object);
        Ok(object)
    }

    /// Executes a command. Other calls on the object can go on meanwhile.
    pub(crate) fn execute(&self, request: Request<'_>) -> Result<Completion, DeviceError> {
        let fd = self.fd("execute")?;
        if let Some(trace) = Trace::of(&request) {
            self.rig.journal().note(&self.node, trace);
        }
        let timeout = request.timeout;
        let completion = sg::execute(&fd, self.node.kind, request)?;
        if completion.elapsed > timeout {
            self.rig.count_late_answer();
        }
        Ok(completion)
    }

    /// Takes exclusive access.
    pub(crate) fn lock(&self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError> {
        let name = CallerName::new(name)
            .map_err(|error| DeviceError::new(ErrorKind::InvalidName, "lock").with_source(error))?;
        let mut state = self.state();
        present(&state, "lock")?;
        // An exclusive open of sr never succeeds under a mounted volume, whatever the caller is ready to ignore.
        let respects = volume == VolumePolicy::Respect || self.node.kind == NodeKind::Sr;
        if respects && self.is_mounted() {
            return Err(DeviceError::new(ErrorKind::VolumeMounted, "lock"));
        }
        if state.exclusive.is_some() {
            return Err(DeviceError::new(ErrorKind::AlreadyLocked, "lock"));
        }
        let fd = match self.node.kind {
            NodeKind::Sr => self.exclusive_sr()?,
            NodeKind::Sg => self.exclusive_sg(&mut state)?,
        };
        state.fd = Some(Arc::new(fd));
        state.exclusive = Some(Exclusive { name, _record: leave_name(self.rig.folder(), &self.node, name) });
        Ok(())
    }

    /// The exclusive open of sr succeeds beside plain ones.
    fn exclusive_sr(&self) -> Result<ScsiFd, DeviceError> {
        let mut last = Errno::BUSY;
        for attempt in 0..TRIES {
            if attempt > 0 {
                thread::sleep(BETWEEN_TRIES);
            }
            match self.node.open(true) {
                Ok(fd) => return Ok(fd),
                Err(errno) => last = errno,
            }
            if last != Errno::BUSY || find_name(self.rig.folder(), &self.node).is_some() {
                break;
            }
        }
        if last == Errno::BUSY && self.is_mounted() {
            return Err(DeviceError::new(ErrorKind::VolumeMounted, "lock"));
        }
        Err(refused(Operation::Lock, last))
    }

    /// The exclusive open of sg needs that nobody has the node open, this object included.
    fn exclusive_sg(&self, state: &mut State) -> Result<ScsiFd, DeviceError> {
        state.fd = None;
        match self.node.open(true) {
            Ok(fd) => Ok(fd),
            Err(errno) => {
                state.fd = self.node.open(false).ok().map(Arc::new);
                let error = refused(Operation::Lock, errno);
                if errno != Errno::BUSY || state.fd.is_none() {
                    return Err(error);
                }
                // A plain open succeeds, so nobody holds the node exclusively.
                let why =
                    "the sg node is open elsewhere, and sg gives exclusive access to a sole opener only";
                Err(DeviceError::new(ErrorKind::Busy, "lock").with_source(why))
            }
        }
    }

    /// Gives exclusive access up.
    pub(crate) fn unlock(&self) -> Result<(), DeviceError> {
        let mut state = self.state();
        let fd = state.fd.clone().ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, "unlock"))?;
        if state.exclusive.is_none() {
            drop(state);
            return Err(match self.owner()? {
                Owner::Nobody => DeviceError::new(ErrorKind::NotLocked, "unlock"),
                Owner::Named(_) | Owner::Unnamed => DeviceError::new(ErrorKind::InvalidHandle, "unlock"),
            });
        }
        state.exclusive = None;
        if let Err(errno) = fd.ping() {
            // With the device the lock is gone; the descriptor stays to answer so.
            return Err(refused(Operation::Lock, errno).with_effect(Effect::Done));
        }
        let reopened = match self.node.kind {
            NodeKind::Sr => self.node.open(false),
            NodeKind::Sg => {
                state.fd = None;
                drop(fd);
                self.node.open(false)
            }
        };
        state.fd = None;
        let fd = reopened.map_err(|errno| {
            DeviceError::new(kind_of(Operation::Open, errno), "unlock")
                .with_effect(Effect::Done)
                .with_source(std::io::Error::from(errno))
        })?;
        state.fd = Some(Arc::new(fd));
        Ok(())
    }

    /// Who holds the node exclusively.
    pub(crate) fn owner(&self) -> Result<Owner, DeviceError> {
        let state = self.state();
        present(&state, "owner")?;
        if let Some(exclusive) = &state.exclusive {
            return Ok(Owner::Named(exclusive.name));
        }
        // Having sg open at all proves that nobody holds it exclusively.
        if self.node.kind == NodeKind::Sg {
            return Ok(Owner::Nobody);
        }
        for _ in 0..TRIES {
            if let Some((name, _)) = find_name(self.rig.folder(), &self.node) {
                return Ok(Owner::Named(name));
            }
            match self.node.probe_exclusive() {
                Ok(()) => return Ok(Owner::Nobody),
                // A mounted volume holds the node for the kernel: no client does, and none can.
                Err(Errno::BUSY) if self.is_mounted() => return Ok(Owner::Nobody),
                Err(Errno::BUSY) => thread::sleep(BETWEEN_TRIES),
                Err(errno) => {
                    return Err(DeviceError::new(kind_of(Operation::Open, errno), "owner")
                        .with_source(std::io::Error::from(errno)));
                }
            }
        }
        Ok(Owner::Unnamed)
    }

    /// What the kernel knows of the drive.
    pub(crate) fn properties(&self) -> Result<Properties, DeviceError> {
        present(&self.state(), "properties")?;
        Ok(self.rig.properties(&self.node))
    }

    /// Whether the kernel's own tray calls exist on this node.
    pub(crate) fn has_tray(&self) -> bool {
        self.node.kind == NodeKind::Sr
    }

    /// Opens the tray by CDROMEJECT.
    pub(crate) fn eject(&self) -> Result<(), DeviceError> {
        let fd = self.fd("eject")?;
        fd.eject().map_err(|errno| {
            let locked = errno == Errno::IO && Ask::new(&self.node, &fd).tray_locked().unwrap_or(false);
            let error = refused(Operation::Tray, errno);
            if locked { DeviceError::new(ErrorKind::Busy, "eject").with_source(error) } else { error }
        })
    }

    /// Closes the tray by CDROMCLOSETRAY.
    pub(crate) fn load(&self) -> Result<(), DeviceError> {
        self.fd("load")?.close_tray().map_err(|errno| refused(Operation::Tray, errno))
    }

    /// Sets or clears the kernel's door lock.
    pub(crate) fn lock_door(&self, locked: bool) -> Result<(), DeviceError> {
        let fd = self.fd("lock tray")?;
        if locked {
            self.rig.journal().note(&self.node, Trace::DoorLocked);
        }
        fd.lock_door(locked).map_err(|errno| refused(Operation::Tray, errno))
    }

    /// Closes the object whoever still refers to it. Commands under way keep the descriptor until they end; it is returned as long as there are some.
    pub(crate) fn revoke(&self) -> Option<Weak<ScsiFd>> {
        let mut state = self.state();
        state.exclusive = None;
        let fd = state.fd.take().map(|fd| Arc::downgrade(&fd));
        fd.filter(|fd| fd.strong_count() > 0)
    }

    fn is_mounted(&self) -> bool {
        let block = match self.node.kind {
            NodeKind::Sr => Some((self.node.major, self.node.minor)),
            NodeKind::Sg => self.node.sibling().map(|sr| (sr.major, sr.minor)),
        };
        block.is_some_and(|(major, minor)| !mount_points(major, minor).is_empty())
    }

    fn fd(&self, operation: &'static str) -> Result<Arc<ScsiFd>, DeviceError> {
        self.state().fd.clone().ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, operation))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That the object is open and its device there.
fn present(state: &State, operation: &'static str) -> Result<(), DeviceError> {
    let fd = state.fd.as_ref().ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, operation))?;
    fd.ping().map_err(|errno| {
        DeviceError::new(kind_of(Operation::Execute, errno), operation)
            .with_source(std::io::Error::from(errno))
    })
}
