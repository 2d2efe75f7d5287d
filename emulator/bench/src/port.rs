//! A host's way to the drive, with the faults on it.

use crate::lab::{Lab, nexus_of};
use core::time::Duration;
use discrig_device::fault::{Action, DisappearWhen, Firing, Occurrence, States, Subject, apply_answer};
use discrig_device::{Completion, Device, DeviceError, Effect, ErrorKind, HostId, Instant, Request};
use discrig_drive::{Drive, HostEvent, Service, VirtualPort};
use discrig_host::Port;
use discrig_wire::{SenseCode, SenseKey};

/// A host's way to the drive.
pub(crate) struct LabPort<'a> {
    pub(crate) lab: &'a mut Lab,
    pub(crate) host: HostId,
}

impl LabPort<'_> {
    fn serve(&mut self, request: Request<'_>, service: Service) -> Result<Completion, DeviceError> {
        let nexus = nexus_of(self.host);
        let Lab { drive: Some(drive), clock, .. } = &mut *self.lab else { return Err(gone(Effect::NotDone)) };
        VirtualPort { drive, clock, nexus }.execute_with(request, service)
    }

    /// The fault that befalls a command, if any.
    fn fault(&mut self, request: &Request<'_>) -> Option<Firing> {
        if self.lab.faults.is_empty() {
            return None;
        }
        let occurrence = Occurrence {
            subject: Subject::Command(request.cdb.opcode()),
            nexus: self.host.0,
            now: self.lab.clock.now(),
            states: self.states(),
        };
        self.lab.faults.decide(&occurrence)
    }

    fn suffer(&mut self, action: &Action, request: Request<'_>) -> Result<Completion, DeviceError> {
        match action {
            Action::Delay { ms } => self.serve(request, Service::delayed(Duration::from_millis(*ms))),
            Action::Disappear { when, return_ms, identity } => {
                let returns = return_ms.map(|ms| (Duration::from_millis(ms), *identity));
                self.disappear(*when, request, returns)
            }
            Action::Reset { kind } => {
                self.lab.reset(*kind)?;
                self.serve(request, Service::NORMAL)
            }
            Action::Stall {} => self.serve(request, Service::STALLED),
            Action::SwapDisc { disc } => {
                let disc = disc.map(|kind| self.lab.disc(kind)).transpose()?;
                self.lab.happen("swapping the disc", HostEvent::SwapDisc(disc))?;
                self.serve(request, Service::NORMAL)
            }
            Action::UnitAttention { asc, ascq } => {
                let code = SenseCode::new(SenseKey::UnitAttention, *asc, *ascq);
                let nexus = nexus_of(self.host);
                self.lab.happen("unit attention", HostEvent::EstablishUnitAttention { nexus, code })?;
                self.serve(request, Service::NORMAL)
            }
            answer => apply_answer(answer, request, |request| self.serve(request, Service::NORMAL)),
        }
    }

    fn disappear(
        &mut self,
        when: DisappearWhen,
        request: Request<'_>,
        returns: Option<(Duration, discrig_device::Replug)>,
    ) -> Result<Completion, DeviceError> {
        let answer = match when {
            DisappearWhen::After => self.serve(request, Service::NORMAL),
            DisappearWhen::Before => Err(gone(Effect::NotDone)),
            DisappearWhen::During => Err(gone(Effect::Unknown)),
        };
        self.lab.unplug(returns);
        answer
    }
}

fn gone(effect: Effect) -> DeviceError {
    DeviceError::new(ErrorKind::Gone, "executing a command").with_effect(effect)
}

impl Device for LabPort<'_> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        match self.fault(&request) {
            None => self.serve(request, Service::NORMAL),
            Some(firing) => self.suffer(&firing.action, request),
        }
    }
}

impl Port for LabPort<'_> {
    fn now(&self) -> Instant {
        self.lab.clock.now()
    }

    fn states(&self) -> States {
        self.lab.drive.as_ref().map(Drive::state).map(|state| state.conditions()).unwrap_or_default()
    }
}
