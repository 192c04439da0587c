//! What a player of Asteroid Belt Prospector can know and reckon, from observations alone.
//!
//! A [`Logbook`] remembers one episode: the map, prices, how rich asteroids turned out. It gives a policy features of that,
//! and prunes from the action mask what cannot serve the ship. What it reckons with (prices, sales, mining, pirates, trips) are
//! functions of their own, because the scripted players reckon with the same.

#![deny(unsafe_code)]

mod features;
mod logbook;
mod map;
mod market;
mod mining;
mod observation;
mod paths;
mod pirates;
mod pruning;
mod snapshot;
mod trips;

pub use features::LOGBOOK_SIZE;
pub use logbook::Logbook;
pub use market::{STATION_TICK, Sale, best_sale, follow_price, ore_prices, refining_gain};
pub use mining::{DepletionChange, Deposit, Forecast, mined_richness, unit_value};
pub use observation::ObservationView;
pub use paths::{Homeward, Path, paths_home};
pub use pirates::expected_robbery;
pub use snapshot::LOGBOOK_WORDS;
pub use trips::{LEAST_YIELD, MINING_TICKS, UNSEEN_GAIN, trip_profit};
