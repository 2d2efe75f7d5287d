//! Counts per verdict, always derived.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Verdict;

/// How many of a group came to each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Planned, never judged.
    pub untested: usize,
    /// Skipped for a declared reason.
    pub skipped: usize,
    /// Passed.
    pub pass: usize,
    /// Without conclusion.
    pub inconclusive: usize,
    /// Failed.
    pub fail: usize,
    /// The rig failed.
    pub error: usize,
}

impl Counts {
    /// How many came to this verdict.
    pub const fn get(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Untested => self.untested,
            Verdict::Skipped => self.skipped,
            Verdict::Pass => self.pass,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::Fail => self.fail,
            Verdict::Error => self.error,
        }
    }

    const fn get_mut(&mut self, verdict: Verdict) -> &mut usize {
        match verdict {
            Verdict::Untested => &mut self.untested,
            Verdict::Skipped => &mut self.skipped,
            Verdict::Pass => &mut self.pass,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Fail => &mut self.fail,
            Verdict::Error => &mut self.error,
        }
    }

    /// The size of the group.
    pub fn total(&self) -> usize {
        Verdict::ALL.iter().map(|&verdict| self.get(verdict)).sum()
    }

    /// How many were executed.
    pub fn ran(&self) -> usize {
        Verdict::ALL.iter().filter(|verdict| verdict.ran()).map(|&verdict| self.get(verdict)).sum()
    }

    /// The verdict of the group: its worst child's.
    pub fn worst(&self) -> Verdict {
        Verdict::worst(self.present().map(|(verdict, _)| verdict))
    }

    /// The verdicts that occur, worst first, each with its count.
    pub fn present(&self) -> impl Iterator<Item = (Verdict, usize)> {
        Verdict::ALL
            .into_iter()
            .rev()
            .map(|verdict| (verdict, self.get(verdict)))
            .filter(|&(_, count)| count > 0)
    }
}

impl FromIterator<Verdict> for Counts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            *counts.get_mut(verdict) += 1;
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (verdict, count) in self.present() {
            write!(f, "{count} {verdict}, ")?;
        }
        write!(f, "{} in total", self.total())
    }
}
