//! What was found, and the steps that show it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A deviation: what was expected, what was seen, and how to see it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The deviation in one sentence.
    pub message: String,
    /// The set of allowed answers.
    #[serde(default)]
    pub expected: Vec<AllowedAnswer>,
    /// What was answered instead.
    #[serde(default)]
    pub observed: String,
    /// Ids of the clauses violated.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// The steps up to and including the one that failed.
    #[serde(default)]
    pub steps: Vec<StepRecord>,
    /// Seed of the random sequence, for a property.
    #[serde(default, with = "seed")]
    #[schemars(with = "Option<String>")]
    pub seed: Option<u64>,
    /// The shortest reproduction known: a step list in TOML, as `discrig replay` reads it.
    #[serde(default)]
    pub reproduction: Option<String>,
    /// State of the target before the failing step, where the target can give it.
    #[serde(default)]
    pub state_before: Option<serde_json::Value>,
}

/// One member of the set of allowed answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedAnswer {
    /// The answer, for instance `CHECK CONDITION, ILLEGAL REQUEST, 53h/02h`.
    pub answer: String,
    /// Ids of the clauses that allow it.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// One step as it was executed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// Number of the step, counted from 1.
    pub n: u64,
    /// Who acted: a host, a handle, a recorder, the bench; for instance `host 0, handle 1`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The CDB in hexadecimal, where the step was one command.
    #[serde(default)]
    pub cdb: Option<String>,
    /// What was answered.
    pub answer: String,
    /// The sense data decoded, where there were any.
    #[serde(default)]
    pub sense: Option<String>,
    /// Time the step took on the target's clock, in nanoseconds.
    pub elapsed_ns: u64,
}

/// Seeds are written as decimal text: readers that keep numbers as doubles would change one above 2^53.
pub(crate) mod seed {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(seed: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        match seed {
            Some(seed) => serializer.collect_str(seed),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}
