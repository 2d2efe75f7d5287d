//! A run, rebuilt from its events.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Clause, Counts, Event, Expectation, Outcome, RunStarted, Scenario, Verdict};

/// A run as its events tell it. Holds what was said, derives everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    header: RunStarted,
    records: BTreeMap<String, Record>,
    stale: Vec<StaleExpectation>,
    notes: Vec<String>,
    setup_failure: Option<String>,
    target_lost: Option<String>,
    interrupted: Option<String>,
    finished: Option<Finished>,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It said that it is over.
    Finished,
    /// It was told to stop.
    Interrupted,
    /// It could not begin.
    SetupFailed,
    /// Its target is gone for good.
    TargetLost,
    /// It has not said that it is over: it still runs, or was killed.
    Unfinished,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// Why it ended, in words; empty where every planned scenario had its turn.
    pub reason: String,
    /// Real time of the whole run, in nanoseconds.
    pub elapsed_real_ns: u64,
}

/// An entry of the expectations that matches nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StaleExpectation {
    /// The entry, as written.
    pub entry: String,
    /// Why it is stale.
    pub reason: String,
}

/// The scenarios whose slugs begin alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Name of the family.
    pub name: String,
    /// Verdict of its worst scenario.
    pub verdict: Verdict,
    /// How many of its scenarios are not as expected (see [`Record::is_nonconforming`]).
    pub nonconforming: usize,
    /// Its scenarios by verdict.
    pub counts: Counts,
}

/// The scenarios that were skipped, or stayed untested, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkipGroup {
    /// Skipped or untested.
    pub verdict: Verdict,
    /// The reason they share.
    pub reason: String,
    /// Slugs of the scenarios.
    pub slugs: Vec<String>,
}

/// One scenario in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// What it judges.
    pub scenario: Scenario,
    /// Whether it began.
    pub started: bool,
    /// What came of it, once it ended.
    pub outcome: Option<Outcome>,
}

impl Record {
    /// The verdict; untested while there is no outcome.
    pub fn verdict(&self) -> Verdict {
        self.outcome.as_ref().map_or(Verdict::Untested, |outcome| outcome.verdict)
    }

    /// Why the verdict is what it is; empty only for a pass that needs no words.
    pub fn reason(&self) -> &str {
        let Some(outcome) = &self.outcome else {
            return if self.started {
                "the run ended while it was under way"
            } else {
                "the run ended before its turn"
            };
        };
        match (&outcome.reason, &outcome.finding) {
            (Some(reason), _) => reason,
            (None, Some(finding)) => &finding.message,
            (None, None) if outcome.verdict == Verdict::Pass => "",
            (None, None) => "no reason was given",
        }
    }

    /// How the verdict compares with a recorded expectation, if one is recorded.
    pub fn expectation(&self) -> Option<&Expectation> {
        self.outcome.as_ref()?.expectation.as_ref()
    }

    /// Whether this scenario alone makes the run nonconforming: an unexpected failure, an error of the rig, an
    /// unexpected pass or a stale expectation. No expectation excuses an error of the rig.
    pub fn is_nonconforming(&self) -> bool {
        match (self.verdict(), self.expectation()) {
            (Verdict::Error, _) => true,
            (_, Some(Expectation::UnexpectedPass { .. } | Expectation::Stale { .. })) => true,
            (Verdict::Fail, Some(Expectation::ExpectedFail { .. })) => false,
            (verdict, _) => verdict == Verdict::Fail,
        }
    }
}

impl Run {
    /// A run of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The run that these events tell.
    pub fn from_events<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut run = Self::new();
        for event in events {
            run.apply(event);
        }
        run
    }

    /// Adds what an event says. Any event is accepted at any time: the first reason for an early end is kept, and of
    /// several outcomes of one scenario the worst.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::RunStarted(header) => self.begin(header),
            Event::SetupFailed { reason } => keep_first(&mut self.setup_failure, reason),
            Event::ScenarioStarted { slug } => self.record_mut(slug).started = true,
            Event::ScenarioFinished { slug, outcome } => {
                let record = self.record_mut(slug);
                if record.outcome.is_none() || outcome.verdict >= record.verdict() {
                    record.outcome = Some(outcome.as_ref().clone());
                }
            }
            Event::StaleExpectation { entry, reason } => {
                self.stale.push(StaleExpectation { entry: entry.clone(), reason: reason.clone() });
            }
            Event::TargetLost { reason } => keep_first(&mut self.target_lost, reason),
            Event::Interrupted { signal } => keep_first(&mut self.interrupted, signal),
            Event::Note { text } => self.notes.push(text.clone()),
            Event::RunFinished { reason, elapsed_real_ns } => {
                self.finished = Some(Finished { reason: reason.clone(), elapsed_real_ns: *elapsed_real_ns });
            }
        }
    }

    /// What was known when the run began.
    pub fn header(&self) -> &RunStarted {
        &self.header
    }

    /// Every scenario planned or heard of, by slug.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// One scenario.
    pub fn record(&self, slug: &str) -> Option<&Record> {
        self.records.get(slug)
    }

    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.header.clauses.iter().find(|clause| clause.id == id)
    }

    /// Entries of the expectations that match nothing any more.
    pub fn stale_expectations(&self) -> &[StaleExpectation] {
        &self.stale
    }

    /// Notes for the reader.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The end of the run, once it has said so.
    pub fn finished(&self) -> Option<&Finished> {
        self.finished.as_ref()
    }

    /// How far the run came. A set-up failure outweighs a lost target, and that an interruption.
    pub fn state(&self) -> RunState {
        if self.setup_failure.is_some() {
            RunState::SetupFailed
        } else if self.target_lost.is_some() {
            RunState::TargetLost
        } else if self.interrupted.is_some() {
            RunState::Interrupted
        } else if self.finished.is_some() {
            RunState::Finished
        } else {
            RunState::Unfinished
        }
    }

    /// Why the run did not come to its regular end, as a sentence; `None` where it did.
    pub fn trouble(&self) -> Option<String> {
        match self.state() {
            RunState::Finished => None,
            RunState::Interrupted => {
                Some(format!("Interrupted by {}.", self.interrupted.as_deref().unwrap_or_default()))
            }
            RunState::SetupFailed => {
                Some(format!("Set-up failed: {}", self.setup_failure.as_deref().unwrap_or_default()))
            }
            RunState::TargetLost => {
                Some(format!("Target lost: {}", self.target_lost.as_deref().unwrap_or_default()))
            }
            RunState::Unfinished => {
                Some("The run has not said that it is over: it still runs, or was killed.".to_owned())
            }
        }
    }

    /// All scenarios by verdict.
    pub fn counts(&self) -> Counts {
        self.records().map(Record::verdict).collect()
    }

    /// Verdict of the worst scenario.
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.records().map(Record::verdict))
    }

    /// Whether no scenario is nonconforming and no expectation stale.
    pub fn is_conforming(&self) -> bool {
        self.stale.is_empty() && !self.records().any(Record::is_nonconforming)
    }

    /// The families, by name.
    pub fn families(&self) -> Vec<Family> {
        let mut families: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
        for record in self.records() {
            families.entry(record.scenario.family()).or_default().push(record);
        }
        let family = |(name, records): (&str, Vec<&Record>)| {
            let counts: Counts = records.iter().map(|record| record.verdict()).collect();
            let nonconforming = records.iter().filter(|record| record.is_nonconforming()).count();
            Family { name: name.to_owned(), verdict: counts.worst(), nonconforming, counts }
        };
        families.into_iter().map(family).collect()
    }

    /// What was not judged, grouped by reason, the largest group first.
    pub fn skips(&self) -> Vec<SkipGroup> {
        let mut groups: BTreeMap<(Verdict, &str), Vec<String>> = BTreeMap::new();
        for record in self.records().filter(|record| !record.verdict().ran()) {
            groups.entry((record.verdict(), record.reason())).or_default().push(record.scenario.slug.clone());
        }
        let mut groups: Vec<_> = groups
            .into_iter()
            .map(|((verdict, reason), slugs)| SkipGroup { verdict, reason: reason.to_owned(), slugs })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.slugs.len()));
        groups
    }

    /// The scenarios that make the run nonconforming, by slug.
    pub fn nonconforming(&self) -> impl Iterator<Item = &Record> {
        self.records().filter(|record| record.is_nonconforming())
    }

    fn begin(&mut self, header: &RunStarted) {
        for scenario in &header.plan {
            self.record_mut(&scenario.slug).scenario = scenario.clone();
        }
        self.header = header.clone();
    }

    fn record_mut(&mut self, slug: &str) -> &mut Record {
        self.records
            .entry(slug.to_owned())
            .or_insert_with(|| Record { scenario: Scenario::unplanned(slug), ..Record::default() })
    }
}

fn keep_first(slot: &mut Option<String>, value: &str) {
    slot.get_or_insert_with(|| value.to_owned());
}
