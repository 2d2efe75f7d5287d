//! The ladder of verdicts.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came of a scenario, from best known nothing to worst; the order means something.
///
/// A group has the verdict of its worst child (see [`Verdict::worst`]). A skip is never a pass: it stands below it,
/// so a group of skips alone is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Planned, but the run ended before it was judged.
    Untested,
    /// Not judged, for a reason that was declared beforehand: the clause is optional, or the bench lacks an ability.
    Skipped,
    /// Judged; every observation was in its allowed set.
    Pass,
    /// Judged; the observations allow no conclusion.
    Inconclusive,
    /// Judged; an observation was outside its allowed set.
    Fail,
    /// The rig itself failed; nothing is said about the target.
    Error,
}

impl Verdict {
    /// All verdicts, in order of the ladder.
    pub const ALL: [Self; 6] =
        [Self::Untested, Self::Skipped, Self::Pass, Self::Inconclusive, Self::Fail, Self::Error];

    /// The word for it in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Untested => "untested",
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// Whether the scenario's body was executed and came to an end.
    pub const fn ran(self) -> bool {
        matches!(self, Self::Pass | Self::Inconclusive | Self::Fail | Self::Error)
    }

    /// The verdict of a group: its worst child's; a group without children is untested.
    pub fn worst(children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().max().unwrap_or(Self::Untested)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
