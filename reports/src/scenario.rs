//! What is known of a scenario before it runs, and the clauses that it rests on.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in a document where a requirement stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Permanent id, by which scenarios and findings name the clause.
    pub id: String,
    /// The document with its revision, for instance `MMC-6 r02g`.
    pub document: String,
    /// Number of the clause in the document, for instance `6.18.2`; empty where the document has none.
    pub number: String,
    /// Title of the clause.
    pub title: String,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.document)?;
        if !self.number.is_empty() {
            write!(f, " {}", self.number)?;
        }
        if !self.title.is_empty() {
            write!(f, " ({})", self.title)?;
        }
        Ok(())
    }
}

/// How strongly the clause requires the behaviour; the order is the strength.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Allowed.
    May,
    /// Recommended.
    Should,
    /// Mandatory.
    #[default]
    Must,
}

impl Level {
    /// The word for it in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How a scenario explores.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One written sequence.
    #[default]
    Example,
    /// Every sequence of a small world.
    Exhaustive,
    /// Random sequences from a seed.
    Property,
}

impl Kind {
    /// The word for it in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Example => "example",
            Self::Exhaustive => "exhaustive",
            Self::Property => "property",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One judged behaviour, as described by the suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Permanent name, for instance `recorder.release.last-frees-device`.
    pub slug: String,
    /// The behaviour in one sentence.
    pub summary: String,
    /// How it explores.
    pub kind: Kind,
    /// How strongly its clauses require the behaviour.
    pub level: Level,
    /// Hazard class: `observe`, `tray`, `write`, `erase` or `wedge`.
    pub hazard: String,
    /// Ids of the clauses it judges, found again in [`RunStarted::clauses`](crate::RunStarted::clauses).
    pub clauses: Vec<String>,
}

impl Scenario {
    /// A scenario of which only the slug is known, because an event names it and the plan does not.
    pub fn unplanned(slug: &str) -> Self {
        Self { slug: slug.to_owned(), ..Self::default() }
    }

    /// The family: the slug up to its first dot.
    pub fn family(&self) -> &str {
        self.slug.split('.').next().unwrap_or(&self.slug)
    }
}

/// How a verdict compares with the expectation recorded for this vendor, product and revision.
///
/// A scenario without such an entry has none of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum Expectation {
    /// It failed and the entry says that it does.
    ExpectedFail {
        /// Why the entry exists.
        reason: String,
    },
    /// It passed, or was not failing in the recorded way, although the entry says that it fails.
    UnexpectedPass {
        /// Why the entry exists.
        reason: String,
    },
    /// The entry no longer fits the scenario in another way.
    Stale {
        /// What no longer fits.
        reason: String,
    },
}

impl Expectation {
    /// The words for it in every output.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::ExpectedFail { .. } => "expected failure",
            Self::UnexpectedPass { .. } => "unexpected pass",
            Self::Stale { .. } => "stale expectation",
        }
    }

    /// The reason given with it.
    pub fn reason(&self) -> &str {
        match self {
            Self::ExpectedFail { reason } | Self::UnexpectedPass { reason } | Self::Stale { reason } => {
                reason
            }
        }
    }
}
