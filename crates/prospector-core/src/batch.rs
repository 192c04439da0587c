//! Many episodes side by side, whatever plays them: one call steps them all. No call resets an episode by itself.

use std::error::Error;
use std::fmt;

use crate::constants::{OBS_SIZE, TIME_MAX_LIMIT};
use crate::event::EventRow;
use crate::info::InfoField;
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

/// The episode of env `index`, the first such one, has ended or was never reset. No env was stepped.
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

/// Why a batch did not take state bytes: a [`crate::StateError`], or what another implementation says of them.
pub type RestoreError = Box<dyn Error + Send + Sync>;

/// A batch of episodes. Slices have a row for each env. A call panics if a slice has not, or if `i` is no env.
pub trait Batch: Send + Sync {
    fn num_envs(&self) -> usize;

    /// The time budget of each episode, in ticks.
    fn time_max(&self) -> f32;

    /// Whether steps from now on keep their events (off at first).
    fn record_events(&mut self, record: bool);

    /// Starts env `i` on `seeds[i]`: all envs, or those where `mask` is true. The others keep their outputs too.
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>);

    /// Steps env `i` with `actions[i]`: all envs, or those where `mask` is true. The others keep their outputs too. On an error
    /// nothing has changed.
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded>;

    /// Writes `num_envs * 69` entries, row by row: 1 where the action would be valid now.
    fn action_mask(&self, out: &mut [u8]);

    /// What the last step of env `i` returned; [`Outcome::NONE`] after a reset or a restoration.
    fn last(&self, i: usize) -> Outcome;

    /// A field of the info of env `i` (rules 7).
    fn info(&self, field: InfoField, i: usize) -> f32;

    /// Credits that the cargo of env `i` is worth, as [`crate::Episode::cargo_value`].
    fn cargo_value(&self, i: usize) -> f32;

    /// Events of the last step of env `i`, in order. Empty unless they are recorded.
    fn events(&self, i: usize) -> Vec<EventRow>;

    /// The episode of env `i` as bytes (rules 8).
    fn state(&self, i: usize) -> Vec<u8>;

    /// Puts env `i` where [`Batch::state`] was taken, and its outputs with it (reward 0). On an error nothing has changed.
    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), RestoreError>;
}

/// Checks what every implementation of [`Batch`] is made with.
pub fn check_config(num_envs: usize, time_max: f32) -> Result<(), ConfigError> {
    if num_envs == 0 {
        return Err(ConfigError::NumEnvs);
    }
    if !(time_max > 0.0 && time_max <= TIME_MAX_LIMIT) {
        return Err(ConfigError::TimeMax { found: time_max });
    }
    Ok(())
}

/// Checks the arguments of a call on a [`Batch`] of `n` envs.
///
/// # Panics
/// If a slice has not an entry for each env.
pub fn check_lengths(n: usize, inputs: usize, mask: Option<&[bool]>, out: &Outputs<'_>) {
    assert_eq!(inputs, n, "an input must have num_envs entries");
    assert_eq!(mask.map_or(n, <[bool]>::len), n, "mask must have num_envs entries");
    assert_eq!(out.obs.len(), n * OBS_SIZE, "obs must have num_envs * {OBS_SIZE} entries");
    assert_eq!(
        [out.reward.len(), out.terminated.len(), out.truncated.len()],
        [n; 3],
        "an output must have num_envs entries"
    );
}
