//! Speeds: what was asked for, and the curve that follows from it for the disc that is in.

use crate::timing::{CurveSpec, Geometry, SpeedCurve, Zone};
use crate::unit::Unit;
use discrig_disc::{DiscState, MediumKind};
use discrig_wire::mode::RotationControl;

impl Unit {
    /// The speed for a kind of medium in kB/s: what was asked for, or the highest.
    pub(crate) fn speed(&self, kind: MediumKind, writing: bool) -> u32 {
        let (asked, speeds) = if writing {
            (self.state.speeds.write, &self.config.profile.write_speeds)
        } else {
            (self.state.speeds.read, &self.config.profile.read_speeds)
        };
        asked.unwrap_or_else(|| speeds.highest(kind))
    }

    /// How fast the disc is read or recorded at the speed that is set, block by block.
    pub(crate) fn curve(&self, disc: &DiscState, writing: bool) -> SpeedCurve {
        self.curve_at(disc, writing, self.speed(disc.kind, writing))
    }

    /// The same at another speed.
    pub(crate) fn curve_at(&self, disc: &DiscState, writing: bool, kb_s: u32) -> SpeedCurve {
        let profile = &self.config.profile;
        let (rotations, speeds) = if writing {
            (&profile.write_rotation, &profile.write_speeds)
        } else {
            (&profile.read_rotation, &profile.read_speeds)
        };
        let spec = CurveSpec {
            rotation: rotations.of(disc.kind),
            kb_s,
            speeds: speeds.of(disc.kind),
            zones: rotations.zones_of(disc.kind),
            maximum_rpm: profile.maximum_rpm,
        };
        SpeedCurve::new(Geometry::of(disc), &spec)
    }

    /// How the disc turns when it is recorded at a speed, as descriptors of write speeds say it.
    pub(crate) fn rotation_control(&self, disc: &DiscState, kb_s: u32) -> RotationControl {
        if self.curve_at(disc, true, kb_s).is_angular() { RotationControl::CAV } else { RotationControl::CLV }
    }

    /// The speeds from a block to the last one, as GET PERFORMANCE reports them.
    pub(crate) fn zones(&self, disc: &DiscState, writing: bool, first: u32, last: u32) -> Vec<Zone> {
        let [first, last] = [first, last].map(|block| i32::try_from(block).unwrap_or(i32::MAX - 1));
        self.curve(disc, writing).zones(first, last).collect()
    }
}
