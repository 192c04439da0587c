//! The fast batch: blocks of 16 envs over SIMD lanes, worlds drawn as they are visited, observations written where they change.
//! It gives the same bits as the scalar [`crate::ScalarCore`] and the C reference. `docs/design/0001-native-core.md` says why it is so.

mod block;
mod context;
mod env;
mod env_range;
mod generate;
mod lane_rng;
mod lanes;
mod observe;
mod passes;
#[expect(unsafe_code, reason = "gives the processor hints about memory")]
mod prefetch;
mod step;
mod survey;
#[expect(unsafe_code, reason = "lends a job to threads that outlive the call")]
mod threads;

use std::sync::Mutex;

use crate::batch::{Batch, ConfigError, EpisodeEnded, Outputs, RestoreError, check_config, check_lengths};
use crate::constants::{NUM_ACTIONS, OBS_SIZE};
use crate::episode::Episode;
use crate::event::{Event, EventRow};
use crate::info::InfoField;
use crate::mask;
use crate::step::Outcome;
use env_range::{EnvRange, Reset, Step};
use prospector_simd::{Dispatch, LANES, SimdPath};
use threads::Pool;

/// The fewest envs a thread. Below it, waking a thread costs more than it brings.
const ENVS_PER_THREAD: usize = 128;

/// A batch on the fastest path of this machine.
///
/// The rows that it has written belong to it until the next call, since it does not write again what a step leaves unchanged. Rows at
/// another address are written in full.
pub struct NativeCore {
    num_envs: usize,
    time_max: f32,
    record_events: bool,
    dispatch: Dispatch,
    /// A range for each thread, all but the last `envs_per_range` long.
    ranges: Vec<EnvRange>,
    envs_per_range: usize,
    pool: Pool,
}

impl NativeCore {
    /// Makes a batch as [`crate::ScalarCore::new`] does, on `num_threads >= 1` threads or fewer, if the batch is small.
    pub fn new(num_envs: usize, time_max: f32, num_threads: usize) -> Result<Self, ConfigError> {
        let path = SimdPath::chosen().map_err(ConfigError::Simd)?;
        Self::with_path(num_envs, time_max, num_threads, path)
    }

    /// Makes a batch on a path of the caller's choice.
    pub fn with_path(num_envs: usize, time_max: f32, num_threads: usize, path: SimdPath) -> Result<Self, ConfigError> {
        Self::with_envs_per_thread(num_envs, time_max, num_threads, path, ENVS_PER_THREAD)
    }

    /// Makes a batch with a thread for as few as `envs_per_thread` envs.
    pub fn with_envs_per_thread(
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
        let dispatch = Dispatch::new(path).map_err(ConfigError::Simd)?;
        let threads = num_threads.min(num_envs.div_ceil(envs_per_thread.max(1)));
        let envs_per_range = num_envs.div_ceil(threads).next_multiple_of(LANES);
        let range = |first: usize| EnvRange::new(envs_per_range.min(num_envs - first), time_max);
        let ranges: Vec<_> = (0..num_envs).step_by(envs_per_range).map(range).collect();
        let pool = Pool::new(ranges.len());
        Ok(Self { num_envs, time_max, record_events: false, dispatch, ranges, envs_per_range, pool })
    }

    /// The instruction set that it runs on.
    pub fn path(&self) -> SimdPath {
        self.dispatch.path()
    }

    /// Does `work` on every range, with its share of the input, the mask and the outputs.
    fn on_ranges<T: Sync>(
        &mut self,
        input: &[T],
        mask: Option<&[bool]>,
        out: &mut Outputs<'_>,
        work: impl Fn(&mut EnvRange, &[T], Option<&[bool]>, &mut Outputs<'_>) + Sync,
    ) {
        if let [range] = &mut self.ranges[..] {
            return work(range, input, mask, out);
        }
        let size = self.envs_per_range;
        let rows = out.obs.chunks_mut(size * OBS_SIZE).zip(out.reward.chunks_mut(size));
        let flags = out.terminated.chunks_mut(size).zip(out.truncated.chunks_mut(size));
        let outputs = rows.zip(flags).map(|((obs, reward), (terminated, truncated))| Outputs {
            obs,
            reward,
            terminated,
            truncated,
        });
        let shares: Vec<_> = self.ranges.iter_mut().zip(outputs).map(|share| Mutex::new(Some(share))).collect();
        self.pool.run(&|share| {
            let envs = share * size..input.len().min((share + 1) * size);
            let taken = shares[share].lock().ok().and_then(|mut share| share.take());
            if let Some((range, mut out)) = taken {
                work(range, &input[envs.clone()], mask.map(|mask| &mask[envs]), &mut out);
            }
        });
    }

    /// The range of an env, and the place of the env in it.
    fn range(&self, env: usize) -> (&EnvRange, usize) {
        (&self.ranges[env / self.envs_per_range], env % self.envs_per_range)
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
        self.ranges.iter_mut().flat_map(|range| &mut range.events).for_each(Vec::clear);
    }

    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        check_lengths(self.num_envs, seeds.len(), mask, out);
        let dispatch = self.dispatch;
        self.on_ranges(seeds, mask, out, |range, seeds, mask, out| {
            dispatch.run(Reset { range, seeds, mask, out });
        });
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        check_lengths(self.num_envs, actions.len(), mask, out);
        let size = self.envs_per_range;
        for (at, range) in self.ranges.iter().enumerate() {
            let mask = mask.map(|mask| &mask[at * size..mask.len().min((at + 1) * size)]);
            if let Some(index) = range.not_running(mask) {
                return Err(EpisodeEnded { index: at * size + index });
            }
        }
        let (dispatch, record) = (self.dispatch, self.record_events);
        self.on_ranges(actions, mask, out, |range, actions, mask, out| {
            if record {
                range.step_recording(actions, mask, out);
            } else {
                dispatch.run(Step { range, actions, mask, out });
            }
        });
        Ok(())
    }

    fn action_mask(&self, out: &mut [u8]) {
        let (rows, rest) = out.as_chunks_mut::<NUM_ACTIONS>();
        assert!(rows.len() == self.num_envs && rest.is_empty(), "out must have num_envs * {NUM_ACTIONS} entries");
        for (env, row) in rows.iter_mut().enumerate() {
            let (range, at) = self.range(env);
            let (block, lane) = (&range.blocks[at / LANES], at % LANES);
            mask::write(if block.end[lane] == 0 { block.allowed[lane] } else { 0 }, row);
        }
    }

    fn last(&self, i: usize) -> Outcome {
        let (range, at) = self.range(i);
        range.blocks[at / LANES].outcome(at % LANES)
    }

    fn info(&self, field: InfoField, i: usize) -> f32 {
        let (range, at) = self.range(i);
        range.blocks[at / LANES].info_inputs(at % LANES).info(field)
    }

    fn cargo_value(&self, i: usize) -> f32 {
        let (range, at) = self.range(i);
        range.blocks[at / LANES].cargo_value(at % LANES)
    }

    fn events(&self, i: usize) -> Vec<EventRow> {
        let (range, at) = self.range(i);
        range.events[at].iter().map(Event::row).collect()
    }

    fn state(&self, i: usize) -> Vec<u8> {
        let (range, at) = self.range(i);
        range.state(at)
    }

    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), RestoreError> {
        check_lengths(self.num_envs, self.num_envs, None, out);
        let episode = Episode::restore(bytes, self.time_max)?;
        let size = self.envs_per_range;
        let (first, at) = (i / size * size, i % size);
        let envs = first..self.num_envs.min(first + size);
        let mut out = Outputs {
            obs: &mut out.obs[envs.start * OBS_SIZE..envs.end * OBS_SIZE],
            reward: &mut out.reward[envs.clone()],
            terminated: &mut out.terminated[envs.clone()],
            truncated: &mut out.truncated[envs],
        };
        self.ranges[i / size].set(at, episode, &mut out);
        Ok(())
    }
}
