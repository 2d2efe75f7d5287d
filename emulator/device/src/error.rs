//! Why no answer came, and what is known about the command.

use core::fmt;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::error::Error;

/// What kind of failure kept an answer away. Grouped by who can mend it in [`ErrorKind::describe`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller lacks rights, or the device is open elsewhere in a way that shuts it out.
    AccessDenied,
    /// A lock was asked for and somebody, the caller included, holds it.
    AlreadyLocked,
    /// The request is refused as long as another use of the device goes on (a protected tray lock, for instance).
    Busy,
    /// The device is no longer there.
    Gone,
    /// The host's own recovery failed or the device reported a hardware failure to it.
    Hardware,
    /// The handle is closed, or does not hold what it tries to give up.
    InvalidHandle,
    /// The lock's name breaks the naming rules.
    InvalidName,
    /// The request contradicts itself: misaligned, wrong direction, wrong size.
    InvalidRequest,
    /// The request makes no sense in the present state, such as switching on what is on.
    InvalidState,
    /// Another handle holds the device exclusively, so the request was refused.
    Locked,
    /// A lock was given up that nobody holds.
    NotLocked,
    /// The host could not allocate what the request needs.
    OutOfMemory,
    /// Another nexus has reserved the device, so the host could not complete the request.
    Reserved,
    /// No answer within the request's timeout.
    Timeout,
    /// The path to the device failed.
    Transport,
    /// This implementation cannot do that at all.
    Unsupported,
    /// A volume is mounted on the device and the caller did not say to ignore it.
    VolumeMounted,
}

impl ErrorKind {
    /// The kind in words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            ErrorKind::AccessDenied => "access denied: check permissions and who has the device open",
            ErrorKind::AlreadyLocked => "the device is already locked",
            ErrorKind::Busy => "the device is in use in a way that forbids this",
            ErrorKind::Gone => "the device is gone",
            ErrorKind::Hardware => "the device reported a hardware failure",
            ErrorKind::InvalidHandle => "the handle is closed or does not hold the lock",
            ErrorKind::InvalidName => "the name breaks the naming rules for exclusive access",
            ErrorKind::InvalidRequest => "the request contradicts itself",
            ErrorKind::InvalidState => "the request makes no sense in this state",
            ErrorKind::Locked => "another handle holds the device exclusively",
            ErrorKind::NotLocked => "nobody holds the lock",
            ErrorKind::OutOfMemory => "the host is out of memory",
            ErrorKind::Reserved => "another initiator has reserved the device",
            ErrorKind::Timeout => "no answer in time",
            ErrorKind::Transport => "the path to the device failed",
            ErrorKind::Unsupported => "not supported here",
            ErrorKind::VolumeMounted => "a volume is mounted on the device",
        }
    }
}

/// What is known about the command that was not answered.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It was done; only the answer is missing.
    Done,
    /// It never reached the device or was refused before it.
    NotDone,
    /// It may have been done, in part or whole, or may still be.
    Unknown,
}

/// No answer came.
#[derive(Debug)]
pub struct DeviceError {
    kind: ErrorKind,
    operation: Cow<'static, str>,
    effect: Effect,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl DeviceError {
    /// A failure of `operation` that did not reach the device.
    #[must_use]
    pub fn new(kind: ErrorKind, operation: impl Into<Cow<'static, str>>) -> DeviceError {
        let effect = match kind {
            ErrorKind::Timeout | ErrorKind::Transport => Effect::Unknown,
            _ => Effect::NotDone,
        };
        DeviceError { kind, operation: operation.into(), effect, source: None }
    }

    /// The same with another statement about the effect.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> DeviceError {
        self.effect = effect;
        self
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> DeviceError {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was attempted.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// What is known about the command.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.kind.describe())?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl Error for DeviceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
