//! `backend="reference"`: the C reference, an env at a time.
use prospector_core::{EpisodeEnded, Episodes, EventRow, InfoField, NUM_ACTIONS, OBS_SIZE, Outcome, Outputs};
use prospector_reference::Env;

use crate::backend::Backend;

pub struct Reference {
    envs: Vec<Env>,
}

impl Reference {
    /// `None` unless `time_max` is one that the rules allow.
    pub fn new(num_envs: usize, time_max: f32) -> Option<Self> {
        let envs = (0..num_envs).map(|_| Env::new(time_max)).collect::<Option<_>>()?;
        Some(Self { envs })
    }

    fn publish(&self, i: usize, out: &mut Outputs<'_>) {
        let outcome = self.envs[i].outcome();
        out.reward[i] = outcome.reward;
        out.terminated[i] = outcome.terminated;
        out.truncated[i] = outcome.truncated;
        let row = &mut out.obs[i * OBS_SIZE..(i + 1) * OBS_SIZE];
        self.envs[i].observe(row.try_into().expect("a row of OBS_SIZE"));
    }
}

fn selected(mask: Option<&[bool]>, i: usize) -> bool {
    mask.is_none_or(|mask| mask[i])
}

impl Episodes for Reference {
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        for (i, seed) in seeds.iter().enumerate() {
            if selected(mask, i) {
                self.envs[i].reset(*seed);
                self.publish(i, out);
            }
        }
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        if let Some(i) = (0..self.envs.len()).find(|&i| selected(mask, i) && !self.envs[i].running()) {
            return Err(EpisodeEnded { index: i });
        }
        for (i, action) in actions.iter().enumerate() {
            if selected(mask, i) {
                self.envs[i].step(*action).map_err(|_| EpisodeEnded { index: i })?;
                self.publish(i, out);
            }
        }
        Ok(())
    }

    fn last(&self, env: usize) -> Outcome {
        let prospector_reference::Outcome { reward, dt, action, invalid, .. } = self.envs[env].outcome();
        Outcome { reward, dt, action, invalid }
    }

    fn info(&self, field: InfoField, env: usize) -> f32 {
        self.envs[env].info(field as usize)
    }

    fn cargo_value(&self, env: usize) -> f32 {
        self.envs[env].cargo_value()
    }
}

impl Backend for Reference {
    fn action_mask(&self, out: &mut [u8]) {
        for (env, row) in self.envs.iter().zip(out.chunks_exact_mut(NUM_ACTIONS)) {
            env.action_mask(row.try_into().expect("a row of NUM_ACTIONS"));
        }
    }

    fn events(&self, env: usize) -> Vec<EventRow> {
        let row =
            |event: prospector_reference::Event| EventRow { kind: event.kind, a: event.a, b: event.b, v: event.v };
        self.envs[env].events().into_iter().map(row).collect()
    }

    fn state(&self, env: usize) -> Vec<u8> {
        self.envs[env].state()
    }

    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String> {
        self.envs[env].set_state(bytes).map_err(|error| error.to_string())?;
        self.publish(env, out);
        Ok(())
    }
}
