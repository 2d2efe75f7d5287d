//! When a rule applies.

use core::time::Duration;
use discrig_wire::Command;
use serde::{Deserialize, Serialize};

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

impl When {
    /// The times between which it applies.
    pub(super) fn span(&self) -> (Duration, Duration) {
        (
            Duration::from_millis(self.from_ms.unwrap_or(0)),
            self.until_ms.map_or(Duration::MAX, Duration::from_millis),
        )
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_by_name_stem_and_code() {
        let codes =
            ["READ(10)", "READ", "INQUIRY", "0x1E", "4Ah", "PERSISTENT RESERVE OUT", "0xZZ"].map(opcode_of);
        assert_eq!(codes, [Some(0x28), Some(0x28), Some(0x12), Some(0x1E), Some(0x4A), Some(0x5F), None]);
    }
}
