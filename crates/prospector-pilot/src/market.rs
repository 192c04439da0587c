//! Prices, and what a hold brings at the station (rules 4.3 to 4.5).

use prospector_core::constants::{BASE_PRICE, COMMODITIES, IRON, MAX_PRICE, NICKEL, RARE_ISOTOPES};
use prospector_core::{Share, slippage};

use crate::observation::ObservationView;

/// Credits that a tick at the station should bring.
pub const STATION_TICK: f32 = 4.0;
/// Share of the rare isotopes' price that a unit of iron or nickel brings when it is refined. A unit gives 0.65 of one (rules
/// 4.3); a fifth less counts for the units that are never refined.
const REFINED_PRICE: f32 = 0.52;

/// The next price, given the one `before`. The observation shows a price up to its base; above, it shows the change only.
pub fn follow_price(before: f32, obs: ObservationView<'_>, commodity: usize) -> f32 {
    if obs.shows_price(commodity) {
        return obs.shown_price(commodity);
    }
    (before + obs.price_change(commodity)).clamp(BASE_PRICE[commodity], MAX_PRICE[commodity])
}

/// Credits of a hold at these prices, without slippage.
pub(crate) fn hold_value(hold: &[f32; COMMODITIES], prices: &[f32; COMMODITIES]) -> f32 {
    hold.iter().zip(prices).map(|(units, price)| units * price).sum()
}

/// Credits of a unit of each commodity in the ground: refined where that is better, without slippage.
pub fn ore_prices(prices: &[f32; COMMODITIES]) -> [f32; COMMODITIES] {
    let mut ore = *prices;
    for low in [IRON, NICKEL] {
        ore[low] = ore[low].max(REFINED_PRICE * prices[RARE_ISOTOPES]);
    }
    ore
}

/// Credits that refining once adds to a hold (rules 4.3): 15 % of the iron and nickel become rare isotopes, and a sale brings
/// about 0.85 of the price.
pub fn refining_gain(hold: &[f32; COMMODITIES], prices: &[f32; COMMODITIES]) -> f32 {
    let (iron, nickel) = (hold[IRON], hold[NICKEL]);
    0.15 * 0.85 * ((iron + nickel) * 0.65 * prices[RARE_ISOTOPES] - iron * prices[IRON] - nickel * prices[NICKEL])
}

/// How to sell what the hold has of one commodity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sale {
    /// What to sell next.
    pub share: Share,
    /// Credits of all of it in one sale.
    pub credits: f32,
}

/// The best way to sell `units` at `price`. Slices slip less but cost ticks: they are sold where that pays for the ticks.
pub fn best_sale(units: f32, price: f32, inventory: f32) -> Sale {
    let paid = |units: f32, inventory: f32| units * (1.0 - slippage(units, inventory)) * price;
    let (quarter, half, rest) = (0.25 * units, 0.5 * units, 0.375 * units);
    let at_once = paid(units, inventory);
    let by_halves = paid(half, inventory) + paid(half, inventory + half) - STATION_TICK;
    let by_quarters =
        paid(quarter, inventory) + paid(rest, inventory + quarter) + paid(rest, inventory + quarter + rest)
            - 2.0 * STATION_TICK;
    let share = if by_quarters > by_halves.max(at_once) {
        Share::Quarter
    } else if by_halves > at_once {
        Share::Half
    } else {
        Share::All
    };
    Sale { share, credits: at_once }
}
