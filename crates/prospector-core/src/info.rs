//! Rules 7: what an episode says of itself besides its observation. (`dt`, `invalid_action` and `action` are the
//! [`crate::Outcome`] of the last step.)

use crate::constants::{FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::episode::{End, Episode, Ship, Tally};
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

/// What the fields are made of.
pub(crate) struct Account {
    pub fuel: f32,
    pub hull: f32,
    pub tool: f32,
    pub credits: f32,
    pub time_remaining: f32,
    pub ticks: u32,
    pub end: End,
    pub tally: Tally,
}

impl Episode {
    pub fn info(&self, field: InfoField) -> f32 {
        let Ship { fuel, hull, tool, credits, .. } = self.ship;
        let (time_remaining, ticks, end) = (self.time_remaining, self.ticks, self.end);
        Account { fuel, hull, tool, credits, time_remaining, ticks, end, tally: self.tally.clone() }.info(field)
    }
}

impl Account {
    #[inline]
    pub fn info(&self, field: InfoField) -> f32 {
        let tally = &self.tally;
        match field {
            // The starting credits are 0 and credits are net of every purchase.
            InfoField::Credits | InfoField::NetProfit => self.credits,
            InfoField::TotalSpend => tally.total_spend,
            InfoField::ProfitPerTick => self.credits / math::max(1.0, self.ticks as f32),
            InfoField::Survival => f32::from(u8::from(!(self.end.destroyed || self.end.stranded))),
            InfoField::OverheatTicks => tally.overheat_ticks as f32,
            InfoField::PirateEncounters => tally.pirate_encounters as f32,
            InfoField::ValueLostToPirates => tally.value_lost,
            InfoField::FuelUsed => math::max(0.0, FUEL_MAX - self.fuel),
            InfoField::HullDamage => math::max(0.0, HULL_MAX - self.hull),
            InfoField::ToolWear => math::max(0.0, TOOL_MAX - self.tool),
            InfoField::ScanCount => tally.scan_count as f32,
            InfoField::MiningTicks => tally.mining_ticks as f32,
            InfoField::CargoUtilizationAvg if self.ticks == 0 => 0.0,
            InfoField::CargoUtilizationAvg => tally.utilization_sum / self.ticks as f32,
            InfoField::TimeRemaining => self.time_remaining,
        }
    }
}
