//! The fast batch: blocks of 16 envs over SIMD lanes, worlds drawn as they are visited, observations written where they change.
//! The same bits as the scalar [`crate::BatchCore`] and the C reference. `docs/design/0001-native-core.md` says why it is so.

mod block;
#[expect(unsafe_code, reason = "calls functions that are compiled for more than the baseline")]
mod dispatch;
#[expect(unsafe_code, reason = "gives the processor hints about memory")]
mod fetch;
mod generate;
mod lane;
mod lanes;
mod observe;
mod part;
mod simd;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions of the set")]
mod simd_avx2;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions of the set")]
mod simd_avx512;
mod simd_plain;
mod step;
mod survey;
#[expect(unsafe_code, reason = "lends a job to threads that outlive the call")]
mod threads;
use std::sync::Mutex;

pub use dispatch::{SIMD_VARIABLE, SimdError, SimdPath};

use crate::batch::{Batch, ConfigError, EpisodeEnded, Outputs, check_config, check_lengths};
use crate::constants::{NUM_ACTIONS, OBS_SIZE};
use crate::episode::Episode;
use crate::event::Event;
use crate::info::InfoField;
use crate::mask;
use crate::restore::StateError;
use crate::step::Outcome;
use dispatch::Kernels;
use lanes::LANES;
use part::Part;
use threads::Pool;

/// Below so many envs a thread, waking it costs more than it brings.
const ENVS_PER_THREAD: usize = 128;

/// A batch on the fastest path of this machine.
///
/// The rows that it has written belong to it until the next call: what a step leaves unchanged it does not write again. It notices
/// rows at another address and writes those in full.
pub struct NativeCore {
    num_envs: usize,
    time_max: f32,
    record_events: bool,
    kernels: Kernels,
    /// Each a fixed range of the envs, all but the last `envs_per_part` long.
    parts: Vec<Part>,
    envs_per_part: usize,
    pool: Pool,
}

impl NativeCore {
    /// As [`crate::BatchCore::new`]; `num_threads >= 1`, of which as many are used as the batch is worth.
    pub fn new(num_envs: usize, time_max: f32, num_threads: usize) -> Result<Self, ConfigError> {
        let path = SimdPath::chosen().map_err(ConfigError::Simd)?;
        Self::with_path(num_envs, time_max, num_threads, path)
    }

    /// On a path of the caller's choice.
    pub fn with_path(num_envs: usize, time_max: f32, num_threads: usize, path: SimdPath) -> Result<Self, ConfigError> {
        Self::with_share(num_envs, time_max, num_threads, path, ENVS_PER_THREAD)
    }

    /// With a thread for as few as `envs_per_thread` envs.
    pub fn with_share(
        num_envs: usize,
        time_max: f32,
        num_threads: usize,
        path: SimdPath,
        envs_per_thread: usize,
    ) -> Result<Self, ConfigError> {
        check_config(num_envs, time_max)?;
        if num_threads == 0 {
            return Err(ConfigError::NumThreads);
        }
        let kernels = Kernels::new(path).map_err(ConfigError::Simd)?;
        let threads = num_threads.min(num_envs.div_ceil(envs_per_thread.max(1)));
        let envs_per_part = num_envs.div_ceil(threads).next_multiple_of(LANES);
        let part = |first: usize| Part::new(envs_per_part.min(num_envs - first), time_max);
        let parts: Vec<_> = (0..num_envs).step_by(envs_per_part).map(part).collect();
        let pool = Pool::new(parts.len());
        Ok(Self { num_envs, time_max, record_events: false, kernels, parts, envs_per_part, pool })
    }

    /// The instruction set that it runs on.
    pub fn path(&self) -> SimdPath {
        self.kernels.path()
    }

    /// Does `work` on every part, with its share of the input, the mask and the outputs.
    fn on_parts<T: Sync>(
        &mut self,
        input: &[T],
        mask: Option<&[bool]>,
        out: &mut Outputs<'_>,
        work: impl Fn(&mut Part, &[T], Option<&[bool]>, &mut Outputs<'_>) + Sync,
    ) {
        if let [part] = &mut self.parts[..] {
            return work(part, input, mask, out);
        }
        let size = self.envs_per_part;
        let rows = out.obs.chunks_mut(size * OBS_SIZE).zip(out.reward.chunks_mut(size));
        let flags = out.terminated.chunks_mut(size).zip(out.truncated.chunks_mut(size));
        let outputs = rows.zip(flags).map(|((obs, reward), (terminated, truncated))| Outputs {
            obs,
            reward,
            terminated,
            truncated,
        });
        let shares: Vec<_> = self.parts.iter_mut().zip(outputs).map(|share| Mutex::new(Some(share))).collect();
        self.pool.run(&|share| {
            let range = share * size..input.len().min((share + 1) * size);
            let taken = shares[share].lock().ok().and_then(|mut share| share.take());
            if let Some((part, mut out)) = taken {
                work(part, &input[range.clone()], mask.map(|mask| &mask[range]), &mut out);
            }
        });
    }

    fn part(&self, env: usize) -> (&Part, usize) {
        (&self.parts[env / self.envs_per_part], env % self.envs_per_part)
    }
}

impl Batch for NativeCore {
    fn num_envs(&self) -> usize {
        self.num_envs
    }

    fn time_max(&self) -> f32 {
        self.time_max
    }

    fn record_events(&mut self, record: bool) {
        self.record_events = record;
        self.parts.iter_mut().flat_map(|part| &mut part.events).for_each(Vec::clear);
    }

    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        check_lengths(self.num_envs, seeds.len(), mask, out);
        let kernels = self.kernels;
        self.on_parts(seeds, mask, out, |part, seeds, mask, out| kernels.reset(part, seeds, mask, out));
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        check_lengths(self.num_envs, actions.len(), mask, out);
        let size = self.envs_per_part;
        for (at, part) in self.parts.iter().enumerate() {
            let mask = mask.map(|mask| &mask[at * size..mask.len().min((at + 1) * size)]);
            if let Some(index) = part.not_running(mask) {
                return Err(EpisodeEnded { index: at * size + index });
            }
        }
        let (kernels, record) = (self.kernels, self.record_events);
        self.on_parts(actions, mask, out, |part, actions, mask, out| {
            if record { part.step_recording(actions, mask, out) } else { kernels.step(part, actions, mask, out) }
        });
        Ok(())
    }

    fn action_mask(&self, out: &mut [u8]) {
        let (rows, rest) = out.as_chunks_mut::<NUM_ACTIONS>();
        assert!(rows.len() == self.num_envs && rest.is_empty(), "out must have num_envs * {NUM_ACTIONS} entries");
        for (env, row) in rows.iter_mut().enumerate() {
            let (part, at) = self.part(env);
            let (block, lane) = (&part.blocks[at / LANES], at % LANES);
            mask::write(if block.end[lane] == 0 { block.allowed[lane] } else { 0 }, row);
        }
    }

    fn last(&self, i: usize) -> Outcome {
        let (part, at) = self.part(i);
        part.blocks[at / LANES].outcome(at % LANES)
    }

    fn info(&self, field: InfoField, i: usize) -> f32 {
        let (part, at) = self.part(i);
        part.blocks[at / LANES].account(at % LANES).info(field)
    }

    fn cargo_value(&self, i: usize) -> f32 {
        let (part, at) = self.part(i);
        part.blocks[at / LANES].cargo_value(at % LANES)
    }

    fn events(&self, i: usize) -> &[Event] {
        let (part, at) = self.part(i);
        &part.events[at]
    }

    fn state(&self, i: usize) -> Vec<u8> {
        let (part, at) = self.part(i);
        part.state(at)
    }

    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), StateError> {
        check_lengths(self.num_envs, self.num_envs, None, out);
        let episode = Episode::restore(bytes, self.time_max)?;
        let size = self.envs_per_part;
        let (first, at) = (i / size * size, i % size);
        let range = first..self.num_envs.min(first + size);
        let mut out = Outputs {
            obs: &mut out.obs[range.start * OBS_SIZE..range.end * OBS_SIZE],
            reward: &mut out.reward[range.clone()],
            terminated: &mut out.terminated[range.clone()],
            truncated: &mut out.truncated[range],
        };
        self.parts[i / size].set(at, episode, &mut out);
        Ok(())
    }
}
