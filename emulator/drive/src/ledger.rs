//! The ledger of PREVENT ALLOW MEDIUM REMOVAL: who prevents removal, and what ends that.
//!
//! Basic and persistent prevention are two flags per nexus, not counted (facts of T10 04-349r1). Everything that shows the lock (the outcome
//! of an eject, of the button, mode page 2Ah, the persistent prevented bits of events) is derived from here.

use crate::nexus::NexusId;
use crate::quirk::{Quirk, QuirkSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What can change the ledger.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LedgerEvent {
    /// PREVENT ALLOW MEDIUM REMOVAL with 00b.
    Allow,
    /// A hard reset of the bus.
    BusReset,
    /// A reset of the logical unit.
    LogicalUnitReset,
    /// The loss of the nexus.
    NexusLoss,
    /// PREVENT ALLOW MEDIUM REMOVAL with 10b.
    PersistentAllow,
    /// PREVENT ALLOW MEDIUM REMOVAL with 11b.
    PersistentPrevent,
    /// Power off and on.
    PowerCycle,
    /// PREEMPT AND ABORT against the nexus.
    Preempted,
    /// PREVENT ALLOW MEDIUM REMOVAL with 01b.
    Prevent,
}

/// What an event does to one of the two flags.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Change {
    /// Clears it for every nexus.
    ClearAll,
    /// Clears it for the nexus.
    ClearOwn,
    /// Leaves it.
    Keep,
    /// Sets it for the nexus.
    SetOwn,
}

/// A row: what an event does to the basic and to the persistent flag.
type Row = (LedgerEvent, Change, Change);

/// THE table. Ascending in the order of the events.
const TABLE: [Row; 9] = {
    use Change::{ClearAll, ClearOwn, Keep, SetOwn};
    [
        (LedgerEvent::Allow, ClearOwn, Keep),
        (LedgerEvent::BusReset, ClearAll, ClearAll),
        (LedgerEvent::LogicalUnitReset, ClearAll, ClearAll),
        (LedgerEvent::NexusLoss, ClearOwn, ClearOwn),
        (LedgerEvent::PersistentAllow, Keep, ClearOwn),
        (LedgerEvent::PersistentPrevent, Keep, SetOwn),
        (LedgerEvent::PowerCycle, ClearAll, ClearAll),
        (LedgerEvent::Preempted, ClearOwn, ClearOwn),
        (LedgerEvent::Prevent, SetOwn, Keep),
    ]
};

/// Rows that a quirk puts in place of the table's; the first that applies wins.
const DEVIATIONS: [(Quirk, Row); 9] = {
    use Change::{ClearAll, ClearOwn, Keep, SetOwn};
    [
        (Quirk::StuckPrevent, (LedgerEvent::Allow, Keep, Keep)),
        (Quirk::PreventPerDevice, (LedgerEvent::Allow, ClearAll, Keep)),
        (Quirk::PersistentClearedByAllow, (LedgerEvent::Allow, ClearOwn, ClearOwn)),
        (Quirk::PersistentBitIgnored, (LedgerEvent::PersistentAllow, ClearOwn, Keep)),
        (Quirk::PersistentBitIgnored, (LedgerEvent::PersistentPrevent, SetOwn, Keep)),
        (Quirk::PreventSurvivesNexusLoss, (LedgerEvent::NexusLoss, Keep, Keep)),
        (Quirk::PreventSurvivesReset, (LedgerEvent::BusReset, Keep, Keep)),
        (Quirk::PreventSurvivesReset, (LedgerEvent::LogicalUnitReset, Keep, Keep)),
        (Quirk::StuckPrevent, (LedgerEvent::PersistentAllow, Keep, Keep)),
    ]
};

fn row(event: LedgerEvent, quirks: QuirkSet) -> Row {
    DEVIATIONS
        .iter()
        .find(|(quirk, row)| row.0 == event && quirks.has(*quirk))
        .map_or(TABLE[event as usize], |(_, row)| *row)
}

/// Who prevents removal.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    basic: BTreeSet<NexusId>,
    persistent: BTreeSet<NexusId>,
}

impl Ledger {
    /// Enters an event that concerns `nexus`; resets concern every one.
    pub(crate) fn enter(&mut self, event: LedgerEvent, nexus: NexusId, quirks: QuirkSet) {
        let (_, basic, persistent) = row(event, quirks);
        apply(&mut self.basic, basic, nexus);
        apply(&mut self.persistent, persistent, nexus);
    }

    /// How many nexuses hold the basic prevention.
    #[must_use]
    pub fn basic_count(&self) -> usize {
        self.basic.len()
    }

    /// How many nexuses hold the persistent prevention.
    #[must_use]
    pub fn persistent_count(&self) -> usize {
        self.persistent.len()
    }

    /// Whether any prevention is in force, so that the button does not open the tray.
    #[must_use]
    pub fn is_prevented(&self) -> bool {
        !self.basic.is_empty() || !self.persistent.is_empty()
    }

    /// Whether any persistent prevention is in force.
    #[must_use]
    pub fn is_persistent(&self) -> bool {
        !self.persistent.is_empty()
    }

    /// Whether `nexus` holds the persistent prevention.
    #[must_use]
    pub fn holds_persistent(&self, nexus: NexusId) -> bool {
        self.persistent.contains(&nexus)
    }

    /// Whether a nexus other than `nexus` holds the persistent prevention.
    #[must_use]
    pub fn persistent_elsewhere(&self, nexus: NexusId) -> bool {
        self.persistent.iter().any(|holder| *holder != nexus)
    }

    /// Whether an eject that `nexus` commands is refused: by anybody's basic prevention, or by another's persistent one.
    #[must_use]
    pub fn blocks_eject(&self, nexus: NexusId) -> bool {
        !self.basic.is_empty() || self.persistent_elsewhere(nexus)
    }

    /// The holders of the persistent prevention, ascending.
    pub(crate) fn persistent_holders(&self) -> impl Iterator<Item = NexusId> + '_ {
        self.persistent.iter().copied()
    }
}

fn apply(holders: &mut BTreeSet<NexusId>, change: Change, nexus: NexusId) {
    match change {
        Change::ClearAll => holders.clear(),
        Change::ClearOwn => drop(holders.remove(&nexus)),
        Change::Keep => {}
        Change::SetOwn => drop(holders.insert(nexus)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const A: NexusId = NexusId(0);
    const B: NexusId = NexusId(1);

    fn everything() -> Ledger {
        Ledger { basic: [A, B].into(), persistent: [A, B].into() }
    }

    fn after(mut ledger: Ledger, event: LedgerEvent, quirks: &[Quirk]) -> String {
        ledger.enter(event, A, QuirkSet::new(&quirks.iter().copied().collect()));
        let holders =
            |set: &BTreeSet<NexusId>| set.iter().map(|nexus| nexus.0.to_string()).collect::<String>();
        format!("{}/{}", holders(&ledger.basic), holders(&ledger.persistent))
    }

    #[test]
    fn the_table_is_in_the_order_of_its_events() {
        assert!(TABLE.iter().enumerate().all(|(index, row)| row.0 as usize == index));
    }

    /// Nexus 0 acts on a ledger where both hold both, then on an empty one. Written `basic/persistent` holders.
    #[rstest]
    #[case(LedgerEvent::Allow, "1/01", "/")]
    #[case(LedgerEvent::BusReset, "/", "/")]
    #[case(LedgerEvent::LogicalUnitReset, "/", "/")]
    #[case(LedgerEvent::NexusLoss, "1/1", "/")]
    #[case(LedgerEvent::PersistentAllow, "01/1", "/")]
    #[case(LedgerEvent::PersistentPrevent, "01/01", "/0")]
    #[case(LedgerEvent::PowerCycle, "/", "/")]
    #[case(LedgerEvent::Preempted, "1/1", "/")]
    #[case(LedgerEvent::Prevent, "01/01", "0/")]
    fn strict(#[case] event: LedgerEvent, #[case] from_full: &str, #[case] from_empty: &str) {
        assert_eq!(after(everything(), event, &[]), from_full);
        assert_eq!(after(Ledger::default(), event, &[]), from_empty);
    }

    #[rstest]
    #[case(Quirk::PreventPerDevice, LedgerEvent::Allow, "/01")]
    #[case(Quirk::PersistentClearedByAllow, LedgerEvent::Allow, "1/1")]
    #[case(Quirk::PersistentBitIgnored, LedgerEvent::PersistentAllow, "1/01")]
    #[case(Quirk::StuckPrevent, LedgerEvent::Allow, "01/01")]
    #[case(Quirk::StuckPrevent, LedgerEvent::BusReset, "/")]
    #[case(Quirk::PreventSurvivesReset, LedgerEvent::LogicalUnitReset, "01/01")]
    #[case(Quirk::PreventSurvivesReset, LedgerEvent::PowerCycle, "/")]
    #[case(Quirk::PreventSurvivesNexusLoss, LedgerEvent::NexusLoss, "01/01")]
    fn deviating(#[case] quirk: Quirk, #[case] event: LedgerEvent, #[case] expected: &str) {
        assert_eq!(after(everything(), event, &[quirk]), expected);
    }

    #[test]
    fn who_is_kept_from_ejecting() {
        let held = |basic: &[NexusId], persistent: &[NexusId]| Ledger {
            basic: basic.iter().copied().collect(),
            persistent: persistent.iter().copied().collect(),
        };
        let blocked = |ledger: Ledger| [ledger.blocks_eject(A), ledger.blocks_eject(B)];
        assert_eq!(blocked(held(&[], &[])), [false, false]);
        assert_eq!(blocked(held(&[A], &[])), [true, true]);
        assert_eq!(blocked(held(&[], &[A])), [false, true]);
        assert_eq!(blocked(held(&[], &[A, B])), [true, true]);
        assert!(held(&[], &[A]).is_prevented() && !held(&[], &[]).is_prevented());
    }
}
