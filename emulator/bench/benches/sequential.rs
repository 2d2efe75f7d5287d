//! Recording a disc in sequence and reading it back, against copying the same bytes.
//!
//! One iteration of either side moves 64 KiB twice: into the place where they are kept, and out of it. Both sides have the same buffers and a
//! place of the same size, which they go through in sequence and then from the beginning again, so that caches help neither. The aim is half
//! of the throughput of plain copying.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use core::time::Duration;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use discrig_device::{Device, Instant, Request};
use discrig_disc::{Disc, MediumKind};
use discrig_drive::{Drive, DriveConfig, HostEvent, NexusId, VirtualClock, VirtualPort};
use discrig_wire::capacity::FormatType;
use discrig_wire::command::{FormatUnit, Read10, TestUnitReady, Write10};
use discrig_wire::format::{FORMAT_CODE, FormatDescriptor, FormatListHeader, FormatParameters};
use discrig_wire::reply::Reply;
use std::hint::black_box;

const TIMEOUT: Duration = Duration::from_secs(3600);
const BLOCK: usize = 2048;
/// Bytes of a transfer.
const LENGTH: usize = 64 << 10;
/// Transfers until it begins again: 256 MiB, more than caches hold.
const PLACES: usize = 4096;

/// A drive with a disc that is written anywhere.
struct Rig {
    drive: Drive,
    clock: VirtualClock,
}

impl Rig {
    fn new(kind: MediumKind) -> Rig {
        let drive = Drive::new(DriveConfig::default(), Instant::ZERO);
        let mut rig = Rig { drive, clock: VirtualClock::default() };
        let disc = Disc::blank(kind).expect("a blank disc");
        let offer = disc.state.format_capacities().1.into_iter().find(|offer| {
            [FormatType::BD_RE_WITHOUT_SPARE, FormatType::DVD_PLUS_RW_BASIC].contains(&offer.format_type)
        });
        rig.drive.host_event(Instant::ZERO, HostEvent::SwapDisc(Some(disc))).expect("a closed tray");
        // The first commands read the unit attentions of a drive that was just switched on.
        for _ in 0..4 {
            let _ = rig.port().execute(Request::none(TestUnitReady {}, TIMEOUT));
        }
        if let Some(offer) = offer {
            let header = FormatListHeader::default();
            let list = FormatParameters { header, descriptor: FormatDescriptor::of(offer, 0) };
            let mut bytes = [0; FormatParameters::SIZE];
            list.encode(&mut Reply::new(&mut bytes, FormatParameters::SIZE));
            let format = FormatUnit { format_data: true, format_code: FORMAT_CODE, ..FormatUnit::default() };
            rig.send(Request::output(format, &bytes, TIMEOUT));
        }
        rig
    }

    fn port(&mut self) -> VirtualPort<'_> {
        VirtualPort { drive: &mut self.drive, clock: &mut self.clock, nexus: NexusId(0) }
    }

    fn send(&mut self, request: Request<'_>) {
        let answer = self.port().execute(request).expect("an answer");
        assert!(answer.is_good(), "{:?}", answer.code());
    }

    /// WRITE(10) and READ(10) of the same blocks.
    fn turn(&mut self, place: usize, from: &[u8], to: &mut [u8]) {
        let (first, count) = ((place * LENGTH / BLOCK) as u32, (LENGTH / BLOCK) as u16);
        let write = Write10 { logical_block_address: first, transfer_length: count, ..Write10::default() };
        let read = Read10 { logical_block_address: first, transfer_length: count, ..Read10::default() };
        self.send(Request::output(write, from, TIMEOUT));
        self.send(Request::input(read, to, TIMEOUT));
    }
}

fn sequential(c: &mut Criterion) {
    let from: Vec<u8> = (0..LENGTH).map(|byte| byte as u8).collect();
    let mut to = vec![0; LENGTH];
    let mut group = c.benchmark_group("sequential");
    group.throughput(Throughput::Bytes(2 * LENGTH as u64));
    let mut kept = vec![1; PLACES * LENGTH];
    group.bench_function("memcpy", |b| {
        let mut places = (0..PLACES).cycle();
        b.iter(|| {
            let at = places.next().unwrap_or(0) * LENGTH;
            let place = &mut kept[at..at + LENGTH];
            place.copy_from_slice(black_box(&from));
            to.copy_from_slice(black_box(place));
            black_box(&mut to);
        });
    });
    for (name, kind) in [("dvd-ram", MediumKind::DvdRam), ("bd-re", MediumKind::BdRe)] {
        let mut rig = Rig::new(kind);
        // Memory is there on both sides before time is taken.
        (0..PLACES).for_each(|place| rig.turn(place, &from, &mut to));
        group.bench_function(name, |b| {
            let mut places = (0..PLACES).cycle();
            b.iter(|| {
                rig.turn(places.next().unwrap_or(0), black_box(&from), &mut to);
                black_box(&mut to);
            });
        });
        assert_eq!(from, to, "what is read is what was written");
    }
    group.finish();
}

criterion_group!(benches, sequential);
criterion_main!(benches);
