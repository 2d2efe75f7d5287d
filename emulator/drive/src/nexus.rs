//! What the drive keeps for each nexus.

use crate::attention::Attentions;
use crate::events::EventQueues;
use discrig_wire::SenseCode;
use serde::{Deserialize, Serialize};

/// One initiator port talking to the drive. The same number means the same port, also after its nexus was lost and came back.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct NexusId(pub u16);

impl core::fmt::Display for NexusId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "nexus {}", self.0)
    }
}

/// What the drive keeps for a nexus. Prevention, reservations and registrations are in their own ledgers.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NexusState {
    /// The nexus is there; a lost one is remembered for its next life.
    pub established: bool,
    /// Unit attentions that are pending.
    pub attentions: Attentions,
    /// Events that GET EVENT STATUS NOTIFICATION will report.
    pub events: EventQueues,
    /// An error of an earlier command that is reported with the next one.
    pub deferred: Option<SenseCode>,
}
