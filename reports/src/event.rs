//! The events of a run.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Clause, Expectation, Finding, Scenario, Verdict, finding::seed};

/// Something that happened in a run.
///
/// The list of events is the run: [`Run::apply`](crate::Run::apply) rebuilds everything from it. The order of variants
/// is the order in which a run meets them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The run begins; always the first event, also when the target then turns out to be unusable.
    RunStarted(Box<RunStarted>),
    /// The target or the bench could not be brought up; nothing will be judged.
    SetupFailed {
        /// What failed and what to do about it.
        reason: String,
    },
    /// A scenario begins.
    ScenarioStarted {
        /// Its slug.
        slug: String,
    },
    /// A scenario ended, or was decided without running it.
    ScenarioFinished {
        /// Its slug.
        slug: String,
        /// What came of it.
        outcome: Box<Outcome>,
    },
    /// An entry of the expectations matches no scenario or no longer this target; a failure of the run.
    StaleExpectation {
        /// The entry, as written.
        entry: String,
        /// Why it is stale.
        reason: String,
    },
    /// The target is gone for good; what is still planned stays untested.
    TargetLost {
        /// How that showed.
        reason: String,
    },
    /// The run was told to stop; what is still planned stays untested.
    Interrupted {
        /// Name of the signal, for instance `SIGINT`.
        signal: String,
    },
    /// Something the reader of the report should know, which changes no verdict.
    Note {
        /// The note.
        text: String,
    },
    /// The run is over; always the last event. The exit code follows from the events before, see
    /// [`exit_code`](crate::exit_code).
    RunFinished {
        /// Why it ended, in words; empty where every planned scenario had its turn.
        reason: String,
        /// Real time of the whole run, in nanoseconds.
        elapsed_real_ns: u64,
    },
}

/// What is known when a run begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunStarted {
    /// The program that judges.
    pub tool: Tool,
    /// The target that is judged.
    pub target: Target,
    /// Seed of the whole run, from which each property has its own.
    #[serde(default, with = "seed")]
    #[schemars(with = "Option<String>")]
    pub seed: Option<u64>,
    /// Cases asked for per property.
    pub cases: u64,
    /// Abilities that the bench declares, and how far each goes.
    pub capabilities: BTreeMap<String, String>,
    /// Choices that the documents leave open: name and value.
    pub policies: BTreeMap<String, String>,
    /// Hazard classes allowed on this target.
    pub allow: Vec<String>,
    /// The command line.
    pub argv: Vec<String>,
    /// When the run began, as an RFC 3339 timestamp given by the caller (see [`timestamp_now`]).
    pub started_at: String,
    /// Every clause that the planned scenarios and their allowed sets name.
    pub clauses: Vec<Clause>,
    /// Every scenario that this run intends to judge, also those that will be skipped.
    pub plan: Vec<Scenario>,
}

/// The program that judges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The target that is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The target as named on the command line, for instance `/dev/sr0`.
    pub name: String,
    /// How it is reached, for instance `emulator` or `linux SG_IO`.
    pub backend: String,
    /// Who it says it is; absent while nothing has answered.
    #[serde(default)]
    pub identity: Option<Identity>,
}

/// What INQUIRY data say of a drive. Texts are kept as received, also where they hold control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Vendor identification.
    pub vendor: String,
    /// Product identification.
    pub product: String,
    /// Product revision level.
    pub revision: String,
    /// Unit serial number, where the drive has one.
    #[serde(default)]
    pub serial: Option<String>,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.vendor.trim(), self.product.trim(), self.revision.trim())
    }
}

/// What came of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Why: the reason of a skip, or what the verdict rests on. Required for a skip; where it is absent and there is a
    /// finding, the finding's message stands for it.
    #[serde(default)]
    pub reason: Option<String>,
    /// The deviation found.
    #[serde(default)]
    pub finding: Option<Finding>,
    /// How the verdict compares with a recorded expectation.
    #[serde(default)]
    pub expectation: Option<Expectation>,
    /// Seed of this property's sequences.
    #[serde(default, with = "seed")]
    pub seed: Option<u64>,
    /// Time on the target's clock, in nanoseconds; virtual on an emulated drive.
    #[serde(default)]
    pub elapsed_virtual_ns: u64,
    /// Time on the wall, in nanoseconds.
    #[serde(default)]
    pub elapsed_real_ns: u64,
    /// Steps executed, over all cases.
    #[serde(default)]
    pub steps: u64,
}

impl Outcome {
    /// An outcome with this verdict and nothing else yet.
    pub const fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: None,
            finding: None,
            expectation: None,
            seed: None,
            elapsed_virtual_ns: 0,
            elapsed_real_ns: 0,
            steps: 0,
        }
    }

    /// A skip and its reason.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(Verdict::Skipped) }
    }

    /// A failure and what was found.
    pub fn failed(finding: Finding) -> Self {
        Self { finding: Some(finding), ..Self::new(Verdict::Fail) }
    }
}

/// The present time as an RFC 3339 timestamp to the second, for [`RunStarted::started_at`].
pub fn timestamp_now() -> String {
    format!("{:.0}", jiff::Timestamp::now())
}
