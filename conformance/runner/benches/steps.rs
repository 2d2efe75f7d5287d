//! Steps of properties, and complete walks of small worlds, per second.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up has nothing to measure")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use discrig_bench::{EmulatedBench, EmulatorConfig};
use discrig_recorder::PortableSource;
use discrig_scenarios::{Body, Settings, Stage};

/// Cases of one measured check; a case has 1 to 40 steps, 20.5 on average.
const CASES: u32 = 256;
const STEPS: u64 = 256 * 41 / 2;

fn properties(c: &mut Criterion) {
    let mut group = c.benchmark_group("steps");
    group.throughput(Throughput::Elements(STEPS));
    for slug in ["recorder.property.counting", "recorder.property.ownership"] {
        group.bench_function(slug, |b| judge(b, slug));
    }
    group.finish();
}

fn walks(c: &mut Criterion) {
    let mut group = c.benchmark_group("walk");
    group.sample_size(10);
    for scenario in discrig_scenarios::scenarios().filter(|s| matches!(s.body, Body::Exhaustive(_))) {
        group.bench_function(scenario.slug, |b| judge(b, scenario.slug));
    }
    group.finish();
}

fn judge(b: &mut criterion::Bencher<'_>, slug: &str) {
    let scenario = discrig_scenarios::find(slug).expect("the scenario is in the suite");
    let mut bench = EmulatedBench::new(EmulatorConfig::default()).expect("the default bench");
    let mut source = PortableSource::default();
    let mut seed = 0;
    b.iter(|| {
        seed += 1;
        let mut stage = Stage::new(&mut bench, &mut source, Settings { cases: CASES, seed });
        scenario.run(&mut stage).expect("the emulator conforms");
    });
}

criterion_group!(benches, properties, walks);
criterion_main!(benches);
