//! Installing and lifting faults on a bench.

use super::action::ActionKind;
use super::plan::Rule;
use thiserror::Error;

/// A rule that cannot be installed.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum InstallError {
    /// The rule contradicts itself.
    #[error("rule {rule}: {problem}")]
    Contradiction {
        /// The rule's name.
        rule: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// The bench cannot honour the action.
    #[error("rule {rule}: this bench cannot do `{action}`")]
    NotHonoured {
        /// The rule's name.
        rule: String,
        /// The action.
        action: ActionKind,
    },
}

/// A bench's fault injection.
pub trait FaultControl {
    /// Whether the bench can do `action`.
    fn honours(&self, action: ActionKind) -> bool;

    /// Adds a checked rule after the others; [`FaultControl::install`] is what callers use.
    fn add(&mut self, rule: Rule);

    /// Removes every rule.
    fn lift(&mut self);

    /// How many times a rule has fired since the bench was made.
    fn fired(&self) -> u64;

    /// Installs a rule.
    ///
    /// # Errors
    /// [`InstallError`] when the rule contradicts itself or the bench cannot honour its action.
    fn install(&mut self, rule: Rule) -> Result<(), InstallError> {
        rule.check().map_err(|problem| InstallError::Contradiction { rule: rule.to_string(), problem })?;
        let action = rule.action.kind();
        if !self.honours(action) {
            return Err(InstallError::NotHonoured { rule: rule.to_string(), action });
        }
        self.add(rule);
        Ok(())
    }
}
