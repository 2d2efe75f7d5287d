//! Everything that the drive knows, as one plain value.

use crate::ledger::Ledger;
use crate::medium::DiscState;
use crate::modes::ModePages;
use crate::nexus::{NexusId, NexusState};
use crate::power::Power;
use crate::reservation::Reservations;
use crate::task::Task;
use crate::tray::Tray;
use discrig_device::Instant;
use discrig_device::fault::States;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// The state of a drive, without the blocks of the disc.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The latest time that the drive was told.
    pub now: Instant,
    /// Tray and readiness.
    pub tray: Tray,
    /// The disc that lies in the tray.
    pub disc: Option<DiscState>,
    /// The last block that was accessed, for the time of the next seek.
    pub head: u32,
    /// Speeds that were asked for, in kB/s.
    pub speeds: SpeedState,
    /// Power condition.
    pub power: Power,
    /// Who prevents removal.
    pub ledger: Ledger,
    /// Who has reserved the drive.
    pub reservations: Reservations,
    /// Mode pages.
    pub modes: ModePages,
    /// What is kept for each nexus.
    pub nexuses: BTreeMap<NexusId, NexusState>,
    /// Commands that are not answered yet, in the order of their arrival.
    pub tasks: VecDeque<Task>,
}

/// Speeds that were asked for, in kB/s.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SpeedState {
    /// For reading; the highest possible when absent.
    pub read: Option<u32>,
    /// For recording; the highest possible when absent.
    pub write: Option<u32>,
}

impl State {
    pub(crate) fn new(now: Instant) -> State {
        State {
            now,
            tray: Tray::Empty,
            disc: None,
            head: 0,
            speeds: SpeedState::default(),
            power: Power::new(now),
            ledger: Ledger::default(),
            reservations: Reservations::default(),
            modes: ModePages::default(),
            nexuses: BTreeMap::new(),
            tasks: VecDeque::new(),
        }
    }

    /// The conditions that fault rules can ask for, as far as the drive knows them.
    #[must_use]
    pub fn conditions(&self) -> States {
        let busy = self.tray.busy_until().is_some();
        States::DISC
            .when(self.disc.is_some())
            .and(States::TRAY_OPEN.when(self.tray.is_open()))
            .and(States::PREVENTED.when(self.ledger.is_prevented()))
            .and(States::RESERVED.when(self.reservations.is_reserved()))
            .and(States::BUSY.when(busy))
    }
}
