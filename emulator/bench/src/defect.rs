//! Misbehaviour with a name and a history.

use discrig_recorder::Quirk as RecorderQuirk;
use serde::Deserialize;
use std::collections::BTreeSet;
use thiserror::Error;

/// A known misbehaviour of recorders, hosts or drives, as quirks of the parts of the emulator.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Defect {
    /// What goes wrong, in one sentence.
    pub about: String,
    /// Where it was seen, or how it comes about.
    pub seen: String,
    /// Slugs of the scenarios that find it.
    pub caught_by: Vec<String>,
    /// Quirks of the drive.
    #[serde(default)]
    pub drive: BTreeSet<discrig_drive::Quirk>,
    /// Quirks of the hosts.
    #[serde(default)]
    pub host: BTreeSet<discrig_host::Quirk>,
    /// Quirks of recorder objects.
    #[serde(default)]
    pub recorder: BTreeSet<RecorderQuirk>,
}

/// A defect that cannot be read.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct DefectError(#[from] toml::de::Error);

impl Defect {
    /// Understands a table of `fixtures/defects`.
    ///
    /// # Errors
    /// [`DefectError`] with the field that is wrong.
    pub fn from_table(table: &toml::Table) -> Result<Defect, DefectError> {
        Ok(table.clone().try_into()?)
    }
}
