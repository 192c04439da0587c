//! The implementations of the rules behind one face: one call steps a batch.
use prospector_reference::Event;

/// Where a batch writes: `num_envs` rows each, owned by the caller. Written, never read.
pub struct Outputs<'a> {
    pub obs: &'a mut [f32],
    pub reward: &'a mut [f32],
    pub terminated: &'a mut [bool],
    pub truncated: &'a mut [bool],
}

/// Index of the first env that cannot be stepped: its episode has ended, or was never reset.
pub struct EpisodeEnded(pub usize);

/// What the last step of an env did, beside its outputs.
#[derive(Clone, Copy)]
pub struct Last {
    pub dt: u8,
    pub action: u8,
    pub invalid: bool,
}

/// Slices and masks have `num_envs` entries: the binding has checked. Envs outside a mask stay untouched, outputs too.
pub trait Backend: Send + Sync {
    fn reset(&mut self, seeds: &[u64], mask: Option<&[bool]>, out: &mut Outputs<'_>);
    /// Checks every env first: on an error nothing changed.
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>, out: &mut Outputs<'_>) -> Result<(), EpisodeEnded>;
    fn action_mask(&self, out: &mut [u8]);
    fn last(&self, env: usize) -> Last;
    /// `field` counts `prospector_reference::INFO_FIELDS`.
    fn info(&self, field: usize, env: usize) -> f32;
    fn cargo_value(&self, env: usize) -> f32;
    /// Events of the last step, if they are recorded.
    fn events(&self, env: usize) -> Vec<Event>;
    fn state(&self, env: usize) -> Vec<u8>;
    /// On an error, which says what is wrong with the bytes, nothing changed.
    fn set_state(&mut self, env: usize, bytes: &[u8], out: &mut Outputs<'_>) -> Result<(), String>;
}
