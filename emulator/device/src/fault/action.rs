//! What happens when a rule fires.

use crate::bench::{DiscKind, Replug, ResetKind};
use crate::name::CallerName;
use core::fmt;
use discrig_wire::SenseCode;
use serde::{Deserialize, Serialize};

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
