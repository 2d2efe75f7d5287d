//! How a model turns discs.

use crate::timing::{Rotation, ZoneStart};
use discrig_disc::{Family, MediumKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How discs turn, by family and where single kinds differ.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rotations {
    /// CD.
    pub cd: Rotation,
    /// DVD.
    pub dvd: Rotation,
    /// BD.
    pub bd: Rotation,
    /// Single kinds of media, where they differ from their family.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<MediumKind, Rotation>,
    /// Zones of kinds that are recorded with ZCLV, ascending, where a drive is known to have its own. Without them the zones begin where the
    /// disc turns no faster than the drive can.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<MediumKind, Vec<ZoneStart>>,
}

impl Rotations {
    /// How a kind of medium turns.
    #[must_use]
    pub fn of(&self, kind: MediumKind) -> Rotation {
        let of_family = match kind.spec().family {
            Family::Bd => self.bd,
            Family::Cd => self.cd,
            Family::Dvd => self.dvd,
        };
        self.media.get(&kind).copied().unwrap_or(of_family)
    }

    /// The zones of a kind of medium, where they are known.
    #[must_use]
    pub fn zones_of(&self, kind: MediumKind) -> &[ZoneStart] {
        self.zones.get(&kind).map_or(&[], |zones| zones)
    }

    /// Reading: what is advertised is what the outermost blocks are read at.
    pub(super) fn generic_reading() -> Rotations {
        Rotations {
            cd: Rotation::Cav,
            dvd: Rotation::Cav,
            bd: Rotation::Cav,
            media: BTreeMap::new(),
            zones: BTreeMap::new(),
        }
    }

    /// Recording: discs that are written once as fast as the drive can turn them, rewritable ones at one speed, two layers in zones.
    pub(super) fn generic_recording() -> Rotations {
        let media = [
            (MediumKind::CdRw, Rotation::Clv),
            (MediumKind::CdRw74, Rotation::Clv),
            (MediumKind::DvdMinusRDl, Rotation::Zclv),
            (MediumKind::DvdMinusRw, Rotation::Clv),
            (MediumKind::DvdPlusRDl, Rotation::Zclv),
            (MediumKind::DvdPlusRw, Rotation::Clv),
            (MediumKind::DvdRam, Rotation::Clv),
            (MediumKind::BdRe, Rotation::Clv),
            (MediumKind::BdReDl, Rotation::Clv),
            (MediumKind::BdReXl, Rotation::Clv),
        ];
        Rotations {
            cd: Rotation::Pcav,
            dvd: Rotation::ClvOrCav,
            bd: Rotation::ClvOrCav,
            media: media.into(),
            zones: BTreeMap::new(),
        }
    }
}
