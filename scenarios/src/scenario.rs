//! What a scenario is.

use crate::stage::Stage;
use crate::stop::Verdict;
use core::fmt;
use discrig_device::Capability;
use serde::{Deserialize, Serialize};

/// One judged behaviour.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Permanent name: family, subject, expectation, separated by dots (`recorder.release.last-frees-device`).
    pub slug: &'static str,
    /// Clause ids of the registry in `discrig-fixtures`.
    pub clauses: &'static [&'static str],
    /// How binding the clauses are.
    pub level: Level,
    /// Abilities that the bench must have.
    pub needs: &'static [Capability],
    /// The worst that it does to a drive.
    pub hazard: Hazard,
    /// The behaviour in one sentence.
    pub summary: &'static str,
    /// How it is judged.
    pub body: Body,
}

/// How a scenario is judged.
#[derive(Clone, Copy)]
pub enum Body {
    /// One fixed course of events.
    Example(fn(&mut Stage<'_>) -> Verdict),
    /// Every reachable state of a small world.
    Exhaustive(fn(&mut Stage<'_>) -> Verdict),
    /// Generated sequences against the reference model.
    Property(&'static dyn crate::property::Judged),
}

/// The kind of a scenario, for reports.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One fixed course of events.
    Example,
    /// Every reachable state of a small world.
    Exhaustive,
    /// Generated sequences.
    Property,
}

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The documents leave it free; the suite records what was seen.
    May,
    /// Recommended, or agreed practice of the trade.
    Should,
    /// Required.
    Must,
}

/// The worst that a scenario does to a drive, in ascending order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hazard {
    /// It asks, locks and prevents, and leaves everything as it was.
    Observe,
    /// It moves the tray or takes the disc out.
    Tray,
    /// It writes to a disc.
    Write,
    /// It erases a disc.
    Erase,
    /// It may leave the drive in need of a power cycle: resets, pulled plugs, stalls.
    Wedge,
}

macro_rules! names {
    ($($type:ident { $($variant:ident $text:literal),+ })+) => {$(
        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The name used on the command line and in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($type::$variant => $text),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    )+};
}

names! {
    Kind { Example "example", Exhaustive "exhaustive", Property "property" }
    Level { May "may", Should "should", Must "must" }
    Hazard { Observe "observe", Tray "tray", Write "write", Erase "erase", Wedge "wedge" }
}

impl Scenario {
    /// The first part of the slug.
    #[must_use]
    pub fn family(&self) -> &'static str {
        self.slug.split('.').next().unwrap_or(self.slug)
    }

    /// The kind of its body.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Example(_) => Kind::Example,
            Body::Exhaustive(_) => Kind::Exhaustive,
            Body::Property(_) => Kind::Property,
        }
    }

    /// Why it cannot run on a bench with these capabilities, or `None` when it can.
    #[must_use]
    pub fn obstacle(&self, capabilities: &discrig_device::Capabilities) -> Option<String> {
        let missing = self.needs.iter().find(|need| !capabilities.has(**need))?;
        Some(format!("needs `{missing}`: {}", capabilities.remark(*missing)))
    }

    /// Judges the behaviour on `stage`. The bench is brought to the known state before and after, also after a failure.
    ///
    /// # Errors
    /// [`crate::Stop`]: why it did not pass.
    pub fn run(&self, stage: &mut Stage<'_>) -> Verdict {
        stage.begin()?;
        let verdict = match self.body {
            Body::Example(body) | Body::Exhaustive(body) => body(stage),
            Body::Property(property) => property.check(self.slug, stage),
        };
        stage.end(verdict)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug)
    }
}
