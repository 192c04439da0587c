//! The implementations of the rules behind one face: one call steps a batch.
use prospector_core::{Batch, EpisodeEnded, EventRow, InfoField, Outcome, Outputs};

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

impl<B: Batch> Backend for B {
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>) {
        Batch::reset(self, seeds, mask, out);
    }

    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded> {
        Batch::step(self, actions, mask, out)
    }

    fn action_mask(&self, out: &mut [u8]) {
        Batch::action_mask(self, out);
    }

    fn last(&self, env: usize) -> Outcome {
        Batch::last(self, env)
    }

    fn info(&self, field: InfoField, env: usize) -> f32 {
        Batch::info(self, field, env)
    }

    fn cargo_value(&self, env: usize) -> f32 {
        Batch::cargo_value(self, env)
    }

    fn events(&self, env: usize) -> Vec<EventRow> {
        Batch::events(self, env).iter().map(|event| event.row()).collect()
    }

    fn state(&self, env: usize) -> Vec<u8> {
        Batch::state(self, env)
    }

    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String> {
        Batch::set_state(self, env, bytes, out).map_err(|error| error.to_string())
    }
}
