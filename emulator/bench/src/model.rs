//! A model of drive with the evidence for it.

use discrig_drive::{DriveConfig, Profile, Quirk};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use toml::{Table, Value};

/// What a model is modelled on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// A drive that was sold.
    Drive,
    /// The standard.
    Generic,
    /// Another emulator, so that the two can be compared.
    Peer,
}

/// Values that one source states.
#[derive(Clone, Debug, Deserialize)]
struct Known {
    seen: String,
    #[serde(flatten)]
    values: Table,
}

/// Values that no source states, fitted to what is known.
#[derive(Clone, Debug, Deserialize)]
struct Assumed {
    because: String,
    #[serde(flatten)]
    values: Table,
}

/// Where the model is known to deviate from the standards.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deviation {
    /// What goes wrong, in one sentence.
    pub about: String,
    /// Where it was seen.
    pub seen: String,
    /// Quirks that make it.
    #[serde(default)]
    pub quirks: BTreeSet<Quirk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    kind: ModelKind,
    #[serde(default)]
    known: Vec<Known>,
    #[serde(default)]
    assumed: Vec<Assumed>,
    #[serde(default)]
    deviation: Vec<Deviation>,
}

/// What stands behind a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Basis {
    /// Nobody states it; it was fitted to what is known, for this reason.
    Assumed(String),
    /// Nothing is known: the value of the generic drive.
    Generic,
    /// It was seen here.
    Known(String),
}

/// Fields of page 2Ah that follow from the state or from other fields of a profile.
const DERIVED: [&str; 13] = [
    "capabilities.buffer_size_kb",
    "capabilities.current_read_speed",
    "capabilities.current_write_speed",
    "capabilities.current_write_speed_mmc_2",
    "capabilities.eject",
    "capabilities.loading_mechanism",
    "capabilities.lock",
    "capabilities.lock_state",
    "capabilities.maximum_read_speed",
    "capabilities.maximum_write_speed",
    "capabilities.number_of_write_speeds",
    "capabilities.prevent_jumper",
    "capabilities.rotation_control",
];

/// Descriptors that follow from the state or from other fields of a profile.
const DERIVED_FEATURES: [&str; 7] = [
    "feature-data.0000",
    "feature-data.0001",
    "feature-data.0003",
    "feature-data.0010",
    "feature-data.0020",
    "feature-data.0021",
    "feature-data.0108",
];

/// A model that cannot be made.
#[derive(Debug, Error)]
pub enum ModelError {
    /// A group has a value for a field that follows from others.
    #[error("`{0}` is derived and cannot be set")]
    Derived(String),
    /// Two groups have a value for the same field.
    #[error("`{0}` stands twice")]
    Twice(String),
    /// The table does not have the form of a model.
    #[error("{0}")]
    Unreadable(#[from] toml::de::Error),
    /// The generic values cannot be written as a table.
    #[error("{0}")]
    Unwritable(#[from] toml::ser::Error),
}

/// A model of drive: what it is like, and how that is known.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it is, in a line.
    pub about: String,
    /// What it is modelled on.
    pub kind: ModelKind,
    /// The drive, with generic values where nothing else is known.
    pub profile: Profile,
    /// Each field with what stands behind its value. Names of fields within fields are joined by dots.
    pub basis: BTreeMap<String, Basis>,
    /// Where it is known to deviate from the standards.
    pub deviations: Vec<Deviation>,
}

impl Model {
    /// Understands a table of `fixtures/profiles`.
    ///
    /// # Errors
    /// [`ModelError`] with the field that is wrong.
    pub fn from_table(table: &Table) -> Result<Model, ModelError> {
        let file: File = table.clone().try_into()?;
        let known = file.known.into_iter().map(|group| (Basis::Known(group.seen), group.values));
        let assumed = file.assumed.into_iter().map(|group| (Basis::Assumed(group.because), group.values));
        let mut whole = Table::try_from(Profile::generic_bd_writer())?;
        let mut basis = BTreeMap::new();
        for name in leaves(&whole).into_iter().filter(|name| !is_derived(name)) {
            basis.insert(name, Basis::Generic);
        }
        for (why, values) in known.chain(assumed) {
            for name in leaves(&values) {
                if is_derived(&name) {
                    return Err(ModelError::Derived(name));
                }
                if !matches!(basis.insert(name.clone(), why.clone()), None | Some(Basis::Generic)) {
                    return Err(ModelError::Twice(name));
                }
            }
            merge(&mut whole, values);
        }
        Ok(Model {
            about: file.about,
            kind: file.kind,
            profile: whole.try_into()?,
            basis,
            deviations: file.deviation,
        })
    }

    /// The drive as it is judged. A drive that was sold follows the standards here: each of its deviations is a defect with a name and can be
    /// asked for. A peer is there to be compared with, and deviates.
    #[must_use]
    pub fn drive_config(&self) -> DriveConfig {
        let deviates = self.kind == ModelKind::Peer;
        let deviations = self.deviations.iter().filter(|_| deviates);
        DriveConfig {
            profile: self.profile.clone(),
            quirks: deviations.flat_map(|deviation| deviation.quirks.iter().copied()).collect(),
            ..DriveConfig::default()
        }
    }
}

/// Whether a field cannot be set because it follows from others.
fn is_derived(name: &str) -> bool {
    DERIVED.contains(&name) || DERIVED_FEATURES.iter().any(|feature| name.starts_with(feature))
}

/// The names of all values that are no tables themselves.
fn leaves(table: &Table) -> Vec<String> {
    let mut names = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => names.extend(leaves(inner).iter().map(|name| format!("{key}.{name}"))),
            _ => names.push(key.clone()),
        }
    }
    names
}

/// Puts values in the place of those that are there.
fn merge(whole: &mut Table, values: Table) {
    for (key, value) in values {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(values)) => merge(inner, values),
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(text: &str) -> Result<Model, ModelError> {
        Model::from_table(&text.parse().unwrap())
    }

    #[test]
    fn values_stand_beside_their_sources_and_the_rest_is_generic() {
        let model = model(
            "about = 'x'\nkind = 'drive'\n[[known]]\nseen = 'a log'\nvendor = 'ACME'\n[known.read-speeds]\ncd = [706]\n\
             [[assumed]]\nbecause = 'slim'\ncan-load = false\n\
             [[deviation]]\nabout = 'y'\nseen = 'a log'\nquirks = ['stuck-prevent']",
        )
        .unwrap();
        let generic = Profile::generic_bd_writer();
        assert_eq!((model.profile.vendor.as_str(), model.profile.can_load), ("ACME", false));
        assert_eq!(model.profile.read_speeds.cd, [706]);
        assert_eq!(model.profile.read_speeds.dvd, generic.read_speeds.dvd);
        assert_eq!(model.basis["read-speeds.cd"], Basis::Known("a log".into()));
        assert_eq!(model.basis["read-speeds.dvd"], Basis::Generic);
        assert_eq!(model.basis["can-load"], Basis::Assumed("slim".into()));
        assert!(model.drive_config().quirks.is_empty());
        let peer = Model { kind: ModelKind::Peer, ..model };
        assert_eq!(peer.drive_config().quirks, BTreeSet::from([Quirk::StuckPrevent]));
    }

    #[test]
    fn mistakes_are_named() {
        for (wrong, named) in [
            ("[[known]]\nseen = 'a'\nvendro = 'x'", "vendro"),
            ("[[known]]\nvendor = 'x'", "seen"),
            ("[[known]]\nseen = 'a'\nvendor = 'x'\n[[assumed]]\nbecause = 'b'\nvendor = 'y'", "twice"),
            ("[[known]]\nseen = 'a'\n[known.capabilities]\nlock_state = true", "derived"),
            ("[[known]]\nseen = 'a'\n[known.feature-data]\n0001 = { version = 0, data = '' }", "derived"),
            ("[[deviation]]\nabout = 'a'\nseen = 'b'\nquirks = ['odd']", "odd"),
        ] {
            let error = model(&format!("about = 'x'\nkind = 'drive'\n{wrong}")).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
