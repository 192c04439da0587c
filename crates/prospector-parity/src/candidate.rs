//! The implementations that the reference is compared with.
use prospector_core::{Batch, EventRow, InfoField, NativeCore, Outputs, RestoreError, ScalarCore};
use prospector_reference::{Event, NUM_ACTIONS, OBS_SIZE, StateError};
use prospector_simd::SimdPath;

/// A batch of episodes as parity sees it. Rows and indices are envs.
pub trait Candidate {
    fn reset(&mut self, seeds: &[u64], mask: &[bool]);
    /// Steps the envs of the mask, or all. `Err`: the first of them that has no running episode; none was stepped.
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>) -> Result<(), usize>;
    fn obs(&self, env: usize) -> &[f32];
    fn reward(&self, env: usize) -> f32;
    fn terminated(&self, env: usize) -> bool;
    fn truncated(&self, env: usize) -> bool;
    /// (dt, action, invalid) of the last step.
    fn last(&self, env: usize) -> (u8, u8, bool);
    /// uint8 rows of 69, one an env.
    fn action_masks(&self) -> Vec<u8>;
    /// `field` counts `InfoField::ALL`.
    fn info(&self, field: usize, env: usize) -> f32;
    fn cargo_value(&self, env: usize) -> f32;
    fn events(&self, env: usize) -> Vec<Event>;
    fn state(&self, env: usize) -> Vec<u8>;
    /// On an error, of the same class as the reference's, nothing changed.
    fn set_state(&mut self, env: usize, bytes: &[u8]) -> Result<(), StateError>;
}

/// A core with the buffers that it writes.
pub struct Core<B> {
    core: B,
    /// Its twin that records events, where recording takes another path than the one to be compared.
    recorder: Option<(B, Buffers)>,
    buffers: Buffers,
}

#[derive(Clone)]
struct Buffers {
    obs: Vec<f32>,
    reward: Vec<f32>,
    terminated: Vec<bool>,
    truncated: Vec<bool>,
}

impl Buffers {
    fn new(num_envs: usize) -> Self {
        Self {
            obs: vec![0.0; num_envs * OBS_SIZE],
            reward: vec![0.0; num_envs],
            terminated: vec![false; num_envs],
            truncated: vec![false; num_envs],
        }
    }

    fn outputs(&mut self) -> Outputs<'_> {
        let Self { obs, reward, terminated, truncated } = self;
        Outputs { obs, reward, terminated, truncated }
    }
}

pub type Scalar = Core<ScalarCore>;
pub type Native = Core<NativeCore>;

impl Scalar {
    /// # Panics
    /// If `num_envs` is 0 or `time_max` is not one that the rules allow.
    pub fn new(num_envs: usize, time_max: f32) -> Self {
        let mut core = ScalarCore::new(num_envs, time_max).expect("an allowed configuration");
        core.record_events(true);
        Self { core, recorder: None, buffers: Buffers::new(num_envs) }
    }
}

impl Native {
    /// Makes a core with a thread for as few as 16 envs.
    ///
    /// # Panics
    /// If the configuration is not allowed, or this machine cannot take the path.
    pub fn new(num_envs: usize, time_max: f32, num_threads: usize, path: SimdPath) -> Self {
        let core = || {
            NativeCore::with_envs_per_thread(num_envs, time_max, num_threads, path, 16)
                .expect("an allowed configuration")
        };
        let mut recorder = core();
        recorder.record_events(true);
        let buffers = Buffers::new(num_envs);
        Self { core: core(), recorder: Some((recorder, buffers.clone())), buffers }
    }
}

impl<B: Batch> Core<B> {
    /// The same call on the core, and on the recorder if there is one.
    fn each<T>(&mut self, call: impl Fn(&mut B, &mut Outputs<'_>) -> T) -> T {
        if let Some((recorder, buffers)) = &mut self.recorder {
            call(recorder, &mut buffers.outputs());
        }
        call(&mut self.core, &mut self.buffers.outputs())
    }
}

impl<B: Batch> Candidate for Core<B> {
    fn reset(&mut self, seeds: &[u64], mask: &[bool]) {
        self.each(|core, out| core.reset(seeds, Some(mask), out));
    }
    fn step(&mut self, actions: &[u8], mask: Option<&[bool]>) -> Result<(), usize> {
        self.each(|core, out| core.step(actions, mask, out)).map_err(|ended| ended.index)
    }
    fn obs(&self, env: usize) -> &[f32] {
        &self.buffers.obs[env * OBS_SIZE..][..OBS_SIZE]
    }
    fn reward(&self, env: usize) -> f32 {
        self.buffers.reward[env]
    }
    fn terminated(&self, env: usize) -> bool {
        self.buffers.terminated[env]
    }
    fn truncated(&self, env: usize) -> bool {
        self.buffers.truncated[env]
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
        let event = |EventRow { kind, a, b, v }| Event { kind, a, b, v };
        let recorder = self.recorder.as_ref().map_or(&self.core, |(recorder, _)| recorder);
        recorder.events(env).into_iter().map(event).collect()
    }
    fn state(&self, env: usize) -> Vec<u8> {
        self.core.state(env)
    }
    fn set_state(&mut self, env: usize, bytes: &[u8]) -> Result<(), StateError> {
        self.each(|core, out| core.set_state(env, bytes, out)).map_err(|error| class(&error))
    }
}

/// The class of an error, in the reference's words.
fn class(error: &RestoreError) -> StateError {
    use prospector_core::StateError as Core;
    match error.downcast_ref().expect("the state error of a core in Rust") {
        Core::Truncated { .. } => StateError::Truncated,
        Core::Magic { .. } => StateError::Magic,
        Core::Version { .. } => StateError::Version,
        Core::Length { .. } => StateError::Length,
        Core::Checksum { .. } => StateError::Checksum,
        Core::TimeMax { .. } => StateError::TimeMax,
        Core::Field { .. } => StateError::Field,
    }
}
