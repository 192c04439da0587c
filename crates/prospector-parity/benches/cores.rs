//! `cargo bench -p prospector-parity`: steps with resets, uniform over 0..=67, and resets alone, of every core.
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use prospector_parity::throughput::{Actions, MeasuredCore, Runner};

fn steps(criterion: &mut Criterion) {
    for num_envs in [1, 64, 1024, 8192] {
        let mut group = criterion.benchmark_group(format!("step {num_envs} envs"));
        group.throughput(Throughput::Elements(num_envs as u64));
        for measured in MeasuredCore::all() {
            let mut runner = Runner::new(measured, num_envs);
            group.bench_function(BenchmarkId::from_parameter(measured.name()), |bench| {
                bench.iter_custom(|rounds| runner.play(rounds as usize, Actions::Uniform));
            });
        }
        group.finish();
    }
}

fn resets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reset 64 envs");
    group.throughput(Throughput::Elements(64));
    for measured in MeasuredCore::all() {
        let mut runner = Runner::new(measured, 64);
        group.bench_function(BenchmarkId::from_parameter(measured.name()), |bench| {
            bench.iter_custom(|rounds| runner.restart(rounds as usize));
        });
    }
    group.finish();
}

criterion_group! {
    name = cores;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = steps, resets
}
criterion_main!(cores);
