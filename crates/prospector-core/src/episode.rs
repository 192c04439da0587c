//! The state of one episode, its start (rules 3), and the questions that several rules ask of it.

use crate::asteroids::{self, Slots};
use crate::constants::{ASTEROID_SLOTS, CARGO_MAX, COMMODITIES, FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::end::End;
use crate::market::Market;
use crate::rng::{EPISODE_STREAM, Pcg32};
use crate::vessel::Vessel;
use crate::world::{self, Node, World};

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
    /// Makes an episode that waits for its first [`Episode::reset`]. `time_max` in ticks, as [`crate::ScalarCore::new`] checks it.
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

    /// Makes an episode without memory for a world.
    pub(crate) fn worldless(time_max: f32) -> Self {
        Self::with_world(time_max, World { nodes: Vec::new(), slots: Vec::new() })
    }

    /// Starts the episode of `seed` anew (rules 3).
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

impl Vessel for Episode {
    fn rng(&self) -> Pcg32 {
        self.rng
    }

    fn set_rng(&mut self, rng: Pcg32) {
        self.rng = rng;
    }

    fn at(&self) -> u8 {
        self.ship.node
    }

    fn set_at(&mut self, node: u8) {
        self.ship.node = node;
    }

    fn selected(&self) -> Option<u8> {
        self.ship.selected
    }

    fn select(&mut self, slot: Option<u8>) {
        self.ship.selected = slot;
    }

    fn cash_out(&mut self) {
        self.end.cashed_out = true;
    }

    fn fuel(&mut self) -> &mut f32 {
        &mut self.ship.fuel
    }

    fn hull(&mut self) -> &mut f32 {
        &mut self.ship.hull
    }

    fn heat(&mut self) -> &mut f32 {
        &mut self.ship.heat
    }

    fn tool(&mut self) -> &mut f32 {
        &mut self.ship.tool
    }

    fn alert(&mut self) -> &mut f32 {
        &mut self.ship.alert
    }

    fn credits(&mut self) -> &mut f32 {
        &mut self.ship.credits
    }

    fn cargo(&mut self, commodity: usize) -> &mut f32 {
        &mut self.ship.cargo[commodity]
    }

    fn repair_kits(&mut self) -> &mut u8 {
        &mut self.ship.repair_kits
    }

    fn stabilizers(&mut self) -> &mut u8 {
        &mut self.ship.stabilizers
    }

    fn decoys(&mut self) -> &mut u8 {
        &mut self.ship.decoys
    }

    fn escape_buff(&mut self) -> &mut u8 {
        &mut self.ship.escape_buff
    }

    fn stabilize_buff(&mut self, slot: u8) -> &mut u8 {
        &mut self.ship.stabilize_buff[usize::from(slot)]
    }

    fn price(&self, commodity: usize) -> f32 {
        self.market.price[commodity]
    }

    fn inventory(&mut self, commodity: usize) -> &mut f32 {
        &mut self.market.inventory[commodity]
    }

    fn recent_sales(&mut self, commodity: usize) -> &mut f32 {
        &mut self.market.recent_sales[commodity]
    }

    fn total_spend(&mut self) -> &mut f32 {
        &mut self.tally.total_spend
    }

    fn value_lost(&mut self) -> &mut f32 {
        &mut self.tally.value_lost
    }

    fn pirate_encounters(&mut self) -> &mut u32 {
        &mut self.tally.pirate_encounters
    }

    fn scan_count(&mut self) -> &mut u32 {
        &mut self.tally.scan_count
    }

    fn mining_ticks(&mut self) -> &mut u32 {
        &mut self.tally.mining_ticks
    }

    fn node(&self) -> &Node {
        &self.world.nodes[usize::from(self.ship.node)]
    }

    fn node_mut(&mut self) -> &mut Node {
        &mut self.world.nodes[usize::from(self.ship.node)]
    }

    fn slots_mut(&mut self) -> &mut Slots {
        if let Some(node) = self.world.undrawn(self.ship.node) {
            let slots = node.draw_slots();
            self.world.place(self.ship.node, slots);
        }
        self.world.slots_of_mut(self.ship.node).expect("the node has asteroids")
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
