//! The same block of steps on the C reference and on another implementation, compared bit for bit.
mod block;
mod bundle;
mod candidate;
mod pair;
mod policy;
pub mod throughput;

pub use block::{Block, Report, compare, compare_episode};
pub use bundle::{Bundle, write_bundle};
pub use candidate::{Candidate, Core, Native, Scalar};
pub use pair::{Pair, Parted};
pub use policy::{Choices, POLICIES, Policy};

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
