//! Why a server cannot be started.

use discrig_device::fault::InstallError;
use discrig_iscsi::name::NameError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use thiserror::Error;

/// Why a server cannot be started; its text says what was wrong and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The control socket cannot be made.
    #[error("control socket {}: {error}", path.display())]
    Control {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another server listens on the control socket.
    #[error("control socket {}: another server listens there; choose another path with --control", path.display())]
    ControlInUse {
        /// Where.
        path: PathBuf,
    },
    /// The disc of a drive cannot be had.
    #[error("drive {drive}: disc {spec}: {reason}")]
    Disc {
        /// The drive.
        drive: String,
        /// The disc.
        spec: String,
        /// Why.
        reason: String,
    },
    /// A fault rule that a server cannot honour.
    #[error("drive {drive}: {error}")]
    Fault {
        /// The drive.
        drive: String,
        /// Why.
        error: FaultError,
    },
    /// The address cannot be listened on.
    #[error("{address}: {error}; {hint}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// A drive's name makes no name of a target.
    #[error("drive {drive}: {error}")]
    Name {
        /// The drive.
        drive: String,
        /// Why.
        error: NameError,
    },
    /// Two drives have the same name.
    #[error("there are two drives of the name {0}; each needs its own")]
    NameTwice(String),
    /// No drive was asked for.
    #[error("there is no drive to serve; name one with --drive")]
    NoDrive,
    /// An address that others can reach needs authentication.
    #[error(
        "{0} can be reached from elsewhere, which needs --chap-user and a secret; without them listen on 127.0.0.1 or ::1"
    )]
    Open(SocketAddr),
    /// The system refuses something that a server needs.
    #[error("{what}: {error}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why.
        error: io::Error,
    },
    /// The folder for transcripts cannot be used.
    #[error("transcripts in {}: {error}", path.display())]
    Transcript {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl ServeError {
    /// Whether what was asked for makes no sense, rather than that the system refuses it.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            ServeError::Fault { .. }
                | ServeError::Name { .. }
                | ServeError::NameTwice(_)
                | ServeError::NoDrive
                | ServeError::Open(_)
        )
    }
}

/// Why a fault rule cannot be installed at a served drive.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FaultError {
    /// It contradicts itself.
    #[error("{0}")]
    Install(#[from] InstallError),
    /// It waits for something that a target never sees.
    #[error(
        "rule {rule}: a served drive does not see the operation `{operation}` of a host; it sees close, lock, open and unlock"
    )]
    Operation {
        /// The rule.
        rule: String,
        /// What it waits for.
        operation: &'static str,
    },
    /// The drive would come back as another one.
    #[error("rule {rule}: a served drive comes back as itself only; leave `identity` out")]
    OtherIdentity {
        /// The rule.
        rule: String,
    },
}
