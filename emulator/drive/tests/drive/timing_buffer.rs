//! The buffer in time: writing into it, emptying it, running out of it, and reading ahead.

use crate::rig::{A, B, Rig, TEST_UNIT_READY, hex, image, plain_disc};
use crate::timing::{blank, paced, read, real, took, zones};
use core::time::Duration;
use discrig_disc::MemoryStore;
use discrig_drive::{Disc, Drive, FullBuffer, HostEvent, MediumKind, Profile, State, Timing};
use proptest::prelude::*;
use rstest::rstest;

/// Bytes of the generic buffer, and blocks of it.
const SIZE: u32 = 4096 * 1024;
const BLOCKS: u32 = SIZE / 2048;
/// Nothing but the command itself.
const AT_ONCE: Duration = Duration::from_micros(200);
const SYNCHRONIZE: &str = "35 00 00 00 00 00 00 00 00 00";
const MINUTE: Duration = Duration::from_secs(60);

fn write(first: i32, count: u16) -> String {
    let [first, count] = [hex(&first.to_be_bytes()), hex(&count.to_be_bytes())];
    format!("2A 00 {first} 00 {count} 00")
}

/// How a WRITE of so many blocks ends.
fn record(rig: &mut Rig, first: i32, count: u16) -> String {
    rig.tell(A, &write(first, count), &vec![0x5A; usize::from(count) * 2048])
}

/// Bytes that wait in the buffer.
fn fill(rig: &mut Rig) -> u32 {
    let data = rig.data(A, "5C 00 00 00 00 00 00 00 0C 00");
    let [size, free] = [4, 8].map(|at| u32::from_be_bytes(data[at..at + 4].try_into().unwrap()));
    assert_eq!(size, SIZE);
    let blocks = rig.data(A, "5C 01 00 00 00 00 00 00 0C 00");
    assert_eq!(hex(&blocks[..8]), "00 0A 00 01 00 00 00 00");
    let free_blocks = u32::from_be_bytes(blocks[8..12].try_into().unwrap());
    assert!(free_blocks.abs_diff(free / 2048) <= 16, "time goes on between the two");
    size - free
}

/// Write parameters of a recording, with protection against buffer under-run or without.
fn set(rig: &mut Rig, write_type: u8, protected: bool) {
    let mut list = rig.data(A, "5A 00 05 00 00 00 00 01 00 00");
    list[..2].fill(0);
    list[8] &= 0x3F;
    list[8 + 2] = if protected { 0x60 } else { 0x20 } | write_type;
    list[8 + 3] = 4;
    let length = hex(&(list.len() as u16).to_be_bytes());
    assert_eq!(rig.tell(A, &format!("55 10 00 00 00 00 00 {length} 00"), &list), "GOOD");
}

#[test]
fn a_write_is_answered_when_its_data_are_in_the_buffer() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    assert_eq!(fill(&mut rig), 0);
    for part in 0..64 {
        assert_eq!(
            took(&mut rig, &write(part * 32, 32), &image(32)),
            AT_ONCE,
            "the power is being calibrated"
        );
    }
    assert_eq!(fill(&mut rig), SIZE);
    // Ten seconds of calibration, less the commands until then; then there is room after 32 blocks.
    let full = took(&mut rig, &write(2048, 32), &image(32));
    assert!(Duration::from_millis(9_980) < full && full < Duration::from_millis(10_020), "{full:?}");
    let next = took(&mut rig, &write(2080, 32), &image(32)).as_secs_f64();
    let expected = 32.0 * 2.048 / 9170.0;
    assert!((next - expected).abs() < 0.01 * expected, "at 16x inside: {next} {expected}");
    rig.wait(MINUTE);
    assert_eq!(fill(&mut rig), 0);
}

#[test]
fn what_get_performance_says_is_what_recording_does() {
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR, MediumKind::DvdMinusRDl] {
        let mut rig = real(blank(kind));
        if kind == MediumKind::CdR {
            assert_eq!(rig.ask(A, "BB 00 FF FF 0B 06 00 00 00 00 00 00"), "GOOD", "16x, the same everywhere");
        }
        let block_kb = if kind == MediumKind::CdR { 2.352 } else { 2.048 };
        let (_, kb_s, ..) = zones(&mut rig, true)[0];
        for part in 0..40 {
            took(&mut rig, &write(part * 512, 512), &image(512));
        }
        let start = rig.clock.now();
        for part in 40..44 {
            took(&mut rig, &write(part * 512, 512), &image(512));
        }
        let measured = 2048.0 * block_kb / rig.clock.now().since(start).as_secs_f64();
        let share = measured / f64::from(kb_s);
        assert!((0.995..1.03).contains(&share), "{kind:?}: {measured} of {kb_s}, a little further out");
    }
}

#[test]
fn synchronizing_waits_until_the_buffer_is_empty() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    assert_eq!(rig.ask(A, "54 01 00 00 00 00 00 00 00 00"), "GOOD", "calibrated by command");
    took(&mut rig, &write(0, 1024), &image(1024));
    let seconds = took(&mut rig, SYNCHRONIZE, &[]).as_secs_f64();
    let drain = 1024.0 * 2.048 / 9170.0;
    assert!((seconds - drain - 0.3).abs() < 0.02, "{seconds}: {drain} and what a table takes");
    assert_eq!(fill(&mut rig), 0);

    let mut rig = real(blank(MediumKind::DvdPlusR));
    took(&mut rig, &write(0, 1024), &image(1024));
    assert_eq!(took(&mut rig, "35 02 00 00 00 00 00 00 00 00", &[]), AT_ONCE);
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "02/04/08");
    rig.wait(Duration::from_secs(9));
    assert_eq!((rig.ask(A, TEST_UNIT_READY), fill(&mut rig)), ("02/04/08".to_owned(), 1024 * 2048));
    rig.wait(Duration::from_secs(2));
    assert_eq!((rig.ask(A, TEST_UNIT_READY), fill(&mut rig)), ("GOOD".to_owned(), 0));
}

#[test]
fn what_is_to_be_on_the_medium_is_answered_later() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    rig.ask(A, "54 01 00 00 00 00 00 00 00 00");
    let cached = took(&mut rig, &write(0, 512), &image(512));
    let forced = took(&mut rig, "2A 08 00 00 02 00 00 02 00 00", &image(512));
    let verified = took(&mut rig, "2E 00 00 00 04 00 00 02 00 00", &image(512));
    let recording = Duration::from_secs_f64(512.0 * 2.048 / 9171.0);
    assert_eq!(cached, AT_ONCE);
    assert!(forced > 2 * recording - Duration::from_millis(2), "{forced:?}");
    assert!(verified > 2 * recording, "{verified:?}: once more past the pick-up");
    assert_eq!(fill(&mut rig), 0);
}

#[rstest]
#[case(FullBuffer::LongWriteInProgress, "02/04/08")]
#[case(FullBuffer::Busy, "BUSY")]
fn drives_that_do_not_hold_a_write(#[case] full_buffer: FullBuffer, #[case] answer: &str) {
    let profile = Profile { full_buffer, ..Profile::default() };
    let mut rig = paced(blank(MediumKind::DvdPlusR), Timing::Realistic, profile);
    for part in 0..64 {
        assert_eq!(record(&mut rig, part * 32, 32), "GOOD");
    }
    let start = rig.clock.now();
    for _ in 0..3 {
        assert_eq!(record(&mut rig, 2048, 32), answer);
    }
    assert_eq!(rig.clock.now().since(start), 3 * AT_ONCE);
    rig.wait(Duration::from_secs(11));
    assert_eq!(record(&mut rig, 2048, 32), "GOOD", "nothing of it was taken before");
    assert_eq!(record(&mut rig, 2080, 32), "GOOD");
}

/// What the initiator does between a part that fills the buffer well and the next block.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    Pause,
    SynchronizeAndPause,
}

const PACKET: u8 = 0;
const TAO: u8 = 1;
const SAO: u8 = 2;

/// Blocks that do and do not make the recording begin that may not be interrupted.
const MUCH: i32 = 1600;
const LITTLE: i32 = 320;

#[rstest]
#[case(MediumKind::CdR, TAO, false, MUCH, Between::Pause, "03/0C/09", 0)]
#[case(MediumKind::CdRw, TAO, false, MUCH, Between::Pause, "03/0C/09", 0)]
#[case(MediumKind::CdR, TAO, false, MUCH, Between::Nothing, "GOOD", 0)]
#[case(MediumKind::CdR, TAO, false, LITTLE, Between::Pause, "GOOD", 0)]
#[case(MediumKind::CdR, TAO, true, MUCH, Between::Pause, "GOOD", 1)]
#[case(MediumKind::DvdMinusR, SAO, false, MUCH, Between::Pause, "03/0C/09", 0)]
#[case(MediumKind::DvdMinusR, SAO, true, MUCH, Between::Pause, "GOOD", 1)]
#[case(MediumKind::DvdMinusR, PACKET, false, MUCH, Between::Pause, "GOOD", 1)]
#[case(MediumKind::DvdMinusR, PACKET, false, MUCH, Between::SynchronizeAndPause, "GOOD", 0)]
#[case(MediumKind::DvdPlusR, SAO, false, MUCH, Between::Pause, "GOOD", 1)]
#[case(MediumKind::BdR, SAO, false, MUCH, Between::Pause, "GOOD", 1)]
fn under_run_only_when_it_should(
    #[case] kind: MediumKind,
    #[case] write_type: u8,
    #[case] protected: bool,
    #[case] blocks: i32,
    #[case] between: Between,
    #[case] next: &str,
    #[case] links: u32,
) {
    let mut rig = real(blank(kind));
    set(&mut rig, write_type, protected);
    if (kind, write_type) == (MediumKind::DvdMinusR, SAO) {
        assert_eq!(rig.ask(A, "53 00 00 00 00 00 00 3E 80 00"), "GOOD", "reserved");
    }
    for first in (0..blocks).step_by(32) {
        assert_eq!(record(&mut rig, first, 32), "GOOD");
    }
    let before = rig.drive.state().disc.clone();
    match between {
        Between::Nothing => {}
        Between::Pause => rig.wait(MINUTE),
        Between::SynchronizeAndPause => {
            assert_eq!(rig.ask(A, SYNCHRONIZE), "GOOD");
            rig.wait(MINUTE);
        }
    }
    let lost = next != "GOOD";
    assert_eq!(rig.drive.state().disc != before, lost || matches!(between, Between::SynchronizeAndPause));
    let first =
        if matches!(between, Between::SynchronizeAndPause) { next_writable(&mut rig) } else { blocks };
    assert_eq!(record(&mut rig, first, 32), next);
    assert_eq!(rig.drive.state().buffer.links, links);
    if lost {
        let told = record(&mut rig, first, 32);
        assert!(told.starts_with("05/"), "then the rules of the disc: {told}");
    } else {
        assert_eq!(record(&mut rig, first + 32, 32), "GOOD");
    }
}

fn next_writable(rig: &mut Rig) -> i32 {
    let data = rig.data(A, "52 01 00 00 00 01 00 00 24 00");
    i32::from_be_bytes(data[12..16].try_into().unwrap())
}

/// An initiator that is done and says so, and one that is done and finds out later.
#[test]
fn a_lost_recording_is_told_by_the_next_synchronizing_too() {
    let mut rig = real(blank(MediumKind::CdR));
    set(&mut rig, TAO, false);
    for first in (0..MUCH).step_by(32) {
        record(&mut rig, first, 32);
    }
    rig.wait(MINUTE);
    assert_eq!(rig.ask(A, SYNCHRONIZE), "03/0C/09");
    let kept = rig.data(A, &read(MUCH as u32 - 40, 8));
    assert_eq!(kept, vec![0x5A; 8 * 2048], "what was acknowledged is there");
}

/// One command with more than the buffer holds is no under-run: it waits for the medium.
#[test]
fn a_command_longer_than_the_buffer() {
    let mut rig = real(blank(MediumKind::CdR));
    set(&mut rig, TAO, false);
    assert_eq!(rig.ask(A, "BB 00 FF FF 0B 06 00 00 00 00 00 00"), "GOOD", "16x");
    for first in (0..MUCH).step_by(32) {
        record(&mut rig, first, 32);
    }
    let long = 3 * BLOCKS as u16;
    let seconds = took(&mut rig, &write(MUCH, long), &image(long.into())).as_secs_f64();
    let recording = f64::from(MUCH + 2 * BLOCKS as i32) * 2.352 / 2822.0;
    assert!((seconds - recording - 5.0).abs() < 0.2, "{seconds}: calibrating and {recording} of recording");
    assert_eq!(fill(&mut rig), SIZE);
    assert_eq!(record(&mut rig, MUCH + i32::from(long), 32), "GOOD");
}

#[test]
fn nobody_takes_the_pick_up_away_from_a_recording_at_once() {
    let mut rig = real(blank(MediumKind::CdR));
    set(&mut rig, TAO, false);
    for first in (0..MUCH).step_by(32) {
        record(&mut rig, first, 32);
    }
    rig.settle();
    for nexus in [A, B] {
        assert_eq!(rig.ask(nexus, "28 00 00 00 00 00 00 00 01 00"), "05/2C/00");
        assert_eq!(rig.ask(nexus, "2B 00 00 00 00 00 00 00 00 00"), "05/2C/00");
    }
    assert_eq!(record(&mut rig, MUCH, 32), "GOOD");
}

/// A block far ahead of a background format: the drive formats up to it first.
#[test]
fn a_write_ahead_of_a_background_format_waits_for_it() {
    let mut rig = real(blank(MediumKind::DvdPlusRw));
    let list = [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 0];
    assert_eq!(rig.tell(A, "04 11 00 00 00 00", &list), "GOOD");
    rig.wait(Duration::from_secs(41));
    assert_eq!(rig.ask(A, TEST_UNIT_READY), "GOOD");
    assert_eq!(took(&mut rig, &write(500_000, 32), &image(32)), AT_ONCE, "it is in the buffer");
    let seconds = took(&mut rig, SYNCHRONIZE, &[]).as_secs_f64();
    let formatting = 500_000.0 * 2.048 / 3324.0;
    assert!((seconds - formatting - 10.0).abs() < 2.0, "{seconds}, of it {formatting} for formatting");
    let near = took(&mut rig, &write(1000, 32), &image(32)) + took(&mut rig, SYNCHRONIZE, &[]);
    assert!(near < Duration::from_secs(1), "{near:?}: there it is formatted");
}

#[test]
fn ejecting_empties_the_buffer_first() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    took(&mut rig, &write(0, 512), &image(512));
    let opening = took(&mut rig, "1B 00 00 00 02 00", &[]);
    assert!(opening > Duration::from_millis(11_500), "{opening:?}: calibrating, recording, opening");
}

/// A disc of one layer that was read up to somewhere, and some time to read ahead.
fn reading() -> Rig {
    let mut rig = real(plain_disc(400_000));
    took(&mut rig, &read(1000, 16), &[]);
    rig.wait(Duration::from_secs(10));
    rig
}

#[test]
fn what_comes_next_is_in_the_buffer_as_far_as_that_reaches() {
    let mut rig = reading();
    assert_eq!(took(&mut rig, &read(1016, 1016), &[]), AT_ONCE);
    let mut rig = reading();
    assert_eq!(took(&mut rig, &read(1016 + BLOCKS - 1, 1), &[]), AT_ONCE, "the last one");
    let mut rig = reading();
    assert!(took(&mut rig, &read(1016 + BLOCKS, 1), &[]) > AT_ONCE, "one more");
    let mut rig = reading();
    assert_eq!(took(&mut rig, &read(1000, 16), &[]), AT_ONCE, "again");
    assert!(took(&mut rig, &read(500, 16), &[]) > Duration::from_millis(60), "never read");
}

#[rstest]
#[case::from_the_medium("28 08 00 00 03 E8 00 00 10 00", None)]
#[case::from_the_medium_12("A8 08 00 00 03 E8 00 00 00 10 00 00", None)]
#[case::nobody_wants_it_again("28 00 00 00 03 E8 00 00 10 00", Some("28 10 00 00 03 E8 00 00 10 00"))]
#[case::another_speed("28 00 00 00 03 F8 00 00 10 00", Some("BB 00 15 A4 FF FF 00 00 00 00 00 00"))]
#[case::stopped_meanwhile("28 00 00 00 03 F8 00 00 10 00", Some("2B 00 00 00 00 00 00 00 00 00"))]
fn what_is_not_taken_from_the_buffer(#[case] cdb: &str, #[case] before: Option<&str>) {
    let mut rig = reading();
    if let Some(before) = before {
        took(&mut rig, before, &[]);
    }
    assert!(took(&mut rig, cdb, &[]) > Duration::from_millis(1));
}

#[test]
fn without_a_read_cache_each_command_waits_for_its_turn() {
    let mut rig = reading();
    let mut list = rig.data(A, "5A 00 08 00 00 00 00 01 00 00");
    list[..2].fill(0);
    list[8] &= 0x3F;
    list[8 + 2] |= 0x01;
    let length = hex(&(list.len() as u16).to_be_bytes());
    assert_eq!(rig.tell(A, &format!("55 10 00 00 00 00 00 {length} 00"), &list), "GOOD");
    took(&mut rig, &read(1016, 16), &[]);
    for first in [1032, 1048] {
        let span = took(&mut rig, &read(first, 16), &[]);
        assert!(span > Duration::from_millis(6), "{span:?}: half a turn and the blocks");
    }
}

#[test]
fn recording_takes_the_buffer() {
    let mut rig = real(blank(MediumKind::DvdRam));
    took(&mut rig, &read(1000, 16), &[]);
    rig.wait(Duration::from_secs(10));
    assert_eq!(took(&mut rig, &read(1016, 16), &[]), AT_ONCE);
    took(&mut rig, &write(5000, 16), &image(16));
    assert!(
        took(&mut rig, &read(1032, 16), &[]) > Duration::from_secs(10),
        "after calibrating and recording"
    );
}

#[test]
fn reading_ahead_goes_on_where_it_was_told() {
    let mut rig = real(plain_disc(400_000));
    assert_eq!(rig.ask(A, "A7 00 00 00 03 EF 00 03 0D 40 00 00"), "GOOD", "1007, then 200000");
    took(&mut rig, &read(1000, 16), &[]);
    rig.wait(Duration::from_secs(1));
    assert_eq!(took(&mut rig, &read(200_000, 64), &[]), AT_ONCE);
    assert!(took(&mut rig, &read(1016, 16), &[]) > Duration::from_millis(60));
}

/// The state in the middle of recording, as text and back, goes on with the same answers at the same times.
#[test]
fn saved_and_restored_in_the_middle() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    for part in 0..66 {
        took(&mut rig, &write(part * 32, 32), &image(32));
    }
    let state: State = serde_json::from_str(&serde_json::to_string(rig.drive.state()).unwrap()).unwrap();
    assert_eq!(&state, rig.drive.state());
    let disc = state.disc.clone().map(|state| Disc { state, store: Box::new(MemoryStore::default()) });
    let drive = Drive::restore(rig.drive.config().clone(), state, disc).unwrap();
    let mut twin = Rig { drive, clock: rig.clock };
    for wait in [0, 7, 30] {
        for rig in [&mut rig, &mut twin] {
            rig.wait(Duration::from_millis(wait));
        }
        assert_eq!(fill(&mut rig), fill(&mut twin));
    }
    let next = write(66 * 32, 512);
    assert_eq!(took(&mut rig, &next, &image(512)), took(&mut twin, &next, &image(512)));
    assert_eq!(took(&mut rig, SYNCHRONIZE, &[]), took(&mut twin, SYNCHRONIZE, &[]));
    assert_eq!(rig.drive.state(), twin.drive.state());
}

/// A disc that is torn out takes what waits for it along; the next one finds an empty buffer.
#[test]
fn another_disc_another_buffer() {
    let mut rig = real(blank(MediumKind::DvdPlusR));
    took(&mut rig, &write(0, 512), &image(512));
    rig.happen(HostEvent::SwapDisc(Some(blank(MediumKind::DvdPlusR))));
    rig.wait(MINUTE);
    rig.settle();
    assert_eq!(fill(&mut rig), 0);
    assert_eq!(took(&mut rig, &write(0, 32), &image(32)), AT_ONCE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is written when: no more is in the buffer than it holds, and no less than what the fastest recording could not have taken.
    #[test]
    fn the_buffer_never_holds_more_than_its_size(
        kind in prop::sample::select(vec![MediumKind::DvdPlusR, MediumKind::DvdRam, MediumKind::BdRe, MediumKind::CdR]),
        steps in prop::collection::vec((1..700u16, 0..400u64, any::<u32>()), 1..40),
    ) {
        let mut rig = real(blank(kind));
        if kind == MediumKind::BdRe {
            prop_assert_eq!(rig.tell(A, "04 11 00 00 00 00", &[0, 2, 0, 8, 0, 0xBA, 0x74, 0, 0xC4, 0, 0, 0]), "GOOD");
            rig.wait(Duration::from_secs(100_000));
            rig.settle();
        }
        let start = rig.clock.now();
        let fastest = f64::from(zones(&mut rig, true).iter().map(|zone| zone.3).max().unwrap()) * 1000.0;
        let (mut next, mut accepted) = (0, 0u64);
        for (count, wait, place) in steps {
            let random = matches!(kind, MediumKind::DvdRam | MediumKind::BdRe);
            let first = if random { (place % 2_000_000) as i32 & !31 } else { next };
            took(&mut rig, &write(first, count), &vec![1; usize::from(count) * 2048]);
            next += i32::from(count);
            accepted += u64::from(count) * 2048;
            let recorded = rig.clock.now().since(start).as_secs_f64() * fastest;
            prop_assert!(accepted as f64 <= f64::from(SIZE) + recorded, "{accepted} bytes, {recorded} at most recorded");
            let waiting = f64::from(fill(&mut rig));
            let least = accepted as f64 - rig.clock.now().since(start).as_secs_f64() * fastest;
            prop_assert!(least <= waiting + 1.0, "{waiting} wait, {least} at least");
            prop_assert!(waiting <= f64::from(SIZE));
            rig.wait(Duration::from_millis(wait));
        }
        took(&mut rig, SYNCHRONIZE, &[]);
        prop_assert_eq!(fill(&mut rig), 0);
    }
}
