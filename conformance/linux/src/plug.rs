//! The plug: taking the drive off its bus through sysfs, and having the bus looked over again.

use crate::node::{Identity, Node, NodeKind};
use crate::rig::Rig;
use crate::sysfs::ScsiDevice;
use core::time::Duration;
use discrig_device::{DeviceError, ErrorKind, Plug, Replug};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// How long a device may take to leave or to come back, its node included.
const MOVE: Duration = Duration::from_secs(20);
/// How long a device may take to come back to the place that it was taken from, before it is looked for elsewhere.
const RETURN: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(5);

/// The plug of a drive whose SCSI device can be deleted.
#[derive(Debug)]
pub(crate) struct SysfsPlug {
    rig: Arc<Rig>,
    /// Of the instance that was pulled.
    pulled: Option<Pulled>,
}

#[derive(Debug)]
struct Pulled {
    device: ScsiDevice,
    kind: NodeKind,
}

impl SysfsPlug {
    pub(crate) fn new(rig: Arc<Rig>) -> SysfsPlug {
        SysfsPlug { rig, pulled: None }
    }

    /// Whether the drive is out.
    pub(crate) fn is_pulled(&self) -> bool {
        self.pulled.is_some()
    }
}

impl Plug for SysfsPlug {
    fn pull(&mut self) -> Result<(), DeviceError> {
        let node = self.rig.current();
        let device = node.device.clone().ok_or_else(|| failed("pull", "the drive has no place in sysfs"))?;
        device.delete().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => DeviceError::new(ErrorKind::Gone, "pull").with_source(error),
            std::io::ErrorKind::PermissionDenied => {
                DeviceError::new(ErrorKind::AccessDenied, "pull").with_source(error)
            }
            _ => failed("pull", error),
        })?;
        if wait(MOVE, || (!device.exists()).then_some(())).is_none() {
            return Err(failed("pull", "the device is still there"));
        }
        self.pulled = Some(Pulled { device, kind: node.kind });
        Ok(())
    }

    fn put_back(&mut self, how: Replug) -> Result<(), DeviceError> {
        if how == Replug::Other {
            return Err(DeviceError::new(ErrorKind::Unsupported, "put back"));
        }
        let Some(pulled) = &self.pulled else {
            return Err(DeviceError::new(ErrorKind::InvalidState, "put back").with_source("it is not pulled"));
        };
        let node = self.look_for(pulled).map_err(|error| failed("put back", error))?;
        self.rig.set_current(node.ok_or_else(|| failed("put back", "the drive did not come back"))?);
        self.pulled = None;
        Ok(())
    }
}

impl SysfsPlug {
    /// Has the bus looked over for the drive: first the place it was taken from, then all of it.
    fn look_for(&self, pulled: &Pulled) -> std::io::Result<Option<Node>> {
        let found = || find(pulled.kind, self.rig.identity(), &pulled.device);
        pulled.device.rescan_place()?;
        if let Some(node) = wait(RETURN, found) {
            return Ok(Some(node));
        }
        pulled.device.rescan_host()?;
        Ok(wait(MOVE, found))
    }
}

/// A node of `kind` on a drive with this identity: at the same place if there is one, else anywhere, provided that it has a serial number. Without
/// one a drive of the same make elsewhere is another drive for all that can be known, and nobody has said that it may be used.
pub(crate) fn find(kind: NodeKind, identity: &Identity, place: &ScsiDevice) -> Option<Node> {
    let devices = ScsiDevice::all();
    let (there, elsewhere): (Vec<_>, Vec<_>) =
        devices.iter().partition(|device| device.place() == place.place());
    let elsewhere = elsewhere.into_iter().filter(|_| !identity.serial.is_empty());
    there.into_iter().chain(elsewhere).find_map(|device| {
        let node = Node::of_device(device, kind)?;
        let fd = node.open(false).ok()?;
        let found = Identity::ask(&node, &fd).ok()?;
        found.is_same_drive(identity).then_some(node)
    })
}

/// Waits until there is something, for `limit` at most.
pub(crate) fn wait<T>(limit: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = condition() {
            return Some(value);
        }
        if started.elapsed() > limit {
            return None;
        }
        thread::sleep(POLL);
    }
}

fn failed(operation: &'static str, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DeviceError {
    DeviceError::new(ErrorKind::Transport, operation).with_source(why)
}
