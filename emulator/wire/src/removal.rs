//! What PREVENT ALLOW MEDIUM REMOVAL asks for (MMC-5 6.14): two independent states of a nexus, each set or cleared.

use crate::command::PreventAllowMediumRemoval;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The four values of the PREVENT field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemovalControl {
    /// 00b: clear the basic prevention of this nexus.
    Allow,
    /// 01b: set it.
    Prevent,
    /// 10b: clear the persistent prevention of this nexus.
    PersistentAllow,
    /// 11b: set it.
    PersistentPrevent,
}

impl RemovalControl {
    /// All four, in the order of their values.
    pub const ALL: [RemovalControl; 4] = [
        RemovalControl::Allow,
        RemovalControl::Prevent,
        RemovalControl::PersistentAllow,
        RemovalControl::PersistentPrevent,
    ];

    /// Whether the persistent state is meant.
    #[must_use]
    pub const fn is_persistent(self) -> bool {
        matches!(self, RemovalControl::PersistentAllow | RemovalControl::PersistentPrevent)
    }

    /// Whether the state is set rather than cleared.
    #[must_use]
    pub const fn prevents(self) -> bool {
        matches!(self, RemovalControl::Prevent | RemovalControl::PersistentPrevent)
    }
}

impl From<PreventAllowMediumRemoval> for RemovalControl {
    fn from(command: PreventAllowMediumRemoval) -> RemovalControl {
        RemovalControl::ALL[usize::from(command.persistent) * 2 + usize::from(command.prevent)]
    }
}

impl From<RemovalControl> for PreventAllowMediumRemoval {
    fn from(control: RemovalControl) -> PreventAllowMediumRemoval {
        PreventAllowMediumRemoval { persistent: control.is_persistent(), prevent: control.prevents() }
    }
}

impl fmt::Display for RemovalControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RemovalControl::Allow => "allow",
            RemovalControl::Prevent => "prevent",
            RemovalControl::PersistentAllow => "persistent allow",
            RemovalControl::PersistentPrevent => "persistent prevent",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_commands_by_hand() {
        let commands = RemovalControl::ALL.map(|control| PreventAllowMediumRemoval::from(control).cdb());
        let bytes: Vec<u8> = commands.iter().map(|cdb| cdb.bytes()[4]).collect();
        assert_eq!(bytes, [0, 1, 2, 3]);
        for control in RemovalControl::ALL {
            assert_eq!(RemovalControl::from(PreventAllowMediumRemoval::from(control)), control);
        }
    }
}
