//! A view of an observation (rules 6) in the units of the rules.

use prospector_core::NodeType;
use prospector_core::constants::{
    ALERT_MAX, ASTEROID_SLOTS, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, CREDITS_SHOWN_MAX, EDGE_SLOTS,
    FUEL_MAX, HEAT_MAX, HULL_MAX, NODES_MAX, OBS_SIZE, PRICE_CHANGE_SCALE, STOCK_SCALE,
};
use prospector_core::layout::{self, ASTEROID_SIZE, ASTEROIDS, EDGE_SIZE, EDGES, STOCKED, asteroid, edge};
use prospector_core::math;

/// The first field of an edge's slot, and of an asteroid's.
pub(crate) const EXISTS: usize = edge::EXISTS.at;
const _: () = assert!(EXISTS == asteroid::EXISTS.at);

/// Fields of an edge's slot.
pub(crate) const IS_STATION: usize = edge::NODE_TYPE.at + NodeType::Station as usize;
pub(crate) const TICKS: usize = edge::TIME.at;
pub(crate) const FUEL: usize = edge::FUEL.at;
const THREAT: usize = edge::THREAT.at;
/// The threat that is shown until the ship has listened.
const UNHEARD: f32 = 0.5;

/// Fields of an asteroid's slot.
pub(crate) const COMPOSITION: usize = asteroid::COMPOSITION.at;
pub(crate) const STABILITY: usize = asteroid::STABILITY.at;
pub(crate) const DEPLETION: usize = asteroid::DEPLETION.at;
pub(crate) const CONFIDENCE: usize = asteroid::CONFIDENCE.at;
pub(crate) const SELECTED: usize = asteroid::SELECTED.at;

/// The inventory that the station is taken to have of the commodities whose inventory is not shown.
const USUAL_INVENTORY: f32 = 80.0;

#[derive(Clone, Copy)]
pub struct ObservationView<'a>(pub &'a [f32; OBS_SIZE]);

impl<'a> ObservationView<'a> {
    pub(crate) fn fuel(self) -> f32 {
        self.0[layout::FUEL.at] * FUEL_MAX
    }

    pub(crate) fn hull(self) -> f32 {
        self.hull_share() * HULL_MAX
    }

    /// Share of a whole hull.
    pub(crate) fn hull_share(self) -> f32 {
        self.0[layout::HULL.at]
    }

    pub(crate) fn heat(self) -> f32 {
        self.0[layout::HEAT.at] * HEAT_MAX
    }

    /// Share of a whole tool.
    pub(crate) fn tool_share(self) -> f32 {
        self.0[layout::TOOL.at]
    }

    /// Share of a full hold.
    pub(crate) fn cargo_share(self) -> f32 {
        self.0[layout::CARGO_TOTAL.at]
    }

    pub(crate) fn alert(self) -> f32 {
        self.0[layout::ALERT.at] * ALERT_MAX
    }

    /// The observation shows their logarithm; a float32 of it knows them to about a millionth.
    pub(crate) fn credits(self) -> f32 {
        math::exp(self.0[layout::CREDITS.at] * math::ln1p(CREDITS_SHOWN_MAX)) - 1.0
    }

    /// Shares of a full hold, by commodity.
    pub(crate) fn hold_shares(self) -> [f32; COMMODITIES] {
        std::array::from_fn(|c| self.0[layout::CARGO.at + c])
    }

    /// Units by commodity.
    pub(crate) fn hold(self) -> [f32; COMMODITIES] {
        self.hold_shares().map(|share| share * CARGO_MAX)
    }

    /// Numbers of repair kits, stabilizers and decoys.
    pub(crate) fn supplies(self) -> [f32; 3] {
        std::array::from_fn(|i| (self.0[layout::REPAIR_KITS.at + i] * f32::from(CONSUMABLE_CAP)).round())
    }

    pub(crate) fn at_station(self) -> bool {
        self.0[layout::AT_STATION.at] > 0.0
    }

    pub(crate) fn node(self) -> u8 {
        (self.0[layout::NODE.at] * (NODES_MAX - 1) as f32).round() as u8 & (NODES_MAX - 1) as u8
    }

    /// The neighbor slots.
    pub(crate) fn edges(self) -> &'a [[f32; EDGE_SIZE]] {
        &self.0[EDGES.at..ASTEROIDS.at].as_chunks().0[..EDGE_SLOTS]
    }

    /// Whether there is an edge whose threat the ship has not heard yet.
    pub(crate) fn has_unheard_edges(self) -> bool {
        self.edges().iter().any(|edge| edge[EXISTS] > 0.0 && edge[THREAT] == UNHEARD)
    }

    /// The asteroid slots.
    pub(crate) fn asteroids(self) -> &'a [[f32; ASTEROID_SIZE]] {
        &self.0[ASTEROIDS.at..layout::PRICE.at].as_chunks().0[..ASTEROID_SLOTS]
    }

    /// The price, or the base price where the price is above it.
    pub(crate) fn shown_price(self, commodity: usize) -> f32 {
        self.0[layout::PRICE.at + commodity] * BASE_PRICE[commodity]
    }

    /// Whether the price is below its base, so that it is shown as it is.
    pub(crate) fn shows_price(self, commodity: usize) -> bool {
        self.0[layout::PRICE.at + commodity] < 1.0
    }

    /// How a price changed in the last step.
    pub(crate) fn price_change(self, commodity: usize) -> f32 {
        self.0[layout::PRICE_CHANGE.at + commodity] * PRICE_CHANGE_SCALE
    }

    /// Units of a commodity at the station. The observation shows four of six; the others are taken to be as usual.
    pub fn inventory(self, commodity: usize) -> f32 {
        match STOCKED.iter().position(|stocked| *stocked == commodity) {
            Some(i) => self.0[layout::STOCK.at + i] * STOCK_SCALE,
            None => USUAL_INVENTORY,
        }
    }
}
