//! Many episodes side by side: one call steps them all. No call resets an episode by itself.

use std::fmt;

use crate::constants::{NUM_ACTIONS, OBS_SIZE, TIME_MAX_LIMIT};
use crate::episode::Episode;
use crate::event::Event;
use crate::info::InfoField;
use crate::restore::StateError;
use crate::step::Outcome;
use prospector_simd::SimdError;

/// Where a batch writes: a row for each env, owned by the caller. It is never read.
pub struct Outputs<'a> {
    /// `num_envs * 260`, row by row.
    pub obs: &'a mut [f32],
    pub reward: &'a mut [f32],
    pub terminated: &'a mut [bool],
    pub truncated: &'a mut [bool],
}

/// A configuration that the rules do not allow.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigError {
    NumEnvs,
    NumThreads,
    TimeMax { found: f32 },
    Simd(SimdError),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumEnvs => write!(f, "num_envs is 0; allowed: at least 1"),
            Self::NumThreads => write!(f, "num_threads is 0; allowed: at least 1"),
            Self::Simd(error) => error.fmt(f),
            Self::TimeMax { found } => {
                write!(f, "time_max is {found}; allowed: 0 < time_max <= {TIME_MAX_LIMIT}")
            }
        }
    }
}

impl std::error::Error for ConfigError {}

/// The episode of env `index`, the first such one, has ended or was never reset; no env was stepped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpisodeEnded {
    pub index: usize,
}

impl fmt::Display for EpisodeEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "env {} has no running episode: it ended or was never reset; no env was stepped", self.index)
    }
}

impl std::error::Error for EpisodeEnded {}

/// A batch of episodes. Slices have a row for each env; a call panics if one has not, or if `i` is no env.
pub trait Batch: Send + Sync {
    fn num_envs(&self) -> usize;

    fn time_max(&self) -> f32;

    /// Whether steps from now on keep their events (off at first).
    fn record_events(&mut self, record: bool);

    /// Starts env `i` on `seeds[i]`, of all envs or of those that `mask` names; the others keep their outputs too.
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>);

    /// Steps env `i` with `actions[i]`, all envs or those that `mask` names; the others keep their outputs too. On an error
    /// nothing changed.
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded>;

    /// Writes `num_envs * 69` entries, row by row: 1 where the action would be valid now.
    fn action_mask(&self, out: &mut [u8]);

    /// What the last step of env `i` returned; [`Outcome::NONE`] after a reset or a restoration.
    fn last(&self, i: usize) -> Outcome;

    fn info(&self, field: InfoField, i: usize) -> f32;

    fn cargo_value(&self, i: usize) -> f32;

    /// Events of the last step of env `i`, in order; empty unless they are recorded.
    fn events(&self, i: usize) -> &[Event];

    fn state(&self, i: usize) -> Vec<u8>;

    /// Puts env `i` where [`Batch::state`] was taken, and its outputs with it (reward 0). On an error nothing changed.
    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), StateError>;
}

pub(crate) fn check_config(num_envs: usize, time_max: f32) -> Result<(), ConfigError> {
    if num_envs == 0 {
        return Err(ConfigError::NumEnvs);
    }
    if !(time_max > 0.0 && time_max <= TIME_MAX_LIMIT) {
        return Err(ConfigError::TimeMax { found: time_max });
    }
    Ok(())
}

pub(crate) fn check_lengths(n: usize, inputs: usize, mask: Option<&[bool]>, out: &Outputs<'_>) {
    assert_eq!(inputs, n, "an input must have num_envs entries");
    assert_eq!(mask.map_or(n, <[bool]>::len), n, "mask must have num_envs entries");
    assert_eq!(out.obs.len(), n * OBS_SIZE, "obs must have num_envs * {OBS_SIZE} entries");
    assert_eq!(
        [out.reward.len(), out.terminated.len(), out.truncated.len()],
        [n; 3],
        "an output must have num_envs entries"
    );
}

/// The scalar batch: one [`Episode`] after the other.
pub struct BatchCore {
    time_max: f32,
    record_events: bool,
    envs: Vec<Env>,
}

struct Env {
    episode: Episode,
    last: Outcome,
    /// Of the last step, if they are recorded.
    events: Vec<Event>,
}

impl BatchCore {
    /// `num_envs >= 1` envs, none of them reset; `time_max` in ticks, in (0, 2^24].
    pub fn new(num_envs: usize, time_max: f32) -> Result<Self, ConfigError> {
        check_config(num_envs, time_max)?;
        let env = || Env { episode: Episode::new(time_max), last: Outcome::NONE, events: Vec::new() };
        Ok(Self { time_max, record_events: false, envs: (0..num_envs).map(|_| env()).collect() })
    }
}

impl Batch for BatchCore {
    fn num_envs(&self) -> usize {
        self.envs.len()
    }

    fn time_max(&self) -> f32 {
        self.time_max
    }

    fn record_events(&mut self, record: bool) {
        self.record_events = record;
    }

    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        check_lengths(self.envs.len(), seeds.len(), mask, out);
        for (i, env) in self.envs.iter_mut().enumerate() {
            if chosen(mask, i) {
                env.episode.reset(seeds[i]);
                env.last = Outcome::NONE;
                env.events.clear();
                env.publish(i, out);
            }
        }
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        check_lengths(self.envs.len(), actions.len(), mask, out);
        let cannot_step = |(i, env): (usize, &Env)| (chosen(mask, i) && !env.episode.running()).then_some(i);
        if let Some(index) = self.envs.iter().enumerate().find_map(cannot_step) {
            return Err(EpisodeEnded { index });
        }
        for (i, env) in self.envs.iter_mut().enumerate() {
            if chosen(mask, i) {
                env.events.clear();
                let stepped = if self.record_events {
                    env.episode.step(actions[i], &mut env.events)
                } else {
                    env.episode.step(actions[i], &mut ())
                };
                env.last = stepped.map_err(|_| EpisodeEnded { index: i })?;
                env.publish(i, out);
            }
        }
        Ok(())
    }

    fn action_mask(&self, out: &mut [u8]) {
        let (rows, rest) = out.as_chunks_mut::<NUM_ACTIONS>();
        assert!(rows.len() == self.envs.len() && rest.is_empty(), "out must have num_envs * {NUM_ACTIONS} entries");
        for (env, row) in self.envs.iter().zip(rows) {
            env.episode.action_mask(row);
        }
    }

    fn last(&self, i: usize) -> Outcome {
        self.envs[i].last
    }

    fn info(&self, field: InfoField, i: usize) -> f32 {
        self.envs[i].episode.info(field)
    }

    fn cargo_value(&self, i: usize) -> f32 {
        self.envs[i].episode.cargo_value()
    }

    fn events(&self, i: usize) -> &[Event] {
        &self.envs[i].events
    }

    fn state(&self, i: usize) -> Vec<u8> {
        self.envs[i].episode.state()
    }

    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), StateError> {
        check_lengths(self.envs.len(), self.envs.len(), None, out);
        let env = &mut self.envs[i];
        env.episode = Episode::restore(bytes, self.time_max)?;
        env.last = Outcome::NONE;
        env.events.clear();
        env.publish(i, out);
        Ok(())
    }
}

impl Env {
    fn publish(&self, i: usize, out: &mut Outputs<'_>) {
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        self.episode.observe(&mut rows[i]);
        out.reward[i] = self.last.reward;
        out.terminated[i] = self.episode.end().terminated;
        out.truncated[i] = self.episode.end().truncated;
    }
}

fn chosen(mask: Option<&[bool]>, i: usize) -> bool {
    mask.is_none_or(|mask| mask[i])
}
