//! Exit codes: an interface, so data.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{Run, RunState};

/// The exit codes of the program. The numbers are permanent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum ExitCode {
    /// Something was judged, and all is as expected.
    AsExpected = 0,
    /// The command line makes no sense.
    Usage = 2,
    /// No scenario was judged: nothing was selected, or all was skipped.
    NothingRan = 4,
    /// The target or the bench could not be brought up.
    SetupFailed = 96,
    /// A scenario failed or could not be judged for an error of the rig, an expectation was not met, or one is stale.
    Nonconformance = 100,
    /// The run did not reach its end: the target is gone for good, or somebody stopped the run.
    Incomplete = 106,
    /// A report could not be written.
    ReportNotWritten = 110,
}

impl ExitCode {
    /// All exit codes, by number.
    pub const ALL: [Self; 7] = [
        Self::AsExpected,
        Self::Usage,
        Self::NothingRan,
        Self::SetupFailed,
        Self::Nonconformance,
        Self::Incomplete,
        Self::ReportNotWritten,
    ];

    /// The number given to the system.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, in a few words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AsExpected => "all as expected",
            Self::Usage => "usage error",
            Self::NothingRan => "nothing ran",
            Self::SetupFailed => "set-up failed",
            Self::Nonconformance => "nonconformance",
            Self::Incomplete => "incomplete",
            Self::ReportNotWritten => "report not written",
        }
    }
}

impl From<ExitCode> for u8 {
    fn from(exit: ExitCode) -> Self {
        exit.code()
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(exit: ExitCode) -> Self {
        Self::from(exit.code())
    }
}

impl TryFrom<u8> for ExitCode {
    type Error = String;

    fn try_from(code: u8) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|exit| exit.code() == code)
            .ok_or_else(|| format!("{code} is not an exit code"))
    }
}

impl JsonSchema for ExitCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ExitCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Exit code of the program.",
            "oneOf": Self::ALL.map(|exit| json_schema!({ "const": exit.code(), "description": exit.meaning() })),
        })
    }
}

/// The exit code that the events of a run lead to; the first of these that holds:
///
/// 1. set-up failed: nothing that follows can be trusted;
/// 2. incomplete: lost, interrupted, or no [`Event::RunFinished`](crate::Event::RunFinished) yet, so verdicts are
///    missing, whatever those at hand say;
/// 3. nothing ran: no scenario was executed;
/// 4. nonconformance: see [`Run::is_conforming`];
/// 5. incomplete again: the run is over, and yet a planned scenario is untested;
/// 6. all as expected.
///
/// Usage errors have no run, and a report that could not be written has no reader: the caller knows those two.
pub fn exit_code(run: &Run) -> ExitCode {
    match run.state() {
        RunState::SetupFailed => ExitCode::SetupFailed,
        RunState::TargetLost | RunState::Interrupted | RunState::Unfinished => ExitCode::Incomplete,
        RunState::Finished if run.counts().ran() == 0 => ExitCode::NothingRan,
        RunState::Finished if !run.is_conforming() => ExitCode::Nonconformance,
        RunState::Finished if run.counts().untested > 0 => ExitCode::Incomplete,
        RunState::Finished => ExitCode::AsExpected,
    }
}
