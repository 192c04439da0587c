//! The action table (rules 4): the codes and what each stands for. What the actions do is in [`crate::effects`].

use std::ops::Range;

use crate::constants::NUM_ACTIONS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ScanMode {
    Wide = 0,
    Focused = 1,
    Deep = 2,
}

impl ScanMode {
    pub const ALL: [Self; 3] = [Self::Wide, Self::Focused, Self::Deep];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Focused => "focused",
            Self::Deep => "deep",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MineMode {
    Conservative = 0,
    Standard = 1,
    Aggressive = 2,
}

impl MineMode {
    pub const ALL: [Self; 3] = [Self::Conservative, Self::Standard, Self::Aggressive];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Conservative => "conservative",
            Self::Standard => "standard",
            Self::Aggressive => "aggressive",
        }
    }
}

/// How much of a commodity one sale sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Share {
    Quarter = 0,
    Half = 1,
    All = 2,
}

impl Share {
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Half, Self::All];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::All => "all",
        }
    }

    #[inline(always)]
    pub const fn fraction(self) -> f32 {
        match self {
            Self::Quarter => 0.25,
            Self::Half => 0.5,
            Self::All => 1.0,
        }
    }
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

    pub const fn name(self) -> &'static str {
        match self {
            Self::FuelSmall => "fuel_small",
            Self::FuelMed => "fuel_med",
            Self::FuelLarge => "fuel_large",
            Self::RepairKit => "repair_kit",
            Self::Stabilizer => "stabilizer",
            Self::Decoy => "decoy",
            Self::Overhaul => "overhaul",
        }
    }

    /// Credits.
    #[inline(always)]
    pub const fn cost(self) -> f32 {
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

    /// Units of fuel that it puts into the tank.
    #[inline(always)]
    pub const fn fuel(self) -> f32 {
        match self {
            Self::FuelSmall => 120.0,
            Self::FuelMed => 260.0,
            Self::FuelLarge => 480.0,
            Self::RepairKit | Self::Stabilizer | Self::Decoy | Self::Overhaul => 0.0,
        }
    }
}

/// A decoded action code. Slots and commodities are indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    Sell { commodity: u8, share: Share },
    Buy(Purchase),
    CashOut,
}

/// Actions that differ in their argument alone. Their codes follow each other; the discriminant is the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Group {
    Travel = 0,
    Hold = 6,
    Burn = 7,
    Scan = 8,
    Listen = 11,
    Select = 12,
    Mine = 28,
    Stabilize = 31,
    Refine = 32,
    Cool = 33,
    Maintain = 34,
    Patch = 35,
    Jettison = 36,
    Dock = 42,
    Sell = 43,
    Buy = 61,
    CashOut = 68,
}

impl Group {
    /// In the order of the codes.
    pub const ALL: [Self; 17] = [
        Self::Travel,
        Self::Hold,
        Self::Burn,
        Self::Scan,
        Self::Listen,
        Self::Select,
        Self::Mine,
        Self::Stabilize,
        Self::Refine,
        Self::Cool,
        Self::Maintain,
        Self::Patch,
        Self::Jettison,
        Self::Dock,
        Self::Sell,
        Self::Buy,
        Self::CashOut,
    ];

    pub const fn first(self) -> u8 {
        self as u8
    }

    /// The codes of the group.
    pub const fn codes(self) -> Range<u8> {
        let mut end = NUM_ACTIONS as u8;
        let mut i = Self::ALL.len();
        while i > 0 && Self::ALL[i - 1].first() > self.first() {
            i -= 1;
            end = Self::ALL[i].first();
        }
        self.first()..end
    }

    /// Bit `code` of each code of the group.
    pub const fn bits(self) -> u128 {
        let Range { start, end } = self.codes();
        ((1 << (end - start)) - 1) << start
    }

    /// The group of a code of the table.
    const fn of(code: u8) -> Self {
        let mut i = Self::ALL.len() - 1;
        while Self::ALL[i].first() > code {
            i -= 1;
        }
        Self::ALL[i]
    }
}

/// The code of HOLD_DRIFT, which stands in for every code outside the table.
pub const HOLD_DRIFT: u8 = Group::Hold.first();

/// The code that selects asteroid slot 0.
pub(crate) const FIRST_SELECT: u8 = Group::Select.first();

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

    /// The action of a code of the table.
    const fn of(code: u8) -> Self {
        let group = Group::of(code);
        let argument = code - group.first();
        match group {
            Group::Travel => Self::Travel { slot: argument },
            Group::Hold => Self::HoldDrift,
            Group::Burn => Self::EmergencyBurn,
            Group::Scan => Self::Scan(ScanMode::ALL[argument as usize]),
            Group::Listen => Self::ThreatListen,
            Group::Select => Self::Select { slot: argument },
            Group::Mine => Self::Mine(MineMode::ALL[argument as usize]),
            Group::Stabilize => Self::Stabilize,
            Group::Refine => Self::Refine,
            Group::Cool => Self::Cooldown,
            Group::Maintain => Self::ToolMaintenance,
            Group::Patch => Self::HullPatch,
            Group::Jettison => Self::Jettison { commodity: argument },
            Group::Dock => Self::Dock,
            Group::Sell => {
                let shares = Share::ALL.len() as u8;
                Self::Sell { commodity: argument / shares, share: Share::ALL[(argument % shares) as usize] }
            }
            Group::Buy => Self::Buy(Purchase::ALL[argument as usize]),
            Group::CashOut => Self::CashOut,
        }
    }

    pub const fn code(self) -> u8 {
        let (group, argument) = match self {
            Self::Travel { slot } => (Group::Travel, slot),
            Self::HoldDrift => (Group::Hold, 0),
            Self::EmergencyBurn => (Group::Burn, 0),
            Self::Scan(mode) => (Group::Scan, mode as u8),
            Self::ThreatListen => (Group::Listen, 0),
            Self::Select { slot } => (Group::Select, slot),
            Self::Mine(mode) => (Group::Mine, mode as u8),
            Self::Stabilize => (Group::Stabilize, 0),
            Self::Refine => (Group::Refine, 0),
            Self::Cooldown => (Group::Cool, 0),
            Self::ToolMaintenance => (Group::Maintain, 0),
            Self::HullPatch => (Group::Patch, 0),
            Self::Jettison { commodity } => (Group::Jettison, commodity),
            Self::Dock => (Group::Dock, 0),
            Self::Sell { commodity, share } => (Group::Sell, commodity * Share::ALL.len() as u8 + share as u8),
            Self::Buy(item) => (Group::Buy, item as u8),
            Self::CashOut => (Group::CashOut, 0),
        };
        group.first() + argument
    }

    /// Ticks of the action where it is valid; 0 for a travel, which takes those of its edge.
    #[inline(always)]
    pub const fn ticks(self) -> u8 {
        match self {
            Self::Travel { .. } => 0,
            Self::Scan(ScanMode::Wide) | Self::Buy(Purchase::Overhaul) => 3,
            Self::Scan(ScanMode::Deep) => 4,
            Self::Scan(ScanMode::Focused)
            | Self::ThreatListen
            | Self::Stabilize
            | Self::Refine
            | Self::Cooldown
            | Self::ToolMaintenance
            | Self::HullPatch => 2,
            Self::HoldDrift
            | Self::EmergencyBurn
            | Self::Select { .. }
            | Self::Mine(_)
            | Self::Jettison { .. }
            | Self::Dock
            | Self::Sell { .. }
            | Self::Buy(_)
            | Self::CashOut => 1,
        }
    }
}

/// Whether the action of that code reads or changes the world: travel, scans, listening and mining.
#[inline(always)]
pub(crate) fn is_about_the_belt(code: u8) -> bool {
    const TRAVELS: u8 = Group::Travel.codes().end;
    const LOOKS: Range<u8> = Group::Scan.first()..Group::Listen.codes().end;
    const MINES: Range<u8> = Group::Mine.codes();
    let within = |codes: &Range<u8>| code.wrapping_sub(codes.start) < codes.end - codes.start;
    (code < TRAVELS) | within(&LOOKS) | within(&MINES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_decoded_and_encoded_again_in_the_group_that_has_it() {
        for code in 0..NUM_ACTIONS as u8 {
            let action = Action::decode(code).expect("a code of the table");
            assert_eq!(action.code(), code);
            let groups: Vec<Group> = Group::ALL.into_iter().filter(|group| group.codes().contains(&code)).collect();
            assert_eq!(groups, [Group::of(code)]);
            assert_eq!(groups[0].bits() >> code & 1, 1);
        }
        assert_eq!(Group::ALL.iter().map(|group| group.bits().count_ones()).sum::<u32>(), NUM_ACTIONS as u32);
        assert!((NUM_ACTIONS as u8..=255).all(|code| Action::decode(code).is_none()));
    }
}
