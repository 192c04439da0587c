//! Rules 7: what an episode says of itself besides its observation. (`dt`, `invalid_action` and `action` are the
//! [`crate::Outcome`] of the last step.)

use crate::constants::{FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::end::End;
use crate::episode::{Episode, Ship, Tally};
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

    pub const fn column(self) -> InfoColumn {
        let (name, unit, meaning) = match self {
            Self::Credits => ("credits", "credits", "credits of the ship, after every purchase"),
            Self::TotalSpend => ("total_spend", "credits", "cost of all purchases"),
            Self::NetProfit => ("net_profit", "credits", "credits less those at the start, which are 0"),
            Self::ProfitPerTick => ("profit_per_tick", "credits a tick", "net_profit / max(1, ticks)"),
            Self::Survival => ("survival", "", "0 if destroyed or stranded, else 1"),
            Self::OverheatTicks => ("overheat_ticks", "ticks", "ticks of the steps that overheated the ship"),
            Self::PirateEncounters => ("pirate_encounters", "", "how often pirates came"),
            Self::ValueLostToPirates => ("value_lost_to_pirates", "credits", "value of the cargo that pirates took"),
            Self::FuelUsed => ("fuel_used", "units of fuel", "max(0, 1000 - fuel)"),
            Self::HullDamage => ("hull_damage", "points", "max(0, 100 - hull)"),
            Self::ToolWear => ("tool_wear", "points", "max(0, 100 - tool)"),
            Self::ScanCount => ("scan_count", "", "scans that were made"),
            Self::MiningTicks => ("mining_ticks", "ticks", "ticks of mining"),
            Self::CargoUtilizationAvg => ("cargo_utilization_avg", "", "mean over the ticks of cargo/200"),
            Self::TimeRemaining => ("time_remaining", "ticks", "ticks that remain"),
        };
        InfoColumn { name, dtype: "float32", unit, meaning }
    }
}

/// How a column of the info is called, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InfoColumn {
    pub name: &'static str,
    /// As numpy calls it.
    pub dtype: &'static str,
    pub unit: &'static str,
    pub meaning: &'static str,
}

/// The columns before those of [`InfoField`]: the [`crate::Outcome`] of the last step.
pub const STEP_COLUMNS: [InfoColumn; 3] = [
    InfoColumn { name: "dt", dtype: "int32", unit: "ticks", meaning: "ticks that the step took; 0 after a reset" },
    InfoColumn { name: "invalid_action", dtype: "bool", unit: "", meaning: "the action was invalid" },
    InfoColumn {
        name: "action",
        dtype: "uint8",
        unit: "code",
        meaning: "the action as resolved: 6 for a code outside the table, 255 after a reset",
    },
];

/// What the fields are made of.
pub(crate) struct InfoInputs {
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
        InfoInputs { fuel, hull, tool, credits, time_remaining, ticks, end, tally: self.tally.clone() }.info(field)
    }
}

impl InfoInputs {
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
