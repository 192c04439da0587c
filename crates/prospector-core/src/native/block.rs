//! What every step touches, 16 envs side by side: a field of all of them fills one register.
//!
//! The block is where these quantities live. What happens to one env alone happens to its [`super::env::Env`]. Where an
//! [`Episode`] is needed, for state bytes or events, the lane is loaded into one and stored again.

use super::lanes::{PerCommodity, nonzero};
use crate::constants::{ASTEROID_SLOTS, COMMODITIES};
use crate::end::End;
use crate::episode::{Episode, Ship, Tally};
use crate::info::InfoInputs;
use crate::market::Market;
use crate::mask::{self, MaskInputs};
use crate::rng::Pcg32;
use crate::step::Outcome;
use crate::world::World;
use prospector_simd::{LANES, Lanes};

/// Stands in `selected` where nothing is selected.
pub(crate) const NONE: u8 = 255;
/// Stands in `end`, beside the flags of [`End`], before the first reset.
const NEVER_STARTED: u8 = 128;

#[derive(Clone)]
#[repr(C, align(64))]
pub(crate) struct Block {
    pub rng_state: [u64; LANES],
    pub rng_inc: [u64; LANES],
    /// Which actions are valid, as [`MaskInputs::allowed`] says; the edges and the asteroids of the current node are among them.
    pub allowed: [u128; LANES],
    pub fuel: Lanes,
    pub hull: Lanes,
    pub heat: Lanes,
    pub tool: Lanes,
    pub alert: Lanes,
    pub credits: Lanes,
    pub time_remaining: Lanes,
    pub value_lost: Lanes,
    pub utilization_sum: Lanes,
    pub cargo: PerCommodity,
    pub inventory: PerCommodity,
    pub phase: PerCommodity,
    pub period: PerCommodity,
    pub amp: PerCommodity,
    pub price: PerCommodity,
    pub prev_price: PerCommodity,
    pub recent_sales: PerCommodity,
    pub ticks: [u32; LANES],
    pub overheat_ticks: [u32; LANES],
    /// The reward of the last step.
    pub reward: Lanes,
    /// The dangers and the asteroids of the current node.
    pub hazard: Lanes,
    pub pirate: Lanes,
    pub asteroid_count: [u8; LANES],
    pub node: [u8; LANES],
    /// The selected slot, or [`NONE`].
    pub selected: [u8; LANES],
    pub repair_kits: [u8; LANES],
    pub stabilizers: [u8; LANES],
    pub decoys: [u8; LANES],
    pub escape_buff: [u8; LANES],
    /// The flags of [`End`], or [`NEVER_STARTED`]; 0 while the episode runs.
    pub end: [u8; LANES],
    /// These three are those of the last step, as in [`Outcome`].
    pub dt: [u8; LANES],
    pub action: [u8; LANES],
    pub invalid: [bool; LANES],
    pub stabilize_buff: [[u8; ASTEROID_SLOTS]; LANES],
    pub cold: [ColdState; LANES],
}

/// The state of an env that few steps change.
#[derive(Clone, Copy, Default)]
pub(crate) struct ColdState {
    pub seed: u64,
    pub total_spend: f32,
    pub pirate_encounters: u32,
    pub scan_count: u32,
    pub mining_ticks: u32,
}

/// The per-step state of an env takes 332 bytes.
const _: () = assert!(size_of::<Block>() == 332 * LANES);

impl Block {
    /// A block whose lanes were never reset. Their numbers keep passes over them harmless.
    pub fn new() -> Self {
        const ZERO: Lanes = [0.0; LANES];
        const ZEROS: PerCommodity = [ZERO; COMMODITIES];
        Self {
            rng_state: [0; LANES],
            rng_inc: [1; LANES],
            allowed: [0; LANES],
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
            asteroid_count: [0; LANES],
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
            cold: [ColdState::default(); LANES],
        }
    }

    /// Bit `i`: env `i` of the block can be stepped.
    #[inline(always)]
    pub fn running(&self) -> u16 {
        self.end.iter().enumerate().fold(0, |bits, (i, end)| bits | u16::from(*end == 0) << i)
    }

    /// Whether the selected slot is a valid selection.
    #[inline(always)]
    pub fn has_selection(&self, lane: usize) -> bool {
        self.allowed[lane] & mask::ON_SELECTION != 0
    }

    /// Finds which actions are valid after an action was done. Pirates change nothing of it: the number of decoys counts only at
    /// the station, where pirates never are.
    #[inline(always)]
    pub fn update_allowed(&mut self, lane: usize) {
        let (edges, selectable) = mask::around(self.allowed[lane]);
        self.set_allowed(lane, edges, selectable);
    }

    #[inline(always)]
    fn set_allowed(&mut self, lane: usize, edges: u8, selectable: u16) {
        let selected = self.selected[lane];
        let inputs = MaskInputs {
            at_station: self.node[lane] == 0,
            edges,
            selectable,
            selection: selected != NONE && selectable >> (selected & 15) & 1 == 1,
            repair_kits: self.repair_kits[lane],
            stabilizers: self.stabilizers[lane],
            decoys: self.decoys[lane],
            credits: self.credits[lane],
        };
        self.allowed[lane] = inputs.allowed();
    }

    /// Bit `i`: lane `i` may do the action of its code now.
    #[inline(always)]
    pub fn valid(&self, codes: &[u8; LANES]) -> u16 {
        let mut valid = [0; LANES];
        for i in 0..LANES {
            valid[i] = u8::from(mask::allows(self.allowed[i], codes[i]));
        }
        nonzero(&valid)
    }

    pub fn outcome(&self, lane: usize) -> Outcome {
        let (dt, action, invalid) = (self.dt[lane], self.action[lane], self.invalid[lane]);
        Outcome { reward: self.reward[lane], dt, action, invalid }
    }

    pub fn set_outcome(&mut self, lane: usize, outcome: Outcome) {
        self.reward[lane] = outcome.reward;
        (self.dt[lane], self.action[lane], self.invalid[lane]) = (outcome.dt, outcome.action, outcome.invalid);
    }

    /// What the info of a lane is made of.
    #[inline]
    pub fn info_inputs(&self, lane: usize) -> InfoInputs {
        InfoInputs {
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
        let ColdState { total_spend, pirate_encounters, scan_count, mining_ticks, .. } = self.cold[lane];
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

    /// Credits that the cargo is worth, as [`Episode::cargo_value`].
    #[inline]
    pub fn cargo_value(&self, lane: usize) -> f32 {
        self.cargo.iter().zip(&self.price).fold(0.0, |value, (cargo, price)| value + cargo[lane] * price[lane])
    }

    pub fn end(&self, lane: usize) -> End {
        End::from_flags(self.end[lane])
    }

    /// Takes a lane from another block.
    pub fn copy_lane(&mut self, from: &Self, lane: usize) {
        let mut episode = Episode::worldless(1.0);
        from.load(lane, &mut episode);
        self.store_all(lane, &episode);
        self.set_outcome(lane, from.outcome(lane));
        self.hazard[lane] = from.hazard[lane];
        self.pirate[lane] = from.pirate[lane];
        self.allowed[lane] = from.allowed[lane];
        self.asteroid_count[lane] = from.asteroid_count[lane];
    }

    /// Loads all of the lane but its world, which the caller lends.
    pub fn load(&self, lane: usize, episode: &mut Episode) {
        episode.seed = self.cold[lane].seed;
        episode.started = self.end[lane] & NEVER_STARTED == 0;
        episode.end = self.end(lane);
        episode.rng = Pcg32 { state: self.rng_state[lane], inc: self.rng_inc[lane] };
        episode.time_remaining = self.time_remaining[lane];
        episode.ticks = self.ticks[lane];
        episode.tally = self.tally(lane);
        let selected = self.selected[lane];
        let of = |quantities: &PerCommodity| std::array::from_fn(|c| quantities[c][lane]);
        episode.ship = Ship {
            node: self.node[lane],
            selected: (selected != NONE).then_some(selected),
            fuel: self.fuel[lane],
            hull: self.hull[lane],
            heat: self.heat[lane],
            tool: self.tool[lane],
            alert: self.alert[lane],
            credits: self.credits[lane],
            cargo: of(&self.cargo),
            repair_kits: self.repair_kits[lane],
            stabilizers: self.stabilizers[lane],
            decoys: self.decoys[lane],
            escape_buff: self.escape_buff[lane],
            stabilize_buff: self.stabilize_buff[lane],
        };
        episode.market = Market {
            inventory: of(&self.inventory),
            phase: of(&self.phase),
            period: of(&self.period),
            amp: of(&self.amp),
            price: of(&self.price),
            prev_price: of(&self.prev_price),
            recent_sales: of(&self.recent_sales),
        };
    }

    /// Stores an episode, with what the block keeps of the current node.
    pub fn store(&mut self, lane: usize, episode: &Episode) {
        self.store_all(lane, episode);
        self.refresh_node(lane, &episode.world);
    }

    /// Stores an episode but its world.
    fn store_all(&mut self, lane: usize, episode: &Episode) {
        let Episode { ship, market, tally, .. } = episode;
        self.end[lane] = if episode.started { episode.end.to_flags() } else { NEVER_STARTED };
        (self.rng_state[lane], self.rng_inc[lane]) = (episode.rng.state, episode.rng.inc);
        self.time_remaining[lane] = episode.time_remaining;
        self.ticks[lane] = episode.ticks;
        self.value_lost[lane] = tally.value_lost;
        self.utilization_sum[lane] = tally.utilization_sum;
        self.overheat_ticks[lane] = tally.overheat_ticks;
        let Tally { total_spend, pirate_encounters, scan_count, mining_ticks, .. } = *tally;
        self.cold[lane] = ColdState { seed: episode.seed, total_spend, pirate_encounters, scan_count, mining_ticks };
        self.node[lane] = ship.node;
        self.selected[lane] = ship.selected.unwrap_or(NONE);
        self.fuel[lane] = ship.fuel;
        self.hull[lane] = ship.hull;
        self.heat[lane] = ship.heat;
        self.tool[lane] = ship.tool;
        self.alert[lane] = ship.alert;
        self.credits[lane] = ship.credits;
        self.repair_kits[lane] = ship.repair_kits;
        self.stabilizers[lane] = ship.stabilizers;
        self.decoys[lane] = ship.decoys;
        self.escape_buff[lane] = ship.escape_buff;
        self.stabilize_buff[lane] = ship.stabilize_buff;
        for c in 0..COMMODITIES {
            self.cargo[c][lane] = ship.cargo[c];
            self.inventory[c][lane] = market.inventory[c];
            self.phase[c][lane] = market.phase[c];
            self.period[c][lane] = market.period[c];
            self.amp[c][lane] = market.amp[c];
            self.price[c][lane] = market.price[c];
            self.prev_price[c][lane] = market.prev_price[c];
            self.recent_sales[c][lane] = market.recent_sales[c];
        }
    }

    /// Reads from the world what the passes need of the current node.
    #[inline(always)]
    pub fn refresh_node(&mut self, lane: usize, world: &World) {
        let node = &world.nodes[usize::from(self.node[lane])];
        self.hazard[lane] = node.hazard;
        self.pirate[lane] = node.pirate;
        self.asteroid_count[lane] = node.asteroid_count;
        self.set_allowed(lane, node.edge_bits(), world.selectable(self.node[lane]));
    }
}
