//! Where the handles of a host find the world.

use crate::lab::World;
use discrig_device::{DeviceError, HostId};
use discrig_host::{ClassDriver, Port, Seat};
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

impl HostSeat {
    /// The place of a host.
    ///
    /// # Errors
    /// `Unsupported` for a host that is not there.
    pub(crate) fn new(shared: &Shared, host: HostId) -> Result<HostSeat, DeviceError> {
        shared.world().station(host)?;
        Ok(HostSeat { shared: shared.clone(), host })
    }
}

impl Seat for HostSeat {
    fn with<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port) -> R) -> R {
        let mut world = self.shared.world();
        let (driver, mut port) = world.place(self.host);
        body(driver, &mut port)
    }
}
