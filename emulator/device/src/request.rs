//! One command and its answer.

use crate::error::DeviceError;
use core::time::Duration;
use discrig_wire::{Cdb, SenseBuffer, SenseCode, Status};

/// Something that executes SCSI commands: a drive, a handle on one, or a decorator around either.
///
/// # Contract
/// - `execute` blocks until the command is answered, its timeout has passed, or the device is gone.
/// - `Ok` is an answer, whatever its status. `Err` means none came.
/// - Exactly one command is under way per call; an implementation may let an abandoned command finish later.
/// - The answer's data stand at the start of the data-in buffer; bytes beyond `transferred` are unspecified.
pub trait Device: Send {
    /// Executes one command.
    ///
    /// # Errors
    /// [`DeviceError`] when no answer came; its effect says whether the command was done.
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError>;
}

impl<D: Device + ?Sized> Device for &mut D {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        (**self).execute(request)
    }
}

impl<D: Device + ?Sized> Device for Box<D> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        (**self).execute(request)
    }
}

/// A command, its data phase, and how long to wait for the answer.
#[derive(Debug)]
pub struct Request<'a> {
    /// The command descriptor block.
    pub cdb: Cdb,
    /// The data phase.
    pub data: Data<'a>,
    /// How long to wait for the answer. Zero asks for nothing sensible and times out at once.
    pub timeout: Duration,
}

/// The one data phase of a command.
#[derive(Debug)]
pub enum Data<'a> {
    /// None.
    None,
    /// From the device into this buffer.
    In(&'a mut [u8]),
    /// From these bytes to the device.
    Out(&'a [u8]),
}

impl Data<'_> {
    /// Bytes that the initiator is ready to transfer.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Data::None => 0,
            Data::In(buffer) => buffer.len(),
            Data::Out(bytes) => bytes.len(),
        }
    }

    /// Whether there is nothing to transfer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> Request<'a> {
    /// A command without data.
    #[must_use]
    pub fn none(cdb: impl Into<Cdb>, timeout: Duration) -> Request<'a> {
        Request { cdb: cdb.into(), data: Data::None, timeout }
    }

    /// A command that fills `buffer`.
    #[must_use]
    pub fn input(cdb: impl Into<Cdb>, buffer: &'a mut [u8], timeout: Duration) -> Request<'a> {
        Request { cdb: cdb.into(), data: Data::In(buffer), timeout }
    }

    /// A command that sends `bytes`.
    #[must_use]
    pub fn output(cdb: impl Into<Cdb>, bytes: &'a [u8], timeout: Duration) -> Request<'a> {
        Request { cdb: cdb.into(), data: Data::Out(bytes), timeout }
    }

    /// The same request again, for decorators that look at the answer's data or ask twice.
    pub fn reborrow(&mut self) -> Request<'_> {
        let data = match &mut self.data {
            Data::None => Data::None,
            Data::In(buffer) => Data::In(buffer),
            Data::Out(bytes) => Data::Out(bytes),
        };
        Request { cdb: self.cdb, data, timeout: self.timeout }
    }
}

/// How an answer became known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Observation {
    /// The status byte came from the device.
    #[default]
    Seen,
    /// The system below reported the outcome without a status byte, or made up the sense itself.
    Inferred,
}

/// A device's answer to one command.
#[derive(Clone, Copy, Debug, Default)]
pub struct Completion {
    /// The status byte.
    pub status: Status,
    /// Sense exactly as received; empty when none came.
    pub sense: SenseBuffer,
    /// Bytes transferred in the data phase.
    pub transferred: usize,
    /// Time from sending to answer, on the bench's clock.
    pub elapsed: Duration,
    /// How the status became known.
    pub observed: Observation,
}

impl Completion {
    /// GOOD with `transferred` bytes.
    #[must_use]
    pub fn good(transferred: usize) -> Completion {
        Completion { transferred, ..Completion::default() }
    }

    /// CHECK CONDITION with sense.
    #[must_use]
    pub fn check(sense: impl Into<SenseBuffer>) -> Completion {
        Completion { status: Status::CHECK_CONDITION, sense: sense.into(), ..Completion::default() }
    }

    /// A status other than GOOD and CHECK CONDITION.
    #[must_use]
    pub fn status(status: Status) -> Completion {
        Completion { status, ..Completion::default() }
    }

    /// Whether the status is GOOD.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status.is_good()
    }

    /// The sense code of a CHECK CONDITION.
    #[must_use]
    pub fn code(&self) -> Option<SenseCode> {
        (self.status == Status::CHECK_CONDITION).then(|| self.sense.code()).flatten()
    }
}
