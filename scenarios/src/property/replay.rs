//! Step lists as files.

use crate::registry;
use crate::scenario::Body;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A step list of one property, as `discrig replay` reads it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// Slug of the property whose model judges the steps.
    pub property: String,
    /// Seed of the run that found it.
    #[serde(default)]
    pub seed: u64,
    /// What it shows, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The steps.
    pub steps: toml::Value,
}

/// A replay file that cannot be used.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// Not TOML, or not the TOML of a replay.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// The slug names no property of the suite.
    #[error("`{0}` is no property of the suite; `discrig list scenarios` shows them")]
    UnknownProperty(String),
}

impl Replay {
    pub(super) fn of(slug: &str, seed: u64, steps: &[impl Serialize]) -> Result<Replay, toml::ser::Error> {
        let steps = steps.iter().map(toml::Value::try_from).collect::<Result<_, _>>()?;
        Ok(Replay { property: slug.to_owned(), seed, about: String::new(), steps: toml::Value::Array(steps) })
    }

    /// The file, one step a line.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = format!("property = \"{}\"\nseed = {}\n", self.property, self.seed);
        if !self.about.is_empty() {
            text.push_str(&format!("about = {}\n", toml::Value::from(self.about.as_str())));
        }
        text.push_str("steps = [\n");
        for step in self.steps.as_array().into_iter().flatten() {
            text.push_str(&format!("    {step},\n"));
        }
        text.push_str("]\n");
        text
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ReplayError`] with line and column, or the slug that is unknown.
    pub fn from_toml(text: &str) -> Result<Replay, ReplayError> {
        let replay: Replay = toml::from_str(text)?;
        match registry::find(&replay.property).map(|scenario| scenario.body) {
            Some(Body::Property(_)) => Ok(replay),
            _ => Err(ReplayError::UnknownProperty(replay.property)),
        }
    }

    /// Runs the steps on a stage; the bench is restored before and after.
    ///
    /// # Errors
    /// [`Stop`]: why it did not pass.
    pub fn run(&self, stage: &mut Stage<'_>) -> Verdict {
        let Some(Body::Property(property)) = registry::find(&self.property).map(|scenario| scenario.body)
        else {
            return Err(Stop::Rig(ReplayError::UnknownProperty(self.property.clone()).to_string()));
        };
        stage.begin()?;
        let verdict = property.replay(&self.property, stage, &self.steps);
        stage.end(verdict)
    }
}
