//! Rules 7: what an episode says of itself besides its observation. (`dt`, `invalid_action` and `action` are the
//! [`crate::Outcome`] of the last step.)

use crate::constants::{FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::episode::Episode;
use crate::math;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InfoField {
    Credits,
    TotalSpend,
    NetProfit,
    ProfitPerTick,
    Survival,
    OverheatTicks,
    PirateEncounters,
    ValueLostToPirates,
    FuelUsed,
    HullDamage,
    ToolWear,
    ScanCount,
    MiningTicks,
    CargoUtilizationAvg,
    TimeRemaining,
}

impl InfoField {
    pub const ALL: [Self; 15] = [
        Self::Credits,
        Self::TotalSpend,
        Self::NetProfit,
        Self::ProfitPerTick,
        Self::Survival,
        Self::OverheatTicks,
        Self::PirateEncounters,
        Self::ValueLostToPirates,
        Self::FuelUsed,
        Self::HullDamage,
        Self::ToolWear,
        Self::ScanCount,
        Self::MiningTicks,
        Self::CargoUtilizationAvg,
        Self::TimeRemaining,
    ];

    /// The field's name in the rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Credits => "credits",
            Self::TotalSpend => "total_spend",
            Self::NetProfit => "net_profit",
            Self::ProfitPerTick => "profit_per_tick",
            Self::Survival => "survival",
            Self::OverheatTicks => "overheat_ticks",
            Self::PirateEncounters => "pirate_encounters",
            Self::ValueLostToPirates => "value_lost_to_pirates",
            Self::FuelUsed => "fuel_used",
            Self::HullDamage => "hull_damage",
            Self::ToolWear => "tool_wear",
            Self::ScanCount => "scan_count",
            Self::MiningTicks => "mining_ticks",
            Self::CargoUtilizationAvg => "cargo_utilization_avg",
            Self::TimeRemaining => "time_remaining",
        }
    }
}

impl Episode {
    pub fn info(&self, field: InfoField) -> f32 {
        let (ship, tally) = (&self.ship, &self.tally);
        match field {
            // The starting credits are 0 and credits are net of every purchase.
            InfoField::Credits | InfoField::NetProfit => ship.credits,
            InfoField::TotalSpend => tally.total_spend,
            InfoField::ProfitPerTick => ship.credits / math::max(1.0, self.ticks as f32),
            InfoField::Survival => f32::from(u8::from(!(self.end.destroyed || self.end.stranded))),
            InfoField::OverheatTicks => tally.overheat_ticks as f32,
            InfoField::PirateEncounters => tally.pirate_encounters as f32,
            InfoField::ValueLostToPirates => tally.value_lost,
            InfoField::FuelUsed => math::max(0.0, FUEL_MAX - ship.fuel),
            InfoField::HullDamage => math::max(0.0, HULL_MAX - ship.hull),
            InfoField::ToolWear => math::max(0.0, TOOL_MAX - ship.tool),
            InfoField::ScanCount => tally.scan_count as f32,
            InfoField::MiningTicks => tally.mining_ticks as f32,
            InfoField::CargoUtilizationAvg if self.ticks == 0 => 0.0,
            InfoField::CargoUtilizationAvg => tally.utilization_sum / self.ticks as f32,
            InfoField::TimeRemaining => self.time_remaining,
        }
    }
}
