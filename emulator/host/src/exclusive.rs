//! Exclusive access: at most one file owns the device.

use crate::driver::ClassDriver;
use crate::files::{FileId, HandleId};
use crate::port::Port;
use crate::quirk::Quirk;
use crate::request::RequestKind;
use crate::unit::Media;
use discrig_device::{
    CallerName, DeviceError, ErrorKind, HostEvent, Instant, NameError, Owner, VolumePolicy,
};
use serde::{Deserialize, Serialize};

/// Who holds the device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exclusive {
    /// The owner proper.
    pub(crate) file: FileId,
    /// The name it gave.
    pub(crate) owner: Owner,
}

/// What an entry of the log of locks records.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogAction {
    /// The device was locked.
    Lock,
    /// The lock was given up, or freed with its file.
    Unlock,
}

/// An entry of the log of locks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LogEntry {
    /// When.
    pub at: Instant,
    /// Under which name.
    pub owner: Owner,
    /// What happened.
    pub action: LogAction,
}

impl ClassDriver {
    /// Takes the device exclusively for the file. The tray is not touched, the volume is neither dismounted nor flushed.
    ///
    /// # Errors
    /// What the serial queue says; then, in this order, `InvalidName`, `VolumeMounted`, `AlreadyLocked` (the same handle included).
    pub fn lock(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        name: &str,
        volume: VolumePolicy,
    ) -> Result<(), DeviceError> {
        let file = self.admit(port, handle, RequestKind::Lock)?.file;
        let refuse = |kind| DeviceError::new(kind, RequestKind::Lock.name());
        let owner = self.name(name).map_err(|cause| refuse(ErrorKind::InvalidName).with_source(cause))?;
        let respects = volume == VolumePolicy::Respect && !self.config.has(Quirk::VolumeIgnored);
        if self.is_mounted() && respects {
            return Err(refuse(ErrorKind::VolumeMounted));
        }
        match self.holder() {
            Some(holder) if holder == file && self.config.has(Quirk::SecondLockByOwnerSucceeds) => Ok(()),
            Some(_) if !(volume == VolumePolicy::Ignore && self.config.has(Quirk::ForceEvictsOwner)) => {
                Err(refuse(ErrorKind::AlreadyLocked))
            }
            _ => {
                self.take(port.now(), file, owner);
                Ok(())
            }
        }
    }

    fn name(&self, name: &str) -> Result<Owner, NameError> {
        match CallerName::new(name) {
            Ok(name) => Ok(Owner::Named(name)),
            Err(_) if self.config.has(Quirk::NameNotChecked) => Ok(Owner::Unnamed),
            Err(error) => Err(error),
        }
    }

    /// Makes the file the owner, and lets everybody know.
    pub(crate) fn take(&mut self, now: Instant, file: FileId, owner: Owner) {
        let Some(unit) = self.unit.as_mut() else { return };
        unit.exclusive = Some(Exclusive { file, owner });
        self.notify(now, HostEvent::ExclusiveLock);
        self.log.push(LogEntry { at: now, owner, action: LogAction::Lock });
    }

    /// Gives the device free.
    ///
    /// # Errors
    /// What the serial queue says, the lock being as it was; `NotLocked`; `InvalidHandle` when another file holds it.
    pub fn unlock(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        let admitted = self.admit(port, handle, RequestKind::Unlock)?;
        let refuse = |kind| Err(DeviceError::new(kind, RequestKind::Unlock.name()));
        match self.holder() {
            None => refuse(ErrorKind::NotLocked),
            Some(holder) if holder != admitted.file && !self.config.has(Quirk::ForeignHandleCanUnlock) => {
                refuse(ErrorKind::InvalidHandle)
            }
            Some(_) if admitted.lost => Ok(()),
            Some(_) => {
                self.release(port, !self.config.has(Quirk::ReleaseFreesNothing));
                Ok(())
            }
        }
    }

    /// Who holds the device. Every file may ask; who asks waits in the serial queue.
    ///
    /// # Errors
    /// What the serial queue says.
    pub fn owner(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<Owner, DeviceError> {
        let file = self.admit(port, handle, RequestKind::Owner)?.file;
        let outsider = self.holder().is_some_and(|holder| holder != file);
        if outsider && self.config.has(Quirk::OwnerQueryRefusedWhileLocked) {
            return Err(DeviceError::new(ErrorKind::Locked, RequestKind::Owner.name()));
        }
        Ok(self.owner_now())
    }

    /// Who holds the device, without asking the driver through its queue: what the laboratory sees.
    #[must_use]
    pub fn owner_now(&self) -> Owner {
        self.unit.as_ref().and_then(|unit| unit.exclusive.as_ref()).map(|lock| lock.owner).unwrap_or_default()
    }

    /// The file that holds the device.
    #[must_use]
    pub fn holder(&self) -> Option<FileId> {
        self.unit.as_ref().and_then(|unit| unit.exclusive.as_ref()).map(|lock| lock.file)
    }

    /// The log of locks, oldest entry first; it keeps the last 256.
    pub fn log(&self) -> impl Iterator<Item = &LogEntry> {
        self.log.iter()
    }

    /// The way out of a lock: disc gone and back, volume to be verified, unlock told, and only then the owner cleared. So whoever reacts to
    /// one of these notifications at once can find the device still locked. Last, the poll that the lock held back.
    /// (`frees` is true for a host that keeps its rules.)
    pub(crate) fn release(&mut self, port: &mut dyn Port, frees: bool) {
        let now = port.now();
        let owner = self.owner_now();
        if self.config.has(Quirk::OwnerClearedBeforeEvents) {
            self.clear_owner();
        }
        let tells = !self.config.has(Quirk::NotificationsLostAfterUnlock);
        if tells {
            self.show_disc_again(now);
        }
        if let Some(unit) = self.unit.as_mut() {
            unit.verify = unit.mounted;
        }
        if tells {
            self.notify(now, HostEvent::ExclusiveUnlock);
        }
        self.log.push(LogEntry { at: now, owner, action: LogAction::Unlock });
        if frees {
            self.clear_owner();
        }
        let postponed = self.unit.as_ref().is_some_and(|unit| unit.poll_postponed);
        if postponed && tells {
            self.poll(port);
        }
    }

    /// The pair of notifications by which listeners look at the disc anew, if one is known and they are told of media at all.
    fn show_disc_again(&mut self, now: Instant) {
        let Some(unit) = self.unit.as_ref() else { return };
        if unit.known == Media::Present && unit.notification_off == 0 {
            self.notify(now, HostEvent::MediaRemoval);
            self.notify(now, HostEvent::MediaArrival);
        }
    }

    /// The lock is gone, without a word to anybody.
    pub(crate) fn clear_owner(&mut self) {
        if let Some(unit) = self.unit.as_mut() {
            unit.exclusive = None;
        }
    }
}
