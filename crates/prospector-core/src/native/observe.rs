//! The observation of a block, straight into the caller's rows: what changes every step over lanes, the rest where it changed.

use super::block::Block;
use super::lanes::{F, LANES, lanes_of};
use super::step::Bench;
use super::survey::normalise_floored;
use super::transpose::Transpose;
use crate::actions::{Action, ScanMode};
use crate::asteroids::Slots;
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, FUEL_MAX, HEAT_MAX, HULL_MAX, OBS_SIZE, TOOL_MAX,
};
use crate::math;
use crate::observe::{ASTEROID_SIZE, ASTEROIDS_AT, DEPLETION, MARKET_AT, SELECTED, STOCKED};

/// What the row of an env has to show anew, besides ship and market.
#[derive(Clone, Copy, Default)]
pub(crate) enum Changed {
    #[default]
    Nothing,
    /// The ship is at another node.
    Place,
    Ways,
    Slots,
    Slot(u8),
    Depletion(u8),
    /// Another slot is selected than the one named, 255 for none.
    Selection(u8),
}

impl Changed {
    /// By an action that was valid, done with `selected` (255: nothing) selected.
    #[inline(always)]
    pub fn by(action: Action, selected: u8) -> Self {
        match action {
            Action::Travel { .. } => Self::Place,
            Action::ThreatListen => Self::Ways,
            Action::Scan(ScanMode::Wide) => Self::Slots,
            Action::Scan(_) => Self::Slot(selected),
            Action::Mine(_) => Self::Depletion(selected),
            Action::Select { .. } => Self::Selection(selected),
            _ => Self::Nothing,
        }
    }
}

/// What the passes have computed and the observation shows.
pub(crate) struct Shown {
    pub cargo_share: F,
}

/// Observations 0..=15.
const SHIP: usize = 16;
const _: () = assert!(SHIP == LANES && OBS_SIZE - MARKET_AT == LANES);

/// Brings the rows of the lanes in `active` up to date.
#[inline(always)]
pub(crate) fn show(
    transpose: impl Transpose,
    block: &Block,
    bench: &mut Bench<'_>,
    shown: &Shown,
    active: u16,
    rows: &mut [[f32; OBS_SIZE]],
) {
    let ship = transpose.transpose(&ship(block, shown, bench.episode.time_max));
    let market = transpose.transpose(&market(block));
    let cap = f32::from(CONSUMABLE_CAP);
    for lane in lanes_of(active) {
        let row = &mut rows[lane];
        row[..SHIP].copy_from_slice(&ship[lane]);
        row[SHIP] = f32::from(block.decoys[lane]) / cap;
        row[17] = f32::from(u8::from(block.node[lane] == 0));
        row[18] = f32::from(u8::from(block.selection(lane)));
        row[MARKET_AT..].copy_from_slice(&market[lane]);
        match std::mem::take(&mut bench.changed[lane]) {
            Changed::Nothing => {}
            Changed::Selection(before) => show_selection(block, lane, before, row),
            changed => show_surroundings(transpose, block, bench, lane, changed, row),
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
    }
    out
}

#[inline(always)]
fn market(block: &Block) -> [F; LANES] {
    let mut out = [[0.0; LANES]; LANES];
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

#[inline(always)]
fn show_selection(block: &Block, lane: usize, before: u8, row: &mut [f32; OBS_SIZE]) {
    for (slot, shown) in [(before, 0.0), (block.selected[lane], 1.0)] {
        if slot < block.asteroid_count[lane] {
            row[ASTEROIDS_AT + ASTEROID_SIZE * usize::from(slot) + SELECTED] = shown;
        }
    }
}

/// The node, its ways and its asteroids, as far as they changed.
#[inline(always)]
fn show_surroundings(
    transpose: impl Transpose,
    block: &Block,
    bench: &mut Bench<'_>,
    lane: usize,
    changed: Changed,
    row: &mut [f32; OBS_SIZE],
) {
    let (node, selected) = (block.node[lane], block.selected[lane]);
    let episode = &mut *bench.episode;
    episode.ship.node = node;
    episode.ship.selected = (selected != 255).then_some(selected);
    std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
    match changed {
        Changed::Place => {
            episode.observe_place(row);
            episode.observe_ways(row);
            show_slots(transpose, episode.slots(), block.asteroid_count[lane], selected, row);
        }
        Changed::Ways => episode.observe_ways(row),
        Changed::Slots => show_slots(transpose, episode.slots(), block.asteroid_count[lane], selected, row),
        Changed::Slot(slot) => episode.observe_asteroid(slot, row),
        Changed::Depletion(slot) => {
            let at = ASTEROIDS_AT + ASTEROID_SIZE * usize::from(slot) + DEPLETION;
            row[at] = episode.asteroid(slot).depletion;
        }
        Changed::Nothing | Changed::Selection(_) => {}
    }
    std::mem::swap(&mut episode.world, &mut bench.worlds[lane]);
}

/// All slots of a node, as [`crate::Episode::observe`] shows them one by one.
#[inline(always)]
fn show_slots(transpose: impl Transpose, slots: Option<&Slots>, count: u8, selected: u8, row: &mut [f32; OBS_SIZE]) {
    let Some(slots) = slots else {
        return row[ASTEROIDS_AT..MARKET_AT].fill(0.0);
    };
    let mut comp = slots.comp_est;
    normalise_floored(&mut comp);
    let mut fields = [[0.0; LANES]; LANES];
    fields[0] = [1.0; LANES];
    fields[1..7].copy_from_slice(&comp);
    fields[7] = slots.stability_est;
    fields[DEPLETION] = slots.depletion;
    fields[9] = slots.scan_conf;
    for slot in 0..LANES {
        fields[SELECTED][slot] = if u32::from(selected) == slot as u32 { 1.0 } else { 0.0 };
    }
    let (entries, _) = row[ASTEROIDS_AT..MARKET_AT].as_chunks_mut::<ASTEROID_SIZE>();
    let shown = transpose.transpose(&fields);
    for (slot, (entry, shown)) in entries.iter_mut().zip(&shown).enumerate() {
        if slot < usize::from(count) {
            entry.copy_from_slice(&shown[..ASTEROID_SIZE]);
        } else {
            *entry = [0.0; ASTEROID_SIZE];
        }
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
