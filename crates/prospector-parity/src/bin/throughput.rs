//! The table of all cores: `cargo run --release -p prospector-parity --bin throughput -- [--seconds S] [--envs N,N,...]
//! [--core NAME]`. Every line is the best of many short slices that the cores take in turn, and its ratio to the reference.
use std::process::ExitCode;
use std::time::{Duration, Instant};

use prospector_parity::throughput::{Actions, Contestant, Runner};

const USAGE: &str = "usage: throughput [--seconds S] [--envs N,N,...] [--core PREFIX]";
/// Of each core in turn.
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
    println!("{:<22} {:>6} {:>8} {:>12} {:>8} {:>8}", "core", "envs", "actions", "M steps/s", "median", "ratio");
    for num_envs in sizes {
        let contestants: Vec<_> = Contestant::all()
            .into_iter()
            .filter(|core| *core == Contestant::Reference || core.name().starts_with(&prefix))
            .collect();
        let mut runners: Vec<_> = contestants.iter().map(|core| Runner::new(*core, num_envs)).collect();
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

fn report(contestants: &[Contestant], rates: &[Vec<f64>], num_envs: usize, actions: &str) {
    let median = |rates: &[f64]| rates[rates.len() / 2];
    let best = |rates: &[f64]| rates[rates.len() - 1];
    for (contestant, own) in contestants.iter().zip(rates) {
        let ratio = median(own) / median(&rates[0]);
        let name = contestant.name();
        println!("{name:<22} {num_envs:>6} {actions:>8} {:>12.3} {:>8.3} {ratio:>8.2}", best(own), median(own));
    }
}
