//! The implementations of the rules behind one face: one call steps a batch.
use prospector_core::{BatchCore, EpisodeEnded, EventRow, InfoField, Outcome, Outputs};

/// Slices and masks have `num_envs` entries: the binding has checked. Envs outside a mask stay untouched, outputs too.
pub trait Backend: Send + Sync {
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>);
    /// Checks every env first: on an error nothing changed.
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded>;
    fn action_mask(&self, out: &mut [u8]);
    /// What the last step of an env did.
    fn last(&self, env: usize) -> Outcome;
    fn info(&self, field: InfoField, env: usize) -> f32;
    fn cargo_value(&self, env: usize) -> f32;
    /// Events of the last step.
    fn events(&self, env: usize) -> Vec<EventRow>;
    fn state(&self, env: usize) -> Vec<u8>;
    /// On an error, which says what is wrong with the bytes, nothing changed.
    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String>;
}

impl Backend for BatchCore {
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        self.reset(seeds, mask, out);
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        self.step(actions, mask, out)
    }

    fn action_mask(&self, out: &mut [u8]) {
        self.action_mask(out);
    }

    fn last(&self, env: usize) -> Outcome {
        self.last(env)
    }

    fn info(&self, field: InfoField, env: usize) -> f32 {
        self.info(field, env)
    }

    fn cargo_value(&self, env: usize) -> f32 {
        self.cargo_value(env)
    }

    fn events(&self, env: usize) -> Vec<EventRow> {
        self.events(env).iter().map(|event| event.row()).collect()
    }

    fn state(&self, env: usize) -> Vec<u8> {
        self.state(env)
    }

    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String> {
        self.set_state(env, bytes, out).map_err(|error| error.to_string())
    }
}
