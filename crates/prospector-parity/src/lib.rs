//! The same block of steps on the C reference and on another implementation, compared bit for bit.
mod block;
mod bundle;
mod candidate;
mod mismatch;
mod pair;
mod policy;
pub mod throughput;

pub use block::{Block, Report, compare, compare_episode};
pub use bundle::{Bundle, write_bundle};
pub use candidate::{Candidate, Core, Native, Scalar};
pub use mismatch::Mismatch;
pub use pair::{Divergence, Pair};
pub use policy::{CASH_OUT, Choices, POLICIES, Policy};
