//! Events of a run become JUnit, JSON, Markdown and HTML.
//!
//! The runner says what happens as [`Event`]s; everything else follows from their list. [`Run`] folds events into a
//! model whose counts are derived whenever somebody asks. Every output is a [`Sink`] of events: the append-only journal
//! (`events.ndjson`), the four documents ([`DOCUMENTS`]), a progress bar of the runner's own.
//!
//! [`Reporter`] puts these together for one report directory: the journal is written event by event, the documents
//! exist from the first event on and are replaced as a whole, so that a report is there whatever ends the run.
//! [`exit_code`] maps a run to the exit codes, which are an interface.
//!
//! This crate reads no clock except in [`timestamp_now`], which the caller may use to stamp [`RunStarted`].

#![forbid(unsafe_code)]

mod atomic;
mod counts;
mod document;
mod error;
mod event;
mod exit;
mod finding;
mod html;
mod journal;
mod junit;
mod markdown;
mod reporter;
mod results;
mod run;
mod scenario;
mod sink;
mod summary;
mod text;
mod verdict;

pub use counts::Counts;
pub use document::{DOCUMENTS, Document, Documents, render};
pub use error::{Operation, ReportError, ReportErrorKind};
pub use event::{Event, Identity, Outcome, RunStarted, Target, Tool, timestamp_now};
pub use exit::{ExitCode, exit_code};
pub use finding::{AllowedAnswer, Finding, StepRecord};
pub use journal::{JOURNAL_FILE, JOURNAL_FORMAT, Journal, read_journal};
pub use reporter::Reporter;
pub use results::{RESULTS_FORMAT, Results, ScenarioResult, results_schema};
pub use run::{Family, Finished, Record, Run, RunState, SkipGroup, StaleExpectation};
pub use scenario::{Clause, Expectation, Kind, Level, Scenario};
pub use sink::Sink;
pub use summary::Summary;
pub use verdict::Verdict;
