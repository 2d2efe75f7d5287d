//! Commands: those of clients, and those of the driver itself.

use crate::driver::ClassDriver;
use crate::files::{FileId, HandleId};
use crate::port::Port;
use crate::request::RequestKind;
use crate::unit::Media;
use core::time::Duration;
use discrig_device::{Completion, DeviceError, Effect, ErrorKind, Request};
use discrig_wire::command::{CommandSpec, Inquiry, TestUnitReady};
use discrig_wire::inquiry::{PeripheralQualifier, PeripheralType, StandardInquiry, VpdCode, VpdPage};
use discrig_wire::sense::codes;
use discrig_wire::{SenseCode, SenseKey, Status};
use thiserror::Error;

/// A command of the host's own that the drive refused: the cause of the error that the client gets.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the drive answered {status}{}", .code.map(|code| format!(", {code}")).unwrap_or_default())]
pub struct Refused {
    /// The status byte.
    pub status: Status,
    /// The sense code of a CHECK CONDITION.
    pub code: Option<SenseCode>,
}

/// What the driver makes of status bytes other than GOOD and CHECK CONDITION. The drive may still be busy with an earlier command.
const STATUSES: &[(Status, ErrorKind)] = &[
    (Status::BUSY, ErrorKind::Busy),
    (Status::RESERVATION_CONFLICT, ErrorKind::Reserved),
    (Status::TASK_SET_FULL, ErrorKind::Busy),
    (Status::TASK_ABORTED, ErrorKind::Transport),
];

/// What the driver makes of sense codes for a command of its own; keys it makes the same of whatever the codes follow in [`KEYS`].
const CODES: &[(SenseCode, ErrorKind)] = &[(codes::MEDIUM_REMOVAL_PREVENTED, ErrorKind::Busy)];

/// What the driver makes of sense keys for a command of its own. Keys that are not here are success.
const KEYS: &[(SenseKey, ErrorKind)] = &[
    (SenseKey::NotReady, ErrorKind::InvalidState),
    (SenseKey::MediumError, ErrorKind::Hardware),
    (SenseKey::HardwareError, ErrorKind::Hardware),
    (SenseKey::IllegalRequest, ErrorKind::Unsupported),
    (SenseKey::UnitAttention, ErrorKind::InvalidState),
    (SenseKey::DataProtect, ErrorKind::InvalidState),
    (SenseKey::BlankCheck, ErrorKind::InvalidState),
    (SenseKey::AbortedCommand, ErrorKind::Transport),
    (SenseKey::VolumeOverflow, ErrorKind::Hardware),
    (SenseKey::Miscompare, ErrorKind::Hardware),
];

fn look_up<K: PartialEq>(table: &[(K, ErrorKind)], key: K) -> Option<ErrorKind> {
    table.iter().find(|(row, _)| *row == key).map(|(_, kind)| *kind)
}

/// What a command's completion means to the driver that sent it for itself.
pub(crate) fn refusal(completion: &Completion) -> Option<ErrorKind> {
    match (completion.status, completion.code()) {
        (Status::GOOD, _) => None,
        (Status::CHECK_CONDITION, Some(code)) => look_up(CODES, code).or_else(|| look_up(KEYS, code.key)),
        // A CHECK CONDITION whose sense cannot be understood, or a status byte that nobody assigned.
        (status, _) => Some(look_up(STATUSES, status).unwrap_or(ErrorKind::Hardware)),
    }
}

/// Whether an answer shows that the drive is done with what it was given before; if not, what the queue says.
pub(crate) fn drained(completion: &Completion) -> Result<(), ErrorKind> {
    match completion.status {
        Status::CHECK_CONDITION => {
            let sense = completion.sense.parse();
            let failed =
                sense.is_some_and(|sense| sense.code.key == SenseKey::HardwareError && !sense.deferred);
            if failed { Err(ErrorKind::Hardware) } else { Ok(()) }
        }
        status => look_up(STATUSES, status).map_or(Ok(()), Err),
    }
}

/// A timeout that healthy drives stay below.
pub(crate) fn usual(spec: &CommandSpec) -> Duration {
    Duration::from_millis(u64::from(spec.timeout_ms))
}

fn is_attention(completion: &Completion) -> bool {
    completion.code().is_some_and(|code| code.key == SenseKey::UnitAttention)
}

/// The error of an operation for which the drive was needed, from the error of the command.
fn because(operation: &'static str, cause: DeviceError) -> DeviceError {
    DeviceError::new(cause.kind(), operation).with_effect(cause.effect()).with_source(cause)
}

/// The error of an operation that did not happen since a command was refused.
pub(crate) fn refused(operation: &'static str, kind: ErrorKind, completion: &Completion) -> DeviceError {
    let cause = Refused { status: completion.status, code: completion.code() };
    DeviceError::new(kind, operation).with_effect(Effect::NotDone).with_source(cause)
}

impl ClassDriver {
    /// Executes a client's command as it is. It never waits in the serial queue: if the drive is still busy with an abandoned command, that
    /// shows in the drive, within this command's own timeout.
    ///
    /// # Errors
    /// `InvalidHandle`, `OutOfMemory`, `Gone`, `Locked`; `InvalidRequest` for a buffer that the adapter cannot take; or that no answer came.
    pub fn execute(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        request: Request<'_>,
    ) -> Result<Completion, DeviceError> {
        let file = self.admit(port, handle, RequestKind::Command)?.file;
        self.config.check(&request)?;
        self.send(port, request, Some(file))
    }

    /// Sends a command on behalf of a file or of the driver itself, and keeps account of abandoned commands and of the drive's presence.
    pub(crate) fn send(
        &mut self,
        port: &mut dyn Port,
        request: Request<'_>,
        client: Option<FileId>,
    ) -> Result<Completion, DeviceError> {
        let outcome = port.execute(request);
        match (&outcome, &mut self.unit) {
            (Ok(completion), Some(unit)) if !unit.abandoned.is_empty() && drained(completion).is_ok() => {
                unit.abandoned.clear();
            }
            (Err(error), _) if error.kind() == ErrorKind::Gone => self.detach(port.now()),
            (Err(error), Some(unit))
                if error.kind() == ErrorKind::Timeout && error.effect() == Effect::Unknown =>
            {
                unit.abandoned.insert(client);
            }
            _ => {}
        }
        outcome
    }

    /// Sends a command of the driver's own, again as long as it meets unit attentions and their limit is not reached.
    pub(crate) fn ask(
        &mut self,
        port: &mut dyn Port,
        operation: &'static str,
        mut request: Request<'_>,
        client: Option<FileId>,
    ) -> Result<Completion, DeviceError> {
        let mut left = self.config.attention_limit;
        loop {
            let completion =
                self.send(port, request.reborrow(), client).map_err(|cause| because(operation, cause))?;
            if !is_attention(&completion) || left == 0 {
                return Ok(completion);
            }
            left -= 1;
            let changed = completion.code() == Some(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
            if let Some(unit) = self.unit.as_mut() {
                unit.changed |= changed;
            }
        }
    }

    /// The same for a command that has to succeed.
    pub(crate) fn demand(
        &mut self,
        port: &mut dyn Port,
        operation: &'static str,
        request: Request<'_>,
        client: Option<FileId>,
    ) -> Result<Completion, DeviceError> {
        let completion = self.ask(port, operation, request, client)?;
        match refusal(&completion) {
            None => Ok(completion),
            Some(kind) => Err(refused(operation, kind, &completion)),
        }
    }

    /// The serial queue: if an abandoned command may still be running in the drive, waits until the drive answers again.
    ///
    /// # Errors
    /// Why the operation cannot go on, nothing of it being done: `Timeout`, `Reserved`, `Hardware`, `Busy`, `Gone`, `Transport`.
    pub(crate) fn synchronise(
        &mut self,
        port: &mut dyn Port,
        operation: &'static str,
    ) -> Result<(), DeviceError> {
        if self.unit_mut(operation)?.abandoned.is_empty() {
            return Ok(());
        }
        let ready = Request::none(TestUnitReady {}, self.config.queue_timeout());
        let completion = self
            .send(port, ready, None)
            .map_err(|cause| because(operation, cause).with_effect(Effect::NotDone))?;
        if completion.code() == Some(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED) {
            self.unit_mut(operation)?.changed = true;
        }
        drained(&completion).map_err(|kind| refused(operation, kind, &completion))
    }

    /// Standard INQUIRY data of an optical drive.
    pub(crate) fn identify(&mut self, port: &mut dyn Port) -> Result<Vec<u8>, DeviceError> {
        let mut buffer = [0; StandardInquiry::SIZE];
        let cdb = Inquiry { allocation_length: buffer.len() as u16, ..Inquiry::default() };
        let request = Request::input(cdb, &mut buffer, usual(Inquiry::SPEC));
        let completion = self.demand(port, "attach", request, None)?;
        let bytes = &buffer[..completion.transferred.min(buffer.len())];
        let unfit = |cause: Box<dyn core::error::Error + Send + Sync>| {
            DeviceError::new(ErrorKind::Unsupported, "attach").with_source(cause)
        };
        let inquiry = StandardInquiry::parse(bytes).map_err(|cause| unfit(cause.into()))?;
        let kind = (inquiry.peripheral_qualifier, inquiry.peripheral_type);
        if kind != (PeripheralQualifier::CONNECTED, PeripheralType::MULTIMEDIA) {
            return Err(unfit(format!("no CD/DVD/BD device: {}", inquiry.peripheral_type).into()));
        }
        Ok(bytes.to_vec())
    }

    /// The unit serial number; empty when the drive has none, or does not say it as it should.
    pub(crate) fn serial_number(&mut self, port: &mut dyn Port) -> Result<String, DeviceError> {
        let mut buffer = [0; 252];
        let cdb = Inquiry {
            evpd: true,
            page_code: VpdCode::UNIT_SERIAL_NUMBER.0,
            allocation_length: buffer.len() as u16,
        };
        let request = Request::input(cdb, &mut buffer, usual(Inquiry::SPEC));
        let outcome = self.demand(port, "attach", request, None);
        self.unit_mut("attach")?;
        let serial = outcome.ok().and_then(|completion| {
            let page = VpdPage::parse(&buffer[..completion.transferred.min(buffer.len())]).ok()?;
            page.serial_number().map(str::to_owned)
        });
        Ok(serial.unwrap_or_default())
    }

    /// Looks whether there is a disc.
    pub(crate) fn find_medium(&mut self, port: &mut dyn Port) -> Result<(), DeviceError> {
        let seen = self.ask_ready(port);
        let unit = self.unit_mut("attach")?;
        unit.known = seen.unwrap_or(Media::Unknown);
        unit.changed = false;
        Ok(())
    }

    /// Whether there is a disc according to TEST UNIT READY; none when the answer does not say.
    pub(crate) fn ask_ready(&mut self, port: &mut dyn Port) -> Option<Media> {
        let request = Request::none(TestUnitReady {}, usual(TestUnitReady::SPEC));
        let completion = self.ask(port, "test unit ready", request, None).ok()?;
        match completion.code() {
            None if completion.is_good() => Some(Media::Present),
            Some(code) if code.asc == codes::MEDIUM_NOT_PRESENT.asc => Some(Media::Absent),
            _ => None,
        }
    }
}
