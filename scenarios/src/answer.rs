//! What was observed of one judged call.

use core::fmt;
use discrig_device::{Completion, DeviceError, Effect, ErrorKind, Owner};
use discrig_recorder::{Hresult, Success};
use discrig_wire::{SenseCode, Status};

/// The outcome of a judged call, whatever the layer, without what it carried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// CHECK CONDITION with this sense.
    Check(SenseCode),
    /// CHECK CONDITION whose sense is missing or is no sense data.
    CheckWithoutSense,
    /// No answer: the kind of failure and what is known of the effect.
    Error(ErrorKind, Effect),
    /// An event of GET EVENT STATUS NOTIFICATION.
    Event {
        /// Its class; zero when none of the requested ones is supported.
        class: u8,
        /// Its code; zero when nothing happened.
        code: u8,
    },
    /// A recorder method failed with this code.
    Failed(Hresult),
    /// The owner of exclusive access became known.
    Owner(Owner),
    /// Done: GOOD, S_OK, or a host call that succeeded.
    Ok,
    /// A recorder command ended with CHECK CONDITION, as its success code says.
    OkWithSense,
    /// A bit of the drive's state, as the drive shows it.
    Shows(bool),
    /// A status other than GOOD and CHECK CONDITION.
    Status(Status),
}

impl Answer {
    /// Whether the call did what it was asked for.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self, Answer::Ok | Answer::Owner(_))
    }

    /// From a device's answer to a command.
    #[must_use]
    pub fn of_command(result: &Result<Completion, DeviceError>) -> Answer {
        match result {
            Ok(completion) if completion.is_good() => Answer::Ok,
            Ok(completion) if completion.status == Status::CHECK_CONDITION => {
                completion.sense.code().map_or(Answer::CheckWithoutSense, Answer::Check)
            }
            Ok(completion) => Answer::Status(completion.status),
            Err(error) => Answer::of_error(error),
        }
    }

    /// From a host call without a result.
    #[must_use]
    pub fn of_host(result: &Result<(), DeviceError>) -> Answer {
        result.as_ref().map_or_else(Answer::of_error, |()| Answer::Ok)
    }

    /// From the host's answer to an owner query.
    #[must_use]
    pub fn of_owner(result: &Result<Owner, DeviceError>) -> Answer {
        result.as_ref().map_or_else(Answer::of_error, |owner| Answer::Owner(*owner))
    }

    /// From a recorder method.
    #[must_use]
    pub fn of_recorder(result: Result<(), Hresult>) -> Answer {
        result.map_or_else(Answer::Failed, |()| Answer::Ok)
    }

    /// From a recorder command.
    #[must_use]
    pub fn of_recorder_command(result: Result<Success, Hresult>) -> Answer {
        match result {
            Ok(Success::Ok) => Answer::Ok,
            Ok(Success::CommandHasSenseData) => Answer::OkWithSense,
            Err(code) => Answer::Failed(code),
        }
    }

    /// From a failure below.
    #[must_use]
    pub fn of_error(error: &DeviceError) -> Answer {
        Answer::Error(error.kind(), error.effect())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Check(code) => write!(f, "CHECK CONDITION {code}"),
            Answer::CheckWithoutSense => f.write_str("CHECK CONDITION without sense data"),
            Answer::Error(kind, effect) => {
                let effect = match effect {
                    Effect::Done => "done",
                    Effect::NotDone => "not done",
                    Effect::Unknown => "effect unknown",
                };
                write!(f, "no answer: {} ({effect})", kind.describe())
            }
            Answer::Event { class: 0, .. } => f.write_str("the class of events is not supported"),
            Answer::Event { class, code: 0 } => write!(f, "no event of class {class}"),
            Answer::Event { class, code } => write!(f, "event {code} of class {class}"),
            Answer::Failed(code) => write!(f, "{code}"),
            Answer::Owner(Owner::Nobody) => f.write_str("no owner"),
            Answer::Owner(Owner::Named(name)) => write!(f, "owner {name:?}"),
            Answer::Owner(Owner::Unnamed) => f.write_str("an owner without a name"),
            Answer::Ok => f.write_str("OK"),
            Answer::OkWithSense => f.write_str("S_IMAPI_COMMAND_HAS_SENSE_DATA"),
            Answer::Shows(shown) => write!(f, "the bit is {}", u8::from(*shown)),
            Answer::Status(status) => write!(f, "{status}"),
        }
    }
}
