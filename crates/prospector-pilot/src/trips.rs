//! What a trip brings: out to a place, mining there, and home to the station.

use crate::paths::Path;

/// Credits that a tick of mining should bring; for less it is not worth its dangers.
pub const LEAST_YIELD: f32 = 10.0;
/// Ticks of mining at full yield that a trip has, before pirates make the hold too dangerous to fill further.
pub const MINING_TICKS: f32 = 28.0;
/// Credits that a trip is taken to bring to a place that nobody has seen.
pub const UNSEEN_GAIN: f32 = 3000.0;

/// Share of the hold that pirates take in a tick of travel.
const ROBBED_A_TICK: f32 = 0.02;
/// What a trip costs in credits: repairs of ship and tool, each tick of travel, and each unit of fuel.
const TRIP_COST: f32 = 250.0;
const TICK_COST: f32 = 3.0;
const FUEL_COST: f32 = 0.45;

/// Credits that are left of the `gain` of a trip `out` to a place and `home` to the station. Pirates take their share on the way
/// home.
pub fn trip_profit(gain: f32, out: Path, home: Path) -> f32 {
    let (ticks, fuel) = (out.ticks + home.ticks, out.fuel + home.fuel);
    gain / (1.0 + ROBBED_A_TICK * home.ticks) - TRIP_COST - TICK_COST * ticks - FUEL_COST * fuel
}
