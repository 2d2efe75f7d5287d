//! A host: the class driver on a nexus of its own.

use crate::nexus::Nexus;
use discrig_device::{DeviceError, Instant, ProcessId};
use discrig_host::{ClassDriver, Host, HostConfig, HostOpener, Port, Seat};

/// A host of the bench. Clones are the same host.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    host: Host<Nexus>,
}

impl Station {
    /// Puts a driver on a nexus and lets it find the drive.
    ///
    /// # Errors
    /// As [`ClassDriver::attach`].
    pub(crate) fn new(
        config: HostConfig,
        nexus: Nexus,
        clock: impl Fn() -> Instant + Send + 'static,
    ) -> Result<Station, DeviceError> {
        Ok(Station { host: Host::new(config, nexus, clock)? })
    }

    /// Lends the nexus, past the driver.
    pub(crate) fn nexus<R>(&self, body: impl FnOnce(&mut Nexus) -> R) -> R {
        self.host.device(body)
    }

    /// A way to open handles.
    pub(crate) fn opener(&self, process: ProcessId) -> HostOpener<Station> {
        HostOpener::new(self.clone(), process)
    }

    /// A connection that ended by itself is a drive that went away, for the driver too.
    pub(crate) fn notice(&self) {
        if self.nexus(Nexus::is_lost) {
            self.detach();
        }
    }

    /// The drive is away, as far as this host is concerned.
    pub(crate) fn detach(&self) {
        self.host.with(|driver, port| driver.detach(port.now()));
    }
}

impl Seat for Station {
    fn with<R>(&self, body: impl FnOnce(&mut ClassDriver, &mut dyn Port) -> R) -> R {
        self.notice();
        self.host.with(body)
    }
}
