//! The observation of a block, straight into the caller's rows: what changes every step over lanes, the rest where it changed.

use super::block::Block;
use super::lanes::{F, LANES};
use super::step::Bench;
use super::survey::normalise_floored;
use crate::actions::{Action, ScanMode};
use crate::asteroids::Slots;
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, FUEL_MAX, HEAT_MAX, HULL_MAX, OBS_SIZE, TOOL_MAX,
};
use crate::math;
use crate::observe::{ASTEROID_SIZE, ASTEROIDS_AT, MARKET_AT, STOCKED};

/// What the row of an env has to show anew, besides ship and market.
#[derive(Clone, Copy, Default)]
pub(crate) struct Changed {
    /// The ship is at another node.
    pub place: bool,
    pub ways: bool,
    /// Bit `a`: asteroid slot `a`.
    pub slots: u16,
}

impl Changed {
    /// Of an action that was valid, done with `selected` (255: nothing) selected.
    #[inline(always)]
    pub fn note(&mut self, action: Action, selected: u8) {
        let slot = |slot: u8| if slot < 16 { 1 << slot } else { 0 };
        match action {
            Action::Travel { .. } => *self = Self { place: true, ways: true, slots: u16::MAX },
            Action::ThreatListen => self.ways = true,
            Action::Scan(ScanMode::Wide) => self.slots = u16::MAX,
            Action::Scan(_) | Action::Mine(_) => self.slots |= slot(selected),
            Action::Select { slot: new } => self.slots |= slot(selected) | slot(new),
            _ => {}
        }
    }
}

/// What the passes have computed and the observation shows.
pub(crate) struct Shown {
    pub cargo_share: F,
}

/// Observations 0..=18, and 244..=259.
const SHIP: usize = 19;
const MARKET: usize = OBS_SIZE - MARKET_AT;

/// Brings the rows of the lanes in `active` up to date.
#[inline(always)]
pub(crate) fn show(block: &Block, bench: &mut Bench<'_>, shown: &Shown, active: u16, rows: &mut [[f32; OBS_SIZE]]) {
    let ship = ship(block, shown, bench.episode.time_max);
    let market = market(block);
    let mut lanes = active;
    while lanes != 0 {
        let lane = lanes.trailing_zeros() as usize;
        lanes &= lanes - 1;
        let row = &mut rows[lane];
        for (entry, field) in row[..SHIP].iter_mut().zip(&ship) {
            *entry = field[lane];
        }
        for (entry, field) in row[MARKET_AT..].iter_mut().zip(&market) {
            *entry = field[lane];
        }
        let changed = std::mem::take(&mut bench.changed[lane]);
        if changed.ways || changed.slots != 0 {
            show_surroundings(block, bench, lane, changed, row);
        }
    }
}

#[inline(always)]
fn ship(block: &Block, shown: &Shown, time_max: f32) -> [F; SHIP] {
    let unit = |x: f32| math::clamp(x, 0.0, 1.0);
    let cap = f32::from(CONSUMABLE_CAP);
    let most = math::ln1p(1e7);
    let mut out = [[0.0; LANES]; SHIP];
    for i in 0..LANES {
        out[0][i] = unit(block.fuel[i] / FUEL_MAX);
        out[1][i] = unit(block.hull[i] / HULL_MAX);
        out[2][i] = unit(block.heat[i] / HEAT_MAX);
        out[3][i] = unit(block.tool[i] / TOOL_MAX);
        out[4][i] = shown.cargo_share[i];
        out[5][i] = unit(block.alert[i] / ALERT_MAX);
        out[6][i] = unit(block.time_remaining[i] / time_max);
    }
    for i in 0..LANES {
        out[7][i] = unit(math::ln1p(math::max(0.0, block.credits[i])) / most);
    }
    for c in 0..COMMODITIES {
        for i in 0..LANES {
            out[8 + c][i] = block.cargo[c][i] / CARGO_MAX;
        }
    }
    for i in 0..LANES {
        out[14][i] = f32::from(block.repair_kits[i]) / cap;
        out[15][i] = f32::from(block.stabilizers[i]) / cap;
        out[16][i] = f32::from(block.decoys[i]) / cap;
        out[17][i] = if block.node[i] == 0 { 1.0 } else { 0.0 };
    }
    for i in 0..LANES {
        out[18][i] = f32::from(u8::from(block.selection(i)));
    }
    out
}

#[inline(always)]
fn market(block: &Block) -> [F; MARKET] {
    let mut out = [[0.0; LANES]; MARKET];
    for c in 0..COMMODITIES {
        for i in 0..LANES {
            let (price, before) = (block.price[c][i], block.prev_price[c][i]);
            out[c][i] = math::clamp(price / BASE_PRICE[c], 0.0, 1.0);
            out[COMMODITIES + c][i] = math::clamp((price - before) / 100.0, -1.0, 1.0);
        }
    }
    for (k, c) in STOCKED.into_iter().enumerate() {
        for i in 0..LANES {
            out[2 * COMMODITIES + k][i] = math::clamp(block.inventory[c][i] / 500.0, 0.0, 1.0);
        }
    }
    out
}

/// The node, its ways and its asteroids, as far as they changed.
#[inline(always)]
fn show_surroundings(block: &Block, bench: &mut Bench<'_>, lane: usize, changed: Changed, row: &mut [f32; OBS_SIZE]) {
    let episode = &mut *bench.episode;
    episode.ship.node = block.node[lane];
    let selected = block.selected[lane];
    episode.ship.selected = (selected != 255).then_some(selected);
    std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
    if changed.place {
        episode.observe_place(row);
    }
    if changed.ways {
        episode.observe_ways(row);
    }
    match (episode.slots(), changed.slots) {
        (None, 0) => {}
        (None, _) => row[ASTEROIDS_AT..MARKET_AT].fill(0.0),
        (Some(slots), u16::MAX) => show_slots(slots, episode.node().asteroid_count, selected, row),
        (Some(_), mut slots) => {
            while slots != 0 {
                episode.observe_asteroid(slots.trailing_zeros() as u8, row);
                slots &= slots - 1;
            }
        }
    }
    std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
}

/// All slots of a node, as [`crate::Episode::observe`] shows them one by one.
#[inline(always)]
fn show_slots(slots: &Slots, count: u8, selected: u8, row: &mut [f32; OBS_SIZE]) {
    let mut comp = slots.comp_est;
    normalise_floored(&mut comp);
    let (entries, _) = row[ASTEROIDS_AT..MARKET_AT].as_chunks_mut::<ASTEROID_SIZE>();
    for (slot, entry) in entries.iter_mut().enumerate() {
        if slot >= usize::from(count) {
            *entry = [0.0; ASTEROID_SIZE];
            continue;
        }
        entry[0] = 1.0;
        for c in 0..COMMODITIES {
            entry[1 + c] = comp[c][slot];
        }
        entry[7] = slots.stability_est[slot];
        entry[8] = slots.depletion[slot];
        entry[9] = slots.scan_conf[slot];
        entry[10] = if usize::from(selected) == slot { 1.0 } else { 0.0 };
    }
}

/// The row as [`crate::Episode::observe`] writes it.
pub(crate) fn show_whole(block: &Block, bench: &mut Bench<'_>, lane: usize, row: &mut [f32; OBS_SIZE]) {
    block.load(lane, bench.episode);
    std::mem::swap(&mut bench.episode.world, &mut bench.worlds[lane]);
    bench.episode.observe(row);
    std::mem::swap(&mut bench.episode.world, &mut bench.worlds[lane]);
    bench.changed[lane] = Changed::default();
}
