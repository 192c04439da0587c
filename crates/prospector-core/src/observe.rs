//! Rules 6: the observation, 260 floats in `[-1, 1]`.

use crate::asteroids::{Slots, normalise_floored};
use crate::constants::{
    ALERT_MAX, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, CREDITS_SHOWN_MAX, DT_MAX, EDGE_FUEL_MAX, FUEL_MAX,
    HEAT_MAX, HULL_MAX, NODES_MAX, OBS_SIZE, PRICE_CHANGE_SCALE, STOCK_SCALE, TOOL_MAX, UNREACHABLE,
};
use crate::episode::Episode;
use crate::layout::{self, ASTEROID_SIZE, ASTEROIDS, EDGE_SIZE, EDGES, STOCKED, asteroid};
use crate::math;
use crate::vessel::Vessel;
use crate::world::{Edge, Node, NodeType};

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
        show_edges(node, out);
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
        self.observe_market(out);
    }

    fn observe_ship(&self, out: &mut [f32; OBS_SIZE]) {
        let ship = &self.ship;
        let cap = f32::from(CONSUMABLE_CAP);
        out[layout::FUEL.at] = unit(ship.fuel / FUEL_MAX);
        out[layout::HULL.at] = unit(ship.hull / HULL_MAX);
        out[layout::HEAT.at] = unit(ship.heat / HEAT_MAX);
        out[layout::TOOL.at] = unit(ship.tool / TOOL_MAX);
        out[layout::CARGO_TOTAL.at] = self.cargo_share();
        out[layout::ALERT.at] = unit(ship.alert / ALERT_MAX);
        out[layout::TIME.at] = unit(self.time_remaining / self.time_max);
        out[layout::CREDITS.at] = unit(math::ln1p(math::max(0.0, ship.credits)) / math::ln1p(CREDITS_SHOWN_MAX));
        for (c, quantity) in ship.cargo.iter().enumerate() {
            out[layout::CARGO.at + c] = quantity / CARGO_MAX;
        }
        out[layout::REPAIR_KITS.at] = f32::from(ship.repair_kits) / cap;
        out[layout::STABILIZERS.at] = f32::from(ship.stabilizers) / cap;
        out[layout::DECOYS.at] = f32::from(ship.decoys) / cap;
        out[layout::AT_STATION.at] = f32::from(u8::from(self.at_station()));
        out[layout::VALID_SELECTION.at] = f32::from(u8::from(self.has_selection()));
    }

    fn observe_market(&self, out: &mut [f32; OBS_SIZE]) {
        let market = &self.market;
        for c in 0..COMMODITIES {
            out[layout::PRICE.at + c] = unit(market.price[c] / BASE_PRICE[c]);
            let change = market.price[c] - market.prev_price[c];
            out[layout::PRICE_CHANGE.at + c] = math::clamp(change / PRICE_CHANGE_SCALE, -1.0, 1.0);
        }
        for (i, c) in STOCKED.into_iter().enumerate() {
            out[layout::STOCK.at + i] = unit(market.inventory[c] / STOCK_SCALE);
        }
    }
}

/// The node where the ship is, of that index.
#[inline(always)]
pub(crate) fn show_place(node: &Node, index: u8, out: &mut [f32; OBS_SIZE]) {
    let layout::Field { at, size, .. } = layout::NODE_TYPE;
    out[at..at + size].fill(0.0);
    out[at + node.kind as usize] = 1.0;
    out[layout::NODE.at] = f32::from(index) / (NODES_MAX - 1) as f32;
    out[layout::STEPS_TO_STATION.at] = f32::from(node.steps_to_station) / f32::from(UNREACHABLE);
}

/// The edges of the node.
#[inline(always)]
pub(crate) fn show_edges(node: &Node, out: &mut [f32; OBS_SIZE]) {
    let (slots, _) = out[EDGES.at..].as_chunks_mut::<EDGE_SIZE>();
    for (slot, edge) in slots.iter_mut().zip(&node.edges) {
        *slot = edge.as_ref().map_or([0.0; EDGE_SIZE], edge_fields);
    }
}

/// One asteroid of the node, in a slot that exists.
pub(crate) fn show_asteroid(slots: &Slots, slot: u8, selected: Option<u8>, out: &mut [f32; OBS_SIZE]) {
    let rock = slots.get(slot);
    let at = ASTEROIDS.at + ASTEROID_SIZE * usize::from(slot);
    out[at + asteroid::EXISTS.at] = 1.0;
    let layout::Field { at: first, size, .. } = asteroid::COMPOSITION;
    out[at + first..at + first + size].copy_from_slice(&normalise_floored(rock.comp_est));
    out[at + asteroid::STABILITY.at] = rock.stability_est;
    out[at + asteroid::DEPLETION.at] = rock.depletion;
    out[at + asteroid::CONFIDENCE.at] = rock.scan_conf;
    out[at + asteroid::SELECTED.at] = f32::from(u8::from(selected == Some(slot)));
}

#[inline(always)]
fn edge_fields(edge: &Edge) -> [f32; EDGE_SIZE] {
    let is = |kind: NodeType| f32::from(u8::from(edge.kind == kind));
    [
        1.0,
        is(NodeType::Station),
        is(NodeType::Cluster),
        is(NodeType::Hazard),
        f32::from(edge.time) / f32::from(DT_MAX),
        edge.fuel / EDGE_FUEL_MAX,
        edge.threat_estimate,
    ]
}
