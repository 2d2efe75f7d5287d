//! `results.json`: the run for programs to read.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};

use crate::{
    Clause, Counts, ExitCode, Expectation, Family, Finding, Kind, Level, Record, Run, RunState, SkipGroup,
    StaleExpectation, Target, Tool, Verdict, exit_code, finding::seed, text,
};

/// Format of `results.json`. A change that an old reader would misunderstand raises the number.
pub const RESULTS_FORMAT: &str = "discrig-results/1";

/// The contents of `results.json`. All counts and groups are derived from the scenarios when it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// Always [`RESULTS_FORMAT`].
    #[schemars(extend("const" = RESULTS_FORMAT))]
    pub schema: String,
    /// The program that judged.
    pub tool: Tool,
    /// The target that was judged.
    pub target: Target,
    /// How far the run came.
    pub state: RunState,
    /// Why the run did not come to its regular end.
    pub trouble: Option<String>,
    /// Exit code of the program, had it ended with these results.
    pub exit_code: ExitCode,
    /// The exit code in words.
    pub conclusion: String,
    /// Verdict of the worst scenario.
    pub verdict: Verdict,
    /// All scenarios by verdict.
    pub counts: Counts,
    /// When the run began, RFC 3339.
    pub started_at: String,
    /// Real time of the whole run, in nanoseconds; absent while it is not over.
    pub elapsed_real_ns: Option<u64>,
    /// Why the run ended, where it said so.
    pub end_reason: Option<String>,
    /// Seed of the whole run, as decimal text.
    #[serde(with = "seed")]
    #[schemars(with = "Option<String>")]
    pub seed: Option<u64>,
    /// Cases asked for per property.
    pub cases: u64,
    /// The command line.
    pub argv: Vec<String>,
    /// Hazard classes allowed.
    pub allow: Vec<String>,
    /// Abilities that the bench declares.
    pub capabilities: BTreeMap<String, String>,
    /// Choices that the documents leave open: name and value.
    pub policies: BTreeMap<String, String>,
    /// The families, by name.
    pub families: Vec<Family>,
    /// What was not judged, grouped by reason.
    pub skips: Vec<SkipGroup>,
    /// Entries of the expectations that match nothing any more.
    pub stale_expectations: Vec<StaleExpectation>,
    /// Notes for the reader.
    pub notes: Vec<String>,
    /// The clauses that scenarios and findings name by id.
    pub clauses: Vec<Clause>,
    /// Every scenario, by slug.
    pub scenarios: Vec<ScenarioResult>,
}

/// One scenario in `results.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioResult {
    /// Permanent name.
    pub slug: String,
    /// Its family.
    pub family: String,
    /// The behaviour in one sentence.
    pub summary: String,
    /// How it explores.
    pub kind: Kind,
    /// How strongly its clauses require the behaviour.
    pub level: Level,
    /// Hazard class.
    pub hazard: String,
    /// Ids of the clauses it judges.
    pub clauses: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why; empty for a pass that needs no words.
    pub reason: String,
    /// Whether this scenario alone makes the run nonconforming.
    pub nonconforming: bool,
    /// How the verdict compares with a recorded expectation.
    pub expectation: Option<Expectation>,
    /// The deviation found.
    pub finding: Option<Finding>,
    /// Seed of this property's sequences, as decimal text.
    #[serde(with = "seed")]
    #[schemars(with = "Option<String>")]
    pub seed: Option<u64>,
    /// Steps executed.
    pub steps: u64,
    /// Time on the target's clock, in nanoseconds.
    pub elapsed_virtual_ns: u64,
    /// Time on the wall, in nanoseconds.
    pub elapsed_real_ns: u64,
}

impl From<&Run> for Results {
    fn from(run: &Run) -> Self {
        let header = run.header().clone();
        let exit = exit_code(run);
        Self {
            schema: RESULTS_FORMAT.to_owned(),
            tool: header.tool,
            target: header.target,
            state: run.state(),
            trouble: run.trouble(),
            exit_code: exit,
            conclusion: exit.meaning().to_owned(),
            verdict: run.verdict(),
            counts: run.counts(),
            started_at: header.started_at,
            elapsed_real_ns: run.finished().map(|finished| finished.elapsed_real_ns),
            end_reason: text::end_reason(run).map(str::to_owned),
            seed: header.seed,
            cases: header.cases,
            argv: header.argv,
            allow: header.allow,
            capabilities: header.capabilities,
            policies: header.policies,
            families: run.families(),
            skips: run.skips(),
            stale_expectations: run.stale_expectations().to_vec(),
            notes: run.notes().to_vec(),
            clauses: header.clauses,
            scenarios: run.records().map(ScenarioResult::from).collect(),
        }
    }
}

impl From<&Record> for ScenarioResult {
    fn from(record: &Record) -> Self {
        let scenario = record.scenario.clone();
        let outcome = record.outcome.as_ref();
        Self {
            family: scenario.family().to_owned(),
            slug: scenario.slug,
            summary: scenario.summary,
            kind: scenario.kind,
            level: scenario.level,
            hazard: scenario.hazard,
            clauses: scenario.clauses,
            verdict: record.verdict(),
            reason: record.reason().to_owned(),
            nonconforming: record.is_nonconforming(),
            expectation: record.expectation().cloned(),
            finding: outcome.and_then(|outcome| outcome.finding.clone()),
            seed: outcome.and_then(|outcome| outcome.seed),
            steps: outcome.map_or(0, |outcome| outcome.steps),
            elapsed_virtual_ns: outcome.map_or(0, |outcome| outcome.elapsed_virtual_ns),
            elapsed_real_ns: outcome.map_or(0, |outcome| outcome.elapsed_real_ns),
        }
    }
}

/// The JSON Schema of `results.json`, as committed in `reports/schema/results.schema.json`.
pub fn results_schema() -> String {
    let schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Results>();
    // A schema is JSON already: writing it cannot fail.
    format!("{:#}\n", schema.as_value())
}

pub(crate) fn render(run: &Run) -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(&Results::from(run)).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}
