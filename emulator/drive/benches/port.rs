//! Commands through the blocking port, on one core.

use core::hint::black_box;
use core::time::Duration;
use criterion::{Criterion, Throughput, criterion_main};
use discrig_device::{Device, Instant, Request};
use discrig_drive::{Disc, Drive, DriveConfig, HostEvent, NexusId, VirtualClock, VirtualPort};
use discrig_wire::command::{Inquiry, Read10, TestUnitReady};

const TIMEOUT: Duration = Duration::from_secs(10);

fn loaded() -> (Drive, VirtualClock) {
    let mut drive = Drive::new(DriveConfig::default(), Instant::ZERO);
    let disc = Disc::from_image(vec![0x5A; 64 << 20]).ok();
    assert!(drive.host_event(Instant::ZERO, HostEvent::SwapDisc(disc)).is_ok());
    let mut clock = VirtualClock::default();
    let mut port = VirtualPort { drive: &mut drive, clock: &mut clock, nexus: NexusId(0) };
    for _ in 0..3 {
        assert!(port.execute(Request::none(TestUnitReady {}, TIMEOUT)).is_ok());
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

criterion_main!(benches);

fn benches() {
    commands(&mut Criterion::default().configure_from_args());
}
