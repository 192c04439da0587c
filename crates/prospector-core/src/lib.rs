//! Asteroid Belt Prospector: the simulation core, without Python.
//!
//! The rules are `docs/rules.md`; comments cite its sections as "rules 4.2". This is the scalar path: one [`Episode`] at a
//! time, written to be read beside the rules. The C reference (`crates/prospector-reference`) gives the same bits.

#![deny(unsafe_code)]

mod action;
mod asteroids;
mod autoreset;
mod batch;
pub mod constants;
mod description;
mod effects;
mod end;
mod episode;
mod event;
mod hazards;
mod info;
pub mod layout;
mod market;
mod mask;
pub mod math;
#[expect(clippy::needless_range_loop, reason = "a loop over lanes indexes every array by the lane")]
mod native;
mod navigation;
mod observe;
mod prospecting;
mod restore;
mod reward;
mod rng;
mod scalar;
mod seeds;
mod state;
mod step;
mod trade;
mod vessel;
mod world;

pub use action::{Action, Group, MineMode, Purchase, ScanMode, Share};
pub use autoreset::{Autoreset, AutoresetMode, Endings, Worlds};
pub use batch::{Batch, ConfigError, EpisodeEnded, Outputs, RestoreError, check_config, check_lengths};
pub use constants::{NUM_ACTIONS, OBS_SIZE};
pub use description::Description;
pub use end::End;
pub use episode::Episode;
pub use event::{Amount, Event, EventKind, EventRow, EventSink, Kind, Source};
pub use info::{InfoColumn, InfoField, STEP_COLUMNS};
pub use market::slippage;
pub use native::NativeCore;
pub use prospecting::{MineTraits, fracture_chance, tool_factor};
pub use restore::StateError;
pub use scalar::ScalarCore;
pub use seeds::{SEED_BITS, episode_seed};
pub use step::{NotRunning, Outcome};
pub use world::NodeType;
