//! The state of one episode, its start (rules 3), and the questions that several rules ask of it.

use crate::asteroids;
use crate::constants::{ASTEROID_SLOTS, CARGO_MAX, COMMODITIES, FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::market::Market;
use crate::rng::{EPISODE_STREAM, Pcg32};
use crate::world::{self, World};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ship {
    /// Index of the node where it is.
    pub node: u8,
    /// Selected asteroid slot, whether or not anything is left there.
    pub selected: Option<u8>,
    pub fuel: f32,
    pub hull: f32,
    pub heat: f32,
    pub tool: f32,
    pub alert: f32,
    pub credits: f32,
    pub cargo: [f32; COMMODITIES],
    pub repair_kits: u8,
    pub stabilizers: u8,
    pub decoys: u8,
    /// Ticks left.
    pub escape_buff: u8,
    /// Ticks left, by slot index; they survive travel (rules 4).
    pub stabilize_buff: [u8; ASTEROID_SLOTS],
}

/// What an episode counts for its info (rules 7).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub total_spend: f32,
    pub value_lost: f32,
    /// Sum of cargo share x ticks; the count that divides it is the episode's ticks.
    pub utilization_sum: f32,
    pub overheat_ticks: u32,
    pub pirate_encounters: u32,
    pub scan_count: u32,
    pub mining_ticks: u32,
}

/// How an episode ended (rules 4.7); all false while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    pub terminated: bool,
    pub truncated: bool,
    pub destroyed: bool,
    pub stranded: bool,
    pub cashed_out: bool,
}

impl End {
    /// Whether the episode is over.
    pub fn reached(self) -> bool {
        self.terminated || self.truncated
    }
}

/// One episode: everything that the next step depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    pub(crate) time_max: f32,
    pub(crate) seed: u64,
    pub(crate) rng: Pcg32,
    /// Whether it was ever reset or restored.
    pub(crate) started: bool,
    pub(crate) ship: Ship,
    pub(crate) time_remaining: f32,
    pub(crate) ticks: u32,
    pub(crate) world: World,
    pub(crate) market: Market,
    pub(crate) tally: Tally,
    pub(crate) end: End,
}

impl Episode {
    /// An episode that waits for its first [`Episode::reset`]. `time_max` in ticks, as [`crate::BatchCore::new`] checks it.
    pub fn new(time_max: f32) -> Self {
        Self::with_world(time_max, World::empty())
    }

    fn with_world(time_max: f32, world: World) -> Self {
        Self {
            time_max,
            seed: 0,
            rng: Pcg32::default(),
            started: false,
            ship: Ship::default(),
            time_remaining: 0.0,
            ticks: 0,
            world,
            market: Market::default(),
            tally: Tally::default(),
            end: End::default(),
        }
    }

    /// As [`Episode::new`], without memory for a world.
    pub(crate) fn worldless(time_max: f32) -> Self {
        Self::with_world(time_max, World { nodes: Vec::new(), slots: Vec::new() })
    }

    /// Rules 3: starts the episode of `seed` anew.
    pub fn reset(&mut self, seed: u64) {
        self.begin(seed);
        world::generate(&mut self.rng, &mut self.world);
        self.market = Market::open(&mut self.rng);
    }

    /// The start of an episode but for its belt and its market.
    pub(crate) fn begin(&mut self, seed: u64) {
        self.seed = seed;
        self.rng = Pcg32::new(seed, EPISODE_STREAM);
        self.started = true;
        self.ship = Ship {
            fuel: FUEL_MAX,
            hull: HULL_MAX,
            tool: TOOL_MAX,
            repair_kits: 3,
            stabilizers: 2,
            decoys: 1,
            ..Ship::default()
        };
        self.time_remaining = self.time_max;
        self.ticks = 0;
        self.tally = Tally::default();
        self.end = End::default();
    }

    /// Whether it can be stepped: it was reset and has not ended.
    pub fn running(&self) -> bool {
        self.started && !self.end.reached()
    }

    pub fn end(&self) -> End {
        self.end
    }

    /// Units of all commodities.
    pub(crate) fn cargo_total(&self) -> f32 {
        asteroids::sum(&self.ship.cargo)
    }

    /// Share of the hold in use, in `[0, 1]`.
    pub(crate) fn cargo_share(&self) -> f32 {
        crate::math::clamp(self.cargo_total() / CARGO_MAX, 0.0, 1.0)
    }

    /// Credits that the cargo is worth at current prices, without slippage.
    pub fn cargo_value(&self) -> f32 {
        self.ship.cargo.iter().zip(&self.market.price).fold(0.0, |value, (quantity, price)| value + quantity * price)
    }
}

#[cfg(test)]
impl Episode {
    /// A reset episode with the default time budget.
    pub(crate) fn started(seed: u64) -> Self {
        let mut episode = Self::new(20_000.0);
        episode.reset(seed);
        episode
    }

    /// A reset episode with the ship at node 1 and asteroid 0 selected.
    pub(crate) fn prospecting(seed: u64) -> Self {
        let mut episode = Self::started(seed);
        episode.ship.node = 1;
        episode.ship.selected = Some(0);
        episode
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_leaves_nothing_of_the_episode_before() {
        let mut used = Episode::started(1);
        for code in [7, 8, 0, 28, 40, 12, 28, 31, 200, 68] {
            used.step(code, &mut ()).expect("it runs until it is cashed out");
        }
        assert!(used.end().reached());
        used.reset(2);
        assert_eq!(used, Episode::started(2));
    }

    #[test]
    fn an_episode_that_never_began_does_not_run() {
        assert!(!Episode::new(100.0).running());
        assert!(Episode::started(0).running());
    }
}
