//! A host of its own: the driver on one device.

use crate::config::HostConfig;
use crate::driver::ClassDriver;
use crate::handle::{HostHandle, HostOpener, Seat};
use crate::port::Port;
use core::fmt;
use discrig_device::{Completion, Device, DeviceError, Instant, ProcessId, Request};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A driver on a device, for use by any number of handles and threads.
///
/// ```
/// # use discrig_device::{CallerName, Completion, Data, Device, DeviceError, ErrorKind, ExclusiveAccess, Instant, ProcessId, Request, VolumePolicy};
/// # struct Drive;
/// # impl Device for Drive {
/// #     fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
/// #         let Data::In(buffer) = request.data else { return Ok(Completion::good(0)) };
/// #         buffer[..5].copy_from_slice(&[5, 0x80, 0, 0x32, 31]);
/// #         Ok(Completion::good(36))
/// #     }
/// # }
/// use discrig_host::{Host, HostConfig};
///
/// let host = Host::new(HostConfig::default(), Drive, || Instant::ZERO)?;
/// let mut mine = host.open(ProcessId(0))?;
/// let mut other = host.open(ProcessId(1))?;
/// mine.lock("Disc Burner", VolumePolicy::Respect)?;
/// assert_eq!(other.owner()?.name(), Some("Disc Burner"));
/// assert_eq!(other.unlock().unwrap_err().kind(), ErrorKind::InvalidHandle);
/// drop(mine);
/// assert!(!other.owner()?.is_held());
/// # Ok::<(), DeviceError>(())
/// ```
pub struct Host<D: Device> {
    bench: Arc<Mutex<Stack<D>>>,
}

struct Stack<D> {
    driver: ClassDriver,
    port: Clocked<D>,
}

/// A device with a clock that somebody else keeps.
struct Clocked<D> {
    device: D,
    clock: Box<dyn Fn() -> Instant + Send>,
}

impl<D: Device> Device for Clocked<D> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        self.device.execute(request)
    }
}

impl<D: Device> Port for Clocked<D> {
    fn now(&self) -> Instant {
        (self.clock)()
    }
}

impl<D: Device> Host<D> {
    /// Puts a driver on `device` and lets it find the drive. `clock` is the one by which the device measures time.
    ///
    /// # Errors
    /// As [`ClassDriver::attach`].
    pub fn new(
        config: HostConfig,
        device: D,
        clock: impl Fn() -> Instant + Send + 'static,
    ) -> Result<Host<D>, DeviceError> {
        let mut port = Clocked { device, clock: Box::new(clock) };
        let mut driver = ClassDriver::new(config);
        driver.attach(&mut port)?;
        Ok(Host { bench: Arc::new(Mutex::new(Stack { driver, port })) })
    }

    /// Opens a handle as `process`.
    ///
    /// # Errors
    /// As [`ClassDriver::open`].
    pub fn open(&self, process: ProcessId) -> Result<HostHandle<Host<D>>, DeviceError> {
        HostHandle::open(self.clone(), process)
    }

    /// A way to open handles as `process`.
    #[must_use]
    pub fn opener(&self, process: ProcessId) -> HostOpener<Host<D>> {
        HostOpener::new(self.clone(), process)
    }

    /// Lends the device itself, past the driver.
    pub fn device<R>(&self, body: impl FnOnce(&mut D) -> R) -> R {
        body(&mut self.stack().port.device)
    }

    /// A panic of somebody who held the lock leaves the driver between two requests, or in one that never ended: as consistent as before.
    fn stack(&self) -> MutexGuard<'_, Stack<D>> {
        self.bench.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Device> Clone for Host<D> {
    fn clone(&self) -> Host<D> {
        Host { bench: Arc::clone(&self.bench) }
    }
}

impl<D: Device> fmt::Debug for Host<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("driver", &self.stack().driver).finish_non_exhaustive()
    }
}

impl<D: Device> Seat for Host<D> {
    fn with<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port) -> R) -> R {
        let stack = &mut *self.stack();
        body(&mut stack.driver, &mut stack.port)
    }
}
