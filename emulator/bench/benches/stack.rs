//! Commands through host and recorder on top of the drive, whose own benches are the floor.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use core::time::Duration;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use discrig_bench::{EmulatedBench, EmulatorConfig};
use discrig_device::{Bench as _, Device, HostId, ProcessId, Request};
use discrig_recorder::{PortableSource, RecorderSource as _};
use discrig_wire::command::{Read10, TestUnitReady};
use std::hint::black_box;

const TIMEOUT: Duration = Duration::from_secs(10);
const LENGTH: usize = 65_536;

fn commands(c: &mut Criterion, name: &str, device: &mut dyn Device) {
    // The first commands read the unit attentions of a drive that was just switched on.
    for _ in 0..4 {
        let _ = device.execute(Request::none(TestUnitReady {}, TIMEOUT));
    }
    let ready = TestUnitReady {}.cdb();
    let read = Read10 { transfer_length: 32, ..Read10::default() }.cdb();
    let mut buffer = vec![0; LENGTH];
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    group.bench_function("TEST UNIT READY", |b| {
        b.iter(|| {
            black_box(device.execute(Request::none(ready, TIMEOUT))).is_ok_and(|answer| answer.is_good())
        })
    });
    group.throughput(Throughput::Bytes(LENGTH as u64));
    group.bench_function("READ(10) 64 KiB", |b| {
        b.iter(|| {
            black_box(device.execute(Request::input(read, &mut buffer, TIMEOUT)))
                .is_ok_and(|answer| answer.is_good())
        })
    });
    group.finish();
}

fn on_the_host(c: &mut Criterion) {
    let mut bench = EmulatedBench::new(EmulatorConfig::default()).expect("the default bench");
    let mut handle = bench.open(HostId(0), ProcessId(0)).expect("a handle");
    commands(c, "host", &mut handle);
}

fn on_the_recorder(c: &mut Criterion) {
    let mut bench = EmulatedBench::new(EmulatorConfig::default()).expect("the default bench");
    let id = bench.opener(HostId(0), ProcessId(0)).expect("an opener").unique_id().to_owned();
    let mut recorder =
        PortableSource::default().recorder(&mut bench, HostId(0), ProcessId(0)).expect("a recorder");
    recorder.initialize_disc_recorder(Some(&id)).expect("the drive is there");
    let ready = TestUnitReady {}.cdb();
    let mut group = c.benchmark_group("recorder");
    group.throughput(Throughput::Elements(1));
    group.bench_function("TEST UNIT READY", |b| {
        let mut sense = [0; 18];
        b.iter(|| black_box(recorder.send_command_no_data(ready.bytes(), &mut sense, 10)).is_ok())
    });
    group.bench_function("acquire and release", |b| {
        b.iter(|| {
            recorder
                .acquire_exclusive_access(false, Some("bench"))
                .and_then(|()| recorder.release_exclusive_access())
        })
    });
    group.finish();
}

criterion_group!(benches, on_the_host, on_the_recorder);
criterion_main!(benches);
