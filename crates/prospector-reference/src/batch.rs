//! The C reference as a batch, so that everything above the core can run on the oracle.

use prospector_core::{
    Batch, ConfigError, EpisodeEnded, EventRow, InfoField, Outcome, Outputs, RestoreError, check_config, check_lengths,
};

use crate::env::{Env, Event, NUM_ACTIONS, OBS_SIZE};

/// A batch that steps one [`Env`] after the other.
pub struct ReferenceCore {
    time_max: f32,
    record_events: bool,
    envs: Vec<Env>,
}

impl ReferenceCore {
    /// Makes `num_envs >= 1` envs, none of them reset. `time_max` is in ticks, in (0, 2^24].
    pub fn new(num_envs: usize, time_max: f32) -> Result<Self, ConfigError> {
        Self::of(Env::new, num_envs, time_max)
    }

    /// The same C code, compiled for this machine alone: no oracle, but what a fast core is to be measured against.
    #[cfg(feature = "tuned")]
    pub fn tuned(num_envs: usize, time_max: f32) -> Result<Self, ConfigError> {
        Self::of(Env::tuned, num_envs, time_max)
    }

    fn of(new: impl Fn(f32) -> Option<Env>, num_envs: usize, time_max: f32) -> Result<Self, ConfigError> {
        check_config(num_envs, time_max)?;
        let env = || new(time_max).ok_or(ConfigError::TimeMax { found: time_max });
        let envs = (0..num_envs).map(|_| env()).collect::<Result<_, _>>()?;
        Ok(Self { time_max, record_events: false, envs })
    }

    fn publish(&self, i: usize, out: &mut Outputs<'_>) {
        let outcome = self.envs[i].outcome();
        out.reward[i] = outcome.reward;
        out.terminated[i] = outcome.terminated;
        out.truncated[i] = outcome.truncated;
        let (rows, _) = out.obs.as_chunks_mut::<OBS_SIZE>();
        self.envs[i].observe(&mut rows[i]);
    }
}

impl Batch for ReferenceCore {
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
        for (i, seed) in seeds.iter().enumerate() {
            if chosen(mask, i) {
                self.envs[i].reset(*seed);
                self.publish(i, out);
            }
        }
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        check_lengths(self.envs.len(), actions.len(), mask, out);
        if let Some(index) = (0..self.envs.len()).find(|i| chosen(mask, *i) && !self.envs[*i].running()) {
            return Err(EpisodeEnded { index });
        }
        for (i, action) in actions.iter().enumerate() {
            if chosen(mask, i) {
                self.envs[i].step(*action).map_err(|_| EpisodeEnded { index: i })?;
                self.publish(i, out);
            }
        }
        Ok(())
    }

    fn action_mask(&self, out: &mut [u8]) {
        let (rows, rest) = out.as_chunks_mut::<NUM_ACTIONS>();
        assert!(rows.len() == self.envs.len() && rest.is_empty(), "out must have num_envs * {NUM_ACTIONS} entries");
        self.envs.iter().zip(rows).for_each(|(env, row)| env.action_mask(row));
    }

    fn last(&self, i: usize) -> Outcome {
        let outcome = self.envs[i].outcome();
        Outcome { reward: outcome.reward, dt: outcome.dt, action: outcome.action, invalid: outcome.invalid }
    }

    fn info(&self, field: InfoField, i: usize) -> f32 {
        self.envs[i].info(field as usize)
    }

    fn cargo_value(&self, i: usize) -> f32 {
        self.envs[i].cargo_value()
    }

    fn events(&self, i: usize) -> Vec<EventRow> {
        let row = |Event { kind, a, b, v }| EventRow { kind, a, b, v };
        if self.record_events { self.envs[i].events().into_iter().map(row).collect() } else { Vec::new() }
    }

    fn state(&self, i: usize) -> Vec<u8> {
        self.envs[i].state()
    }

    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), RestoreError> {
        check_lengths(self.envs.len(), self.envs.len(), None, out);
        self.envs[i].set_state(bytes)?;
        self.publish(i, out);
        Ok(())
    }
}

fn chosen(mask: Option<&[bool]>, i: usize) -> bool {
    mask.is_none_or(|mask| mask[i])
}
