//! What a hold is worth, and what pirates, the refinery and the station make of it.

use prospector_core::constants::{COMMODITIES, IRON, NICKEL, RARE_ISOTOPES};
use prospector_core::math;
use prospector_core::slippage;

/// Credits that a tick at the station should bring.
pub(crate) const TICK: f32 = 4.0;
/// Share of the hold that a robbery costs, with what hull, alert and tool suffer.
const ROBBERY: f32 = 0.45;
/// Share of the rare isotopes' price that a unit of iron or nickel brings, refined.
const REFINED: f32 = 0.52;

/// Of a hold, units, at prices, without slippage.
pub(crate) fn value(hold: &[f32; COMMODITIES], price: &[f32; COMMODITIES]) -> f32 {
    hold.iter().zip(price).map(|(units, price)| units * price).sum()
}

/// Of a unit of each commodity in the ground, refined where that is better.
pub(crate) fn ores(price: &[f32; COMMODITIES]) -> [f32; COMMODITIES] {
    let mut ores = *price;
    for low in [IRON, NICKEL] {
        ores[low] = ores[low].max(REFINED * ores[RARE_ISOTOPES]);
    }
    ores
}

/// Credits that pirates should cost in a tick at a node, of a hold of such a `value` (rules, 4.6). Their usual intensity is 0.2.
pub(crate) fn robbery(value: f32, alert: f32) -> f32 {
    ROBBERY * value * math::sigmoid(-3.4 + 0.022 * alert + 0.8 * math::ln1p(value / 1000.0))
}

/// Credits that refining once adds to a hold (rules, 4.3).
pub(crate) fn refining_gain(hold: &[f32; COMMODITIES], price: &[f32; COMMODITIES]) -> f32 {
    let (iron, nickel) = (hold[IRON], hold[NICKEL]);
    0.15 * 0.85 * ((iron + nickel) * 0.65 * price[RARE_ISOTOPES] - iron * price[IRON] - nickel * price[NICKEL])
}

/// The sale to make of `units` at `price`: which slice, a quarter, half or all, and the credits of all at once.
///
/// Slices slip less and cost ticks: a quarter or a half is sold where that pays for the ticks it adds.
pub(crate) fn best_sale(units: f32, price: f32, inventory: f32) -> (usize, f32) {
    let paid = |units: f32, inventory: f32| units * (1.0 - slippage(units, inventory)) * price;
    let (quarter, half, rest) = (0.25 * units, 0.5 * units, 0.375 * units);
    let at_once = paid(units, inventory);
    let by_halves = paid(half, inventory) + paid(half, inventory + half) - TICK;
    let by_quarters =
        paid(quarter, inventory) + paid(rest, inventory + quarter) + paid(rest, inventory + quarter + rest)
            - 2.0 * TICK;
    let share = if by_quarters > by_halves.max(at_once) {
        0
    } else if by_halves > at_once {
        1
    } else {
        2
    };
    (share, at_once)
}
