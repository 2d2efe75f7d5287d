//! A file of the driver as a [`Handle`], wherever driver and drive are kept.

use crate::driver::ClassDriver;
use crate::files::HandleId;
use crate::notification::Notification;
use crate::port::Port;
use core::fmt;
use discrig_device::{
    Completion, Device, DeviceError, ErrorKind, ExclusiveAccess, Handle, HostEvent, HostTray,
    MediaNotification, Opener, Owner, ProcessId, Properties, Request, Told, TrayLock, VolumePolicy,
};

/// Where a driver and the way to its drive are kept.
///
/// # Contract
/// - Clones lead to the same driver and drive.
/// - Closing, and so dropping, a handle goes through its seat: no handle may be dropped inside `body`.
pub trait Seat: Clone + Send {
    /// Lends driver and drive to `body`.
    fn with<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port) -> R) -> R;
}

/// An open handle of the simulated host. Dropping it closes it.
pub struct HostHandle<S: Seat> {
    seat: S,
    id: HandleId,
}

impl<S: Seat> HostHandle<S> {
    /// Opens a file as `process`.
    ///
    /// # Errors
    /// As [`ClassDriver::open`].
    pub fn open(seat: S, process: ProcessId) -> Result<HostHandle<S>, DeviceError> {
        let id = seat.with(|driver, port| driver.open(port, process))?;
        Ok(HostHandle { seat, id })
    }

    /// The driver's number for it.
    #[must_use]
    pub fn id(&self) -> HandleId {
        self.id
    }

    /// Another handle for the same file, inherited by `process`.
    ///
    /// # Errors
    /// As [`ClassDriver::duplicate`].
    pub fn inherit(&self, process: ProcessId) -> Result<HostHandle<S>, DeviceError> {
        let id = self.seat.with(|driver, _| driver.duplicate(self.id, process))?;
        Ok(HostHandle { seat: self.seat.clone(), id })
    }

    /// The oldest notification that the file has not seen, with its circumstances.
    ///
    /// # Errors
    /// As [`ClassDriver::next_event`].
    pub fn next_notification(&self) -> Result<Option<Notification>, DeviceError> {
        self.ask(|driver, port, id| driver.next_notification(port, id))
    }

    fn ask<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port, HandleId) -> R) -> R {
        self.seat.with(|driver, port| body(driver, port, self.id))
    }
}

impl<S: Seat> fmt::Debug for HostHandle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostHandle").field(&self.id).finish()
    }
}

impl<S: Seat> Drop for HostHandle<S> {
    fn drop(&mut self) {
        // Closed before, or closed now: nobody is left to be told how it went.
        let _ = self.ask(|driver, port, id| driver.close(port, id));
    }
}

impl<S: Seat> Device for HostHandle<S> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        self.ask(|driver, port, id| driver.execute(port, id, request))
    }
}

impl<S: Seat> ExclusiveAccess for HostHandle<S> {
    fn lock(&mut self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.lock(port, id, name, volume))
    }

    fn unlock(&mut self) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.unlock(port, id))
    }

    fn owner(&mut self) -> Result<Owner, DeviceError> {
        self.ask(|driver, port, id| driver.owner(port, id))
    }
}

impl<S: Seat> MediaNotification for HostHandle<S> {
    fn disable(&mut self) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.mcn_disable(port, id))
    }

    fn enable(&mut self) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.mcn_enable(port, id))
    }

    fn next_event(&mut self) -> Result<Option<HostEvent>, DeviceError> {
        self.ask(|driver, port, id| driver.next_event(port, id))
    }

    fn next_told(&mut self) -> Result<Option<Told>, DeviceError> {
        let told = self.next_notification()?;
        Ok(told.map(|notification| Told { event: notification.event, owner: Some(notification.owner) }))
    }
}

impl<S: Seat> HostTray for HostHandle<S> {
    fn eject(&mut self) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.eject(port, id))
    }

    fn load(&mut self) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.load(port, id))
    }

    fn lock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.lock_tray(port, id, lock))
    }

    fn unlock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.unlock_tray(port, id, lock))
    }
}

impl<S: Seat + 'static> Handle for HostHandle<S> {
    fn properties(&mut self) -> Result<Properties, DeviceError> {
        self.ask(|driver, _, id| driver.properties(id))
    }

    fn tray(&mut self) -> Option<&mut dyn HostTray> {
        Some(self)
    }

    fn duplicate(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        let process = self.ask(|driver, _, id| driver.process_of(id));
        let process = process.ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, "duplicate"))?;
        Ok(Box::new(self.inherit(process)?))
    }

    fn close(self: Box<Self>) -> Result<(), DeviceError> {
        self.ask(|driver, port, id| driver.close(port, id))
    }
}

/// Opens handles as one life of one process of the host.
#[derive(Clone, Debug)]
pub struct HostOpener<S: Seat> {
    seat: S,
    process: ProcessId,
    deaths: u64,
    unique_id: String,
}

impl<S: Seat> HostOpener<S> {
    /// An opener for `process`. It dies with the process.
    #[must_use]
    pub fn new(seat: S, process: ProcessId) -> HostOpener<S> {
        let (deaths, unique_id) =
            seat.with(|driver, _| (driver.deaths(process), driver.config().unique_id.clone()));
        HostOpener { seat, process, deaths, unique_id }
    }
}

impl<S: Seat + 'static> Opener for HostOpener<S> {
    fn unique_id(&self) -> &str {
        &self.unique_id
    }

    fn open(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        if self.seat.with(|driver, _| driver.deaths(self.process)) != self.deaths {
            return Err(DeviceError::new(ErrorKind::InvalidHandle, "opening as a process that is dead"));
        }
        Ok(Box::new(HostHandle::open(self.seat.clone(), self.process)?))
    }
}
