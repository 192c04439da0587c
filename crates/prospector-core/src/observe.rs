//! Rules 6: the observation, 260 floats in `[-1, 1]`.

use crate::asteroids::{Slots, normalise_floored};
use crate::constants::{
    ALERT_MAX, ASTEROID_SLOTS, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, DT_MAX, FUEL_MAX, HEAT_MAX,
    HULL_MAX, IRON, NEIGHBOR_SLOTS, OBS_SIZE, PGE, RARE_ISOTOPES, TOOL_MAX, WATER_ICE,
};
use crate::episode::Episode;
use crate::math;
use crate::vessel::Vessel;
use crate::world::{Edge, Node, NodeType};

/// Floats of a neighbor slot, and of an asteroid slot.
pub const NEIGHBOR_SIZE: usize = 7;
pub const ASTEROID_SIZE: usize = 11;
/// Within an asteroid slot.
pub const DEPLETION: usize = 8;
pub const SELECTED: usize = 10;
pub const NEIGHBORS_AT: usize = 24;
pub const ASTEROIDS_AT: usize = 68;
pub const MARKET_AT: usize = 244;
/// The commodities whose station stock is seen.
pub const STOCKED: [usize; 4] = [IRON, WATER_ICE, PGE, RARE_ISOTOPES];

fn unit(x: f32) -> f32 {
    math::clamp(x, 0.0, 1.0)
}

impl Episode {
    /// Writes all of `out`. The episode must have been reset.
    pub fn observe(&self, out: &mut [f32; OBS_SIZE]) {
        out.fill(0.0);
        self.observe_ship(out);
        let node = self.node();
        show_place(node, self.ship.node, out);
        show_ways(node, out);
        let undrawn;
        let slots = match self.world.slots_of(self.ship.node) {
            Some(slots) => slots,
            None => {
                undrawn = node.draw_slots();
                &undrawn
            }
        };
        for slot in 0..node.asteroid_count {
            show_asteroid(slots, slot, self.ship.selected, out);
        }
        self.observe_market(&mut out[MARKET_AT..]);
    }

    fn observe_ship(&self, out: &mut [f32; OBS_SIZE]) {
        let ship = &self.ship;
        let cap = f32::from(CONSUMABLE_CAP);
        out[0] = unit(ship.fuel / FUEL_MAX);
        out[1] = unit(ship.hull / HULL_MAX);
        out[2] = unit(ship.heat / HEAT_MAX);
        out[3] = unit(ship.tool / TOOL_MAX);
        out[4] = self.cargo_share();
        out[5] = unit(ship.alert / ALERT_MAX);
        out[6] = unit(self.time_remaining / self.time_max);
        out[7] = unit(math::ln1p(math::max(0.0, ship.credits)) / math::ln1p(1e7));
        for (c, quantity) in ship.cargo.iter().enumerate() {
            out[8 + c] = quantity / CARGO_MAX;
        }
        out[14] = f32::from(ship.repair_kits) / cap;
        out[15] = f32::from(ship.stabilizers) / cap;
        out[16] = f32::from(ship.decoys) / cap;
        out[17] = f32::from(u8::from(self.at_station()));
        out[18] = f32::from(u8::from(self.has_selection()));
    }

    fn observe_market(&self, out: &mut [f32]) {
        let market = &self.market;
        for c in 0..COMMODITIES {
            out[c] = unit(market.price[c] / BASE_PRICE[c]);
            out[6 + c] = math::clamp((market.price[c] - market.prev_price[c]) / 100.0, -1.0, 1.0);
        }
        for (i, c) in STOCKED.into_iter().enumerate() {
            out[12 + i] = unit(market.inventory[c] / 500.0);
        }
    }
}

/// The node where the ship is, of that index.
#[inline(always)]
pub(crate) fn show_place(node: &Node, index: u8, out: &mut [f32; OBS_SIZE]) {
    out[19..22].fill(0.0);
    out[19 + node.kind as usize] = 1.0;
    out[22] = f32::from(index) / 31.0;
    out[23] = f32::from(node.steps_to_station) / 31.0;
}

/// The ways from the node.
#[inline(always)]
pub(crate) fn show_ways(node: &Node, out: &mut [f32; OBS_SIZE]) {
    let (slots, _) = out[NEIGHBORS_AT..].as_chunks_mut::<NEIGHBOR_SIZE>();
    for (slot, edge) in slots.iter_mut().zip(&node.edges) {
        *slot = edge.as_ref().map_or([0.0; NEIGHBOR_SIZE], neighbor);
    }
}

/// One asteroid of the node, in a slot that exists.
pub(crate) fn show_asteroid(slots: &Slots, slot: u8, selected: Option<u8>, out: &mut [f32; OBS_SIZE]) {
    let asteroid = slots.get(slot);
    let at = ASTEROIDS_AT + ASTEROID_SIZE * usize::from(slot);
    out[at] = 1.0;
    out[at + 1..at + 7].copy_from_slice(&normalise_floored(asteroid.comp_est));
    out[at + 7] = asteroid.stability_est;
    out[at + DEPLETION] = asteroid.depletion;
    out[at + 9] = asteroid.scan_conf;
    out[at + SELECTED] = f32::from(u8::from(selected == Some(slot)));
}

#[inline(always)]
fn neighbor(edge: &Edge) -> [f32; NEIGHBOR_SIZE] {
    let is = |kind: NodeType| f32::from(u8::from(edge.kind == kind));
    [
        1.0,
        is(NodeType::Station),
        is(NodeType::Cluster),
        is(NodeType::Hazard),
        f32::from(edge.time) / f32::from(DT_MAX),
        edge.fuel / 160.0,
        edge.threat_estimate,
    ]
}

const _: () = assert!(NEIGHBORS_AT + NEIGHBOR_SIZE * NEIGHBOR_SLOTS + 2 == ASTEROIDS_AT);
const _: () = assert!(ASTEROIDS_AT + ASTEROID_SIZE * ASTEROID_SLOTS == MARKET_AT);
const _: () = assert!(MARKET_AT + 2 * COMMODITIES + STOCKED.len() == OBS_SIZE);
