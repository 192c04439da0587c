//! Steps a second of the cores, side by side: short slices in turn, so that what else the machine does falls on all alike.
use std::time::{Duration, Instant};

use prospector_core::{Action, Batch, ConfigError, NUM_ACTIONS, NativeCore, OBS_SIZE, Outputs, ScalarCore};
use prospector_reference::ReferenceCore;
use prospector_simd::SimdPath;

use crate::policy::{CASH_OUT, Choices};

/// A core to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuredCore {
    Reference,
    /// The reference's C, compiled -O3 for this machine.
    Tuned,
    Scalar,
    Native {
        path: SimdPath,
        num_threads: usize,
    },
}

impl MeasuredCore {
    /// All that this machine can run.
    pub fn all() -> Vec<Self> {
        let native = |path| [1, 2].map(|num_threads| Self::Native { path, num_threads });
        [Self::Reference, Self::Tuned, Self::Scalar].into_iter().chain(SimdPath::available().flat_map(native)).collect()
    }

    pub fn name(self) -> String {
        match self {
            Self::Reference => "reference".into(),
            Self::Tuned => "reference -O3".into(),
            Self::Scalar => "scalar".into(),
            Self::Native { path, num_threads } => format!("native {} x{num_threads}", path.name()),
        }
    }
}

/// Where the actions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actions {
    /// Uniform over 0..=67, drawn before the clock runs.
    Uniform,
    /// Uniform over what the mask allows but for cashing out; the masks are read outside the clock.
    Legal,
    /// Holds alone: what every step costs, whatever is done in it.
    Hold,
}

/// A batch that plays on and on: whoever ends is reset at once.
pub struct Runner {
    batch: Box<dyn Batch>,
    num_envs: usize,
    obs: Vec<f32>,
    reward: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
    seeds: Vec<u64>,
    choices: Choices,
    drawn: Vec<u8>,
}

impl Runner {
    /// # Panics
    /// If `num_envs` is 0 or this machine cannot take the path.
    pub fn new(measured: MeasuredCore, num_envs: usize) -> Self {
        const TIME_MAX: f32 = 20_000.0;
        let made: Result<Box<dyn Batch>, ConfigError> = match measured {
            MeasuredCore::Reference => ReferenceCore::new(num_envs, TIME_MAX).map(|core| Box::new(core) as _),
            MeasuredCore::Tuned => ReferenceCore::tuned(num_envs, TIME_MAX).map(|core| Box::new(core) as _),
            MeasuredCore::Scalar => ScalarCore::new(num_envs, TIME_MAX).map(|core| Box::new(core) as _),
            MeasuredCore::Native { path, num_threads } => {
                NativeCore::with_path(num_envs, TIME_MAX, num_threads, path).map(|core| Box::new(core) as _)
            }
        };
        let batch = made.expect("an allowed configuration");
        let mut choices = Choices(7);
        let mut runner = Self {
            batch,
            num_envs,
            obs: vec![0.0; num_envs * OBS_SIZE],
            reward: vec![0.0; num_envs],
            terminated: vec![false; num_envs],
            truncated: vec![false; num_envs],
            seeds: (0..num_envs as u64).collect(),
            drawn: (0..num_envs + 65_536).map(|_| choices.below(68) as u8).collect(),
            choices,
        };
        runner.reset(&vec![true; num_envs]);
        runner
    }

    /// Starts the envs where `mask` is true.
    pub fn reset(&mut self, mask: &[bool]) {
        let Self { batch, obs, reward, terminated, truncated, .. } = self;
        batch.reset(&self.seeds, Some(mask), &mut Outputs { obs, reward, terminated, truncated });
    }

    fn step(&mut self, actions: &[u8]) {
        let Self { batch, obs, reward, terminated, truncated, .. } = self;
        batch.step(actions, None, &mut Outputs { obs, reward, terminated, truncated }).expect("running episodes");
    }

    fn legal(&mut self) -> Vec<u8> {
        let mut masks = vec![0; self.num_envs * NUM_ACTIONS];
        self.batch.action_mask(&mut masks);
        let pick = |mask: &[u8]| {
            loop {
                let code = self.choices.below(CASH_OUT.into()) as usize;
                if mask[code] == 1 {
                    return code as u8;
                }
            }
        };
        masks.chunks(NUM_ACTIONS).map(pick).collect()
    }

    /// Plays `rounds` steps of the batch with resets; the time that the core took.
    pub fn play(&mut self, rounds: usize, actions: Actions) -> Duration {
        let mut taken = Duration::ZERO;
        for _ in 0..rounds {
            let chosen = match actions {
                Actions::Uniform => {
                    let first = self.choices.below(65_536) as usize;
                    self.drawn[first..first + self.num_envs].to_vec()
                }
                Actions::Legal => self.legal(),
                Actions::Hold => vec![Action::HoldDrift.code(); self.num_envs],
            };
            let started = Instant::now();
            self.step(&chosen);
            let ended: Vec<bool> = self.terminated.iter().zip(&self.truncated).map(|(a, b)| a | b).collect();
            if ended.contains(&true) {
                for (seed, _) in self.seeds.iter_mut().zip(&ended).filter(|(_, ended)| **ended) {
                    *seed = seed.wrapping_add(self.num_envs as u64);
                }
                self.reset(&ended);
            }
            taken += started.elapsed();
        }
        taken
    }

    /// The bits of what the last call has shown of all envs: the same for every core that has played the same.
    pub fn shown(&self) -> Vec<u32> {
        let floats = self.obs.iter().chain(&self.reward).map(|x| x.to_bits());
        floats.chain(self.terminated.iter().chain(&self.truncated).map(|flag| u32::from(*flag))).collect()
    }

    /// Resets every env `rounds` times; the time that took.
    pub fn restart(&mut self, rounds: usize) -> Duration {
        let all = vec![true; self.num_envs];
        let started = Instant::now();
        for _ in 0..rounds {
            for seed in &mut self.seeds {
                *seed = seed.wrapping_add(self.num_envs as u64);
            }
            self.reset(&all);
        }
        started.elapsed()
    }
}
