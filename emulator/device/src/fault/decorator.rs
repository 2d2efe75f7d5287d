//! Faults from outside, for any device.

use super::action::{Action, ActionKind};
use super::condition::States;
use super::control::FaultControl;
use super::engine::{FaultEngine, Occurrence, Subject};
use super::plan::Rule;
use crate::error::{DeviceError, Effect, ErrorKind};
use crate::request::{Completion, Data, Device, Request};
use crate::time::Instant;
use discrig_wire::sense::FixedSense;
use discrig_wire::{SenseBuffer, Status};

/// A device whose answers can be faulted. It honours the actions that only change the answer ([`ActionKind::is_answer`]): those that
/// need the device's state or its clock belong to the bench that owns them.
#[derive(Clone, Debug)]
pub struct Faulty<D> {
    inner: D,
    engine: FaultEngine,
}

impl<D> Faulty<D> {
    /// Decorates `inner`; `seed` feeds the random stream behind probabilities.
    pub fn new(inner: D, seed: u64) -> Faulty<D> {
        Faulty { inner, engine: FaultEngine::new(seed) }
    }

    /// The device behind.
    pub fn inner(&mut self) -> &mut D {
        &mut self.inner
    }
}

impl<D: Device> Device for Faulty<D> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        if self.engine.is_empty() {
            return self.inner.execute(request);
        }
        let occurrence = Occurrence {
            subject: Subject::Command(request.cdb.opcode()),
            nexus: 0,
            now: Instant::ZERO,
            states: States::default(),
        };
        match self.engine.decide(&occurrence) {
            Some(firing) => {
                let inner = &mut self.inner;
                apply_answer(&firing.action, request, |request| inner.execute(request))
            }
            None => self.inner.execute(request),
        }
    }
}

impl<D> FaultControl for Faulty<D> {
    fn honours(&self, action: ActionKind) -> bool {
        action.is_answer()
    }

    fn add(&mut self, rule: Rule) {
        self.engine.install(rule);
    }

    fn lift(&mut self) {
        self.engine.lift();
    }

    fn fired(&self) -> u64 {
        self.engine.fired()
    }
}

/// Applies an action that only changes the answer. `execute` is called for those that let the command happen; for any other action it is
/// called and its answer returned unchanged.
///
/// # Errors
/// What `execute` gives, or `Transport` for a failing path.
pub fn apply_answer(
    action: &Action,
    mut request: Request<'_>,
    execute: impl FnOnce(Request<'_>) -> Result<Completion, DeviceError>,
) -> Result<Completion, DeviceError> {
    match action {
        Action::CorruptSense { bytes } => Ok(Completion::check(SenseBuffer::new(bytes))),
        Action::Lie {} => Ok(Completion::good(request.data.len())),
        Action::Sense { code, deferred } => {
            let sense = FixedSense::new(*code);
            Ok(Completion::check(if *deferred { sense.deferred() } else { sense }))
        }
        Action::Status { status } => Ok(Completion::status(Status(*status))),
        Action::TransportError {} => {
            Err(DeviceError::new(ErrorKind::Transport, "execute").with_effect(Effect::Unknown))
        }
        Action::CorruptData { offset, length, xor } => {
            let completion = execute(request.reborrow())?;
            if let Data::In(buffer) = &mut request.data {
                let present = &mut buffer[..completion.transferred];
                present.iter_mut().skip(*offset).take(*length).for_each(|byte| *byte ^= xor);
            }
            Ok(completion)
        }
        Action::ShortTransfer { length } => {
            let mut completion = execute(request)?;
            completion.transferred = completion.transferred.min(*length);
            Ok(completion)
        }
        Action::TruncateSense { length } => {
            let mut completion = execute(request)?;
            let kept = completion.sense.bytes().len().min(*length);
            completion.sense = SenseBuffer::new(&completion.sense.bytes()[..kept]);
            Ok(completion)
        }
        _ => execute(request),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::InstallError;
    use core::time::Duration;
    use discrig_wire::command::{Inquiry, TestUnitReady};
    use discrig_wire::sense::codes;

    /// Fills data-in with ones; otherwise NOT READY.
    struct Stub;

    impl Device for Stub {
        fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
            Ok(match request.data {
                Data::In(buffer) => {
                    buffer.fill(1);
                    Completion::good(buffer.len())
                }
                _ => Completion::check(FixedSense::new(codes::MEDIUM_NOT_PRESENT)),
            })
        }
    }

    fn inquiry(device: &mut impl Device, buffer: &mut [u8]) -> Result<Completion, DeviceError> {
        device.execute(Request::input(Inquiry::default(), buffer, Duration::from_secs(1)))
    }

    #[test]
    fn answers_are_changed_as_the_rule_says() {
        let mut device = Faulty::new(Stub, 0);
        let mut buffer = [0; 4];
        let once = |device: &mut Faulty<Stub>, action| {
            device.install(Rule::new(action).times(1)).unwrap();
        };
        once(&mut device, Action::CorruptData { offset: 1, length: 2, xor: 0xFF });
        assert!(inquiry(&mut device, &mut buffer).unwrap().is_good());
        assert_eq!(buffer, [1, 0xFE, 0xFE, 1]);
        once(&mut device, Action::ShortTransfer { length: 3 });
        assert_eq!(inquiry(&mut device, &mut buffer).unwrap().transferred, 3);
        once(&mut device, Action::Status { status: 0x08 });
        assert_eq!(inquiry(&mut device, &mut buffer).unwrap().status, Status::BUSY);
        once(&mut device, Action::TransportError {});
        assert_eq!(inquiry(&mut device, &mut buffer).unwrap_err().effect(), Effect::Unknown);
        once(&mut device, Action::TruncateSense { length: 3 });
        let ready = device.execute(Request::none(TestUnitReady {}, Duration::ZERO)).unwrap();
        assert_eq!(ready.sense.bytes(), [0x70, 0, 2]);
        assert_eq!(device.fired(), 5);
    }

    #[test]
    fn what_cannot_be_honoured_is_refused() {
        let mut device = Faulty::new(Stub, 0);
        assert_eq!(
            device.install(Rule::new(Action::Stall {})),
            Err(InstallError::NotHonoured { rule: "stall".to_owned(), action: ActionKind::Stall })
        );
        assert!(device.install(Rule::new(Action::Lie {}).on_command("NO SUCH")).is_err());
    }
}
