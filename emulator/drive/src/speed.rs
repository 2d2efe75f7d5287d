//! Speeds: what was asked for, and the curve that follows from it for the disc that is in.

use crate::profile::highest;
use crate::timing::{CurveSpec, Geometry, SpeedCurve, Zone};
use crate::unit::Unit;
use discrig_disc::{DiscState, MediumKind};
use discrig_wire::mode::RotationControl;

impl Unit {
    /// The speeds for a kind of medium, in kB/s.
    pub(crate) fn speeds(&self, kind: MediumKind, writing: bool) -> &[u32] {
        let profile = &self.config.profile;
        if writing { profile.write_speeds.recording(kind) } else { profile.read_speeds.reading(kind) }
    }

    /// The speed for a kind of medium in kB/s: what was asked for, or the highest.
    pub(crate) fn speed(&self, kind: MediumKind, writing: bool) -> u32 {
        let asked = if writing { self.state.speeds.write } else { self.state.speeds.read };
        asked.unwrap_or_else(|| highest(self.speeds(kind, writing)))
    }

    /// How fast the disc is read or recorded at the speed that is set, block by block.
    pub(crate) fn curve(&self, disc: &DiscState, writing: bool) -> SpeedCurve {
        self.curve_at(disc, writing, self.speed(disc.kind, writing))
    }

    /// The same at another speed.
    pub(crate) fn curve_at(&self, disc: &DiscState, writing: bool, kb_s: u32) -> SpeedCurve {
        let profile = &self.config.profile;
        let rotations = if writing { &profile.write_rotation } else { &profile.read_rotation };
        let spec = CurveSpec {
            rotation: rotations.of(disc.kind),
            kb_s,
            speeds: self.speeds(disc.kind, writing),
            zones: rotations.zones_of(disc.kind),
            maximum_rpm: rotations.rpm_of(disc.kind, profile.maximum_rpm),
        };
        SpeedCurve::new(Geometry::of(disc), &spec)
    }

    /// The same for recording, where blocks may be verified.
    pub(crate) fn recording_curve(&self, disc: &DiscState, kb_s: u32, verified: bool) -> SpeedCurve {
        let curve = self.curve_at(disc, true, kb_s);
        if verified { curve.verified() } else { curve }
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
