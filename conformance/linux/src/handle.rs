//! Handles of this process.

use crate::object::FileObject;
use crate::rig::Rig;
use discrig_device::{
    Completion, Device, DeviceError, ErrorKind, ExclusiveAccess, Handle, HostEvent, HostTray,
    MediaNotification, Owner, Properties, Request, TrayLock, VolumePolicy,
};
use std::sync::Arc;

/// A handle of this process on a drive's node.
///
/// Exclusive access is the kernel's `O_EXCL`. On `sr` it is advisory: it keeps mounts and other exclusive opens away, while plain opens
/// and their commands go on. On `sg` it needs a sole opener and then shuts everybody else out. [`VolumePolicy::Ignore`] cannot win
/// against a mounted volume on `sr`: the answer is `VolumeMounted` all the same.
#[derive(Debug)]
pub struct LinuxHandle {
    rig: Arc<Rig>,
    object: Arc<FileObject>,
}

impl LinuxHandle {
    pub(crate) fn new(rig: Arc<Rig>, object: Arc<FileObject>) -> LinuxHandle {
        LinuxHandle { rig, object }
    }
}

impl Device for LinuxHandle {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        let object = &self.object;
        self.rig.faults().apply(self.rig.now(), request, |request| object.execute(request))
    }
}

impl ExclusiveAccess for LinuxHandle {
    fn lock(&mut self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError> {
        self.object.lock(name, volume)
    }

    fn unlock(&mut self) -> Result<(), DeviceError> {
        self.object.unlock()
    }

    fn owner(&mut self) -> Result<Owner, DeviceError> {
        self.object.owner()
    }
}

/// Linux has no switch for media change notification that a handle could hold.
impl MediaNotification for LinuxHandle {
    fn disable(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "disable media change notification"))
    }

    fn enable(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "enable media change notification"))
    }

    fn next_event(&mut self) -> Result<Option<HostEvent>, DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "next event"))
    }
}

impl HostTray for LinuxHandle {
    fn eject(&mut self) -> Result<(), DeviceError> {
        self.object.eject()
    }

    fn load(&mut self) -> Result<(), DeviceError> {
        self.object.load()
    }

    fn lock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        simple(lock, "lock tray")?;
        self.object.lock_door(true)
    }

    fn unlock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        simple(lock, "unlock tray")?;
        self.object.lock_door(false)
    }
}

/// Linux has the simple tray lock alone.
fn simple(lock: TrayLock, operation: &'static str) -> Result<(), DeviceError> {
    match lock {
        TrayLock::Simple => Ok(()),
        TrayLock::Protected => Err(DeviceError::new(ErrorKind::Unsupported, operation)),
    }
}

impl Handle for LinuxHandle {
    fn properties(&mut self) -> Result<Properties, DeviceError> {
        self.object.properties()
    }

    fn tray(&mut self) -> Option<&mut dyn HostTray> {
        if self.object.has_tray() { Some(self) } else { None }
    }

    fn duplicate(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        self.object.properties()?;
        Ok(Box::new(LinuxHandle::new(Arc::clone(&self.rig), Arc::clone(&self.object))))
    }

    fn close(self: Box<Self>) -> Result<(), DeviceError> {
        Ok(())
    }
}
