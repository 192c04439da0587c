//! Where two implementations part.

use std::fmt;

/// Where two implementations part: enough to find the step again.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    pub env: usize,
    pub seed: u64,
    pub time_max: f32,
    /// Steps of this episode before the one that differs; the reset is step 0 with no action.
    pub step: usize,
    pub action: Option<u8>,
    pub field: String,
    pub reference: String,
    pub candidate: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {} (time_max {}, env {}), step {}, action {:?}: {} is {} in the reference and {} in the candidate",
            self.seed, self.time_max, self.env, self.step, self.action, self.field, self.reference, self.candidate
        )
    }
}
