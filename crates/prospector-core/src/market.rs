//! The station's market: opening (rules 3.7), the passing of time (4.5.6), what a sale loses (4.4).

use crate::constants::{BASE_PRICE, COMMODITIES, MAX_PRICE, MIN_PRICE};
use crate::math;
use crate::rng::Pcg32;

/// Prices in credits a unit and stocks in units, by commodity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Market {
    pub(crate) inventory: [f32; COMMODITIES],
    pub(crate) phase: [f32; COMMODITIES],
    pub(crate) period: [f32; COMMODITIES],
    pub(crate) amp: [f32; COMMODITIES],
    pub(crate) price: [f32; COMMODITIES],
    pub(crate) prev_price: [f32; COMMODITIES],
    pub(crate) recent_sales: [f32; COMMODITIES],
}

impl Market {
    /// Rules 3.7.
    pub(crate) fn open(rng: &mut Pcg32) -> Self {
        let mut market = Self::default();
        for c in 0..COMMODITIES {
            market.inventory[c] = rng.uniform(20.0, 120.0);
            market.phase[c] = rng.uniform(0.0, math::TWO_PI);
            market.period[c] = rng.uniform(180.0, 380.0);
            market.amp[c] = BASE_PRICE[c] * rng.uniform(0.10, 0.30);
            let season = market.amp[c] * math::sin(market.phase[c]);
            market.price[c] = math::clamp(BASE_PRICE[c] + season, MIN_PRICE[c], MAX_PRICE[c]);
            market.prev_price[c] = market.price[c];
        }
        market
    }

    /// Rules 4.5.6: new prices at tick `now`, which ends a step of `dt` ticks.
    pub(crate) fn advance(&mut self, rng: &mut Pcg32, now: u32, dt: u8) {
        let t = now as f32;
        let root_dt = f32::from(dt).sqrt();
        for c in 0..COMMODITIES {
            self.prev_price[c] = self.price[c];
            let season = self.amp[c] * math::sin(math::TWO_PI * t / self.period[c] + self.phase[c]);
            let noise = rng.normal(0.0, 0.03 * BASE_PRICE[c] * root_dt);
            let price = BASE_PRICE[c] + season - 0.04 * self.inventory[c] - 0.05 * self.recent_sales[c] + noise;
            self.price[c] = math::clamp(price, MIN_PRICE[c], MAX_PRICE[c]);
        }
        let decay = math::decay14(i32::from(dt));
        for c in 0..COMMODITIES {
            self.recent_sales[c] *= decay;
            self.inventory[c] *= 0.998;
        }
    }
}

/// Share of the price that a sale of `quantity` into such an `inventory` loses (rules 4.4).
#[inline(always)]
pub fn slippage(quantity: f32, inventory: f32) -> f32 {
    let ratio = quantity / math::max(1.0, inventory + quantity);
    math::clamp(0.25 * ratio + 0.2 * ratio.sqrt(), 0.0, 0.7)
}
