//! What mining an asteroid should bring (rules 4.2). All of it is for conservative mining with a cool tool.

use prospector_core::constants::COMMODITIES;
use prospector_core::{MineMode, MineTraits, fracture_chance, tool_factor};

const CONSERVATIVE: MineTraits = MineMode::Conservative.traits();
/// Credits that a fracture costs: 9 points of hull on average, at 5 credits for the repair and for trips that end early.
const FRACTURE_COST: f32 = 45.0;
/// A cap: asteroids have at most 4 (rules 3.6), and the noise of a tick hardly doubles that.
const MOST_RICHNESS: f32 = 8.0;

/// What a ship knows of an asteroid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deposit {
    /// Credits of a unit of its ore, see [`unit_value`].
    pub unit_value: f32,
    pub richness: f32,
    /// Share that is not depleted.
    pub left: f32,
    pub stability: f32,
}

/// What to expect of a tick of mining.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Credits of the ore, less the damage of a fracture times its chance.
    pub credits: f32,
    /// Chance that the tick ends the asteroid: of a fracture, and the share that it depletes. An asteroid lasts for about the
    /// reciprocal, in ticks.
    pub end_chance: f32,
}

impl Deposit {
    /// The next tick of mining, with a `tool` that is a share of a whole one.
    pub fn forecast(&self, tool: f32) -> Forecast {
        let breaks = fracture_chance(&CONSERVATIVE, self.stability, [tool, 0.0], false);
        let factor = tool_factor(tool);
        let units = CONSERVATIVE.multiplier * factor * self.richness * self.left;
        Forecast {
            credits: units * self.unit_value - breaks * FRACTURE_COST,
            end_chance: breaks + 0.01 * CONSERVATIVE.multiplier * factor * self.richness,
        }
    }
}

/// Credits of a unit of an asteroid's ore.
///
/// The estimated composition counts as much as it is trusted, from 0 to 1. The rest is a mean of all commodities: an
/// estimate that nobody has scanned is a guess which has nothing to do with the asteroid.
pub fn unit_value(ore_prices: &[f32; COMMODITIES], composition: &[f32; COMMODITIES], trust: f32) -> f32 {
    let usual = ore_prices.iter().sum::<f32>() / COMMODITIES as f32;
    let estimated: f32 = ore_prices.iter().zip(composition).map(|(price, share)| price * share).sum();
    estimated * trust + usual * (1.0 - trust)
}

/// The richness of an asteroid after a tick of mining, given the one `known` before, or 0.
///
/// What the tick took, over what it would take from a richness of 1, is the richness within its noise of 5 to 16 %. So further ticks
/// correct it.
pub fn mined_richness(known: f32, mode: MineMode, tool: f32, depletion: DepletionChange) -> f32 {
    let DepletionChange { before, after } = depletion;
    let taken = (after - before) * 100.0;
    let found = (taken / ((1.0 - before) * mode.traits().multiplier * tool_factor(tool))).min(MOST_RICHNESS);
    if known > 0.0 { 0.7 * known + 0.3 * found } else { found }
}

/// The depletion of an asteroid before and after a tick of mining.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepletionChange {
    pub before: f32,
    pub after: f32,
}
