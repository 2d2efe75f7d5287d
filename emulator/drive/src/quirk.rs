//! Misbehaviours of real firmware that the drive can be given.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! quirks {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal;)+) => {
        /// A deviation from the standards.
        ///
        /// Where firmware is known for it, the identifier of the evidence in the collection of firmware misbehaviours stands in brackets.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Quirk {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Quirk {
            /// Every quirk.
            pub const ALL: &'static [Quirk] = &[$(Quirk::$name,)+];

            /// The name in data files and reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Quirk::$name => $text,)+
                }
            }
        }
    };
}

quirks! {
    /// Command and button eject although removal is prevented (L05).
    EjectIgnoresPrevent "eject-ignores-prevent";
    /// An eject refused by prevention ends with NOT READY instead of ILLEGAL REQUEST, as under SFF-8020.
    EjectSenseKeyNotReady "eject-sense-key-not-ready";
    /// An event read by one nexus is gone for all (the warning of ambiguity A39).
    EventsShared "events-shared";
    /// The operational change class reports a change again and again while the tray is open (E07).
    GesnNeverDrains "gesn-never-drains";
    /// The data length of GET CONFIGURATION counts its own four bytes.
    GetConfigurationLengthCountsItself "get-configuration-length-counts-itself";
    /// GET CONFIGURATION for one feature returns all from that one on.
    GetConfigurationRt2ReturnsRest "get-configuration-rt2-returns-rest";
    /// LOAD is refused while removal is prevented (L12).
    LoadRefusedWhilePrevented "load-refused-while-prevented";
    /// The lock state of mode page 2Ah stays 0 whatever is prevented.
    LockStateBitStale "lock-state-bit-stale";
    /// Neither power on nor a new nexus establishes a unit attention.
    NoPowerOnUnitAttention "no-power-on-unit-attention";
    /// A medium that became ready establishes no unit attention (E17).
    NoUnitAttentionAfterLoad "no-unit-attention-after-load";
    /// The persistent bit of PREVENT ALLOW MEDIUM REMOVAL is ignored: 11b acts as 01b, 10b as 00b.
    PersistentBitIgnored "persistent-bit-ignored";
    /// A basic allow clears the nexus' persistent prevention too.
    PersistentClearedByAllow "persistent-cleared-by-allow";
    /// There is one prevention for all: the allow of any nexus clears that of every one.
    PreventPerDevice "prevent-per-device";
    /// The loss of a nexus leaves its prevention behind.
    PreventSurvivesNexusLoss "prevent-survives-nexus-loss";
    /// Resets leave prevention in force.
    PreventSurvivesReset "prevent-survives-reset";
    /// PREVENT without a medium is refused with NOT READY (L07).
    PreventWithoutMediumNotReady "prevent-without-medium-not-ready";
    /// REQUEST SENSE returns a unit attention and leaves it pending.
    RequestSenseKeepsUnitAttention "request-sense-keeps-unit-attention";
    /// The loss of a nexus leaves its RESERVE(6) behind.
    ReservationSurvivesNexusLoss "reservation-survives-nexus-loss";
    /// RESERVE(6) answers GOOD and keeps nobody out.
    ReserveNotEnforced "reserve-not-enforced";
    /// A unit attention read by one nexus is gone for all.
    SharedUnitAttention "shared-unit-attention";
    /// Prevention once set stays until a reset (L15).
    StuckPrevent "stuck-prevent";
}

/// The quirks of one drive as a set that is asked in no time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct QuirkSet(u64);

const _: () = assert!(Quirk::ALL.len() <= 64, "a quirk is a bit");

impl QuirkSet {
    pub(crate) fn new(quirks: &BTreeSet<Quirk>) -> QuirkSet {
        QuirkSet(quirks.iter().fold(0, |set, quirk| set | 1 << *quirk as u32))
    }

    pub(crate) const fn has(self, quirk: Quirk) -> bool {
        self.0 & (1 << quirk as u32) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Named {
        quirk: Quirk,
    }

    #[test]
    fn names_are_those_of_data_files_and_a_set_has_what_was_put_in() {
        for quirk in Quirk::ALL {
            let text = toml::to_string(&Named { quirk: *quirk }).unwrap();
            assert_eq!(text.trim(), format!("quirk = \"{}\"", quirk.name()));
            let set = QuirkSet::new(&BTreeSet::from([*quirk]));
            assert!(Quirk::ALL.iter().all(|other| set.has(*other) == (other == quirk)));
        }
    }
}
