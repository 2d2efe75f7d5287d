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

use crate::bench::{DiscKind, Replug, ResetKind};
use crate::name::CallerName;
use core::fmt;
use core::time::Duration;
use discrig_wire::{Command, SenseCode};
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

/// The operation code that a rule's `command` means: a name of the table (with or without service action), or a number.
pub(super) fn opcode_of(text: &str) -> Option<u8> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_suffix('h'));
    if let Some(code) = hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        return Some(code);
    }
    Command::TABLE
        .iter()
        .find(|spec| {
            spec.name == text || spec.name.split('(').next().is_some_and(|stem| stem.trim_end() == text)
        })
        .map(|spec| spec.opcode)
}

/// Conditions, all of which must hold.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// The command, by name or operation code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The host operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<HostOperation>,
    /// The nexus, by the number of its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nexus: Option<u8>,
    /// Only the nth occurrence that meets the other conditions, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// Not before this time on the bench's clock, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<u64>,
    /// Not after this time on the bench's clock, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
    /// States that must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<StateCondition>,
}

/// What a handle asks its host for, besides commands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostOperation {
    /// Closing a handle.
    Close,
    /// Taking exclusive access.
    Lock,
    /// Switching media change notification.
    Notification,
    /// Opening a handle.
    Open,
    /// Asking who holds exclusive access.
    Owner,
    /// Giving exclusive access up.
    Unlock,
}

macro_rules! states {
    ($($(#[doc = $doc:literal])+ $flag:ident $name:ident = $bit:literal;)+) => {
        /// A state of drive or host that a rule can ask for.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum StateCondition {
            $($(#[doc = $doc])+ $name,)+
        }

        /// The states that hold at an occurrence.
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct States(u16);

        impl States {
            $($(#[doc = $doc])+ pub const $flag: States = States(1 << $bit);)+

            /// Both sets together.
            #[must_use]
            pub const fn and(self, other: States) -> States {
                States(self.0 | other.0)
            }

            /// This set when `holds`, else none.
            #[must_use]
            pub const fn when(self, holds: bool) -> States {
                if holds { self } else { States(0) }
            }

            /// Whether a condition holds.
            #[must_use]
            pub const fn meets(self, condition: StateCondition) -> bool {
                let flag = match condition { $(StateCondition::$name => States::$flag,)+ };
                self.0 & flag.0 != 0
            }
        }
    };
}

states! {
    /// A long operation is under way.
    BUSY Busy = 0;
    /// A disc is in the drive.
    DISC Disc = 1;
    /// A handle holds exclusive access.
    LOCKED Locked = 2;
    /// Some nexus prevents medium removal.
    PREVENTED Prevented = 3;
    /// Some nexus has reserved the drive.
    RESERVED Reserved = 4;
    /// The tray is open.
    TRAY_OPEN TrayOpen = 5;
}

/// At which moment a drive disappears.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisappearWhen {
    /// After the command was done and answered.
    After,
    /// Before the command reaches it.
    #[default]
    Before,
    /// While the command is under way: its effect is unknown.
    During,
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $name:ident $(( $($type:ty),* ))? $({ $($(#[$meta:meta])* $field:ident: $ftype:ty,)* })? $text:literal;)+) => {
        /// What happens when a rule fires.
        #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "kebab-case")]
        pub enum Action {
            $($(#[doc = $doc])+ $name $({ $($(#[$meta])* $field: $ftype,)* })?,)+
        }

        /// The kind of an [`Action`], by which benches declare what they honour.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ActionKind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Action {
            /// The kind of this action.
            #[must_use]
            pub const fn kind(&self) -> ActionKind {
                match self { $(Action::$name { .. } => ActionKind::$name,)+ }
            }
        }

        impl ActionKind {
            /// Every kind.
            pub const ALL: &'static [ActionKind] = &[$(ActionKind::$name,)+];

            /// The name as in a plan.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(ActionKind::$name => $text,)+ }
            }
        }
    };
}

actions! {
    /// The answer's data are changed: every byte from `offset` on, `length` of them, is combined with `xor`.
    CorruptData {
        /// First byte.
        #[serde(default)]
        offset: usize,
        /// How many bytes.
        length: usize,
        /// What they are combined with.
        xor: u8,
    } "corrupt-data";
    /// The command is answered with CHECK CONDITION and these bytes as sense, whatever they are.
    CorruptSense {
        /// The bytes.
        bytes: Vec<u8>,
    } "corrupt-sense";
    /// The command takes longer.
    Delay {
        /// By how many milliseconds.
        ms: u64,
    } "delay";
    /// The drive disappears.
    Disappear {
        /// At which moment.
        #[serde(default)]
        when: DisappearWhen,
        /// After how many milliseconds it is back; never when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_ms: Option<u64>,
        /// As what it comes back.
        #[serde(default = "same")]
        identity: Replug,
    } "disappear";
    /// Another process of the host takes exclusive access just before the operation.
    ForeignLock {
        /// Under which name.
        name: CallerName,
    } "foreign-lock";
    /// Whoever holds exclusive access loses it just before the operation.
    ForeignUnlock {} "foreign-unlock";
    /// GOOD without doing it.
    Lie {} "lie";
    /// An unlock says it succeeded, and the lock stays.
    LostUnlock {} "lost-unlock";
    /// The drive or a nexus is reset just before the command.
    Reset {
        /// What is reset.
        kind: ResetKind,
    } "reset";
    /// The command is answered with CHECK CONDITION and this sense.
    Sense {
        /// Key and codes.
        code: SenseCode,
        /// As a deferred error, the command not being executed.
        #[serde(default)]
        deferred: bool,
    } "sense";
    /// Fewer bytes are transferred than the drive had.
    ShortTransfer {
        /// How many at most.
        length: usize,
    } "short-transfer";
    /// The command never ends.
    Stall {} "stall";
    /// The command is answered with this status byte and no sense.
    Status {
        /// The status byte.
        status: u8,
    } "status";
    /// The disc becomes another one just before the command.
    SwapDisc {
        /// Which; no disc when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disc: Option<DiscKind>,
    } "swap-disc";
    /// The path to the drive fails: no answer, effect unknown.
    TransportError {} "transport-error";
    /// A CHECK CONDITION comes with fewer sense bytes.
    TruncateSense {
        /// How many at most.
        length: usize,
    } "truncate-sense";
    /// A unit attention is established for the nexus just before the command.
    UnitAttention {
        /// Additional sense code.
        asc: u8,
        /// Its qualifier.
        ascq: u8,
    } "unit-attention";
}

fn same() -> Replug {
    Replug::Same
}

impl ActionKind {
    /// Whether it happens at host operations rather than at commands.
    #[must_use]
    pub const fn is_host_operation(self) -> bool {
        matches!(self, ActionKind::ForeignLock | ActionKind::ForeignUnlock | ActionKind::LostUnlock)
    }

    /// Whether it only changes the answer, so that it can be applied to any device from outside.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        matches!(
            self,
            ActionKind::CorruptData
                | ActionKind::CorruptSense
                | ActionKind::Lie
                | ActionKind::Sense
                | ActionKind::ShortTransfer
                | ActionKind::Status
                | ActionKind::TransportError
                | ActionKind::TruncateSense
        )
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl When {
    /// The times between which it applies.
    pub(super) fn span(&self) -> (Duration, Duration) {
        (
            Duration::from_millis(self.from_ms.unwrap_or(0)),
            self.until_ms.map_or(Duration::MAX, Duration::from_millis),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn commands_by_name_stem_and_code() {
        let codes =
            ["READ(10)", "READ", "INQUIRY", "0x1E", "4Ah", "PERSISTENT RESERVE OUT", "0xZZ"].map(opcode_of);
        assert_eq!(codes, [Some(0x28), Some(0x28), Some(0x12), Some(0x1E), Some(0x4A), Some(0x5F), None]);
    }
}
