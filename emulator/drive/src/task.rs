//! Commands that wait or are under way.

use crate::nexus::NexusId;
use core::time::Duration;
use discrig_device::Instant;
use discrig_wire::{Cdb, SenseCode};
use serde::{Deserialize, Serialize};

/// How a command is served, beside what it does: the place of fault injection.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Time that passes before the command takes effect, beyond the drive's own.
    pub extra: Duration,
    /// The command never takes effect and is never answered; only an abort or a reset removes it.
    pub never: bool,
}

impl Service {
    /// As fast as the drive can.
    pub const NORMAL: Service = Service { extra: Duration::ZERO, never: false };
    /// Never.
    pub const STALLED: Service = Service { extra: Duration::ZERO, never: true };

    /// Later by `extra`.
    #[must_use]
    pub const fn delayed(extra: Duration) -> Service {
        Service { extra, never: false }
    }

    pub(crate) fn is_normal(&self) -> bool {
        !self.never && self.extra.is_zero()
    }
}

/// How far a command has come.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It has taken effect, and is answered when what it started is done.
    Finishing {
        /// When that is.
        until: Instant,
        /// The sense of a failure that shows at the end.
        failure: Option<SenseCode>,
    },
    /// Others are before it.
    Queued,
    /// It is the first, and takes effect at this time.
    Serving {
        /// When that is; never for a stalled command.
        until: Instant,
    },
}

/// A command that is not answered yet.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Who sent it.
    pub nexus: NexusId,
    /// The sender's name for it.
    pub tag: u64,
    /// The command.
    pub cdb: Cdb,
    /// Its data.
    pub data_out: Vec<u8>,
    /// How it is served.
    pub service: Service,
    /// How far it has come.
    pub stage: Stage,
}
