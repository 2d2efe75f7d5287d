//! The rules and their TOML form.
//!
//! ```toml
//! seed = 7
//!
//! [[rule]]
//! name = "the third read stalls"
//! when = { command = "READ(10)", nth = 3 }
//! do = { stall = {} }
//! times = 1
//!
//! [[rule]]
//! name = "one in ten unlocks is lost"
//! when = { operation = "unlock" }
//! do = { lost-unlock = {} }
//! probability = 0.1
//! ```

use super::action::Action;
use super::condition::{HostOperation, When, opcode_of};
use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A list of rules; the first that matches an occurrence and is not used up fires.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// Seed of the random stream behind `probability`.
    #[serde(default)]
    pub seed: u64,
    /// The rules, in the order in which they are tried.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// A plan that cannot be read: what is wrong, and where.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Not TOML, or not the TOML of a plan.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A rule that contradicts itself.
    #[error("rule {index} ({rule}): {problem}")]
    Rule {
        /// Position in the plan, from 1.
        index: usize,
        /// The rule's name.
        rule: String,
        /// What is wrong and what was expected.
        problem: String,
    },
}

impl Plan {
    /// Reads a plan from TOML.
    ///
    /// # Errors
    /// [`PlanError`] with line and column, or the rule that contradicts itself.
    pub fn from_toml(text: &str) -> Result<Plan, PlanError> {
        let plan: Plan = toml::from_str(text)?;
        for (index, rule) in plan.rules.iter().enumerate() {
            rule.check().map_err(|problem| PlanError::Rule {
                index: index + 1,
                rule: rule.to_string(),
                problem,
            })?;
        }
        Ok(plan)
    }
}

/// When, what, how often.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// A name for reports.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it applies to; everything when empty.
    #[serde(default)]
    pub when: When,
    /// What happens.
    #[serde(rename = "do")]
    pub action: Action,
    /// How many times it fires; without a limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// With which probability it fires when it matches; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

impl Rule {
    /// A rule that always applies.
    #[must_use]
    pub fn new(action: Action) -> Rule {
        Rule { name: String::new(), when: When::default(), action, times: None, probability: None }
    }

    /// The same, limited to one command by its name in the command table.
    #[must_use]
    pub fn on_command(mut self, name: &str) -> Rule {
        self.when.command = Some(name.to_owned());
        self
    }

    /// The same, limited to one host operation.
    #[must_use]
    pub fn on_operation(mut self, operation: HostOperation) -> Rule {
        self.when.operation = Some(operation);
        self
    }

    /// The same, firing `count` times at most.
    #[must_use]
    pub fn times(mut self, count: u64) -> Rule {
        self.times = Some(count);
        self
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(text) = &self.when.command
            && opcode_of(text).is_none()
        {
            return Err(format!(
                "`{text}` is neither a command of the table, such as `READ(10)`, nor an operation code, such as `0x28`"
            ));
        }
        if self.when.command.is_some() && self.when.operation.is_some() {
            return Err("a rule is about a command or about a host operation, not both".to_owned());
        }
        if self.when.nth == Some(0) {
            return Err("`nth` counts from 1".to_owned());
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err("`probability` lies between 0 and 1".to_owned());
        }
        let about_host = self.action.kind().is_host_operation();
        if about_host && self.when.command.is_some() {
            return Err(format!("`{}` happens at a host operation, not at a command", self.action.kind()));
        }
        if !about_host && self.when.operation.is_some() {
            return Err(format!("`{}` happens at a command, not at a host operation", self.action.kind()));
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { write!(f, "{}", self.action.kind()) } else { f.write_str(&self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Replug, ResetKind};
    use crate::fault::DisappearWhen;

    #[test]
    fn a_plan_reads_back() {
        let text = r#"
            seed = 7
            [[rule]]
            name = "the third read stalls"
            when = { command = "READ(10)", nth = 3, state = ["prevented"] }
            do = { stall = {} }
            times = 1
            [[rule]]
            when = { operation = "unlock" }
            do = { lost-unlock = {} }
            probability = 0.5
            [[rule]]
            do = { disappear = { when = "during", return-ms = 250 } }
        "#;
        let plan = Plan::from_toml(text).unwrap();
        assert_eq!(plan.rules.len(), 3);
        assert_eq!(plan.rules[0].action, Action::Stall {});
        let again = Plan::from_toml(&toml::to_string(&plan).unwrap()).unwrap();
        assert_eq!(again, plan);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let problem = |text: &str| Plan::from_toml(text).unwrap_err().to_string();
        let line = problem("seed = 1\n[[rule]]\ndo = { stal = {} }\n");
        assert!(line.contains("line 3") && line.contains("stal"), "{line}");
        let command = problem("[[rule]]\nwhen = { command = \"RAED\" }\ndo = { stall = {} }\n");
        assert!(command.contains("rule 1") && command.contains("RAED"), "{command}");
        let both = problem("[[rule]]\nwhen = { command = \"0x28\" }\ndo = { lost-unlock = {} }\n");
        assert!(both.contains("host operation"), "{both}");
        assert!(problem("[[rule]]\nprobability = 2.0\ndo = { stall = {} }\n").contains("between 0 and 1"));
    }

    #[test]
    fn a_rule_that_could_never_fire_is_refused() {
        let text = "[[rule]]\nwhen = { operation = \"unlock\" }\ndo = { stall = {} }\n";
        let refusal = Plan::from_toml(text).unwrap_err().to_string();
        assert!(refusal.contains("rule 1") && refusal.contains("`stall` happens at a command"), "{refusal}");
        let of_commands = [
            Action::Delay { ms: 1 },
            Action::Disappear { when: DisappearWhen::During, return_ms: None, identity: Replug::Same },
            Action::Lie {},
            Action::Reset { kind: ResetKind::Bus },
            Action::TransportError {},
        ];
        for action in of_commands {
            let rule = Rule::new(action);
            assert_eq!(rule.check(), Ok(()), "{rule}");
            assert!(rule.on_operation(HostOperation::Close).check().is_err());
        }
        for action in [Action::ForeignUnlock {}, Action::LostUnlock {}] {
            assert_eq!(Rule::new(action).on_operation(HostOperation::Unlock).check(), Ok(()));
        }
    }
}
