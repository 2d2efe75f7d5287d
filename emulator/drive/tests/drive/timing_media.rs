//! How long recording takes by medium: rewritable media, verified blocks, certified formats, lead-ins.

use crate::rig::{A, Rig, hex, image};
use crate::timing::{assert_near, blank, real, took, zones};
use core::time::Duration;
use discrig_drive::MediumKind;
use rstest::rstest;

const AT_ONCE: Duration = Duration::from_micros(200);
const SYNCHRONIZE: &str = "35 00 00 00 00 00 00 00 00 00";
/// Calibrates the power, so that the first WRITE does not.
const CALIBRATE: &str = "54 01 00 00 00 00 00 00 00 00";

/// The zones in which media of several are recorded, by hand: where 24² + block × (58² - 24²) / blocks is the square of the radius at which the
/// disc turns no faster than it may.
#[rstest]
#[case::dvd_ram_3x_to_5x(MediumKind::DvdRam, &[(0, 4159), (841_000, 6925)], 6925)]
#[case::dvd_rw_4x_6x(MediumKind::DvdMinusRw, &[(0, 5540), (573_000, 8310)], 8310)]
#[case::cd_rw_16x_24x(MediumKind::CdRw, &[(0, 2822), (100_600, 4234)], 4234)]
#[case::dvd_plus_rw_3x_to_8x(MediumKind::DvdPlusRw, &[(0, 4585)], 11_080)]
#[case::bd_re_2x(MediumKind::BdRe, &[(0, 8990)], 8990)]
#[case::dvd_plus_r_dl_4x_6x_8x(
    MediumKind::DvdPlusRDl,
    &[(0, 5540), (519_000, 8310), (1_270_000, 11_080), (2_904_000, 8310), (3_654_000, 5540)],
    5540
)]
fn zones_by_medium(#[case] kind: MediumKind, #[case] expected: &[(u32, u32)], #[case] last_kb_s: u32) {
    let mut rig = real(blank(kind));
    let zones = zones(&mut rig, true);
    assert_eq!(zones.len(), expected.len(), "{zones:?}");
    for (zone, (first, kb_s)) in zones.iter().zip(expected) {
        assert!(zone.0.abs_diff(*first) < 12_000, "{zones:?}");
        assert_eq!(zone.1, *kb_s, "{zones:?}");
    }
    assert_eq!(zones.last().map(|zone| (zone.2, zone.3)), Some((kind.spec().capacity - 1, last_kb_s)));
}

/// Seconds from the first WRITE of 10 MB at block 0 until they are on the disc, without what tables take.
fn recording_seconds(rig: &mut Rig, streaming: bool) -> f64 {
    rig.ask(A, CALIBRATE);
    let start = rig.clock.now();
    for first in (0..5120_u32).step_by(512) {
        let streaming = if streaming { "80" } else { "00" };
        took(rig, &format!("AA 00 {} 00 00 02 00 {streaming} 00", hex(&first.to_be_bytes())), &image(512));
    }
    took(rig, SYNCHRONIZE, &[]);
    rig.clock.now().since(start).as_secs_f64() - 0.3
}

const BD_RE_WITH_SPARES: &str = "00 00 00 08 00 B4 74 00 C1 00 30 00";
const BD_RE_WITHOUT: &str = "00 00 00 08 00 BA 74 00 C5 00 08 00";

/// Where defects are managed every block is read again, unless time matters more.
#[rstest]
#[case::dvd_ram(MediumKind::DvdRam, None, 4160.0, 2.0)]
#[case::bd_re_with_spares(MediumKind::BdRe, Some(BD_RE_WITH_SPARES), 8990.0, 2.0)]
#[case::bd_re_without(MediumKind::BdRe, Some(BD_RE_WITHOUT), 8990.0, 1.0)]
#[case::bd_r_with_spares(MediumKind::BdR, Some("00 00 00 08 00 B4 74 00 C9 00 00 00"), 29_760.0, 2.0)]
#[case::bd_r_without(MediumKind::BdR, None, 29_760.0, 1.0)]
#[case::dvd_plus_r(MediumKind::DvdPlusR, None, 9170.0, 1.0)]
fn verified_blocks_take_twice_as_long(
    #[case] kind: MediumKind,
    #[case] format: Option<&str>,
    #[case] kb_s: f64,
    #[case] passes: f64,
) {
    let seconds = |streaming| {
        let mut rig = real(blank(kind));
        if let Some(list) = format {
            rig.script(&format!("04 11 00 00 00 00 [{list}] => GOOD"));
        }
        recording_seconds(&mut rig, streaming)
    };
    let once = 5120.0 * 2.048 / kb_s;
    // Positioning comes before.
    let (verified, streamed) = (seconds(false), seconds(true));
    assert!((once..once + 0.2).contains(&streamed), "{streamed} {once}");
    assert_near(verified - streamed, (passes - 1.0) * once, 0.005);
}

/// A verification that is part of recording is not done again for WRITE AND VERIFY.
#[test]
fn write_and_verify_where_everything_is_verified() {
    let mut rig = real(blank(MediumKind::DvdRam));
    rig.ask(A, CALIBRATE);
    let plain = took(&mut rig, "2A 08 00 00 10 00 00 02 00 00", &image(512));
    let verified = took(&mut rig, "2E 00 00 00 20 00 00 02 00 00", &image(512));
    assert_near(verified.as_secs_f64(), plain.as_secs_f64(), 0.2);
    let mut rig = real(blank(MediumKind::DvdPlusR));
    rig.ask(A, CALIBRATE);
    let plain = took(&mut rig, "2A 08 00 00 00 00 00 02 00 00", &image(512));
    let verified = took(&mut rig, "2E 00 00 00 02 00 00 02 00 00", &image(512));
    assert!(verified.as_secs_f64() > 1.4 * plain.as_secs_f64(), "{verified:?} {plain:?}");
}

/// Twice over the disc, and what the structures take.
#[rstest]
#[case::dvd_ram_at_3x(MediumKind::DvdRam, "BB 00 FF FF 10 3B 00 00 00 00 00 00", "00 80 00 08 00 22 21 20 00 00 08 00", 2.0 * 2_236_704.0 * 2.048 / 4155.0 + 30.0)]
#[case::bd_re_at_2x(MediumKind::BdRe, "BB 00 FF FF FF FF 00 00 00 00 00 00", "00 80 00 08 00 B4 74 00 C2 00 30 00", 2.0 * 11_826_176.0 * 2.048 / 8990.0 + 60.0)]
#[case::dvd_rw_is_not_certified(MediumKind::DvdMinusRw, "BB 00 FF FF 0A D2 00 00 00 00 00 00", "00 80 00 08 00 23 10 20 00 00 08 00", (2_297_888.0 + 53_344.0 + 28_672.0) * 2.048 / 2770.0 + 30.0)]
fn formats_of_everything(
    #[case] kind: MediumKind,
    #[case] speed: &str,
    #[case] list: &str,
    #[case] seconds: f64,
) {
    let mut rig = real(blank(kind));
    assert_eq!(rig.ask(A, speed), "GOOD");
    let list: Vec<u8> = list.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    assert_near(took(&mut rig, "04 11 00 00 00 00", &list).as_secs_f64(), seconds, 0.002);
}

/// There is nothing to do where nothing was recorded since the last time.
#[rstest]
#[case(MediumKind::DvdPlusR)]
#[case(MediumKind::DvdRam)]
#[case(MediumKind::BdR)]
#[case(MediumKind::CdR)]
fn synchronizing_an_empty_buffer(#[case] kind: MediumKind) {
    let mut rig = real(blank(kind));
    assert_eq!(took(&mut rig, SYNCHRONIZE, &[]), AT_ONCE);
    took(&mut rig, "2A 00 00 00 00 00 00 00 20 00", &image(32));
    let tables = took(&mut rig, SYNCHRONIZE, &[]);
    assert!(tables > Duration::from_millis(300), "{tables:?}");
    assert_eq!(took(&mut rig, SYNCHRONIZE, &[]), AT_ONCE);
    // What the buffer has long given away is still to be noted on the disc.
    let track = if kind == MediumKind::CdR { "FF" } else { "01" };
    let next = rig.data(A, &format!("52 01 00 00 00 {track} 00 00 1C 00"))[12..16].to_vec();
    took(&mut rig, &format!("2A 00 {} 00 00 20 00", hex(&next)), &image(32));
    rig.wait(Duration::from_secs(60));
    assert!(took(&mut rig, SYNCHRONIZE, &[]) >= Duration::from_millis(300));
}

/// A session that is recorded at once begins with its lead-in, unless that comes from the initiator.
#[rstest]
#[case::dvd_r(MediumKind::DvdMinusR, "select 42 C5 08\n53 00 00 00 00 00 00 02 00 00 => GOOD", 0, 53_344.0 * 2.048 / 9170.0)]
#[case::dvd_r_dl(MediumKind::DvdMinusRDl, "select 42 C5 08\n53 00 00 00 00 00 00 02 00 00 => GOOD", 0, 48_064.0 * 2.048 / 5540.0)]
#[case::dvd_r_in_increments(MediumKind::DvdMinusR, "select 40 C5 08", 0, 0.0)]
#[case::cd_r(MediumKind::CdR, CUE_SHEET, -150, 4500.0 * 2.352 / 706.0)]
#[case::cd_r_track_at_once(MediumKind::CdR, "BB 00 FF FF 02 C2 00*6 => GOOD\nselect 41 C4 08", 0, 0.0)]
fn a_lead_in_comes_first(
    #[case] kind: MediumKind,
    #[case] prepare: &str,
    #[case] first: i32,
    #[case] seconds: f64,
) {
    let mut rig = real(blank(kind));
    assert_eq!(rig.ask(A, CALIBRATE), "GOOD");
    rig.script(prepare);
    let mut write = |address: i32| {
        took(&mut rig, &format!("2A 08 {} 00 00 10 00", hex(&address.to_be_bytes())), &image(16))
            .as_secs_f64()
    };
    let (begun, next) = (write(first), write(first + 16));
    assert!(next < 0.5, "{next}");
    assert!((begun - next - seconds).abs() < 0.3, "{begun} {next} {seconds}");
}

/// At 4x: lead-in, pause and track of 300 blocks in mode 1, lead-out.
const CUE_SHEET: &str = "BB 00 FF FF 02 C2 00*6 => GOOD
    select 42 00 00
    5D 00 00 00 00 00 00 00 20 00 [41 00 00 14 00 00 00 00 41 01 00 10 00 00 00 00 41 01 01 10 00 00 02 00 41 AA 01 14 00 00 06 00] => GOOD";
