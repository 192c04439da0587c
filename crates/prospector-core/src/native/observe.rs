//! The observation of a block, straight into the caller's rows: what changes every step over lanes, the rest where it changed.

use super::block::Block;
use super::context::{Changed, StepContext};
use super::generate;
use super::lanes::{lanes_of, load, nonzero, normalise_floored};
use crate::asteroids::{Slots, UNSEEN_CONFIDENCE, UNSEEN_STABILITY};
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, CREDITS_SHOWN_MAX, FUEL_MAX, HEAT_MAX, HULL_MAX,
    OBS_SIZE, PRICE_CHANGE_SCALE, STOCK_SCALE, TOOL_MAX,
};
use crate::layout::{ASTEROID_SIZE, ASTEROIDS, CARGO, PRICE, STOCKED, asteroid};
use crate::math;
use crate::observe::{show_asteroid, show_edges, show_place};
use crate::world::{Node, World};
use prospector_simd::{LANES, Vector};

/// What the passes have computed that the observation shows.
pub(crate) struct Shown<V: Vector> {
    pub cargo_share: V,
}

/// Observations 0..=15.
const SHIP: usize = 16;
const _: () = assert!(SHIP == LANES && OBS_SIZE - PRICE.at == LANES);

/// Brings the rows of the lanes in `active` up to date.
#[inline(always)]
pub(crate) fn show<V: Vector>(
    block: &Block,
    context: &mut StepContext<'_>,
    shown: &Shown<V>,
    active: u16,
    rows: &mut [[f32; OBS_SIZE]],
) {
    let ship = V::transpose(ship(block, shown, context.time_max));
    let market = V::transpose(market(block));
    let [mut decoys, mut station, mut selection] = [[0.0; LANES]; 3];
    share_of_cap::<V>(&block.decoys).store(&mut decoys);
    V::choose(V::mask(nonzero(&block.node)), V::of(0.0), V::of(1.0)).store(&mut station);
    for i in 0..LANES {
        selection[i] = f32::from(u8::from(block.has_selection(i)));
    }
    for lane in lanes_of(active) {
        let row = &mut rows[lane];
        let (first, rest) = row.split_first_chunk_mut().expect("a row is longer");
        ship[lane].store(first);
        (rest[0], rest[1], rest[2]) = (decoys[lane], station[lane], selection[lane]);
        market[lane].store(rest.last_chunk_mut().expect("a row is longer"));
        match std::mem::take(&mut context.changed[lane]) {
            Changed::Nothing => {}
            Changed::Selection(before) => show_selection(block, lane, before, row),
            changed => show_surroundings::<V>(block, &context.worlds[lane], lane, changed, row),
        }
    }
}

#[inline(always)]
fn ship<V: Vector>(block: &Block, shown: &Shown<V>, time_max: f32) -> [V; SHIP] {
    let unit = |x: V| math::clamp(x, 0.0, 1.0);
    let most: f32 = math::ln1p(CREDITS_SHOWN_MAX);
    let credits = math::ln1p(math::max(V::of(0.0), V::load(&block.credits))) / most;
    let mut out = [
        unit(V::load(&block.fuel) / FUEL_MAX),
        unit(V::load(&block.hull) / HULL_MAX),
        unit(V::load(&block.heat) / HEAT_MAX),
        unit(V::load(&block.tool) / TOOL_MAX),
        shown.cargo_share,
        unit(V::load(&block.alert) / ALERT_MAX),
        unit(V::load(&block.time_remaining) / time_max),
        unit(credits),
        V::of(0.0),
        V::of(0.0),
        V::of(0.0),
        V::of(0.0),
        V::of(0.0),
        V::of(0.0),
        share_of_cap(&block.repair_kits),
        share_of_cap(&block.stabilizers),
    ];
    for (c, quantity) in load::<V>(&block.cargo).into_iter().enumerate() {
        out[CARGO.at + c] = quantity / CARGO_MAX;
    }
    out
}

/// Consumables as shares of what a ship holds.
#[inline(always)]
fn share_of_cap<V: Vector>(counts: &[u8; LANES]) -> V {
    const SHARES: [f32; 16] = {
        let mut shares = [0.0; 16];
        let mut count = 0;
        while count < 16 {
            shares[count] = count as f32 / CONSUMABLE_CAP as f32;
            count += 1;
        }
        shares
    };
    V::look_up(&SHARES, counts)
}

#[inline(always)]
fn market<V: Vector>(block: &Block) -> [V; LANES] {
    let mut out = [V::of(0.0); LANES];
    for c in 0..COMMODITIES {
        let (price, before) = (V::load(&block.price[c]), V::load(&block.prev_price[c]));
        out[c] = math::clamp(price / BASE_PRICE[c], 0.0, 1.0);
        out[COMMODITIES + c] = math::clamp((price - before) / PRICE_CHANGE_SCALE, -1.0, 1.0);
    }
    for (k, c) in STOCKED.into_iter().enumerate() {
        out[2 * COMMODITIES + k] = math::clamp(V::load(&block.inventory[c]) / STOCK_SCALE, 0.0, 1.0);
    }
    out
}

#[inline(always)]
fn show_selection(block: &Block, lane: usize, before: u8, row: &mut [f32; OBS_SIZE]) {
    for (slot, shown) in [(before, 0.0), (block.selected[lane], 1.0)] {
        if slot < block.asteroid_count[lane] {
            row[ASTEROIDS.at + ASTEROID_SIZE * usize::from(slot) + asteroid::SELECTED.at] = shown;
        }
    }
}

/// The node, its edges and its asteroids, as far as they changed.
#[inline(always)]
fn show_surroundings<V: Vector>(
    block: &Block,
    world: &World,
    lane: usize,
    changed: Changed,
    row: &mut [f32; OBS_SIZE],
) {
    let (index, selected) = (block.node[lane], block.selected[lane]);
    let node = &world.nodes[usize::from(index)];
    match (changed, world.slots_of(index)) {
        (Changed::Place, slots) => {
            show_place(node, index, row);
            show_edges(node, row);
            match slots {
                Some(slots) => show_slots::<V>(slots, node.asteroid_count, selected, row),
                None => show_unseen::<V>(node, row),
            }
        }
        (Changed::Edges, _) => show_edges(node, row),
        (Changed::Slots, Some(slots)) => show_slots::<V>(slots, node.asteroid_count, selected, row),
        (Changed::Slot(slot), Some(slots)) => show_asteroid(slots, slot, Some(selected), row),
        (Changed::Depletion(slot), Some(slots)) => {
            let at = ASTEROIDS.at + ASTEROID_SIZE * usize::from(slot) + asteroid::DEPLETION.at;
            row[at] = slots.depletion[usize::from(slot)];
        }
        _ => {}
    }
}

/// All slots of a node, as [`show_asteroid`] shows them one by one.
#[inline(always)]
fn show_slots<V: Vector>(slots: &Slots, count: u8, selected: u8, row: &mut [f32; OBS_SIZE]) {
    let mut chosen = [0.0; LANES];
    if usize::from(selected) < LANES {
        chosen[usize::from(selected)] = 1.0;
    }
    let rest = [V::load(&slots.stability_est), V::load(&slots.depletion), V::load(&slots.scan_conf), V::load(&chosen)];
    write_slots(load(&slots.comp_est), rest, count, row);
}

/// The slots of a node that the ship has just reached and never worked on.
#[inline(always)]
fn show_unseen<V: Vector>(node: &Node, row: &mut [f32; OBS_SIZE]) {
    if node.asteroid_count == 0 {
        return row[ASTEROIDS.at..PRICE.at].fill(0.0);
    }
    let rest = [V::of(UNSEEN_STABILITY), V::of(0.0), V::of(UNSEEN_CONFIDENCE), V::of(0.0)];
    write_slots(generate::first_estimates(node), rest, node.asteroid_count, row);
}

/// `rest`: stability, depletion, confidence, whether it is selected.
#[inline(always)]
fn write_slots<V: Vector>(mut comp: [V; COMMODITIES], rest: [V; 4], count: u8, row: &mut [f32; OBS_SIZE]) {
    normalise_floored(&mut comp);
    let mut fields = [V::of(0.0); LANES];
    fields[asteroid::EXISTS.at] = V::of(1.0);
    fields[asteroid::COMPOSITION.at..asteroid::STABILITY.at].copy_from_slice(&comp);
    fields[asteroid::STABILITY.at..ASTEROID_SIZE].copy_from_slice(&rest);
    let (entries, _) = row[ASTEROIDS.at..PRICE.at].as_chunks_mut::<ASTEROID_SIZE>();
    let shown = V::transpose(fields);
    for (slot, (entry, shown)) in entries.iter_mut().zip(shown).enumerate() {
        if slot < usize::from(count) {
            let mut all = [0.0; LANES];
            shown.store(&mut all);
            entry.copy_from_slice(&all[..ASTEROID_SIZE]);
        } else {
            *entry = [0.0; ASTEROID_SIZE];
        }
    }
}
