//! How long things take, against formulas that are worked out here by hand.

use crate::rig::{A, EJECT, Rig, TEST_UNIT_READY, hex, plain_disc};
use core::time::Duration;
use discrig_device::{Device, Request};
use discrig_drive::{Disc, DriveConfig, HostEvent, MediumKind, Profile, Timing};
use discrig_wire::Cdb;
use discrig_wire::performance::PerformanceData;
use rstest::rstest;

const DAY: Duration = Duration::from_secs(86_400);

/// A drive with this profile at this pace, the disc ready and nothing to report.
pub(crate) fn paced(disc: Disc, timing: Timing, profile: Profile) -> Rig {
    let mut rig = Rig::fresh(DriveConfig { profile, timing, ..DriveConfig::default() });
    rig.happen(HostEvent::SwapDisc(Some(disc)));
    rig.wait(Duration::from_secs(60));
    rig.settle();
    rig.ask(A, "1B 00 00 00 01 00");
    rig.settle();
    rig
}

pub(crate) fn real(disc: Disc) -> Rig {
    paced(disc, Timing::Realistic, Profile::default())
}

pub(crate) fn blank(kind: MediumKind) -> Disc {
    Disc::blank(kind).unwrap()
}

/// How long a command takes that has to succeed, whatever becomes of its data.
pub(crate) fn took(rig: &mut Rig, cdb: &str, out: &[u8]) -> Duration {
    let (cdb, mut buffer) = (cdb.parse::<Cdb>().unwrap(), vec![0; 1 << 16]);
    let request = match out {
        [] => Request::input(cdb, &mut buffer, DAY),
        bytes => Request::output(cdb, bytes, DAY),
    };
    let answer = rig.port(A).execute(request).unwrap();
    assert!(answer.is_good(), "{cdb}: {}", crate::rig::ending(&answer));
    answer.elapsed
}

pub(crate) fn read(first: u32, count: u16) -> String {
    let [first, count] = [hex(&first.to_be_bytes()), hex(&count.to_be_bytes())];
    format!("28 00 {first} 00 {count} 00")
}

pub(crate) fn assert_near(measured: f64, expected: f64, share: f64) {
    assert!((measured - expected).abs() <= share * expected, "measured {measured}, expected {expected}");
}

/// Every turn of a CAV disc takes the same time, so that the average speed is that between the innermost and the outermost block.
const fn cav_seconds(blocks: f64, block_kb: f64, kb_s: f64, inner_mm: f64) -> f64 {
    blocks * block_kb / (kb_s * (inner_mm + 58.0) / (2.0 * 58.0))
}

/// Whole discs, block after block: what each command costs beside the blocks is hidden by reading ahead.
#[rstest]
#[case::cd_48x(359_849, cav_seconds(359_849.0, 2.352, 8467.0, 25.0))]
#[case::dvd_16x(2_298_496, cav_seconds(2_298_496.0, 2.048, 22_160.0, 24.0))]
#[case::dvd_two_layers(4_173_824, cav_seconds(4_173_824.0, 2.048, 22_160.0, 24.0))]
#[case::bd_12x(12_219_392, cav_seconds(12_219_392.0, 2.048, 53_940.0, 24.0))]
fn a_disc_from_end_to_end(#[case] blocks: u32, #[case] seconds: f64) {
    let mut rig = real(plain_disc(blocks.into()));
    took(&mut rig, &read(0, 1), &[]);
    let start = rig.clock.now();
    for first in (1..blocks).step_by(1500) {
        took(&mut rig, &read(first, 1500.min(blocks - first) as u16), &[]);
    }
    assert_near(rig.clock.now().since(start).as_secs_f64(), seconds, 0.0005);
}

/// Zones of GET PERFORMANCE: first block, speed there, last block, speed there.
pub(crate) fn zones(rig: &mut Rig, write: bool) -> Vec<(u32, u32, u32, u32)> {
    let data_type = if write { 0x14 } else { 0x10 };
    let data = rig.data(A, &format!("AC {data_type:02X} 00 00 00 00 00 00 00 10 00 00"));
    let list = PerformanceData::parse(&data).unwrap();
    list.nominal()
        .map(|zone| (zone.start_block, zone.start_performance, zone.end_block, zone.end_performance))
        .collect()
}

#[rstest]
#[case(200_000, 2.352, None, 1)]
#[case(359_849, 2.352, Some("BB 01 05 84 FF FF 00 00 00 00 00 00"), 1)]
#[case(2_000_000, 2.048, None, 1)]
#[case(3_500_000, 2.048, None, 2)]
#[case(24_438_784, 2.048, Some("BB 01 23 1F FF FF 00 00 00 00 00 00"), 2)]
#[case(48_878_592, 2.048, None, 4)]
fn what_get_performance_says_is_what_reading_does(
    #[case] blocks: u32,
    #[case] block_kb: f64,
    #[case] set_speed: Option<&str>,
    #[case] count: usize,
) {
    const SAMPLE: u16 = 400;
    let mut rig = real(plain_disc(blocks.into()));
    if let Some(cdb) = set_speed {
        assert_eq!(rig.ask(A, cdb), "GOOD");
    }
    let zones = zones(&mut rig, false);
    assert_eq!(zones.len(), count, "{zones:?}");
    assert_eq!((zones[0].0, zones[count - 1].2), (0, blocks - 1));
    for (first, first_kb_s, last, last_kb_s) in zones {
        for (block, kb_s) in [(first, first_kb_s), (last - u32::from(SAMPLE), last_kb_s)] {
            // From far away, so that nothing of it was read ahead.
            took(&mut rig, &read(if block > blocks / 2 { 0 } else { blocks - 1 }, 1), &[]);
            took(&mut rig, &read(block, 1), &[]);
            let seconds = took(&mut rig, &read(block + 1, SAMPLE), &[]).as_secs_f64();
            assert_near(f64::from(SAMPLE) * block_kb / seconds, kb_s.into(), 0.002);
        }
    }
}

/// What it says of recording, and of how the disc turns at each speed: constant up to some speed, angular beyond; in zones on two layers;
/// partly angular on DVD-RAM.
#[test]
fn write_speeds_say_how_the_disc_turns() {
    let told = |kind| {
        let mut rig = Rig::blank(kind);
        let data = rig.data(A, "AC 00 00 00 00 00 00 00 00 10 03 00");
        let list = PerformanceData::parse(&data).unwrap();
        let page = rig.data(A, "5A 00 2A 00 00 00 00 01 00 00");
        let in_page: Vec<u8> = page[8 + 32..].chunks_exact(4).map(|descriptor| descriptor[1] & 7).collect();
        let speeds: Vec<_> = list
            .write_speeds()
            .map(|speed| (speed.write_speed, speed.rotation_control.0, speed.exact))
            .collect();
        assert!(speeds.iter().map(|(_, rotation, _)| *rotation).eq(in_page), "page 2Ah says the same");
        speeds
    };
    let (angular, constant) = ((1, false), (0, true));
    let partly = (0, false);
    let expect = |kind, speeds: &[(u32, (u8, bool))]| {
        let speeds: Vec<_> =
            speeds.iter().map(|(speed, (rotation, exact))| (*speed, *rotation, *exact)).collect();
        assert_eq!(told(kind), speeds, "{kind:?}");
    };
    let slow = [(17_980, constant), (8990, constant)];
    let bd = [(71_920, angular), (53_940, angular), (35_960, angular), (26_970, angular), slow[0], slow[1]];
    expect(MediumKind::BdR, &bd);
    expect(MediumKind::BdRDl, &bd[2..]);
    expect(MediumKind::BdRXl, &bd[3..]);
    expect(MediumKind::BdRXlQl, &bd[4..]);
    expect(MediumKind::BdRe, &bd[5..]);
    expect(MediumKind::DvdPlusRw, &[(11_080, angular), (8310, constant), (5540, constant), (3324, constant)]);
    expect(MediumKind::DvdPlusRDl, &[(11_080, partly), (8310, partly), (5540, constant), (3324, constant)]);
    expect(MediumKind::DvdMinusRDl, &[(11_080, partly), (8310, partly), (5540, constant), (2770, constant)]);
    expect(MediumKind::DvdMinusRw, &[(8310, partly), (5540, constant), (2770, constant)]);
    expect(MediumKind::DvdRam, &[(6925, partly), (4155, constant), (2770, constant)]);
    expect(MediumKind::CdRw, &[(4234, partly), (2822, constant), (1764, constant), (706, constant)]);
    assert_eq!(told(MediumKind::CdR)[0], (8467, 0, false), "partly");
    let mut rig = Rig::blank(MediumKind::DvdPlusR);
    assert_eq!(zones(&mut rig, true), [(0, 9170, 2_295_103, 22_160)]);
    assert_eq!(rig.ask(A, "BB 00 FF FF 15 A4 00 00 00 00 00 00"), "GOOD");
    assert_eq!(zones(&mut rig, true), [(0, 5540, 2_295_103, 5540)]);
}

fn double_speed() -> Profile {
    let mut profile = Profile::default();
    profile.write_speeds.cd = vec![353];
    profile
}

/// Forty minutes that cost nothing, with the time that is left told truly.
#[test]
fn erasing_a_cd_at_double_speed() {
    let mut rig = paced(blank(MediumKind::CdRw), Timing::Realistic, double_speed());
    assert_eq!(rig.ask(A, "A1 10 00 00 00 00 00 00 00 00 00 00"), "GOOD");
    // The program area and the lead-in at 353 kB/s, and what is not recording.
    let whole = (359_849.0 + 4500.0) * 2.352 / 353.0 + 15.0;
    let left = |rig: &mut Rig| {
        let event = rig.data(A, "4A 01 00 00 40 00 00 00 08 00");
        (event[4], event[5], f64::from(u16::from_be_bytes([event[6], event[7]])) / 10.0)
    };
    let (event, status, begun) = left(&mut rig);
    assert_eq!((event, status), (1, 1), "busy since then");
    assert_near(begun, whole, 0.001);
    for minute in 1..=40 {
        rig.wait(Duration::from_secs(60));
        assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/04/07");
        let passed = f64::from(minute) * 60.0;
        let (_, _, now) = left(&mut rig);
        assert!((begun - passed - now).abs() < 0.5, "{now} s left after {passed} s");
        let data = rig.data(A, "03 00 00 00 12 00");
        let progress = f64::from(u16::from_be_bytes([data[16], data[17]])) / 65_536.0;
        assert!((progress - passed / whole).abs() < 0.001, "{progress} after {passed} s");
    }
    rig.wait(Duration::from_secs_f64(whole - 2399.0));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(left(&mut rig), (0, 0, 0.0), "over");
}

/// One number for everything that is the drive's own.
#[rstest]
#[case("real", 1.0)]
#[case("10", 10.0)]
#[case("0.5", 0.5)]
fn paces(#[case] text: &str, #[case] times: f64) {
    let all = |timing: Timing| {
        let mut rig = paced(blank(MediumKind::CdRw), timing, double_speed());
        let erase = took(&mut rig, "A1 00 00 00 00 00 00 00 00 00 00 00", &[]);
        let opening = took(&mut rig, EJECT, &[]);
        let closing = took(&mut rig, "1B 00 00 00 03 00", &[]);
        [erase, opening, closing].map(|span| span.as_secs_f64())
    };
    let (paced, real) = (all(text.parse().unwrap()), all(Timing::Realistic));
    for (paced, real) in paced.into_iter().zip(real) {
        assert_near(paced * times, real, 1e-6);
    }
    assert_eq!(all(Timing::Instant), [0.0; 3]);
}

/// From the middle of the first layer: the further the longer, a jump to the other layer at the same radius longer still than staying.
#[test]
fn seeks_by_radius_and_layer() {
    let mut rig = real(plain_disc(4_000_000));
    let mut seek = |to: u32| {
        took(&mut rig, "2B 00 00 0F 42 40 00 00 00 00", &[]);
        took(&mut rig, &format!("2B 00 {} 00 00 00 00", hex(&to.to_be_bytes())), &[])
    };
    let near = seek(1_001_000);
    let far = seek(1_900_000);
    let across = seek(3_000_000);
    assert!(near < far && far < Duration::from_millis(350), "{near:?} {far:?}");
    // The block above lies at the same radius: settling, focusing, half a turn.
    assert!(
        near + Duration::from_millis(149) < across && across < near + Duration::from_millis(152),
        "{across:?}"
    );
}
