//! The long run: `cargo run --release -p prospector-parity -- --steps 100000000`, or `--bundle FOLDER` to play a
//! recorded mismatch again. The steps are shared evenly between all cores of this machine, all sizes and all numbers of threads; a
//! core named with `--core` (scalar, avx512, avx2, portable) runs alone.
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use prospector_parity::{Block, Bundle, Candidate, Native, Report, Scalar, compare, write_bundle};
use prospector_simd::SimdPath;

const USAGE: &str = "usage: prospector-parity [--core NAME] [--steps N] [--seed N] | --bundle FOLDER";
const SCALAR: &str = "scalar";
/// The largest batch, beside those of 1 to 67 envs.
const LARGE: usize = 1024;
const SIZES: usize = 68;
const THREADS: usize = 4;
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

/// A core at a size and a number of threads.
struct Cell<'a> {
    core: &'a str,
    num_envs: usize,
    num_threads: usize,
}

/// Each core at every size, the native ones on every number of threads. A thread takes 16 envs at least, so batches of 17 have
/// two, of 33 three and of 49 all four.
fn grid<'a>(cores: &[&'a str]) -> Vec<Cell<'a>> {
    let sizes = (1..SIZES).chain([LARGE]);
    let threads = |core: &str| if core == SCALAR { 1..=1 } else { 1..=THREADS };
    let kinds: Vec<_> = cores.iter().flat_map(|core| threads(core).map(|n| (*core, n))).collect();
    sizes
        .flat_map(|num_envs| kinds.iter().map(move |&(core, num_threads)| Cell { core, num_envs, num_threads }))
        .collect()
}

/// One block in each cell of the grid, all of the same length.
fn run(cores: &[&str], steps: usize, first_seed: u64) -> ExitCode {
    let (mut report, started) = (Report::default(), Instant::now());
    let cells = grid(cores);
    let (share, kinds) = (steps.div_ceil(cells.len()), cells.len() / SIZES);
    for (turn, Cell { core, num_envs, num_threads }) in cells.iter().enumerate() {
        // Each kind comes to each time budget.
        let (seed, time_max) = (first_seed + turn as u64, TIME_MAX[(turn / kinds + turn % kinds) % TIME_MAX.len()]);
        let block =
            Block { num_envs: *num_envs, steps: share.div_ceil(*num_envs), time_max, seed, inject_once_in: 200 };
        match compare(&block, &mut *open(core, *num_envs, time_max, *num_threads)) {
            Ok(agreed) => report += agreed,
            Err(found) => {
                eprintln!("{core}, {num_envs} envs on {num_threads} threads:");
                return fail(&found.0, &found.1);
            }
        }
        if (turn + 1).is_multiple_of(cells.len().div_ceil(20)) {
            let seconds = started.elapsed().as_secs_f32();
            eprintln!("{} of {} blocks, {} steps agree after {seconds:.0} s", turn + 1, cells.len(), report.steps);
        }
    }
    println!(
        "the reference agrees bit for bit with {}, 1 to 67 and {LARGE} envs, native on 1 to {THREADS} threads: {report:?}",
        cores.join(", ")
    );
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
