//! Safe access to the C reference, the oracle of every other implementation of the rules.

mod batch;
mod env;
mod ffi;
pub mod math;
pub mod table;

pub use batch::ReferenceCore;
pub use env::{Env, EpisodeEnded, Event, NUM_ACTIONS, OBS_SIZE, Outcome, StateError, language};
