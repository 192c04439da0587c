//! Asteroid Belt Prospector: the simulation core. The rules are `game.md`.

pub mod math;
