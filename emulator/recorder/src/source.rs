//! Where a suite gets recorder objects from.

use crate::counting::CountingRecorder;
use crate::interface::Recorder;
use crate::policy::Policy;
use crate::quirk::Quirks;
use discrig_device::{Bench, DeviceError, HostId, ProcessId};

/// Makes recorder objects over the drive of a bench: the portable implementation, or the system's own.
pub trait RecorderSource {
    /// A new recorder object in `process` on `host`, not initialized.
    ///
    /// # Errors
    /// `Unsupported` for a host or process that the bench does not have; or that the system could not make the object.
    fn recorder(
        &mut self,
        bench: &mut dyn Bench,
        host: HostId,
        process: ProcessId,
    ) -> Result<Box<dyn Recorder>, DeviceError>;

    /// The choices that this implementation makes where the interface's pages leave them open, by name, for reports.
    fn policies(&self) -> Vec<(&'static str, String)>;
}

/// Makes [`CountingRecorder`]s.
#[derive(Clone, Debug, Default)]
pub struct PortableSource {
    /// Their choices.
    pub policy: Policy,
    /// Their misbehaviours.
    pub quirks: Quirks,
}

impl RecorderSource for PortableSource {
    fn recorder(
        &mut self,
        bench: &mut dyn Bench,
        host: HostId,
        process: ProcessId,
    ) -> Result<Box<dyn Recorder>, DeviceError> {
        let recorder = CountingRecorder::new(bench.opener(host, process)?)
            .with_policy(self.policy)
            .with_quirks(self.quirks.clone());
        Ok(Box::new(recorder))
    }

    fn policies(&self) -> Vec<(&'static str, String)> {
        self.policy.list()
    }
}
