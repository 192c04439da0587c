//! Asteroid Belt Prospector: the simulation core, without Python.
//!
//! The rules are `docs/rules.md`; comments cite its sections as "rules 4.2". This is the scalar path: one [`Episode`] at a
//! time, written to be read beside the rules. The C reference (`crates/prospector-reference`) gives the same bits.

#![deny(unsafe_code)]

mod actions;
mod batch;
pub mod constants;
mod episode;
mod event;
mod hazards;
mod info;
mod market;
mod mask;
pub mod math;
mod navigation;
mod observe;
mod prospecting;
mod restore;
mod reward;
mod rng;
mod state;
mod step;
mod world;

pub use actions::{Action, MineMode, Purchase, ScanMode};
pub use batch::{BatchCore, ConfigError, EpisodeEnded, Outputs};
pub use constants::{NUM_ACTIONS, OBS_SIZE};
pub use episode::{End, Episode};
pub use event::{Event, EventRow, EventSink};
pub use info::InfoField;
pub use restore::StateError;
pub use step::{NotRunning, Outcome};
