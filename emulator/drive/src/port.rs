//! The drive as a blocking [`Device`] under a virtual clock.

use crate::drive::{Drive, Output};
use crate::nexus::NexusId;
use crate::task::Service;
use core::time::Duration;
use discrig_device::{
    Completion, Data, Device, DeviceError, Effect, ErrorKind, Instant, Observation, Request,
};
use discrig_wire::sense::SenseBuffer;

/// A clock that stands still until somebody moves it on.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct VirtualClock {
    now: Instant,
}

impl VirtualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn new(now: Instant) -> VirtualClock {
        VirtualClock { now }
    }

    /// What it shows.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Moves it on by `span`.
    pub fn advance(&mut self, span: Duration) {
        self.now += span;
    }

    /// Moves it on to `instant`, or not at all when that has passed.
    pub fn advance_to(&mut self, instant: Instant) {
        self.now = self.now.max(instant);
    }
}

/// A nexus to a drive, as a blocking device.
///
/// The clock moves exactly as far as the answer takes. A command that is not answered within its timeout is abandoned, not aborted: the drive
/// carries it out when its time comes, commands after it wait behind it and may time out in their turn, and a stalled one stays until it is
/// aborted or the drive is reset.
#[derive(Debug)]
pub struct VirtualPort<'a> {
    /// The drive.
    pub drive: &'a mut Drive,
    /// The clock that everything around the drive shares.
    pub clock: &'a mut VirtualClock,
    /// Who is speaking.
    pub nexus: NexusId,
}

impl VirtualPort<'_> {
    /// Executes a command that is served otherwise than usual.
    ///
    /// # Errors
    /// `Timeout` with unknown effect when no answer came in time.
    pub fn execute_with(
        &mut self,
        mut request: Request<'_>,
        service: Service,
    ) -> Result<Completion, DeviceError> {
        let start = self.clock.now();
        let limit = start + request.timeout;
        let data_out = match &request.data {
            Data::Out(bytes) => *bytes,
            Data::None | Data::In(_) => &[],
        };
        let tag = self.drive.issue_tag();
        self.drive.submit(start, self.nexus, tag, &request.cdb, data_out, service);
        loop {
            while let Some(output) = self.drive.poll_output() {
                if output.tag == tag && output.nexus == self.nexus && start < limit {
                    return Ok(self.complete(&output, &mut request.data, start));
                }
            }
            match self.drive.next_deadline() {
                Some(due) if due <= limit => self.clock.advance_to(due),
                _ => break,
            }
            self.drive.handle_timeout(self.clock.now());
        }
        self.clock.advance_to(limit);
        self.drive.handle_timeout(limit);
        Err(DeviceError::new(ErrorKind::Timeout, "executing a command").with_effect(Effect::Unknown))
    }

    fn complete(&mut self, output: &Output, data: &mut Data<'_>, start: Instant) -> Completion {
        let transferred = match data {
            Data::In(buffer) => self.drive.fetch(output, buffer),
            Data::Out(bytes) if output.status.is_good() => bytes.len(),
            Data::None | Data::Out(_) => 0,
        };
        Completion {
            status: output.status,
            sense: output.sense.map_or(SenseBuffer::EMPTY, SenseBuffer::from),
            transferred,
            elapsed: self.clock.now().since(start),
            observed: Observation::Seen,
        }
    }
}

impl Device for VirtualPort<'_> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        self.execute_with(request, Service::NORMAL)
    }
}
