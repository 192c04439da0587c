//! The scalar batch: the rules as they are written down, one env after the other.

use crate::batch::{Batch, ConfigError, EpisodeEnded, Outputs, RestoreError, check_config, check_lengths};
use crate::constants::{NUM_ACTIONS, OBS_SIZE};
use crate::episode::Episode;
use crate::event::{Event, EventRow};
use crate::info::InfoField;
use crate::step::Outcome;

/// A batch that steps one [`Episode`] after the other.
pub struct ScalarCore {
    time_max: f32,
    record_events: bool,
    envs: Vec<Env>,
}

struct Env {
    episode: Episode,
    last: Outcome,
    /// The events of the last step, if they are recorded.
    events: Vec<Event>,
}

impl ScalarCore {
    /// Makes `num_envs >= 1` envs, none of them reset. `time_max` is in ticks, in (0, 2^24].
    pub fn new(num_envs: usize, time_max: f32) -> Result<Self, ConfigError> {
        check_config(num_envs, time_max)?;
        let env = || Env { episode: Episode::new(time_max), last: Outcome::NONE, events: Vec::new() };
        Ok(Self { time_max, record_events: false, envs: (0..num_envs).map(|_| env()).collect() })
    }
}

impl Batch for ScalarCore {
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

    fn events(&self, i: usize) -> Vec<EventRow> {
        self.envs[i].events.iter().map(Event::row).collect()
    }

    fn state(&self, i: usize) -> Vec<u8> {
        self.envs[i].episode.state()
    }

    fn set_state(&mut self, i: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), RestoreError> {
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
