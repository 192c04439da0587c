//! What pirates cost (rules 4.6).

use prospector_core::math;

/// Share of the hold that a robbery costs. Pirates take 14 % on average; hull, alert and tool suffer with it.
const ROBBERY: f32 = 0.45;

/// Credits that pirates should cost a ship in a tick at a node, for a hold of such a `value` and an alert of 0 to 100.
///
/// Nobody sees how many pirates are at a node: their usual intensity is 0.2, which makes the -4 of the rules -3.4.
pub fn expected_robbery(value: f32, alert: f32) -> f32 {
    ROBBERY * value * math::sigmoid(-3.4 + 0.022 * alert + 0.8 * math::ln1p(value / 1000.0))
}
