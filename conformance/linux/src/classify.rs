//! What the kernel's answers mean: tables from error numbers and host statuses to the contract's kinds.
//!
//! A timeout does not look the same everywhere: as `DID_TIME_OUT`, as an ABORTED COMMAND that libata makes up after resetting the link, as a
//! vanished device, or not at all because the driver re-armed its timer. So this module compares the time that has passed with the
//! time that was asked for, and keeps the raw values in the error's source.

use crate::abi::SgAnswer;
use crate::node::NodeKind;
use core::fmt;
use core::time::Duration;
use discrig_device::{Completion, DeviceError, Effect, ErrorKind, Observation};
use discrig_wire::{SenseBuffer, SenseKey, Status};
use rustix::io::Errno;
use thiserror::Error;

/// What was attempted when an error number came back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    Execute,
    Lock,
    Open,
    Reset,
    Tray,
}

impl Operation {
    /// The operation's name in errors.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Operation::Execute => "execute",
            Operation::Lock => "lock",
            Operation::Open => "open",
            Operation::Reset => "reset",
            Operation::Tray => "tray",
        }
    }
}

/// Error numbers and what they mean, whatever was attempted; the exceptions of [`EXCEPTIONS`] come first.
const ERRNOS: &[(Errno, ErrorKind)] = &[
    (Errno::ACCESS, ErrorKind::AccessDenied),
    (Errno::AGAIN, ErrorKind::Busy),
    (Errno::BADF, ErrorKind::InvalidHandle),
    (Errno::BUSY, ErrorKind::Busy),
    // sg's queue is full.
    (Errno::DOM, ErrorKind::Busy),
    (Errno::INVAL, ErrorKind::Transport),
    (Errno::IO, ErrorKind::Transport),
    (Errno::MFILE, ErrorKind::OutOfMemory),
    (Errno::NFILE, ErrorKind::OutOfMemory),
    (Errno::NODEV, ErrorKind::Gone),
    (Errno::NOENT, ErrorKind::Gone),
    (Errno::NOMEDIUM, ErrorKind::InvalidState),
    (Errno::NOMEM, ErrorKind::OutOfMemory),
    (Errno::NOSYS, ErrorKind::Unsupported),
    (Errno::NOTTY, ErrorKind::Unsupported),
    (Errno::NXIO, ErrorKind::Gone),
    // The cdrom layer's "drive can't do this".
    (Errno::OPNOTSUPP, ErrorKind::Unsupported),
    (Errno::PERM, ErrorKind::AccessDenied),
    (Errno::TIMEDOUT, ErrorKind::Timeout),
];

/// Error numbers that mean something else for one operation.
const EXCEPTIONS: &[(Operation, Errno, ErrorKind)] = &[
    (Operation::Lock, Errno::BUSY, ErrorKind::AlreadyLocked),
    (Operation::Reset, Errno::INVAL, ErrorKind::Unsupported),
    (Operation::Reset, Errno::IO, ErrorKind::Unsupported),
    (Operation::Tray, Errno::INVAL, ErrorKind::Unsupported),
    (Operation::Tray, Errno::IO, ErrorKind::Hardware),
];

/// What an error number means for an operation.
pub(crate) fn kind_of(operation: Operation, errno: Errno) -> ErrorKind {
    let exception = EXCEPTIONS.iter().find(|row| (row.0, row.1) == (operation, errno)).map(|row| row.2);
    exception
        .or_else(|| ERRNOS.iter().find(|row| row.0 == errno).map(|row| row.1))
        .unwrap_or(ErrorKind::Transport)
}

/// The contract's error for an error number.
pub(crate) fn refused(operation: Operation, errno: Errno) -> DeviceError {
    DeviceError::new(kind_of(operation, errno), operation.name()).with_source(std::io::Error::from(errno))
}

/// A host adapter's status: number, the kernel's name, what it means, whether the command may have been done all the same.
struct HostStatus(u16, &'static str, ErrorKind, Effect);

/// The kernel's `DID_*` codes from 1 on. Those that accompany a status byte of the device are handled before this table is asked.
const HOST_STATUSES: &[HostStatus] = &[
    HostStatus(0x01, "DID_NO_CONNECT", ErrorKind::Gone, Effect::Unknown),
    HostStatus(0x02, "DID_BUS_BUSY", ErrorKind::Busy, Effect::NotDone),
    HostStatus(0x03, "DID_TIME_OUT", ErrorKind::Timeout, Effect::Unknown),
    HostStatus(0x04, "DID_BAD_TARGET", ErrorKind::Gone, Effect::Unknown),
    HostStatus(0x05, "DID_ABORT", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x06, "DID_PARITY", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x07, "DID_ERROR", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x08, "DID_RESET", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x09, "DID_BAD_INTR", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0A, "DID_PASSTHROUGH", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0B, "DID_SOFT_ERROR", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0C, "DID_IMM_RETRY", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0D, "DID_REQUEUE", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0E, "DID_TRANSPORT_DISRUPTED", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x0F, "DID_TRANSPORT_FAILFAST", ErrorKind::Transport, Effect::Unknown),
    HostStatus(0x10, "DID_TARGET_FAILURE", ErrorKind::Hardware, Effect::Unknown),
    HostStatus(0x11, "DID_NEXUS_FAILURE", ErrorKind::Reserved, Effect::NotDone),
    HostStatus(0x12, "DID_ALLOC_FAILURE", ErrorKind::OutOfMemory, Effect::Unknown),
    HostStatus(0x13, "DID_MEDIUM_ERROR", ErrorKind::Hardware, Effect::Unknown),
    HostStatus(0x14, "DID_TRANSPORT_MARGINAL", ErrorKind::Transport, Effect::Unknown),
];

/// Host statuses that only comment on a status byte which the device did send.
const COMMENTS: &[u16] = &[0x00, 0x10, 0x11, 0x13];
/// `DRIVER_TIMEOUT` in the low half of the mid layer's status, before Linux 5.14.
const DRIVER_TIMEOUT: u16 = 0x06;
/// `DRIVER_SENSE`: there is sense, before Linux 5.14.
const DRIVER_SENSE: u16 = 0x08;

fn host_status(number: u16) -> Option<&'static HostStatus> {
    HOST_STATUSES.iter().find(|row| row.0 == number)
}

/// Everything that the kernel said about one command, and when: the source of the errors that commands end with.
#[derive(Clone, Copy, Debug, Error)]
pub struct RawAnswer {
    pub(crate) outcome: Result<SgAnswer, Errno>,
    pub(crate) sense: SenseBuffer,
    pub(crate) elapsed: Duration,
    pub(crate) timeout: Duration,
}

impl RawAnswer {
    /// The time that passed, by this process' clock.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The host adapter's status, where the kernel gave one.
    #[must_use]
    pub fn host_status(&self) -> Option<u16> {
        self.outcome.ok().map(|answer| answer.host_status)
    }

    /// The error number, where the call itself failed.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        self.outcome.err().map(Errno::raw_os_error)
    }

    fn is_late(&self) -> bool {
        self.elapsed >= self.timeout
    }

    /// ABORTED COMMAND without further codes after the time was up: what libata makes of a link reset.
    fn is_synthetic_abort(&self, answer: &SgAnswer) -> bool {
        let code = self.sense.code();
        Status(answer.status) == Status::CHECK_CONDITION
            && self.is_late()
            && code.is_some_and(|code| (code.key, code.asc, code.ascq) == (SenseKey::AbortedCommand, 0, 0))
    }

    fn error(self, kind: ErrorKind, effect: Effect) -> DeviceError {
        DeviceError::new(kind, "execute").with_effect(effect).with_source(self)
    }
}

impl fmt::Display for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Err(errno) => write!(f, "{}", std::io::Error::from(errno))?,
            Ok(answer) => {
                let name = host_status(answer.host_status).map_or("", |row| row.1);
                write!(f, "status {:02X}h, host_status {:02X}h", answer.status, answer.host_status)?;
                if !name.is_empty() {
                    write!(f, " {name}")?;
                }
                write!(f, ", driver_status {:02X}h", answer.driver_status)?;
                if !self.sense.is_empty() {
                    write!(f, ", sense {:02X?}", self.sense.bytes())?;
                }
            }
        }
        write!(f, ", after {} ms of {} ms", self.elapsed.as_millis(), self.timeout.as_millis())
    }
}

/// The contract's answer or error for what the kernel said about a command with `length` bytes of data.
pub(crate) fn settle(raw: RawAnswer, kind: NodeKind, length: usize) -> Result<Completion, DeviceError> {
    let answer = match raw.outcome {
        Ok(answer) => answer,
        Err(errno) => return Err(settle_errno(raw, errno, kind)),
    };
    let driver = answer.driver_status & 0x0F;
    if raw.is_synthetic_abort(&answer) || driver == DRIVER_TIMEOUT {
        return Err(raw.error(ErrorKind::Timeout, Effect::Unknown));
    }
    let seen = answer.status != 0 && COMMENTS.contains(&answer.host_status);
    if seen || answer.host_status == 0 {
        return Ok(completion(&raw, &answer, length));
    }
    let (kind, effect) =
        host_status(answer.host_status).map_or((ErrorKind::Transport, Effect::Unknown), |row| (row.2, row.3));
    // Abort, reset and error codes after the time was up are the error handler's doing.
    let kind = if kind == ErrorKind::Transport && raw.is_late() { ErrorKind::Timeout } else { kind };
    Err(raw.error(kind, effect))
}

/// The call itself failed. sr refuses before it sends; sg may also say so of a command that was under way.
fn settle_errno(raw: RawAnswer, errno: Errno, kind: NodeKind) -> DeviceError {
    let what = kind_of(Operation::Execute, errno);
    let effect = match what {
        ErrorKind::Gone if kind == NodeKind::Sg => Effect::Unknown,
        ErrorKind::Timeout => Effect::Unknown,
        ErrorKind::Transport if errno != Errno::INVAL => Effect::Unknown,
        _ => Effect::NotDone,
    };
    raw.error(what, effect)
}

/// The answer as the device gave it. The residual is the adapter driver's word, and libata has none for ATAPI drives: it counts the bytes
/// of a transfer but does not hand the count on, so there every command seems to fill its buffer. What came is then known from
/// the lengths in the data alone; those who compare both count too many bytes as possible, too few as a mistake.
fn completion(raw: &RawAnswer, answer: &SgAnswer, length: usize) -> Completion {
    let left = usize::try_from(answer.residual).unwrap_or(0);
    let has_sense = answer.driver_status & DRIVER_SENSE != 0 && !raw.sense.is_empty();
    let inferred = answer.status == 0 && has_sense && raw.sense.code().is_some_and(is_failure);
    Completion {
        status: if inferred { Status::CHECK_CONDITION } else { Status(answer.status) },
        sense: raw.sense,
        transferred: length.saturating_sub(left),
        elapsed: raw.elapsed,
        observed: if inferred { Observation::Inferred } else { Observation::Seen },
    }
}

/// Whether sense under a status of zero means that the command failed.
fn is_failure(code: discrig_wire::SenseCode) -> bool {
    !matches!(code.key, SenseKey::NoSense | SenseKey::RecoveredError | SenseKey::Completed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_wire::sense::{FixedSense, codes};

    fn raw(outcome: Result<SgAnswer, Errno>, elapsed_ms: u64) -> RawAnswer {
        RawAnswer {
            outcome,
            sense: SenseBuffer::EMPTY,
            elapsed: Duration::from_millis(elapsed_ms),
            timeout: Duration::from_millis(2_000),
        }
    }

    fn host(host_status: u16, elapsed_ms: u64) -> RawAnswer {
        raw(Ok(SgAnswer { host_status, ..SgAnswer::default() }), elapsed_ms)
    }

    fn failure(raw: RawAnswer, kind: NodeKind) -> (ErrorKind, Effect) {
        let error = settle(raw, kind, 0).unwrap_err();
        (error.kind(), error.effect())
    }

    #[test]
    fn error_numbers_of_a_command() {
        use Effect::{NotDone, Unknown};
        for (errno, kind, on_sr, on_sg) in [
            (Errno::NODEV, ErrorKind::Gone, NotDone, Unknown),
            (Errno::NXIO, ErrorKind::Gone, NotDone, Unknown),
            (Errno::PERM, ErrorKind::AccessDenied, NotDone, NotDone),
            (Errno::ACCESS, ErrorKind::AccessDenied, NotDone, NotDone),
            (Errno::NOMEM, ErrorKind::OutOfMemory, NotDone, NotDone),
            (Errno::BUSY, ErrorKind::Busy, NotDone, NotDone),
            (Errno::INVAL, ErrorKind::Transport, NotDone, NotDone),
            (Errno::IO, ErrorKind::Transport, Unknown, Unknown),
            (Errno::INTR, ErrorKind::Transport, Unknown, Unknown),
        ] {
            assert_eq!(failure(raw(Err(errno), 1), NodeKind::Sr), (kind, on_sr), "{errno:?}");
            assert_eq!(failure(raw(Err(errno), 1), NodeKind::Sg), (kind, on_sg), "{errno:?}");
        }
    }

    #[test]
    fn the_same_number_means_other_things_elsewhere() {
        assert_eq!(kind_of(Operation::Lock, Errno::BUSY), ErrorKind::AlreadyLocked);
        assert_eq!(kind_of(Operation::Open, Errno::BUSY), ErrorKind::Busy);
        assert_eq!(kind_of(Operation::Open, Errno::NOENT), ErrorKind::Gone);
        assert_eq!(kind_of(Operation::Tray, Errno::OPNOTSUPP), ErrorKind::Unsupported);
        assert_eq!(kind_of(Operation::Tray, Errno::IO), ErrorKind::Hardware);
    }

    #[test]
    fn no_row_stands_twice() {
        for (index, row) in ERRNOS.iter().enumerate() {
            assert!(!ERRNOS[..index].iter().any(|other| other.0 == row.0), "{:?}", row.0);
        }
        for (index, row) in HOST_STATUSES.iter().enumerate() {
            assert_eq!(usize::from(row.0), index + 1, "{}", row.1);
        }
    }

    #[test]
    fn host_statuses() {
        assert_eq!(failure(host(1, 1), NodeKind::Sr), (ErrorKind::Gone, Effect::Unknown));
        assert_eq!(failure(host(2, 1), NodeKind::Sr), (ErrorKind::Busy, Effect::NotDone));
        assert_eq!(failure(host(3, 16_000), NodeKind::Sg), (ErrorKind::Timeout, Effect::Unknown));
        for code in [5, 7, 8] {
            assert_eq!(failure(host(code, 10), NodeKind::Sr), (ErrorKind::Transport, Effect::Unknown));
            assert_eq!(failure(host(code, 2_500), NodeKind::Sr), (ErrorKind::Timeout, Effect::Unknown));
        }
        assert_eq!(failure(host(0xFF, 1), NodeKind::Sr), (ErrorKind::Transport, Effect::Unknown));
    }

    #[test]
    fn an_abort_made_up_after_the_time_is_a_timeout_and_an_early_one_is_an_answer() {
        let answer = SgAnswer { status: 2, sense_length: 18, ..SgAnswer::default() };
        let aborted = FixedSense::new(codes::NO_ADDITIONAL_SENSE_INFORMATION.under(SenseKey::AbortedCommand));
        let late = RawAnswer { sense: aborted.into(), ..raw(Ok(answer), 7_400) };
        let error = settle(late, NodeKind::Sr, 0).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
        let text = error.to_string();
        assert!(text.contains("0B") && text.contains("after 7400 ms of 2000 ms"), "{text}");
        let early = RawAnswer { sense: aborted.into(), ..raw(Ok(answer), 100) };
        assert_eq!(settle(early, NodeKind::Sr, 0).unwrap().status, Status::CHECK_CONDITION);
        let real = RawAnswer { sense: FixedSense::new(codes::MEDIUM_NOT_PRESENT).into(), ..late };
        assert!(settle(real, NodeKind::Sr, 0).is_ok());
    }

    #[test]
    fn answers_keep_status_residual_and_time() {
        let answer = SgAnswer { residual: 60, ..SgAnswer::default() };
        let good = settle(raw(Ok(answer), 31_900), NodeKind::Sr, 96).unwrap();
        assert!(good.is_good());
        assert_eq!((good.transferred, good.elapsed.as_millis()), (36, 31_900));
        let negative = SgAnswer { residual: -4, ..SgAnswer::default() };
        assert_eq!(settle(raw(Ok(negative), 1), NodeKind::Sr, 96).unwrap().transferred, 96);
        let conflict = SgAnswer { status: 0x18, host_status: 0x11, ..SgAnswer::default() };
        let conflict = settle(raw(Ok(conflict), 1), NodeKind::Sr, 0).unwrap();
        assert_eq!(conflict.status, Status::RESERVATION_CONFLICT);
        assert_eq!(conflict.observed, Observation::Seen);
    }

    #[test]
    fn sense_without_a_status_byte_is_inferred() {
        let answer = SgAnswer { driver_status: 0x08, ..SgAnswer::default() };
        let sense = FixedSense::new(codes::MEDIUM_NOT_PRESENT).into();
        let inferred = settle(RawAnswer { sense, ..raw(Ok(answer), 1) }, NodeKind::Sr, 0).unwrap();
        assert_eq!(inferred.status, Status::CHECK_CONDITION);
        assert_eq!(inferred.observed, Observation::Inferred);
    }
}
