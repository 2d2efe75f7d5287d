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
    /// Kinds that are turned more slowly than the drive can turn a disc: revolutions a minute at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub maximum_rpm: BTreeMap<MediumKind, u32>,
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

    /// How fast a kind of medium is turned at most, in revolutions a minute, by a drive that turns discs at `fastest` at most.
    #[must_use]
    pub fn rpm_of(&self, kind: MediumKind, fastest: u32) -> u32 {
        self.maximum_rpm.get(&kind).map_or(fastest, |own| fastest.min(*own))
    }

    /// Reading: what is advertised is what the outermost blocks are read at.
    pub(super) fn generic_reading() -> Rotations {
        Rotations {
            cd: Rotation::Cav,
            dvd: Rotation::Cav,
            bd: Rotation::Cav,
            media: BTreeMap::new(),
            zones: BTreeMap::new(),
            maximum_rpm: BTreeMap::new(),
        }
    }

    /// Recording: discs that are written once as fast as the drive can turn them; BD-RE at one speed; CD-RW in zones of 16 and 24 times, DVD
    /// of two layers of 4, 6 and 8 times, DVD-RW of 4 and 6 times single speed; DVD+RW from 3.3 to 8 times and DVD-RAM from 3 to 5 times.
    pub(super) fn generic_recording() -> Rotations {
        let media = [
            (MediumKind::CdRw, Rotation::Zclv),
            (MediumKind::CdRw74, Rotation::Zclv),
            (MediumKind::DvdMinusRDl, Rotation::Zclv),
            (MediumKind::DvdMinusRw, Rotation::Zclv),
            (MediumKind::DvdPlusRDl, Rotation::Zclv),
            (MediumKind::DvdRam, Rotation::Pcav),
            (MediumKind::BdRe, Rotation::Clv),
            (MediumKind::BdReDl, Rotation::Clv),
            (MediumKind::BdReXl, Rotation::Clv),
        ];
        // The lowest speed of each is reached where the disc begins.
        let maximum_rpm = [
            (MediumKind::CdRw, 8000),
            (MediumKind::CdRw74, 8000),
            (MediumKind::DvdMinusRDl, 5600),
            (MediumKind::DvdMinusRw, 5600),
            (MediumKind::DvdPlusRDl, 5600),
            (MediumKind::DvdRam, 4170),
        ];
        Rotations {
            cd: Rotation::Pcav,
            dvd: Rotation::ClvOrCav,
            bd: Rotation::ClvOrCav,
            media: media.into(),
            zones: BTreeMap::new(),
            maximum_rpm: maximum_rpm.into(),
        }
    }
}
