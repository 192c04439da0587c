use prospector_core::{OBS_SIZE, Outputs};

/// The buffers of a caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffers {
    pub obs: Vec<f32>,
    pub reward: Vec<f32>,
    pub terminated: Vec<bool>,
    pub truncated: Vec<bool>,
}

impl Buffers {
    /// Filled with what no step writes.
    pub fn new(num_envs: usize) -> Self {
        Self {
            obs: vec![7.0; num_envs * OBS_SIZE],
            reward: vec![7.0; num_envs],
            terminated: vec![true; num_envs],
            truncated: vec![true; num_envs],
        }
    }

    pub fn outputs(&mut self) -> Outputs<'_> {
        let Self { obs, reward, terminated, truncated } = self;
        Outputs { obs, reward, terminated, truncated }
    }
}
