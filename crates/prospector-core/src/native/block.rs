//! What every step touches, 16 envs side by side: a field of all of them fills one register.
//!
//! The block is where these quantities live. An action, a pirate attack and every question that is asked of a single env run the
//! code of [`Episode`]: the lane is loaded into one, and stored again if it changed.

use super::lanes::{F, Hold, LANES};
use crate::constants::{ASTEROID_SLOTS, COMMODITIES};
use crate::episode::{End, Episode, Ship, Tally};
use crate::info::Account;
use crate::mask::Standing;
use crate::rng::Pcg32;
use crate::step::Outcome;

/// In `selected`: none.
const NONE: u8 = 255;
/// In `end`, beside the flags of [`End`]: never reset.
const NEVER_STARTED: u8 = 128;

#[derive(Clone)]
#[repr(C, align(64))]
pub(crate) struct Block {
    pub rng_state: [u64; LANES],
    pub rng_inc: [u64; LANES],
    pub fuel: F,
    pub hull: F,
    pub heat: F,
    pub tool: F,
    pub alert: F,
    pub credits: F,
    pub time_remaining: F,
    pub value_lost: F,
    pub utilization_sum: F,
    pub cargo: Hold,
    pub inventory: Hold,
    pub phase: Hold,
    pub period: Hold,
    pub amp: Hold,
    pub price: Hold,
    pub prev_price: Hold,
    pub recent_sales: Hold,
    pub ticks: [u32; LANES],
    pub overheat_ticks: [u32; LANES],
    /// Of the last step.
    pub reward: F,
    /// Of the current node.
    pub hazard: F,
    pub pirate: F,
    pub selectable: [u16; LANES],
    pub asteroid_count: [u8; LANES],
    pub ways: [u8; LANES],
    pub node: [u8; LANES],
    /// 255: none.
    pub selected: [u8; LANES],
    pub repair_kits: [u8; LANES],
    pub stabilizers: [u8; LANES],
    pub decoys: [u8; LANES],
    pub escape_buff: [u8; LANES],
    /// The flags of [`End`], or [`NEVER_STARTED`]; 0 while the episode runs.
    pub end: [u8; LANES],
    /// Of the last step, as in [`Outcome`].
    pub dt: [u8; LANES],
    pub action: [u8; LANES],
    pub invalid: [bool; LANES],
    pub stabilize_buff: [[u8; ASTEROID_SLOTS]; LANES],
    pub seldom: [Seldom; LANES],
}

/// What few steps change.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seldom {
    seed: u64,
    total_spend: f32,
    pirate_encounters: u32,
    scan_count: u32,
    mining_ticks: u32,
}

/// The per-step state of an env takes 320 bytes.
const _: () = assert!(size_of::<Block>() == 320 * LANES);

impl Block {
    /// Lanes that were never reset. Their numbers are such that passes over them stay harmless.
    pub fn new() -> Self {
        const ZERO: F = [0.0; LANES];
        const ZEROS: Hold = [ZERO; COMMODITIES];
        Self {
            rng_state: [0; LANES],
            rng_inc: [1; LANES],
            fuel: ZERO,
            hull: ZERO,
            heat: ZERO,
            tool: ZERO,
            alert: ZERO,
            credits: ZERO,
            time_remaining: ZERO,
            value_lost: ZERO,
            utilization_sum: ZERO,
            cargo: ZEROS,
            inventory: ZEROS,
            phase: ZEROS,
            period: [[1.0; LANES]; COMMODITIES],
            amp: ZEROS,
            price: ZEROS,
            prev_price: ZEROS,
            recent_sales: ZEROS,
            ticks: [0; LANES],
            overheat_ticks: [0; LANES],
            reward: ZERO,
            hazard: ZERO,
            pirate: ZERO,
            selectable: [0; LANES],
            asteroid_count: [0; LANES],
            ways: [0; LANES],
            node: [0; LANES],
            selected: [NONE; LANES],
            repair_kits: [0; LANES],
            stabilizers: [0; LANES],
            decoys: [0; LANES],
            escape_buff: [0; LANES],
            end: [NEVER_STARTED; LANES],
            dt: [0; LANES],
            action: [Outcome::NONE.action; LANES],
            invalid: [false; LANES],
            stabilize_buff: [[0; ASTEROID_SLOTS]; LANES],
            seldom: [Seldom::default(); LANES],
        }
    }

    /// Bit `i`: env `i` of the block can be stepped.
    #[inline(always)]
    pub fn running(&self) -> u16 {
        self.end.iter().enumerate().fold(0, |bits, (i, end)| bits | u16::from(*end == 0) << i)
    }

    #[inline(always)]
    pub fn selection(&self, lane: usize) -> bool {
        let selected = self.selected[lane];
        selected != NONE && self.selectable[lane] >> (selected & 15) & 1 == 1
    }

    #[inline(always)]
    pub fn standing(&self, lane: usize) -> Standing {
        Standing {
            at_station: self.node[lane] == 0,
            ways: self.ways[lane],
            selectable: self.selectable[lane],
            selection: self.selection(lane),
            repair_kits: self.repair_kits[lane],
            stabilizers: self.stabilizers[lane],
            decoys: self.decoys[lane],
            credits: self.credits[lane],
        }
    }

    pub fn outcome(&self, lane: usize) -> Outcome {
        let (dt, action, invalid) = (self.dt[lane], self.action[lane], self.invalid[lane]);
        Outcome { reward: self.reward[lane], dt, action, invalid }
    }

    pub fn set_outcome(&mut self, lane: usize, outcome: Outcome) {
        self.reward[lane] = outcome.reward;
        (self.dt[lane], self.action[lane], self.invalid[lane]) = (outcome.dt, outcome.action, outcome.invalid);
    }

    /// What its info is made of.
    #[inline]
    pub fn account(&self, lane: usize) -> Account {
        Account {
            fuel: self.fuel[lane],
            hull: self.hull[lane],
            tool: self.tool[lane],
            credits: self.credits[lane],
            time_remaining: self.time_remaining[lane],
            ticks: self.ticks[lane],
            end: self.end(lane),
            tally: self.tally(lane),
        }
    }

    #[inline(always)]
    fn tally(&self, lane: usize) -> Tally {
        let Seldom { total_spend, pirate_encounters, scan_count, mining_ticks, .. } = self.seldom[lane];
        Tally {
            total_spend,
            value_lost: self.value_lost[lane],
            utilization_sum: self.utilization_sum[lane],
            overheat_ticks: self.overheat_ticks[lane],
            pirate_encounters,
            scan_count,
            mining_ticks,
        }
    }

    /// As [`Episode::cargo_value`].
    #[inline]
    pub fn cargo_value(&self, lane: usize) -> f32 {
        self.cargo.iter().zip(&self.price).fold(0.0, |value, (cargo, price)| value + cargo[lane] * price[lane])
    }

    pub fn end(&self, lane: usize) -> End {
        End::from_flags(self.end[lane])
    }

    /// Takes a lane from another block.
    pub fn copy_lane(&mut self, from: &Self, lane: usize, by_way_of: &mut Episode) {
        from.load(lane, by_way_of);
        self.store_all(lane, by_way_of);
        self.set_outcome(lane, from.outcome(lane));
        self.hazard[lane] = from.hazard[lane];
        self.pirate[lane] = from.pirate[lane];
        self.ways[lane] = from.ways[lane];
        self.selectable[lane] = from.selectable[lane];
        self.asteroid_count[lane] = from.asteroid_count[lane];
    }

    /// All of the lane but its world, which the caller lends.
    pub fn load(&self, lane: usize, episode: &mut Episode) {
        self.load_ship(lane, episode);
        self.load_trade(lane, episode);
        let market = &mut episode.market;
        for c in 0..COMMODITIES {
            market.phase[c] = self.phase[c][lane];
            market.period[c] = self.period[c][lane];
            market.amp[c] = self.amp[c][lane];
            market.prev_price[c] = self.prev_price[c][lane];
        }
        episode.seed = self.seldom[lane].seed;
        episode.started = self.end[lane] & NEVER_STARTED == 0;
        episode.end = self.end(lane);
        episode.time_remaining = self.time_remaining[lane];
        episode.ticks = self.ticks[lane];
    }

    /// All of an episode that was reset or restored, with what the block keeps of the current node.
    pub fn store(&mut self, lane: usize, episode: &Episode) {
        self.store_all(lane, episode);
        self.see_node(lane, episode);
    }

    /// All of an episode but its world.
    fn store_all(&mut self, lane: usize, episode: &Episode) {
        self.store_ship(lane, episode);
        self.store_trade(lane, episode);
        let market = &episode.market;
        for c in 0..COMMODITIES {
            self.phase[c][lane] = market.phase[c];
            self.period[c][lane] = market.period[c];
            self.amp[c][lane] = market.amp[c];
            self.prev_price[c][lane] = market.prev_price[c];
        }
        self.rng_inc[lane] = episode.rng.inc;
        self.seldom[lane].seed = episode.seed;
        self.end[lane] = if episode.started { episode.end.to_flags() } else { NEVER_STARTED };
        self.time_remaining[lane] = episode.time_remaining;
        self.ticks[lane] = episode.ticks;
        self.utilization_sum[lane] = episode.tally.utilization_sum;
        self.overheat_ticks[lane] = episode.tally.overheat_ticks;
        self.stabilize_buff[lane] = episode.ship.stabilize_buff;
    }

    /// What actions and pirates of a running episode ask of the ship, and the generator.
    #[inline(always)]
    pub fn load_ship(&self, lane: usize, episode: &mut Episode) {
        episode.rng = Pcg32 { state: self.rng_state[lane], inc: self.rng_inc[lane] };
        let selected = self.selected[lane];
        episode.ship = Ship {
            node: self.node[lane],
            selected: (selected != NONE).then_some(selected),
            fuel: self.fuel[lane],
            hull: self.hull[lane],
            heat: self.heat[lane],
            tool: self.tool[lane],
            alert: self.alert[lane],
            credits: self.credits[lane],
            cargo: std::array::from_fn(|c| self.cargo[c][lane]),
            repair_kits: self.repair_kits[lane],
            stabilizers: self.stabilizers[lane],
            decoys: self.decoys[lane],
            escape_buff: self.escape_buff[lane],
            stabilize_buff: self.stabilize_buff[lane],
        };
        episode.end = End::default();
        episode.tally = self.tally(lane);
    }

    #[inline(always)]
    pub fn store_ship(&mut self, lane: usize, episode: &Episode) {
        let ship = &episode.ship;
        self.rng_state[lane] = episode.rng.state;
        self.node[lane] = ship.node;
        self.selected[lane] = ship.selected.unwrap_or(NONE);
        self.fuel[lane] = ship.fuel;
        self.hull[lane] = ship.hull;
        self.heat[lane] = ship.heat;
        self.tool[lane] = ship.tool;
        self.alert[lane] = ship.alert;
        self.credits[lane] = ship.credits;
        for c in 0..COMMODITIES {
            self.cargo[c][lane] = ship.cargo[c];
        }
        self.repair_kits[lane] = ship.repair_kits;
        self.stabilizers[lane] = ship.stabilizers;
        self.decoys[lane] = ship.decoys;
        self.escape_buff[lane] = ship.escape_buff;
        self.stabilize_buff[lane] = ship.stabilize_buff;
        self.value_lost[lane] = episode.tally.value_lost;
        let Tally { total_spend, pirate_encounters, scan_count, mining_ticks, .. } = episode.tally;
        let seldom = &mut self.seldom[lane];
        *seldom = Seldom { total_spend, pirate_encounters, scan_count, mining_ticks, ..*seldom };
    }

    /// What a sale moves, and what cargo is worth.
    #[inline(always)]
    pub fn load_trade(&self, lane: usize, episode: &mut Episode) {
        let market = &mut episode.market;
        for c in 0..COMMODITIES {
            market.price[c] = self.price[c][lane];
            market.inventory[c] = self.inventory[c][lane];
            market.recent_sales[c] = self.recent_sales[c][lane];
        }
    }

    #[inline(always)]
    pub fn store_trade(&mut self, lane: usize, episode: &Episode) {
        let market = &episode.market;
        for c in 0..COMMODITIES {
            self.price[c][lane] = market.price[c];
            self.inventory[c][lane] = market.inventory[c];
            self.recent_sales[c][lane] = market.recent_sales[c];
        }
    }

    /// Keeps what the passes ask of the current node.
    #[inline(always)]
    pub fn see_node(&mut self, lane: usize, episode: &Episode) {
        let node = episode.node();
        self.hazard[lane] = node.hazard;
        self.pirate[lane] = node.pirate;
        self.ways[lane] = node.ways();
        self.asteroid_count[lane] = node.asteroid_count;
        self.selectable[lane] = episode.slots().map_or(0, |slots| slots.selectable(node.asteroid_count));
    }
}
