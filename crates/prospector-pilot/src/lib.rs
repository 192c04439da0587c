//! What a player of Asteroid Belt Prospector can know and reckon: from observations alone, as the trainer and the scripted
//! players see them.
//!
//! A [`Logbook`] remembers one episode: the map, prices, how rich asteroids turned out. It gives a policy features of that,
//! and prunes from the action mask what cannot serve the ship.

#![deny(unsafe_code)]

mod logbook;
mod map;
mod observation;
mod pruning;
mod snapshot;
mod worth;

pub use logbook::{LOGBOOK_SIZE, Logbook};
pub use snapshot::LOGBOOK_WORDS;
