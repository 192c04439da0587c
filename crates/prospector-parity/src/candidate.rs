//! The implementations that the reference is compared with.
use prospector_core::{BatchCore, EventRow, InfoField, Outputs};
use prospector_reference::{Event, NUM_ACTIONS, OBS_SIZE};

/// A batch of episodes as parity sees it. Rows and indices are envs.
pub trait Candidate {
    fn reset(&mut self, seeds: &[u64], mask: &[bool]);
    /// Every env is running.
    fn step(&mut self, actions: &[u8]);
    fn obs(&self, env: usize) -> &[f32];
    fn reward(&self, env: usize) -> f32;
    fn terminated(&self, env: usize) -> bool;
    fn truncated(&self, env: usize) -> bool;
    /// (dt, action, invalid) of the last step.
    fn last(&self, env: usize) -> (u8, u8, bool);
    /// uint8 rows of 69, one an env.
    fn action_masks(&self) -> Vec<u8>;
    /// `field` counts `prospector_reference::INFO_FIELDS`.
    fn info(&self, field: usize, env: usize) -> f32;
    fn cargo_value(&self, env: usize) -> f32;
    fn events(&self, env: usize) -> Vec<Event>;
    fn state(&self, env: usize) -> Vec<u8>;
    fn set_state(&mut self, env: usize, bytes: &[u8]) -> Result<(), String>;
}

/// The scalar core with the buffers that it writes.
pub struct Scalar {
    core: BatchCore,
    obs: Vec<f32>,
    reward: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
}

impl Scalar {
    /// # Panics
    /// If `num_envs` is 0 or `time_max` is not one that the rules allow.
    pub fn new(num_envs: usize, time_max: f32) -> Self {
        let mut core = BatchCore::new(num_envs, time_max).expect("an allowed configuration");
        core.record_events(true);
        Self {
            core,
            obs: vec![0.0; num_envs * OBS_SIZE],
            reward: vec![0.0; num_envs],
            terminated: vec![false; num_envs],
            truncated: vec![false; num_envs],
        }
    }

    fn split(&mut self) -> (&mut BatchCore, Outputs<'_>) {
        let Self { core, obs, reward, terminated, truncated } = self;
        (core, Outputs { obs, reward, terminated, truncated })
    }
}

impl Candidate for Scalar {
    fn reset(&mut self, seeds: &[u64], mask: &[bool]) {
        let (core, mut out) = self.split();
        core.reset(seeds, Some(mask), &mut out);
    }
    fn step(&mut self, actions: &[u8]) {
        let (core, mut out) = self.split();
        core.step(actions, None, &mut out).expect("running episodes");
    }
    fn obs(&self, env: usize) -> &[f32] {
        &self.obs[env * OBS_SIZE..][..OBS_SIZE]
    }
    fn reward(&self, env: usize) -> f32 {
        self.reward[env]
    }
    fn terminated(&self, env: usize) -> bool {
        self.terminated[env]
    }
    fn truncated(&self, env: usize) -> bool {
        self.truncated[env]
    }
    fn last(&self, env: usize) -> (u8, u8, bool) {
        let last = self.core.last(env);
        (last.dt, last.action, last.invalid)
    }
    fn action_masks(&self) -> Vec<u8> {
        let mut out = vec![0; self.core.num_envs() * NUM_ACTIONS];
        self.core.action_mask(&mut out);
        out
    }
    fn info(&self, field: usize, env: usize) -> f32 {
        self.core.info(InfoField::ALL[field], env)
    }
    fn cargo_value(&self, env: usize) -> f32 {
        self.core.cargo_value(env)
    }
    fn events(&self, env: usize) -> Vec<Event> {
        let row = |event: &prospector_core::Event| {
            let EventRow { kind, a, b, v } = event.row();
            Event { kind, a, b, v }
        };
        self.core.events(env).iter().map(row).collect()
    }
    fn state(&self, env: usize) -> Vec<u8> {
        self.core.state(env)
    }
    fn set_state(&mut self, env: usize, bytes: &[u8]) -> Result<(), String> {
        let (core, mut out) = self.split();
        core.set_state(env, bytes, &mut out).map_err(|error| error.to_string())
    }
}
