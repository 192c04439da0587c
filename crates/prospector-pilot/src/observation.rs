//! An observation (rules 6) read back in the units of the rules.

use prospector_core::constants::{
    ALERT_MAX, ASTEROID_SLOTS, BASE_PRICE, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, FUEL_MAX, HEAT_MAX, HULL_MAX,
    NEIGHBOR_SLOTS, OBS_SIZE,
};
use prospector_core::math;
use prospector_core::observe::{ASTEROID_SIZE, ASTEROIDS_AT, MARKET_AT, NEIGHBOR_SIZE, NEIGHBORS_AT, STOCKED};

/// Within a neighbor slot.
pub(crate) const EXISTS: usize = 0;
pub(crate) const IS_STATION: usize = 1;
pub(crate) const TICKS: usize = 4;
pub(crate) const FUEL: usize = 5;
const THREAT: usize = 6;
/// A threat until the ship has listened.
const UNHEARD: f32 = 0.5;
/// Within an asteroid slot, besides those of [`prospector_core::observe`] and `EXISTS`.
pub(crate) const COMPOSITION: usize = 1;
pub(crate) const STABILITY: usize = 7;
pub(crate) const CONFIDENCE: usize = 9;

/// Of the commodities whose inventory the observation leaves out.
const USUAL_INVENTORY: f32 = 80.0;

#[derive(Clone, Copy)]
pub(crate) struct Seen<'a>(pub &'a [f32; OBS_SIZE]);

impl<'a> Seen<'a> {
    pub fn fuel(self) -> f32 {
        self.0[0] * FUEL_MAX
    }

    pub fn hull(self) -> f32 {
        self.hull_share() * HULL_MAX
    }

    /// Of a whole one.
    pub fn hull_share(self) -> f32 {
        self.0[1]
    }

    pub fn heat(self) -> f32 {
        self.0[2] * HEAT_MAX
    }

    /// Of a whole one.
    pub fn tool_share(self) -> f32 {
        self.0[3]
    }

    /// Of a full hold.
    pub fn cargo_share(self) -> f32 {
        self.0[4]
    }

    pub fn alert(self) -> f32 {
        self.0[5] * ALERT_MAX
    }

    /// Those behind their logarithm.
    pub fn credits(self) -> f32 {
        math::exp(self.0[7] * math::ln1p::<f32>(1e7)) - 1.0
    }

    /// Of a full hold, by commodity.
    pub fn hold_shares(self) -> [f32; COMMODITIES] {
        std::array::from_fn(|c| self.0[8 + c])
    }

    /// Units by commodity.
    pub fn hold(self) -> [f32; COMMODITIES] {
        self.hold_shares().map(|share| share * CARGO_MAX)
    }

    /// Repair kits, stabilizers and decoys.
    pub fn supplies(self) -> [f32; 3] {
        std::array::from_fn(|i| (self.0[14 + i] * f32::from(CONSUMABLE_CAP)).round())
    }

    pub fn at_station(self) -> bool {
        self.0[17] > 0.0
    }

    pub fn node(self) -> u8 {
        (self.0[22] * 31.0).round() as u8 & 31
    }

    pub fn ways(self) -> &'a [[f32; NEIGHBOR_SIZE]] {
        &self.0[NEIGHBORS_AT..ASTEROIDS_AT].as_chunks().0[..NEIGHBOR_SLOTS]
    }

    /// Whether there is a way whose threat it has not heard yet.
    pub fn has_unheard_ways(self) -> bool {
        self.ways().iter().any(|way| way[EXISTS] > 0.0 && way[THREAT] == UNHEARD)
    }

    pub fn asteroids(self) -> &'a [[f32; ASTEROID_SIZE]] {
        &self.0[ASTEROIDS_AT..MARKET_AT].as_chunks().0[..ASTEROID_SLOTS]
    }

    /// A price and whether it is the price: shown is the base price where it is above.
    pub fn price(self, commodity: usize) -> (f32, bool) {
        let shown = self.0[MARKET_AT + commodity];
        (shown * BASE_PRICE[commodity], shown < 1.0)
    }

    /// Of a price in the last step.
    pub fn price_change(self, commodity: usize) -> f32 {
        self.0[MARKET_AT + COMMODITIES + commodity] * 100.0
    }

    /// Of a commodity at the station; the observation shows four of six.
    pub fn inventory(self, commodity: usize) -> f32 {
        match STOCKED.iter().position(|stocked| *stocked == commodity) {
            Some(i) => self.0[MARKET_AT + 2 * COMMODITIES + i] * 500.0,
            None => USUAL_INVENTORY,
        }
    }
}
