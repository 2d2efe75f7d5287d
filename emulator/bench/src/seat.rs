//! Where the handles of a host find the world, and how processes open them.

use crate::lab::World;
use discrig_device::{DeviceError, ErrorKind, Handle, HostId, Opener, ProcessId};
use discrig_host::{ClassDriver, HostHandle, Port, Seat};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The world, shared by a bench and the handles that it gave out.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(world: World) -> Shared {
        Shared(Arc::new(Mutex::new(world)))
    }

    /// The world. A panic of another thread while it held the world is a mistake of that thread's; the state is plain data.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One host's place in the world.
#[derive(Clone)]
pub(crate) struct HostSeat {
    shared: Shared,
    host: HostId,
}

impl Seat for HostSeat {
    fn with<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port) -> R) -> R {
        let mut world = self.shared.world();
        let (driver, mut port) = world.place(self.host);
        body(driver, &mut port)
    }
}

/// Opens handles as one life of one process.
pub(crate) struct ProcessOpener {
    seat: HostSeat,
    process: ProcessId,
    life: u64,
    unique_id: String,
}

impl ProcessOpener {
    pub(crate) fn new(
        shared: &Shared,
        host: HostId,
        process: ProcessId,
    ) -> Result<ProcessOpener, DeviceError> {
        let mut world = shared.world();
        let life = world.life(process);
        let unique_id = world.station(host)?.0.config().unique_id.clone();
        drop(world);
        Ok(ProcessOpener { seat: HostSeat { shared: shared.clone(), host }, process, life, unique_id })
    }
}

impl Opener for ProcessOpener {
    fn unique_id(&self) -> &str {
        &self.unique_id
    }

    fn open(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        if self.seat.shared.world().life(self.process) != self.life {
            return Err(DeviceError::new(ErrorKind::InvalidHandle, "opening as a process that is dead"));
        }
        Ok(Box::new(HostHandle::open(self.seat.clone(), self.process)?))
    }
}
