//! Everything that the drive knows, as one plain value.

use crate::buffer::Buffer;
use crate::handlers::keys::Region;
use crate::ledger::Ledger;
use crate::modes::ModePages;
use crate::nexus::{NexusId, NexusState};
use crate::operation::Operation;
use crate::playback::Playback;
use crate::power::Power;
use crate::reservation::Reservations;
use crate::task::Task;
use crate::tray::Tray;
use core::time::Duration;
use discrig_device::Instant;
use discrig_device::fault::States;
use discrig_disc::DiscState;
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
    /// What waits in the buffer for being recorded or read, where that takes time.
    #[serde(default, skip_serializing_if = "Buffer::is_idle")]
    pub buffer: Buffer,
    /// Power condition.
    pub power: Power,
    /// Who prevents removal.
    pub ledger: Ledger,
    /// Who has reserved the drive.
    pub reservations: Reservations,
    /// Mode pages.
    pub modes: ModePages,
    /// Mode pages as they were saved: they come back with the power.
    pub saved_modes: ModePages,
    /// What is kept for each nexus.
    pub nexuses: BTreeMap<NexusId, NexusState>,
    /// Audio that is being played.
    pub playback: Option<Playback>,
    /// The region for DVD-Video.
    pub region: Region,
    /// What WRITE BUFFER left, as far as it reached.
    pub scratch: Vec<u8>,
    /// What is being done to the disc, beyond single commands.
    pub operation: Option<Operation>,
    /// Time that a background format has had and not made a block of.
    #[serde(default)]
    pub background: Duration,
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
    pub(crate) fn new(now: Instant, modes: ModePages) -> State {
        State {
            now,
            tray: Tray::Empty,
            disc: None,
            head: 0,
            speeds: SpeedState::default(),
            buffer: Buffer::default(),
            power: Power::new(now),
            ledger: Ledger::default(),
            reservations: Reservations::default(),
            modes,
            saved_modes: modes,
            nexuses: BTreeMap::new(),
            playback: None,
            region: Region::default(),
            scratch: Vec::new(),
            operation: None,
            background: Duration::ZERO,
            tasks: VecDeque::new(),
        }
    }

    /// The conditions that fault rules can ask for, as far as the drive knows them.
    #[must_use]
    pub fn conditions(&self) -> States {
        let busy = self.tray.busy_until().is_some() || self.operation.is_some();
        States::DISC
            .when(self.disc.is_some())
            .and(States::TRAY_OPEN.when(self.tray.is_open()))
            .and(States::PREVENTED.when(self.ledger.is_prevented()))
            .and(States::RESERVED.when(self.reservations.is_reserved()))
            .and(States::BUSY.when(busy))
    }
}
