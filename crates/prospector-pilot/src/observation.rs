//! An observation (rules 6) read back in the units of the rules.

use prospector_core::NodeType;
use prospector_core::constants::{
    ALERT_MAX, ASTEROID_SLOTS, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, CREDITS_SHOWN_MAX, EDGE_SLOTS,
    FUEL_MAX, HEAT_MAX, HULL_MAX, NODES_MAX, OBS_SIZE, PRICE_CHANGE_SCALE, STOCK_SCALE,
};
use prospector_core::layout::{self, ASTEROID_SIZE, ASTEROIDS, EDGE_SIZE, EDGES, STOCKED, asteroid, edge};
use prospector_core::math;

/// In the slot of an edge and in that of an asteroid.
pub(crate) const EXISTS: usize = edge::EXISTS.at;
const _: () = assert!(EXISTS == asteroid::EXISTS.at);

/// In the slot of an edge.
pub(crate) const IS_STATION: usize = edge::NODE_TYPE.at + NodeType::Station as usize;
pub(crate) const TICKS: usize = edge::TIME.at;
pub(crate) const FUEL: usize = edge::FUEL.at;
const THREAT: usize = edge::THREAT.at;
/// A threat until the ship has listened.
const UNHEARD: f32 = 0.5;

/// In the slot of an asteroid.
pub(crate) const COMPOSITION: usize = asteroid::COMPOSITION.at;
pub(crate) const STABILITY: usize = asteroid::STABILITY.at;
pub(crate) const DEPLETION: usize = asteroid::DEPLETION.at;
pub(crate) const CONFIDENCE: usize = asteroid::CONFIDENCE.at;
pub(crate) const SELECTED: usize = asteroid::SELECTED.at;

/// Of the commodities whose inventory the observation leaves out.
const USUAL_INVENTORY: f32 = 80.0;

#[derive(Clone, Copy)]
pub(crate) struct Seen<'a>(pub &'a [f32; OBS_SIZE]);

impl<'a> Seen<'a> {
    pub fn fuel(self) -> f32 {
        self.0[layout::FUEL.at] * FUEL_MAX
    }

    pub fn hull(self) -> f32 {
        self.hull_share() * HULL_MAX
    }

    /// Of a whole one.
    pub fn hull_share(self) -> f32 {
        self.0[layout::HULL.at]
    }

    pub fn heat(self) -> f32 {
        self.0[layout::HEAT.at] * HEAT_MAX
    }

    /// Of a whole one.
    pub fn tool_share(self) -> f32 {
        self.0[layout::TOOL.at]
    }

    /// Of a full hold.
    pub fn cargo_share(self) -> f32 {
        self.0[layout::CARGO_TOTAL.at]
    }

    pub fn alert(self) -> f32 {
        self.0[layout::ALERT.at] * ALERT_MAX
    }

    /// Those behind their logarithm.
    pub fn credits(self) -> f32 {
        math::exp(self.0[layout::CREDITS.at] * math::ln1p(CREDITS_SHOWN_MAX)) - 1.0
    }

    /// Of a full hold, by commodity.
    pub fn hold_shares(self) -> [f32; COMMODITIES] {
        std::array::from_fn(|c| self.0[layout::CARGO.at + c])
    }

    /// Units by commodity.
    pub fn hold(self) -> [f32; COMMODITIES] {
        self.hold_shares().map(|share| share * CARGO_MAX)
    }

    /// Repair kits, stabilizers and decoys.
    pub fn supplies(self) -> [f32; 3] {
        std::array::from_fn(|i| (self.0[layout::REPAIR_KITS.at + i] * f32::from(CONSUMABLE_CAP)).round())
    }

    pub fn at_station(self) -> bool {
        self.0[layout::AT_STATION.at] > 0.0
    }

    pub fn node(self) -> u8 {
        (self.0[layout::NODE.at] * (NODES_MAX - 1) as f32).round() as u8 & (NODES_MAX - 1) as u8
    }

    pub fn ways(self) -> &'a [[f32; EDGE_SIZE]] {
        &self.0[EDGES.at..ASTEROIDS.at].as_chunks().0[..EDGE_SLOTS]
    }

    /// Whether there is a way whose threat it has not heard yet.
    pub fn has_unheard_ways(self) -> bool {
        self.ways().iter().any(|way| way[EXISTS] > 0.0 && way[THREAT] == UNHEARD)
    }

    pub fn asteroids(self) -> &'a [[f32; ASTEROID_SIZE]] {
        &self.0[ASTEROIDS.at..layout::PRICE.at].as_chunks().0[..ASTEROID_SLOTS]
    }

    /// A price and whether it is the price: shown is the base price where it is above.
    pub fn price(self, commodity: usize) -> (f32, bool) {
        let shown = self.0[layout::PRICE.at + commodity];
        (shown * BASE_PRICE[commodity], shown < 1.0)
    }

    /// Of a price in the last step.
    pub fn price_change(self, commodity: usize) -> f32 {
        self.0[layout::PRICE_CHANGE.at + commodity] * PRICE_CHANGE_SCALE
    }

    /// Of a commodity at the station; the observation shows four of six.
    pub fn inventory(self, commodity: usize) -> f32 {
        match STOCKED.iter().position(|stocked| *stocked == commodity) {
            Some(i) => self.0[layout::STOCK.at + i] * STOCK_SCALE,
            None => USUAL_INVENTORY,
        }
    }
}
