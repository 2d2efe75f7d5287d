//! Commands through the blocking port, on one core.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::expect_used, reason = "a bench that cannot be set up stops")]

use core::hint::black_box;
use core::time::Duration;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use discrig_device::{Device, Instant, Request};
use discrig_drive::{Disc, Drive, DriveConfig, HostEvent, NexusId, VirtualClock, VirtualPort};
use discrig_wire::command::{Inquiry, Read10, TestUnitReady};

const TIMEOUT: Duration = Duration::from_secs(10);

fn loaded() -> (Drive, VirtualClock) {
    let mut drive = Drive::new(DriveConfig::default(), Instant::ZERO);
    let disc = Disc::from_image(vec![0x5A; 64 << 20]).expect("an image of 64 MiB");
    drive.host_event(Instant::ZERO, HostEvent::SwapDisc(Some(disc))).expect("a disc fits");
    let mut clock = VirtualClock::default();
    let mut port = VirtualPort { drive: &mut drive, clock: &mut clock, nexus: NexusId(0) };
    for _ in 0..3 {
        port.execute(Request::none(TestUnitReady {}, TIMEOUT)).expect("an answer");
    }
    (drive, clock)
}

fn commands(criterion: &mut Criterion) {
    let (mut drive, mut clock) = loaded();
    let mut port = VirtualPort { drive: &mut drive, clock: &mut clock, nexus: NexusId(0) };
    let mut group = criterion.benchmark_group("port");
    group.throughput(Throughput::Elements(1));
    let ready = TestUnitReady {}.cdb();
    group.bench_function("test-unit-ready", |bencher| {
        bencher
            .iter(|| port.execute(black_box(Request::none(ready, TIMEOUT))).map(|answer| answer.is_good()));
    });
    let inquiry = Inquiry { allocation_length: 96, ..Default::default() }.cdb();
    let mut buffer = vec![0; 64 << 10];
    group.bench_function("inquiry", |bencher| {
        bencher.iter(|| port.execute(black_box(Request::input(inquiry, &mut buffer, TIMEOUT))).is_ok());
    });
    group.throughput(Throughput::Bytes(64 << 10));
    let mut block = 0;
    group.bench_function("read-64-kib", |bencher| {
        bencher.iter(|| {
            block = (block + 32) % 32_000;
            let read = Read10 { logical_block_address: block, transfer_length: 32, ..Default::default() };
            port.execute(Request::input(read, black_box(&mut buffer), TIMEOUT)).is_ok()
        });
    });
    group.finish();
}

criterion_group!(benches, commands);
criterion_main!(benches);
