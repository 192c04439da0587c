//! The long run: `cargo run --release -p prospector-parity -- --steps 100000000`, or `--bundle FOLDER` to play a
//! recorded mismatch again. It takes turns between the scalar core and the native one on each path of this machine; a core named
//! with `--core` (scalar, avx512, avx2, portable) runs alone.
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use prospector_core::SimdPath;
use prospector_parity::{Block, Bundle, Candidate, Native, Report, Scalar, compare, write_bundle};

const USAGE: &str = "usage: prospector-parity [--core NAME] [--steps N] [--seed N] | --bundle FOLDER";
const SCALAR: &str = "scalar";
/// 1 to 67, and this.
const LARGE: usize = 1024;
/// Of each block, about.
const BLOCK_STEPS: usize = 400_000;
const TIME_MAX: [f32; 3] = [20_000.0, 700.0, 33.5];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut steps, mut seed, mut cores) = (2_000_000, 1, cores());
    for pair in arguments.chunks(2) {
        let done = match (pair[0].as_str(), pair.get(1)) {
            ("--bundle", Some(folder)) => return replay(Path::new(folder)),
            ("--steps", Some(n)) => n.parse().map(|n| steps = n).is_ok(),
            ("--seed", Some(n)) => n.parse().map(|n| seed = n).is_ok(),
            ("--core", Some(name)) => {
                cores.retain(|core| core == name);
                !cores.is_empty()
            }
            _ => false,
        };
        if !done {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    }
    run(&cores, steps, seed)
}

/// The names of the cores that this machine can run.
fn cores() -> Vec<&'static str> {
    SimdPath::available().map(SimdPath::name).chain([SCALAR]).collect()
}

fn open(core: &str, num_envs: usize, time_max: f32, num_threads: usize) -> Box<dyn Candidate> {
    match SimdPath::named(core) {
        Ok(path) => Box::new(Native::new(num_envs, time_max, num_threads, path)),
        Err(_) => Box::new(Scalar::new(num_envs, time_max)),
    }
}

fn run(cores: &[&str], steps: usize, first_seed: u64) -> ExitCode {
    let (mut report, started) = (Report::default(), Instant::now());
    let mut seed = first_seed;
    while report.steps < steps {
        let turn = seed as usize;
        let core = cores[turn % cores.len()];
        // Each core comes to every size, and to every size on 1, 2, 3 and 4 threads.
        let round = turn / cores.len();
        let num_envs = if round % 68 == 67 { LARGE } else { round % 68 + 1 };
        let num_threads = (round + round / 68) % 4 + 1;
        let time_max = TIME_MAX[round % TIME_MAX.len()];
        let block = Block { num_envs, steps: BLOCK_STEPS / num_envs, time_max, seed, inject_once_in: 200 };
        match compare(&block, &mut *open(core, num_envs, time_max, num_threads)) {
            Ok(agreed) => report += agreed,
            Err(found) => {
                eprintln!("{core}, {num_envs} envs on {num_threads} threads:");
                return fail(&found.0, &found.1);
            }
        }
        seed += 1;
        if turn.is_multiple_of(10) {
            eprintln!("{} steps agree after {:.0} s", report.steps, started.elapsed().as_secs_f32());
        }
    }
    println!("the reference agrees bit for bit with {}: {report:?}", cores.join(", "));
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
    let mut parted = false;
    for core in cores() {
        match bundle.replay(&mut *open(core, 1, bundle.time_max, 1)) {
            Some(mismatch) => {
                parted = true;
                println!("{core}: {mismatch}");
            }
            None => println!("{core}: the two agree on this episode"),
        }
    }
    if parted { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
