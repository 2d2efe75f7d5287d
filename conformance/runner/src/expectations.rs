//! Known deviations of a drive, with their reasons.
//!
//! ```toml
//! [[drive]]
//! vendor = "QEMU"
//! product = "QEMU DVD-ROM"
//! revision = "2.5+"             # absent: any
//!
//! [[drive.deviation]]
//! scenario = "tray.eject.prevented"          # or a list of them
//! verdict = "fail"              # the default
//! reason = "answers 02/53/00"
//! ```
//!
//! A deviation that no longer shows, or that names no scenario of the run, is a failure: the file has to be mended.
//!
//! The profiles of other emulators bring such a file along, which holds by itself. A file that is given besides says more, or something else about
//! the same scenarios; there, `verdict = "pass"` takes a deviation back.

use crate::failure::Failure;
use discrig_reports::{Event, Expectation, Identity, Outcome, Verdict};
use serde::Deserialize;
use std::path::Path;

/// The deviations recorded for the drive that is judged.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    entries: Vec<Deviation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    drive: Vec<Drive>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drive {
    vendor: String,
    product: String,
    #[serde(default)]
    revision: Option<String>,
    #[serde(default)]
    deviation: Vec<Group>,
}

/// Deviations for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    scenario: Scenarios,
    #[serde(default = "failing")]
    verdict: Verdict,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scenarios {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug)]
struct Deviation {
    scenario: String,
    verdict: Verdict,
    reason: String,
}

fn failing() -> Verdict {
    Verdict::Fail
}

impl Expectations {
    /// What a profile of the emulator is known to deviate in: nothing, unless it is there to be compared with.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the profile's file is wrong.
    pub fn of_profile(name: &str, identity: Option<&Identity>) -> Result<Expectations, Failure> {
        let text = discrig_fixtures::expectations(name).unwrap_or_default();
        Expectations::parse(text, identity)
            .map_err(|problem| Failure::Usage(format!("the expectations of profile {name}: {problem}")))
    }

    /// The scenarios that there is a deviation in.
    pub fn scenarios(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.scenario.as_str())
    }

    /// These, and in their place those of `other` where both are about the same scenario.
    #[must_use]
    pub(crate) fn overridden_by(mut self, other: Expectations) -> Expectations {
        let is_kept = |entry: &Deviation| other.entries.iter().all(|new| new.scenario != entry.scenario);
        self.entries.retain(is_kept);
        self.entries.extend(other.entries);
        self
    }

    /// Reads a file and keeps what it says about the drive with `identity`.
    pub(crate) fn read(path: &Path, identity: Option<&Identity>) -> Result<Expectations, Failure> {
        Expectations::parse(&Failure::read(path)?, identity)
            .map_err(|problem| Failure::Usage(format!("{}: {problem}", path.display())))
    }

    fn parse(text: &str, identity: Option<&Identity>) -> Result<Expectations, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut entries = Vec::new();
        for drive in file.drive.into_iter().filter(|drive| identity.is_some_and(|is| drive.is(is))) {
            entries.extend(drive.deviation.into_iter().flat_map(Group::deviations));
        }
        match entries.iter().find(|entry| discrig_scenarios::find(&entry.scenario).is_none()) {
            Some(unknown) => {
                Err(format!("`{}` is no scenario; `discrig list scenarios` shows them", unknown.scenario))
            }
            None => Ok(Expectations { entries }),
        }
    }

    /// Compares what came of a scenario with what was expected.
    pub(crate) fn judge(&self, slug: &str, outcome: &mut Outcome) {
        let Some(entry) = self.entries.iter().find(|entry| entry.scenario == slug) else { return };
        if entry.verdict == Verdict::Pass {
            return;
        }
        let reason = entry.reason.clone();
        outcome.expectation = match outcome.verdict {
            verdict if verdict == entry.verdict => Some(Expectation::ExpectedFail { reason }),
            Verdict::Pass => Some(Expectation::UnexpectedPass { reason }),
            verdict @ (Verdict::Fail | Verdict::Inconclusive) => Some(Expectation::Stale {
                reason: format!("expected {}, seen {verdict}: {reason}", entry.verdict),
            }),
            Verdict::Untested | Verdict::Skipped | Verdict::Error => None,
        };
    }

    /// Entries for scenarios that were skipped: they cannot be checked here and are remarks.
    pub(crate) fn unchecked<'a>(
        &'a self,
        is_planned: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = Event> + 'a {
        self.entries.iter().filter(move |entry| !is_planned(&entry.scenario)).map(|entry| Event::Note {
            text: format!(
                "the expectation for {} was not checked: it is not part of this run",
                entry.scenario
            ),
        })
    }
}

impl Group {
    fn deviations(self) -> impl Iterator<Item = Deviation> {
        let Group { scenario, verdict, reason } = self;
        let scenarios = match scenario {
            Scenarios::One(scenario) => vec![scenario],
            Scenarios::Many(scenarios) => scenarios,
        };
        scenarios.into_iter().map(move |scenario| Deviation { scenario, verdict, reason: reason.clone() })
    }
}

impl Drive {
    fn is(&self, identity: &Identity) -> bool {
        let same = |wanted: &str, seen: &str| wanted.trim() == seen.trim();
        same(&self.vendor, &identity.vendor)
            && same(&self.product, &identity.product)
            && self.revision.as_deref().is_none_or(|revision| same(revision, &identity.revision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [[drive]]
        vendor = "QEMU"
        product = "QEMU DVD-ROM"
        [[drive.deviation]]
        scenario = "recorder.release.at-zero-fails"
        reason = "for the test"
    "#;

    fn identity(vendor: &str) -> Identity {
        Identity { vendor: vendor.to_owned(), product: "QEMU DVD-ROM".to_owned(), ..Identity::default() }
    }

    #[test]
    fn a_known_deviation_is_expected_and_its_absence_is_not() {
        let expectations = Expectations::parse(TEXT, Some(&identity("QEMU "))).unwrap();
        let judged = |verdict| {
            let mut outcome = Outcome::new(verdict);
            expectations.judge("recorder.release.at-zero-fails", &mut outcome);
            outcome.expectation
        };
        assert!(matches!(judged(Verdict::Fail), Some(Expectation::ExpectedFail { .. })));
        assert!(matches!(judged(Verdict::Pass), Some(Expectation::UnexpectedPass { .. })));
        assert!(matches!(judged(Verdict::Inconclusive), Some(Expectation::Stale { .. })));
        assert_eq!(judged(Verdict::Skipped), None);
    }

    #[test]
    fn one_reason_can_stand_for_several_scenarios() {
        let both = r#"["recorder.release.at-zero-fails", "tray.prevent.eject-refused"]"#;
        let text = TEXT.replace(r#""recorder.release.at-zero-fails""#, both);
        let expectations = Expectations::parse(&text, Some(&identity("QEMU"))).unwrap();
        let all: Vec<_> = expectations.scenarios().collect();
        assert_eq!(all, ["recorder.release.at-zero-fails", "tray.prevent.eject-refused"]);
    }

    #[test]
    fn a_file_says_more_than_a_profile_or_something_else() {
        let expected = |text: &str, verdict| {
            let own = Expectations::parse(TEXT, Some(&identity("QEMU"))).unwrap();
            let given = Expectations::parse(text, Some(&identity("QEMU"))).unwrap();
            let mut outcome = Outcome::new(verdict);
            own.overridden_by(given).judge("recorder.release.at-zero-fails", &mut outcome);
            outcome.expectation
        };
        let about = |verdict: &str| TEXT.replace("reason =", &format!("verdict = \"{verdict}\"\n reason ="));
        assert!(matches!(expected("", Verdict::Fail), Some(Expectation::ExpectedFail { .. })));
        assert!(matches!(expected(&about("inconclusive"), Verdict::Fail), Some(Expectation::Stale { .. })));
        for verdict in [Verdict::Fail, Verdict::Pass] {
            assert_eq!(expected(&about("pass"), verdict), None);
        }
    }

    /// Each peer's own file is about the peer's own drive.
    #[test]
    fn peers_deviate_and_drives_do_not() {
        for (name, table) in discrig_fixtures::profiles() {
            let known = |field: &str| {
                let groups = table.get("known").and_then(toml::Value::as_array).into_iter().flatten();
                groups.filter_map(|group| group.get(field)?.as_str()).next().unwrap_or_default().to_owned()
            };
            let identity = Identity {
                vendor: known("vendor"),
                product: known("product"),
                revision: known("revision"),
                ..Identity::default()
            };
            let entries = Expectations::of_profile(name, Some(&identity)).unwrap().entries;
            assert_eq!(entries.is_empty(), table["kind"].as_str() != Some("peer"), "{name}");
        }
    }

    #[test]
    fn other_drives_have_no_deviations_and_mistakes_are_named() {
        let others = Expectations::parse(TEXT, Some(&identity("ACME"))).unwrap();
        assert!(others.entries.is_empty());
        let unknown = TEXT.replace("at-zero-fails", "at-zero-fials");
        assert!(Expectations::parse(&unknown, Some(&identity("QEMU"))).unwrap_err().contains("fials"));
        assert!(Expectations::parse("[[drive]]\nvendo = 1\n", None).unwrap_err().contains("line 2"));
    }
}
