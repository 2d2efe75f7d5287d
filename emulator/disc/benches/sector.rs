//! Building and verifying sectors, beside plain copying, on one core.

use core::hint::black_box;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use discrig_disc::sector::frame::{Subheader, mode_1, mode_2_form_1, verify};
use discrig_disc::sector::scramble::scramble;
use discrig_disc::sector::sub_channel::{deinterleave, interleave};
use discrig_disc::sector::{SECTOR_BYTES, Sector, SectorType, edc, parity};
use discrig_wire::msf::Msf;

const ADDRESS: Msf = Msf::new(0, 2, 0);

fn sectors(criterion: &mut Criterion) {
    let user: [u8; 2048] = core::array::from_fn(|at| (at * 7) as u8);
    let mut sector: Sector = [0; SECTOR_BYTES];
    let mut group = criterion.benchmark_group("sector");
    group.throughput(Throughput::Bytes(SECTOR_BYTES as u64));
    group.bench_function("mode-1", |bencher| {
        bencher.iter(|| mode_1(ADDRESS, black_box(&user), black_box(&mut sector)));
    });
    group.bench_function("mode-1-verify", |bencher| {
        bencher.iter(|| verify(SectorType::Mode1, ADDRESS, black_box(&sector)).is_clean());
    });
    group.bench_function("mode-2-form-1", |bencher| {
        bencher.iter(|| mode_2_form_1(ADDRESS, Subheader::DATA, black_box(&user), black_box(&mut sector)));
    });
    group.bench_function("edc", |bencher| bencher.iter(|| edc::edc(black_box(&sector[..2064]))));
    group.bench_function("parity", |bencher| bencher.iter(|| parity::write(black_box(&mut sector))));
    group.bench_function("scramble", |bencher| bencher.iter(|| scramble(black_box(&mut sector))));
    let copied = sector;
    group.bench_function("memcpy", |bencher| {
        bencher.iter(|| black_box(&mut sector).copy_from_slice(black_box(&copied)));
    });
    group.finish();
}

fn sub_channels(criterion: &mut Criterion) {
    let channels = core::array::from_fn(|at| at as u8);
    let mut group = criterion.benchmark_group("sub-channels");
    group.throughput(Throughput::Bytes(96));
    group.bench_function("interleave", |bencher| bencher.iter(|| interleave(black_box(&channels))));
    group.bench_function("deinterleave", |bencher| bencher.iter(|| deinterleave(black_box(&channels))));
    group.finish();
}

criterion_group!(benches, sectors, sub_channels);
criterion_main!(benches);
