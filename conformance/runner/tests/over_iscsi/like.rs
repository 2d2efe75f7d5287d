//! A laboratory that says it can do what another one can.

use core::time::Duration;
use discrig_device::fault::FaultControl;
use discrig_device::{
    Bench, Capabilities, Completion, DeviceError, DiscChanger, HostId, Instant, MemoryControl, Opener, Plug,
    ProcessId, ResetKind, SlowPath, TrayButton, VolumeControl,
};

/// A laboratory that says it can do what another one can, and waits no longer than it has to.
pub(crate) struct Like {
    bench: Box<dyn Bench>,
    capabilities: Capabilities,
    pub(crate) longest_wait: Duration,
}

impl Like {
    pub(crate) fn new(bench: Box<dyn Bench>, capabilities: Capabilities, longest_wait: Duration) -> Like {
        Like { bench, capabilities, longest_wait }
    }
}

impl Bench for Like {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError> {
        self.bench.opener(host, process)
    }

    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        self.bench.kill(process)
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        self.bench.reset(kind)
    }

    fn first_answer(&mut self) -> Result<Completion, DeviceError> {
        self.bench.first_answer()
    }

    fn now(&self) -> Instant {
        self.bench.now()
    }

    fn wait(&mut self, span: Duration) {
        self.bench.wait(span.min(self.longest_wait));
    }

    fn restore(&mut self) -> Result<(), DeviceError> {
        self.bench.restore()
    }

    fn faults(&mut self) -> Option<&mut dyn FaultControl> {
        self.bench.faults()
    }

    fn button(&mut self) -> Option<&mut dyn TrayButton> {
        self.bench.button()
    }

    fn changer(&mut self) -> Option<&mut dyn DiscChanger> {
        self.bench.changer()
    }

    fn memory(&mut self) -> Option<&mut dyn MemoryControl> {
        self.bench.memory()
    }

    fn plug(&mut self) -> Option<&mut dyn Plug> {
        self.bench.plug()
    }

    fn slow(&mut self) -> Option<&mut dyn SlowPath> {
        self.bench.slow()
    }

    fn volume(&mut self) -> Option<&mut dyn VolumeControl> {
        self.bench.volume()
    }
}
