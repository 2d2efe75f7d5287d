//! Where on a disc a block lies: blocks are laid at even density, so that the square of the radius grows evenly with the address.

use discrig_disc::{DiscState, Family, Recording};

/// What the discs of a family have in common.
#[derive(Debug)]
pub(crate) struct Optics {
    /// Radius at which the first block lies, in millimetres.
    pub(crate) inner_mm: f64,
    /// Radius at which a full layer ends, in millimetres.
    pub(crate) outer_mm: f64,
    /// What passes under the pick-up at single speed, in millimetres a second.
    velocity_mm_s: f64,
    /// Single speed in kB/s.
    single_kb_s: f64,
    /// Bytes of a block as speeds count them: of CD the whole frame.
    pub(crate) block_bytes: u32,
}

const BD: Optics =
    Optics { inner_mm: 24.0, outer_mm: 58.0, velocity_mm_s: 4917.0, single_kb_s: 4495.5, block_bytes: 2048 };
const CD: Optics =
    Optics { inner_mm: 25.0, outer_mm: 58.0, velocity_mm_s: 1300.0, single_kb_s: 176.4, block_bytes: 2352 };
const DVD: Optics =
    Optics { inner_mm: 24.0, outer_mm: 58.0, velocity_mm_s: 3490.0, single_kb_s: 1385.0, block_bytes: 2048 };

impl Optics {
    pub(crate) const fn of(family: Family) -> &'static Optics {
        match family {
            Family::Bd => &BD,
            Family::Cd => &CD,
            Family::Dvd => &DVD,
        }
    }

    /// Revolutions a second at a speed and a radius.
    pub(crate) fn revolutions_s(&self, kb_s: f64, radius_mm: f64) -> f64 {
        kb_s / self.single_kb_s * self.velocity_mm_s / (core::f64::consts::TAU * radius_mm)
    }

    /// The speed at a radius of one millimetre at so many revolutions a minute: it grows with the radius.
    pub(crate) fn kb_s_per_mm(&self, rpm: u32) -> f64 {
        f64::from(rpm) / 60.0 / self.revolutions_s(1.0, 1.0)
    }
}

/// Blocks that follow each other in one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// Its first block.
    pub(crate) first: i32,
    /// The square of the radius there, in mm².
    pub(crate) square: f64,
    /// What a block adds to it: negative inwards, zero before the first and after the last layer.
    pub(crate) slope: f64,
}

impl Stretch {
    pub(crate) fn square_at(&self, block: i32) -> f64 {
        self.square + self.slope * (f64::from(block) - f64::from(self.first))
    }
}

/// The layers of a disc. The second one is read inwards from where the first one ends (opposite track path), the third one outwards again; on
/// some DVD-ROM all are read outwards (parallel track path).
#[derive(Debug)]
pub(crate) struct Geometry {
    pub(crate) optics: &'static Optics,
    /// In the order of their blocks. Lead-in and lead-out are stretches without a slope.
    pub(crate) stretches: Vec<Stretch>,
}

/// Blocks on a full layer of a disc, and on its first layer as it is recorded.
fn layer_blocks(disc: &DiscState) -> (u32, u32) {
    /// CD of 80 minutes; longer ones have a narrower track.
    const CD_LAYER: u32 = 359_849;
    /// DVD of one layer, and of two, which are recorded less densely.
    const DVD_LAYERS: [u32; 2] = [2_298_496, 2_086_912];
    /// BD of one or two layers, of three, and of four.
    const BD_LAYERS: [u32; 4] = [12_219_392, 12_219_392, 16_292_864, 15_625_216];
    let spec = disc.kind.spec();
    let layers = u32::from(disc.layers());
    let blocks = disc.last_block().saturating_add(1);
    let full = match spec.family {
        _ if spec.is_recordable() => spec.capacity / layers,
        Family::Bd => BD_LAYERS[layers as usize - 1],
        Family::Cd if blocks <= CD_LAYER => CD_LAYER,
        Family::Cd => spec.capacity,
        Family::Dvd => DVD_LAYERS[layers as usize - 1],
    };
    let boundary = match &disc.recording {
        Recording::Sequential(sequence) => sequence.layer_boundary,
        Recording::Random(_) => None,
    };
    let halved = spec.family == Family::Dvd && layers == 2 && !spec.is_recordable();
    let first = boundary.map(i32::unsigned_abs).filter(|boundary| *boundary > 0).unwrap_or(if halved {
        blocks.div_ceil(2)
    } else {
        full
    });
    (full, first)
}

impl Geometry {
    pub(crate) fn of(disc: &DiscState) -> Geometry {
        let optics = Optics::of(disc.kind.spec().family);
        let (full, first) = layer_blocks(disc);
        let inner_square = optics.inner_mm.powi(2);
        let mut square = inner_square;
        let slope = (optics.outer_mm.powi(2) - square) / f64::from(full.max(1));
        let mut stretches = vec![Stretch { first: i32::MIN, square, slope: 0.0 }];
        let mut start: u32 = 0;
        for layer in 0..disc.layers() {
            if disc.parallel_track_path {
                square = inner_square;
            }
            let inwards = layer % 2 == 1 && !disc.parallel_track_path;
            let slope = if inwards { -slope } else { slope };
            let blocks = if layer < 2 { first } else { full };
            stretches.push(Stretch { first: start as i32, square, slope });
            square += slope * f64::from(blocks);
            start = start.saturating_add(blocks);
        }
        let end = i32::try_from(start).unwrap_or(i32::MAX);
        stretches.push(Stretch { first: end, square, slope: 0.0 });
        Geometry { optics, stretches }
    }

    /// The stretch that a block is in, by its place.
    fn place(&self, block: i32) -> usize {
        self.stretches.partition_point(|stretch| stretch.first <= block).saturating_sub(1)
    }

    /// The layer of a block.
    pub(crate) fn layer(&self, block: i32) -> usize {
        self.place(block).clamp(1, self.stretches.len().saturating_sub(2)) - 1
    }

    /// The radius at which a block lies, in millimetres.
    pub(crate) fn radius_mm(&self, block: i32) -> f64 {
        self.stretches[self.place(block)].square_at(block).max(0.0).sqrt()
    }

    /// How far the pick-up moves from one block to another, as a share of the band.
    pub(crate) fn distance(&self, from: i32, to: i32) -> f64 {
        let band = self.optics.outer_mm - self.optics.inner_mm;
        (self.radius_mm(from) - self.radius_mm(to)).abs() / band
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_disc::MediumKind;
    use rstest::rstest;

    fn radius(disc: &DiscState, block: i32) -> f64 {
        (Geometry::of(disc).radius_mm(block) * 100.0).round() / 100.0
    }

    /// Radii from the formula of the area of a ring, by hand.
    #[rstest]
    #[case(MediumKind::CdR, -4500, 25.0)]
    #[case(MediumKind::CdR, 0, 25.0)]
    #[case(MediumKind::CdR, 359_849 / 2, 44.66)]
    #[case(MediumKind::CdR, 359_849, 58.0)]
    #[case(MediumKind::CdR, 400_000, 58.0)]
    #[case(MediumKind::DvdPlusRDl, 2_086_911, 58.0)]
    #[case(MediumKind::DvdPlusRDl, 2_086_912 + 2_086_912 / 2, 44.38)]
    #[case(MediumKind::DvdPlusRDl, 4_173_823, 24.0)]
    #[case(MediumKind::BdRXl, 2 * 16_292_864, 24.0)]
    #[case(MediumKind::BdRXl, 3 * 16_292_864 - 1, 58.0)]
    #[case(MediumKind::BdRXlQl, 4 * 15_625_216 - 1, 24.0)]
    fn radii(#[case] kind: MediumKind, #[case] block: i32, #[case] expected: f64) {
        assert_eq!(radius(&DiscState::blank(kind).unwrap(), block), expected);
    }

    #[test]
    fn the_layers_of_a_pressed_disc_are_as_full_as_it_is() {
        let short = DiscState::pressed(3_000_000).unwrap();
        assert_eq!(radius(&short, 1_499_999), radius(&short, 1_500_000));
        assert_eq!(radius(&short, 1_499_999), 50.79);
        let geometry = Geometry::of(&short);
        assert_eq!([0, 1_499_999, 1_500_000].map(|block| geometry.layer(block)), [0, 0, 1]);
        assert_eq!(radius(&DiscState::pressed(400_000).unwrap(), 399_999), 32.58);
    }

    #[test]
    fn layers_in_parallel_begin_at_the_same_radius() {
        let parallel = DiscState { parallel_track_path: true, ..DiscState::pressed(3_000_000).unwrap() };
        for block in [0, 700_000, 1_499_999] {
            assert_eq!(radius(&parallel, block), radius(&parallel, 1_500_000 + block));
        }
        assert_eq!(radius(&parallel, 1_500_000), 24.0);
        let geometry = Geometry::of(&parallel);
        assert_eq!([0, 1_499_999, 1_500_000].map(|block| geometry.layer(block)), [0, 0, 1]);
        assert!(geometry.distance(1_499_999, 1_500_000) > 0.7, "back to the inside");
    }

    #[test]
    fn a_boundary_that_was_set_is_where_layer_1_begins() {
        let mut disc = DiscState::blank(MediumKind::DvdPlusRDl).unwrap();
        if let Recording::Sequential(sequence) = &mut disc.recording {
            sequence.layer_boundary = Some(1_000_000);
        }
        let geometry = Geometry::of(&disc);
        assert_eq!(geometry.layer(999_999) + 1, geometry.layer(1_000_000));
        assert!((geometry.radius_mm(999_990) - geometry.radius_mm(1_000_010)).abs() < 1e-9);
        assert!(geometry.distance(0, 1_000_000) > 0.5);
    }

    /// A CD turns 500 times a minute inside, a BD some 1960 times.
    #[rstest]
    #[case(Family::Cd, 176.4, 497.0)]
    #[case(Family::Dvd, 1385.0, 1389.0)]
    #[case(Family::Bd, 4495.5, 1956.0)]
    fn revolutions(#[case] family: Family, #[case] kb_s: f64, #[case] rpm: f64) {
        let optics = Optics::of(family);
        assert_eq!((optics.revolutions_s(kb_s, optics.inner_mm) * 60.0).round(), rpm);
        let back = optics.kb_s_per_mm(1000) * optics.inner_mm;
        assert!((optics.revolutions_s(back, optics.inner_mm) * 60.0 - 1000.0).abs() < 1e-9);
    }
}
