//! The action table (rules 4): what each code means, and what a valid action does.

use crate::constants::{ESCAPE_TICKS, FUEL_MAX, HEAT_DISSIPATION, HULL_MAX, NUM_ACTIONS, STABILIZE_TICKS, TOOL_MAX};
use crate::event::{Event, EventSink};
use crate::market::Sell;
use crate::math;
use crate::navigation::Navigate;
use crate::prospecting::Prospect;
use crate::vessel::Vessel;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ScanMode {
    Wide = 0,
    Focused = 1,
    Deep = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MineMode {
    Conservative = 0,
    Standard = 1,
    Aggressive = 2,
}

/// What the station sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Purchase {
    FuelSmall = 0,
    FuelMed = 1,
    FuelLarge = 2,
    RepairKit = 3,
    Stabilizer = 4,
    Decoy = 5,
    Overhaul = 6,
}

impl Purchase {
    /// In the order of the codes.
    pub const ALL: [Self; 7] = [
        Self::FuelSmall,
        Self::FuelMed,
        Self::FuelLarge,
        Self::RepairKit,
        Self::Stabilizer,
        Self::Decoy,
        Self::Overhaul,
    ];

    /// Credits.
    #[inline(always)]
    pub fn cost(self) -> f32 {
        match self {
            Self::FuelSmall => 60.0,
            Self::FuelMed => 120.0,
            Self::FuelLarge => 210.0,
            Self::RepairKit => 150.0,
            Self::Stabilizer => 175.0,
            Self::Decoy => 110.0,
            Self::Overhaul => 280.0,
        }
    }
}

/// A decoded action code. Slots and commodities are indices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Travel { slot: u8 },
    HoldDrift,
    EmergencyBurn,
    Scan(ScanMode),
    ThreatListen,
    Select { slot: u8 },
    Mine(MineMode),
    Stabilize,
    Refine,
    Cooldown,
    ToolMaintenance,
    HullPatch,
    Jettison { commodity: u8 },
    Dock,
    Sell { commodity: u8, fraction: f32 },
    Buy(Purchase),
    CashOut,
}

/// The code of HOLD_DRIFT, which stands in for every code outside the table.
pub const HOLD_DRIFT: u8 = 6;

/// The code of PASSIVE_THREAT_LISTEN.
pub(crate) const LISTEN: u8 = 11;

/// The code that selects asteroid slot 0.
pub(crate) const FIRST_SELECT: u8 = 12;

impl Action {
    /// `None` for a code outside 0..=68.
    #[inline(always)]
    pub fn decode(code: u8) -> Option<Self> {
        static TABLE: [Action; NUM_ACTIONS] = {
            let mut table = [Action::HoldDrift; NUM_ACTIONS];
            let mut code = 0;
            while code < NUM_ACTIONS {
                table[code] = Action::of(code as u8);
                code += 1;
            }
            table
        };
        TABLE.get(usize::from(code)).copied()
    }

    /// Of a code of the table.
    const fn of(code: u8) -> Self {
        match code {
            0..=5 => Self::Travel { slot: code },
            HOLD_DRIFT => Self::HoldDrift,
            7 => Self::EmergencyBurn,
            8 => Self::Scan(ScanMode::Wide),
            9 => Self::Scan(ScanMode::Focused),
            10 => Self::Scan(ScanMode::Deep),
            LISTEN => Self::ThreatListen,
            FIRST_SELECT..=27 => Self::Select { slot: code - FIRST_SELECT },
            28 => Self::Mine(MineMode::Conservative),
            29 => Self::Mine(MineMode::Standard),
            30 => Self::Mine(MineMode::Aggressive),
            31 => Self::Stabilize,
            32 => Self::Refine,
            33 => Self::Cooldown,
            34 => Self::ToolMaintenance,
            35 => Self::HullPatch,
            36..=41 => Self::Jettison { commodity: code - 36 },
            42 => Self::Dock,
            43..=60 => {
                let fraction = [0.25, 0.5, 1.0][((code - 43) % 3) as usize];
                Self::Sell { commodity: (code - 43) / 3, fraction }
            }
            61 => Self::Buy(Purchase::FuelSmall),
            62 => Self::Buy(Purchase::FuelMed),
            63 => Self::Buy(Purchase::FuelLarge),
            64 => Self::Buy(Purchase::RepairKit),
            65 => Self::Buy(Purchase::Stabilizer),
            66 => Self::Buy(Purchase::Decoy),
            67 => Self::Buy(Purchase::Overhaul),
            68 => Self::CashOut,
            _ => panic!("no action of the table"),
        }
    }
}

/// Whether the action of that code reads or changes the world: travel, scans, listening and mining.
#[inline(always)]
pub(crate) fn is_about_the_belt(code: u8) -> bool {
    (code <= 5) | (code.wrapping_sub(8) <= 11 - 8) | (code.wrapping_sub(28) <= 30 - 28)
}

/// What the actions of the table do to a vessel.
pub(crate) trait Act: Vessel {
    /// Executes an action that is valid now and returns its ticks.
    #[inline(always)]
    fn execute(&mut self, action: Action, events: &mut impl EventSink) -> u8 {
        match action {
            Action::Travel { slot } => return self.travel(slot, events),
            Action::HoldDrift => self.hold_drift(),
            Action::EmergencyBurn => self.emergency_burn(),
            Action::Scan(mode) => return self.scan(mode, events),
            Action::ThreatListen => return self.listen(),
            Action::Select { slot } => self.select(Some(slot)),
            Action::Mine(mode) => self.mine(mode, events),
            Action::Stabilize => return self.stabilize(),
            Action::Refine => return self.refine(),
            Action::Cooldown => return self.cool_down(),
            Action::ToolMaintenance => return self.maintain_tool(),
            Action::HullPatch => return self.patch_hull(),
            Action::Jettison { commodity } => self.jettison(commodity),
            Action::Dock => self.dock(events),
            Action::Sell { commodity, fraction } => self.sell(commodity, fraction, events),
            Action::Buy(item) => return self.buy(item, events),
            Action::CashOut => self.cash_out(),
        }
        1
    }

    /// What an action that is invalid now does: a blind scan is charged, a code outside the table is itself
    /// executed as HOLD_DRIFT; then HOLD_DRIFT. It always takes 1 tick.
    fn execute_invalid(&mut self, action: Action) -> u8 {
        match action {
            Action::Scan(mode) => self.charge_scan(mode),
            Action::HoldDrift => self.hold_drift(),
            _ => {}
        }
        self.hold_drift();
        1
    }

    fn hold_drift(&mut self) {
        *self.alert() = math::max(0.0, *self.alert() - 3.0);
        *self.heat() = math::max(0.0, *self.heat() - HEAT_DISSIPATION);
    }

    #[inline(always)]
    fn emergency_burn(&mut self) {
        *self.fuel() -= 18.0;
        *self.alert() += 10.0;
        *self.escape_buff() = (*self.escape_buff()).max(ESCAPE_TICKS);
    }

    #[inline(always)]
    fn stabilize(&mut self) -> u8 {
        if let Some(slot) = self.selected() {
            *self.stabilizers() -= 1;
            *self.stabilize_buff(slot) = STABILIZE_TICKS;
        }
        2
    }

    #[inline(always)]
    fn cool_down(&mut self) -> u8 {
        *self.fuel() -= 2.0;
        *self.heat() = math::max(0.0, *self.heat() - 20.0);
        *self.alert() += 1.0;
        2
    }

    #[inline(always)]
    fn maintain_tool(&mut self) -> u8 {
        *self.repair_kits() -= 1;
        *self.tool() = math::min(TOOL_MAX, *self.tool() + 25.0);
        2
    }

    #[inline(always)]
    fn patch_hull(&mut self) -> u8 {
        *self.repair_kits() -= 1;
        *self.hull() = math::min(HULL_MAX, *self.hull() + 20.0);
        2
    }

    #[inline(always)]
    fn jettison(&mut self, commodity: u8) {
        *self.cargo(usize::from(commodity)) = 0.0;
        *self.alert() = math::max(0.0, *self.alert() - 8.0);
    }

    #[inline(always)]
    fn dock(&mut self, events: &mut impl EventSink) {
        *self.alert() = math::max(0.0, *self.alert() - 20.0);
        events.record(Event::Dock);
    }

    #[inline(always)]
    fn buy(&mut self, item: Purchase, events: &mut impl EventSink) -> u8 {
        let cost = item.cost();
        *self.credits() -= cost;
        *self.total_spend() += cost;
        events.record(Event::Buy { item, cost });
        match item {
            Purchase::FuelSmall => *self.fuel() = math::min(FUEL_MAX, *self.fuel() + 120.0),
            Purchase::FuelMed => *self.fuel() = math::min(FUEL_MAX, *self.fuel() + 260.0),
            Purchase::FuelLarge => *self.fuel() = math::min(FUEL_MAX, *self.fuel() + 480.0),
            Purchase::RepairKit => *self.repair_kits() += 1,
            Purchase::Stabilizer => *self.stabilizers() += 1,
            Purchase::Decoy => *self.decoys() += 1,
            Purchase::Overhaul => {
                *self.hull() = HULL_MAX;
                *self.tool() = TOOL_MAX;
                return 3;
            }
        }
        1
    }
}

impl<V: Vessel> Act for V {}
