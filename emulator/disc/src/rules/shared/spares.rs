//! How many spare clusters a BD can have, and what is left for the user.

use super::NUMBER_OF_BLOCKS;
use crate::kind::{MediumKind, Rules};
use crate::refusal::Refusal;
use core::ops::RangeInclusive;
use discrig_wire::capacity::{FormatType, FormattableCapacity};

/// Blocks of a cluster.
pub(in crate::rules) const CLUSTER: u32 = 32;
/// Spare clusters of the inner area of layer 0, which is of fixed size: the least that there are.
const INNER: u32 = 4096;
/// The most spare clusters of each layer's other areas.
const BD_R_LAYER: u32 = 196_608;
const BD_RE_LAYER: u32 = 16_384;

/// The choices of a kind of BD, in clusters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::rules) struct Spares {
    pub(in crate::rules) default: u32,
    pub(in crate::rules) least: u32,
    pub(in crate::rules) most: u32,
    capacity: u32,
}

impl Spares {
    pub(in crate::rules) fn of(kind: MediumKind) -> Spares {
        let spec = kind.spec();
        let default = match spec.layers {
            1 => 12_288,
            2 => 24_576,
            3 => 49_152,
            _ => 65_536,
        };
        let layer = if spec.rules == Rules::BdR { BD_R_LAYER } else { BD_RE_LAYER };
        let most = INNER + layer * u32::from(spec.layers);
        Spares { default, least: INNER, most, capacity: spec.capacity }
    }

    /// Blocks for the user beside so many spare clusters.
    pub(in crate::rules) fn user(&self, spares: u32) -> u32 {
        self.capacity.saturating_sub(spares * CLUSTER)
    }

    /// What can be asked for.
    fn blocks(&self) -> RangeInclusive<u32> {
        self.user(self.most)..=self.user(self.least)
    }

    /// The spare clusters beside so many blocks for the user.
    ///
    /// # Errors
    /// INVALID FIELD IN PARAMETER LIST, with the number of blocks, where they are no whole clusters, or there would be too many or too few
    /// spares.
    pub(in crate::rules) fn beside(&self, blocks: u32) -> Result<u32, Refusal> {
        if !blocks.is_multiple_of(CLUSTER) || !self.blocks().contains(&blocks) {
            return Err(Refusal::parameter(NUMBER_OF_BLOCKS, Some(7)));
        }
        Ok((self.capacity - blocks) / CLUSTER)
    }

    /// A row of READ FORMAT CAPACITIES.
    pub(in crate::rules) fn row(
        &self,
        format_type: FormatType,
        spares: u32,
        parameter: u32,
    ) -> FormattableCapacity {
        FormattableCapacity { blocks: self.user(spares), format_type, parameter }
    }
}
