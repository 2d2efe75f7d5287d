//! The emulated laboratory as a [`Bench`].

use crate::abilities;
use crate::config::EmulatorConfig;
use crate::lab::World;
use crate::seat::{HostSeat, Shared};
use core::time::Duration;
use discrig_device::fault::FaultControl;
use discrig_device::{
    Bench, Capabilities, Completion, DeviceError, DiscChanger, ErrorKind, HostId, Instant, MemoryControl,
    Opener, Plug, ProcessId, Request, ResetKind, SlowPath, TrayButton, VolumeControl,
};
use discrig_host::HostOpener;
use discrig_wire::command::TestUnitReady;
use std::sync::MutexGuard;

/// How long the first command after power on may take.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// A complete emulated laboratory with every ability. Two hosts, any number of processes, virtual time.
pub struct EmulatedBench {
    shared: Shared,
    capabilities: Capabilities,
}

impl EmulatedBench {
    /// A laboratory in its known state.
    ///
    /// # Errors
    /// That the configured disc makes no sense.
    pub fn new(config: EmulatorConfig) -> Result<EmulatedBench, DeviceError> {
        let capabilities = abilities::declare(&config);
        Ok(EmulatedBench { shared: Shared::new(World::new(config)?), capabilities })
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }
}

impl Bench for EmulatedBench {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError> {
        Ok(Box::new(HostOpener::new(HostSeat::new(&self.shared, host)?, process)))
    }

    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        if process == ProcessId(0) {
            return Err(DeviceError::new(ErrorKind::Unsupported, "killing the process of the suite"));
        }
        self.world().kill(process)
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        self.world().lab.reset(kind)
    }

    fn first_answer(&mut self) -> Result<Completion, DeviceError> {
        // Opened before, because the host asks the drive for what it is.
        let mut handle = self.open(HostId(0), ProcessId(0))?;
        self.reset(ResetKind::Power)?;
        let cdb = TestUnitReady {}.cdb();
        handle.execute(Request::none(cdb, FIRST_ANSWER))
    }

    fn now(&self) -> Instant {
        self.world().lab.clock.now()
    }

    fn wait(&mut self, span: Duration) {
        let mut world = self.world();
        world.lab.wait(span);
        world.settle();
    }

    fn restore(&mut self) -> Result<(), DeviceError> {
        self.world().restore()
    }

    fn snapshot(&self) -> Option<String> {
        self.world().snapshot()
    }

    fn faults(&mut self) -> Option<&mut dyn FaultControl> {
        Some(self)
    }

    fn button(&mut self) -> Option<&mut dyn TrayButton> {
        Some(self)
    }

    fn changer(&mut self) -> Option<&mut dyn DiscChanger> {
        Some(self)
    }

    fn memory(&mut self) -> Option<&mut dyn MemoryControl> {
        Some(self)
    }

    fn plug(&mut self) -> Option<&mut dyn Plug> {
        Some(self)
    }

    fn slow(&mut self) -> Option<&mut dyn SlowPath> {
        Some(self)
    }

    fn volume(&mut self) -> Option<&mut dyn VolumeControl> {
        Some(self)
    }
}
