//! What a curve says, against formulas written down here once more.

use super::*;
use discrig_disc::{DiscState, MediumKind};
use proptest::prelude::*;
use rstest::rstest;

const RPM: u32 = 10_000;
const SPEEDS: [u32; 4] = [22_160, 11_080, 5540, 3324];

fn curve(disc: &DiscState, rotation: Rotation, kb_s: u32) -> SpeedCurve {
    let spec = CurveSpec { rotation, kb_s, speeds: &SPEEDS, zones: &[], maximum_rpm: RPM };
    SpeedCurve::new(Geometry::of(disc), &spec)
}

fn blank(kind: MediumKind) -> DiscState {
    DiscState::blank(kind).unwrap()
}

/// The average of CAV over the time is that of inner and outer speed, as every turn takes the same time.
const fn average(kb_s: f64, inner_mm: f64) -> f64 {
    kb_s * (inner_mm + 58.0) / 116.0
}

/// Seconds for a whole disc.
#[rstest]
#[case(MediumKind::DvdPlusR, Rotation::Clv, 22_160, 2_295_104.0 * 2.048 / 22_160.0)]
#[case(MediumKind::DvdPlusR, Rotation::Cav, 22_160, 2_295_104.0 * 2.048 / average(22_160.0, 24.0))]
#[case(MediumKind::CdR, Rotation::Cav, 8467, 359_849.0 * 2.352 / average(8467.0, 25.0))]
#[case(MediumKind::BdRDl, Rotation::Cav, 35_960, 24_438_784.0 * 2.048 / average(35_960.0, 24.0))]
#[case(MediumKind::DvdPlusR, Rotation::ClvOrCav, 5540, 2_295_104.0 * 2.048 / 5540.0)]
#[case(MediumKind::DvdPlusR, Rotation::ClvOrCav, 22_160, 2_295_104.0 * 2.048 / average(22_160.0, 24.0))]
#[case(MediumKind::BdRe, Rotation::ClvOrCav, 8990, 12_219_392.0 * 2.048 / 8990.0)]
fn whole_discs(
    #[case] kind: MediumKind,
    #[case] rotation: Rotation,
    #[case] kb_s: u32,
    #[case] seconds: f64,
) {
    let disc = blank(kind);
    let took = curve(&disc, rotation, kb_s).seconds(0, kind.spec().capacity as i32);
    assert!((took - seconds).abs() < 1e-6 * seconds, "{took} {seconds}");
}

fn zones(disc: &DiscState, rotation: Rotation, kb_s: u32) -> Vec<(i32, u32, i32, u32)> {
    let last = disc.kind.spec().capacity as i32 - 1;
    let tell = |zone: Zone| (zone.first, zone.first_kb_s, zone.last, zone.last_kb_s);
    curve(disc, rotation, kb_s).zones(0, last).map(tell).collect()
}

fn speeds(disc: &DiscState, rotation: Rotation, kb_s: u32) -> Vec<(u32, u32)> {
    zones(disc, rotation, kb_s).into_iter().map(|(_, first, _, last)| (first, last)).collect()
}

#[test]
fn zones_of_each_rotation() {
    let single = blank(MediumKind::DvdPlusR);
    assert_eq!(zones(&single, Rotation::Clv, 5540), [(0, 5540, 2_295_103, 5540)]);
    assert_eq!(zones(&single, Rotation::Cav, 22_160), [(0, 9170, 2_295_103, 22_160)]);
    assert_eq!(speeds(&single, Rotation::Pcav, 16_620), [(9974, 16_620), (16_620, 16_620)]);
    let steps = [(5540, 5540), (11_080, 11_080), (22_160, 22_160)];
    assert_eq!(speeds(&single, Rotation::Zclv, 22_160), steps);
    assert_eq!(zones(&single, Rotation::Zclv, 3324), [(0, 3324, 2_295_103, 3324)]);
}

/// Out on the first layer, in on the second.
#[test]
fn zones_of_two_layers() {
    let dual = blank(MediumKind::DvdPlusRDl);
    assert_eq!(
        zones(&dual, Rotation::Cav, 22_160),
        [(0, 9170, 2_086_911, 22_160), (2_086_912, 22_160, 4_173_823, 9170)]
    );
    let steps = [5540, 11_080, 22_160, 11_080, 5540].map(|kb_s| (kb_s, kb_s));
    assert_eq!(speeds(&dual, Rotation::Zclv, 22_160), steps);
    let partial = [(9974, 16_620), (16_620, 16_620), (16_620, 9974)];
    assert_eq!(speeds(&dual, Rotation::Pcav, 16_620), partial);
}

/// What a slim recorder said of a DVD+R DL at 6x.
#[test]
fn zones_that_are_known() {
    let known = [(0, 3324), (393_216, 5540), (1_114_112, 8310)].map(|(from, kb_s)| ZoneStart { from, kb_s });
    let dual = blank(MediumKind::DvdPlusRDl);
    let told = |kb_s| -> Vec<(i32, u32)> {
        let rotation = Rotation::Zclv;
        let spec = CurveSpec { rotation, kb_s, speeds: &SPEEDS, zones: &known, maximum_rpm: RPM };
        let curve = SpeedCurve::new(Geometry::of(&dual), &spec);
        curve.zones(0, 4_173_823).map(|zone| (zone.first, zone.first_kb_s)).collect()
    };
    assert_eq!(told(8310), [(0, 3324), (393_216, 5540), (1_114_112, 8310)]);
    assert_eq!(told(3324), [(0, 3324)]);
}

fn rotations() -> impl Strategy<Value = Rotation> {
    let all = [Rotation::Cav, Rotation::Clv, Rotation::ClvOrCav, Rotation::Pcav, Rotation::Zclv];
    prop::sample::select(all.to_vec())
}

fn kinds() -> impl Strategy<Value = MediumKind> {
    let recordable = MediumKind::TABLE.iter().filter(|spec| spec.is_recordable()).map(|spec| spec.kind);
    prop::sample::select(recordable.collect::<Vec<_>>())
}

proptest! {
    /// How far and how long are each other's inverse; times add up; no speed is beyond what was asked for; zones leave nothing out.
    #[test]
    fn times_and_distances(
        kind in kinds(),
        rotation in rotations(),
        speed in 4_000..60_000u32,
        from in 0..1_000_000u64,
        length in 1..=1_000_000u64,
        middle in 0..=1000u64,
    ) {
        let disc = blank(kind);
        let curve = curve(&disc, rotation, speed);
        let capacity = u64::from(kind.spec().capacity);
        let first = from * capacity / 1_000_000;
        let end = first + (length * (capacity - first) / 1_000_000).max(1);
        let between = first + (end - first) * middle / 1000;
        let [first, between, end] = [first, between, end].map(|block| block as i32);
        let whole = curve.seconds(first, end);
        prop_assert!((curve.seconds(first, between) + curve.seconds(between, end) - whole).abs() < 1e-6);
        prop_assert!((curve.reach(first, whole) - end).abs() <= 1, "{} {end}", curve.reach(first, whole));
        prop_assert!(curve.reach(first, curve.seconds(first, between)) <= between + 1);
        prop_assert!(curve.kb_s(first) <= f64::from(speed) + 1e-3);
        prop_assert!(curve.latency(first) > 0.0 && curve.latency(first) <= 0.5);
        let mut next = first;
        for zone in curve.zones(first, end - 1) {
            prop_assert_eq!(zone.first, next);
            next = zone.last + 1;
        }
        prop_assert_eq!(next, end);
    }
}
