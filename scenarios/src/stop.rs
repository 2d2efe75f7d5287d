//! Why a scenario did not pass.

use crate::transcript::Entry;
use discrig_device::{DeviceError, ErrorKind};
use thiserror::Error;

/// Passed, or why not.
pub type Verdict = Result<(), Stop>;

/// Why a scenario did not pass.
#[derive(Debug, Error)]
pub enum Stop {
    /// The requirement is violated.
    #[error("{}", .0.message)]
    Fail(Box<Finding>),
    /// Nothing can be concluded from what was seen.
    #[error("inconclusive: {0}")]
    Inconclusive(String),
    /// The caller wants the run to end.
    #[error("interrupted")]
    Interrupted,
    /// The drive is gone and does not come back.
    #[error("the drive is gone: {0}")]
    Lost(String),
    /// The rig itself failed: what was attempted is not what is judged.
    #[error("the rig failed: {0}")]
    Rig(String),
    /// The clause is optional and the drive does not implement it.
    #[error("skipped: {0}")]
    Skip(String),
}

/// A violated requirement and how it showed.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// What is wrong, in one sentence.
    pub message: String,
    /// The allowed answers, each with its clause.
    pub expected: Vec<String>,
    /// What was seen instead.
    pub observed: String,
    /// Clause ids that the observation violates.
    pub clauses: Vec<String>,
    /// What was done and answered, in order.
    pub steps: Vec<Entry>,
    /// Seed of the case.
    pub seed: Option<u64>,
    /// The shortest step list that shows it, as a file for `discrig replay`.
    pub reproduction: Option<String>,
    /// The bench's state before the failing step, as JSON.
    pub state: Option<String>,
}

impl Finding {
    /// A finding with nothing but its message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Finding {
        Finding { message: message.into(), ..Finding::default() }
    }
}

impl Stop {
    /// A violated requirement that is not an answer outside its set.
    #[must_use]
    pub fn fail(message: impl Into<String>) -> Stop {
        Stop::Fail(Box::new(Finding::new(message)))
    }
}

/// Failures of calls that are not judged are failures of the rig, except that the drive went away.
impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Stop {
        match error.kind() {
            ErrorKind::Gone => Stop::Lost(error.to_string()),
            _ => Stop::Rig(error.to_string()),
        }
    }
}

impl From<discrig_device::fault::InstallError> for Stop {
    fn from(error: discrig_device::fault::InstallError) -> Stop {
        Stop::Rig(error.to_string())
    }
}
