//! The foreign host: a nexus inside the server that takes the drive away from the others.
//!
//! It holds RESERVE(6), so that commands of other nexuses are answered RESERVATION CONFLICT, and prevents removal. Where somebody else holds
//! a reservation it gets none, as any other host would. Freeing what another nexus holds is the loss of that nexus: on a bus nothing
//! gentler takes a reservation of that kind from its holder.

use crate::faults::prevention;
use crate::nexuses::OWN;
use crate::seat::Seat;
use core::time::Duration;
use discrig_device::Instant;
use discrig_drive::{HostEvent, NexusId};
use discrig_wire::command::{Release6, Reserve6};
use serde::Deserialize;

impl Seat {
    /// The foreign host takes the drive, if it can, for a time or until it is told otherwise.
    pub(crate) fn foreign_lock(&mut self, name: &str, hold: Option<Duration>) {
        self.foreign = Some((name.to_owned(), hold.map(|hold| self.clock.now() + hold)));
        self.execute_own(&[Reserve6::default().cdb(), prevention(true)]);
    }

    /// Whether the foreign host holds the drive.
    pub(crate) fn is_foreign_held(&self) -> bool {
        self.drive.state().reservations.simple == Some(OWN)
    }

    /// Whoever holds the drive no longer does: the foreign host, or the nexuses that hold a reservation or prevent removal.
    pub(crate) fn foreign_unlock(&mut self) {
        if self.foreign.is_some() {
            return self.foreign_release();
        }
        for nexus in self.holders() {
            // Losing a nexus and getting it back cannot be refused.
            let _ = self.happen(HostEvent::NexusLost(nexus));
            let _ = self.happen(HostEvent::NexusEstablished(nexus));
        }
    }

    /// The foreign host gives the drive back.
    pub(crate) fn foreign_release(&mut self) {
        self.foreign = None;
        self.execute_own(&[prevention(false), Release6::default().cdb()]);
    }

    /// The nexuses that keep others out or prevent removal.
    pub(crate) fn holders(&self) -> Vec<NexusId> {
        let state = self.drive.state();
        let persistent = state.reservations.persistent.map(|held| held.holder);
        let mut holders: Vec<_> =
            self.preventers().into_iter().chain(state.reservations.simple).chain(persistent).collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    /// The nexuses that prevent removal, as the drive's saved state has them.
    pub(crate) fn preventers(&self) -> Vec<NexusId> {
        #[derive(Default, Deserialize)]
        struct Ledger {
            basic: Vec<NexusId>,
            persistent: Vec<NexusId>,
        }
        let saved =
            serde_json::to_value(&self.drive.state().ledger).and_then(serde_json::from_value::<Ledger>);
        let Ledger { mut basic, persistent } = saved.unwrap_or_default();
        basic.extend(persistent);
        basic
    }

    /// The time of the foreign host may be over.
    pub(crate) fn foreign_ends(&mut self, now: Instant) {
        if self.foreign.as_ref().is_some_and(|(_, until)| until.is_some_and(|until| until <= now)) {
            self.foreign_release();
        }
    }
}
