//! What `benchmarks/throughput.py` compares the Python environments with: the same batch step called from Rust.
//!
//! `batch_step NUM_ENVS` reads a line `core SECONDS` or `autoreset SECONDS` at a time, plays for so long and answers with env
//! steps per second: of `native` alone, whose ended envs are reset in a second call, or under autoreset in mode NextStep. Actions
//! are uniform over all but cashing out. One env is stepped on the scalar code, as from Python.
use std::io::{BufRead, Write};
use std::process::ExitCode;
use std::time::Instant;

use prospector_core::{Autoreset, AutoresetMode, Batch, NativeCore, OBS_SIZE, Outputs, ScalarCore, Worlds};
use prospector_parity::{CASH_OUT, Choices};

const TIME_MAX: f32 = 20_000.0;
/// Rows of actions that are played again and again.
const ROWS: usize = 64;
/// Steps before the clock runs: another path may have taken the caches.
const WARM_UP: usize = 16;

struct Player {
    batch: Box<dyn Batch>,
    autoreset: Option<Autoreset>,
    obs: Vec<f32>,
    reward: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
    seeds: Vec<u64>,
    ended: Vec<bool>,
}

impl Player {
    fn new(num_envs: usize, autoreset: bool) -> Self {
        let mut player = Self {
            batch: if num_envs == 1 {
                Box::new(ScalarCore::new(num_envs, TIME_MAX).expect("a batch"))
            } else {
                Box::new(NativeCore::new(num_envs, TIME_MAX, 1).expect("a batch"))
            },
            autoreset: autoreset.then(|| Autoreset::new(num_envs, AutoresetMode::NextStep, 0, 0)),
            obs: vec![0.0; num_envs * OBS_SIZE],
            reward: vec![0.0; num_envs],
            terminated: vec![false; num_envs],
            truncated: vec![false; num_envs],
            seeds: (0..num_envs as u64).collect(),
            ended: vec![true; num_envs],
        };
        let Self { batch, autoreset, obs, reward, terminated, truncated, seeds, .. } = &mut player;
        let mut out = Outputs { obs, reward, terminated, truncated };
        match autoreset {
            Some(autoreset) => autoreset.start(&mut **batch, None, Worlds::Next, &mut out),
            None => batch.reset(seeds, None, &mut out),
        }
        player
    }

    fn step(&mut self, actions: &[u8]) {
        let Self { batch, autoreset, obs, reward, terminated, truncated, seeds, ended } = self;
        let mut out = Outputs { obs, reward, terminated, truncated };
        if let Some(autoreset) = autoreset {
            autoreset.step(&mut **batch, actions, &mut out).expect("running episodes");
            return;
        }
        batch.step(actions, None, &mut out).expect("running episodes");
        for (i, ended) in ended.iter_mut().enumerate() {
            *ended = out.terminated[i] | out.truncated[i];
            seeds[i] += u64::from(*ended) * actions.len() as u64;
        }
        if ended.contains(&true) {
            batch.reset(seeds, Some(ended), &mut out);
        }
    }

    fn play(&mut self, actions: &[u8], seconds: f64) -> f64 {
        for row in actions.chunks_exact(self.ended.len()).take(WARM_UP) {
            self.step(row);
        }
        let (mut steps, started) = (0, Instant::now());
        loop {
            for row in actions.chunks_exact(self.ended.len()) {
                self.step(row);
            }
            steps += actions.len();
            let elapsed = started.elapsed().as_secs_f64();
            if elapsed >= seconds {
                return steps as f64 / elapsed;
            }
        }
    }
}

fn main() -> ExitCode {
    let Some(num_envs) = std::env::args().nth(1).and_then(|n| n.parse().ok()).filter(|n| *n > 0) else {
        eprintln!("usage: batch_step NUM_ENVS, then lines `core SECONDS` or `autoreset SECONDS`");
        return ExitCode::from(2);
    };
    let mut choices = Choices(7);
    let actions: Vec<u8> = (0..ROWS * num_envs).map(|_| choices.below(CASH_OUT.into()) as u8).collect();
    let [mut core, mut autoreset] = [false, true].map(|autoreset| Player::new(num_envs, autoreset));
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let rate = match line.split_once(' ').and_then(|(which, seconds)| Some((which, seconds.parse().ok()?))) {
            Some(("core", seconds)) => core.play(&actions, seconds),
            Some(("autoreset", seconds)) => autoreset.play(&actions, seconds),
            _ => return ExitCode::from(2),
        };
        println!("{rate:.0}");
        if std::io::stdout().flush().is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
