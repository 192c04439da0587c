//! The long run: `cargo run --release -p prospector-parity -- --steps 100000000`, or `--bundle FOLDER` to play a
//! recorded mismatch again.
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use prospector_parity::{Block, Bundle, Report, Scalar, compare, write_bundle};

const USAGE: &str = "usage: prospector-parity [--steps N] [--seed N] | --bundle FOLDER";
const BATCH_SIZES: [usize; 6] = [1, 2, 7, 16, 33, 67];
const TIME_MAX: [f32; 3] = [20_000.0, 700.0, 33.5];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut steps, mut seed) = (2_000_000, 1);
    for pair in arguments.chunks(2) {
        let done = match (pair[0].as_str(), pair.get(1)) {
            ("--bundle", Some(folder)) => return replay(Path::new(folder)),
            ("--steps", Some(n)) => n.parse().map(|n| steps = n).is_ok(),
            ("--seed", Some(n)) => n.parse().map(|n| seed = n).is_ok(),
            _ => false,
        };
        if !done {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    run(steps, seed)
}

fn run(steps: usize, first_seed: u64) -> ExitCode {
    let (mut report, started) = (Report::default(), Instant::now());
    let mut seed = first_seed;
    while report.steps < steps {
        let num_envs = BATCH_SIZES[seed as usize % BATCH_SIZES.len()];
        let time_max = TIME_MAX[seed as usize % TIME_MAX.len()];
        let block = Block { num_envs, steps: 400_000 / num_envs, time_max, seed, inject_once_in: 200 };
        match compare(&block, &mut Scalar::new(num_envs, time_max)) {
            Ok(agreed) => report += agreed,
            Err(found) => return fail(&found.0, &found.1),
        }
        seed += 1;
        eprintln!("{} steps agree after {:.0} s", report.steps, started.elapsed().as_secs_f32());
    }
    println!("reference and scalar agree bit for bit: {report:?}");
    ExitCode::SUCCESS
}

fn fail(mismatch: &prospector_parity::Mismatch, actions: &[u8]) -> ExitCode {
    eprintln!("{mismatch}");
    match write_bundle(Path::new("parity-bundles"), mismatch, actions) {
        Ok(folder) => eprintln!("play it again with --bundle {}", folder.display()),
        Err(error) => eprintln!("the bundle could not be written: {error}"),
    }
    ExitCode::FAILURE
}

fn replay(folder: &Path) -> ExitCode {
    let bundle = match Bundle::read(folder) {
        Ok(bundle) => bundle,
        Err(error) => {
            eprintln!("{} is no bundle: {error}", folder.display());
            return ExitCode::from(2);
        }
    };
    match bundle.replay(&mut Scalar::new(1, bundle.time_max)) {
        Some(mismatch) => {
            println!("{mismatch}");
            ExitCode::FAILURE
        }
        None => {
            println!("the two agree on this episode now");
            ExitCode::SUCCESS
        }
    }
}
