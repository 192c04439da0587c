//! The table of all cores: `cargo run --release -p prospector-parity --bin throughput -- [--seconds S] [--envs N,N,...]
//! [--core NAME]`. Every line is of many short slices that the cores take in turn, by wall clock: the best, the median, nanoseconds a
//! step (or a reset) by the median, and the ratio of the medians to the reference as it ships and to its -O3 build for this machine.
use std::process::ExitCode;
use std::time::{Duration, Instant};

use prospector_parity::throughput::{Actions, MeasuredCore, Runner};

const USAGE: &str = "usage: throughput [--seconds S] [--envs N,N,...] [--core PREFIX]";
/// What the others are measured against; the first two of all contestants.
const BASELINES: [MeasuredCore; 2] = [MeasuredCore::Reference, MeasuredCore::Tuned];
/// How long each core plays before it is the next one's turn.
const SLICE: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut seconds, mut sizes, mut prefix) = (8.0, vec![1, 64, 1024, 8192], String::new());
    for pair in arguments.chunks(2) {
        let done = match (pair[0].as_str(), pair.get(1)) {
            ("--seconds", Some(text)) => text.parse().map(|n| seconds = n).is_ok(),
            ("--envs", Some(text)) => {
                text.split(',').map(str::parse).collect::<Result<_, _>>().map(|n| sizes = n).is_ok()
            }
            ("--core", Some(text)) => {
                prefix.clone_from(text);
                true
            }
            _ => false,
        };
        if !done || sizes.contains(&0) {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    println!(
        "{:<22} {:>6} {:>8} {:>12} {:>8} {:>8} {:>11} {:>10}",
        "core", "envs", "actions", "M steps/s", "median", "ns", "x reference", "x its -O3"
    );
    for num_envs in sizes {
        let contestants: Vec<_> = MeasuredCore::all()
            .into_iter()
            .filter(|core| BASELINES.contains(core) || core.name().starts_with(&prefix))
            .collect();
        let mut runners: Vec<_> = contestants.iter().map(|core| Runner::new(*core, num_envs)).collect();
        agree(&mut runners);
        for actions in [Actions::Uniform, Actions::Legal] {
            let rates = race(&mut runners, Duration::from_secs_f64(seconds), |runner| {
                let rounds = 1 + 2000 / num_envs;
                (rounds * num_envs, runner.play(rounds, actions))
            });
            report(&contestants, &rates, num_envs, &format!("{actions:?}").to_lowercase());
        }
        let rates = race(&mut runners, Duration::from_secs_f64(seconds / 2.0), |runner| {
            let rounds = 1 + 64 / num_envs;
            (rounds * num_envs, runner.restart(rounds))
        });
        report(&contestants, &rates, num_envs, "resets");
    }
    ExitCode::SUCCESS
}

/// Rates per microsecond of each runner's slices, sorted.
fn race(
    runners: &mut [Runner],
    length: Duration,
    mut play: impl FnMut(&mut Runner) -> (usize, Duration),
) -> Vec<Vec<f64>> {
    let mut rates = vec![Vec::new(); runners.len()];
    let started = Instant::now();
    while started.elapsed() < length {
        for (runner, rates) in runners.iter_mut().zip(&mut rates) {
            let (mut steps, mut taken) = (0, Duration::ZERO);
            let slice = Instant::now();
            while slice.elapsed() < SLICE {
                let (more, time) = play(runner);
                steps += more;
                taken += time;
            }
            rates.push(steps as f64 / (taken.as_secs_f64() * 1e6));
        }
    }
    rates.iter_mut().for_each(|rates| rates.sort_by(f64::total_cmp));
    rates
}

/// Plays all of them for a while, to see that they do the same work.
///
/// # Panics
/// If one shows other bits than the reference.
fn agree(runners: &mut [Runner]) {
    for runner in &mut *runners {
        runner.play(50, Actions::Uniform);
    }
    let shown = runners[0].shown();
    assert!(runners.iter().all(|runner| runner.shown() == shown), "the cores do not agree: make parity says where");
}

fn report(contestants: &[MeasuredCore], rates: &[Vec<f64>], num_envs: usize, actions: &str) {
    let median = |rates: &[f64]| rates[rates.len() / 2];
    let best = |rates: &[f64]| rates[rates.len() - 1];
    for (measured, own) in contestants.iter().zip(rates) {
        let [plain, tuned] = [0, 1].map(|baseline| median(own) / median(&rates[baseline]));
        println!(
            "{:<22} {num_envs:>6} {actions:>8} {:>12.3} {:>8.3} {:>8.1} {plain:>11.2} {tuned:>10.2}",
            measured.name(),
            best(own),
            median(own),
            1e3 / median(own)
        );
    }
}
