//! The implementations of the rules behind one face: one call steps a batch.
use prospector_core::{Batch, Episodes, EventRow, Outputs};

/// Slices and masks have `num_envs` entries: the binding has checked. Envs outside a mask stay untouched, outputs too.
pub trait Backend: Episodes + Send + Sync {
    fn action_mask(&self, out: &mut [u8]);
    /// Events of the last step.
    fn events(&self, env: usize) -> Vec<EventRow>;
    fn state(&self, env: usize) -> Vec<u8>;
    /// On an error, which says what is wrong with the bytes, nothing changed.
    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String>;
}

impl<B: Batch> Backend for B {
    fn action_mask(&self, out: &mut [u8]) {
        Batch::action_mask(self, out);
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
