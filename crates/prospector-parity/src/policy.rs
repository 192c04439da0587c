//! Streams of actions that reach different parts of the rules.
use prospector_core::constants::{IRON, NICKEL, PGE, RARE_ISOTOPES, VOLATILES, WATER_ICE};
use prospector_core::{Action, MineMode, Purchase, ScanMode, Share, layout};
use prospector_reference::{NUM_ACTIONS, OBS_SIZE};

/// SplitMix64: the choices of a policy, apart from the game's own generator.
#[derive(Clone)]
pub struct Choices(pub u64);

impl Choices {
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.draw() % limit
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What chooses the actions of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Any byte: mostly invalid by the rules.
    Bytes,
    /// Uniform over all but the last code: never cashes out.
    Uniform,
    /// Uniform over what the mask allows, cashing out rarely.
    Legal,
    /// Mines and cools down, and sells when at the station: long lives with cargo, heat and fractures.
    Prospector,
    /// Mines as hard as it can: overheats.
    Hot,
}

pub const POLICIES: [Policy; 5] = [Policy::Bytes, Policy::Uniform, Policy::Legal, Policy::Prospector, Policy::Hot];

/// The last code.
pub const CASH_OUT: u8 = Action::CashOut.code();
const HOLD: u8 = Action::HoldDrift.code();
const FUEL_LARGE: u8 = Action::Buy(Purchase::FuelLarge).code();
const REPAIR_KIT: u8 = Action::Buy(Purchase::RepairKit).code();
const STABILIZER: u8 = Action::Buy(Purchase::Stabilizer).code();
const DECOY: u8 = Action::Buy(Purchase::Decoy).code();
const OVERHAUL: u8 = Action::Buy(Purchase::Overhaul).code();
const REFINE: u8 = Action::Refine.code();
const MINE_HARD: u8 = Action::Mine(MineMode::Aggressive).code();

const fn edge(slot: u8) -> u8 {
    Action::Travel { slot }.code()
}

const fn select(slot: u8) -> u8 {
    Action::Select { slot }.code()
}

const fn sell_all(commodity: usize) -> u8 {
    Action::Sell { commodity: commodity as u8, share: Share::All }.code()
}

const fn jettison(commodity: usize) -> u8 {
    Action::Jettison { commodity: commodity as u8 }.code()
}

/// What a prospector wants: at the station, hot, noticed, and else in the field.
const AT_STATION: [u8; 15] = [
    Action::Dock.code(),
    sell_all(IRON),
    sell_all(NICKEL),
    sell_all(WATER_ICE),
    sell_all(PGE),
    sell_all(RARE_ISOTOPES),
    sell_all(VOLATILES),
    FUEL_LARGE,
    REPAIR_KIT,
    STABILIZER,
    DECOY,
    OVERHAUL,
    edge(0),
    edge(1),
    edge(2),
];
const HOT: [u8; 2] = [Action::Cooldown.code(), HOLD];
const NOTICED: [u8; 5] = [HOLD, edge(0), edge(1), jettison(IRON), jettison(WATER_ICE)];
const IN_FIELD: [u8; 12] = [
    Action::Scan(ScanMode::Wide).code(),
    Action::Scan(ScanMode::Deep).code(),
    Action::Mine(MineMode::Conservative).code(),
    Action::Mine(MineMode::Standard).code(),
    select(0),
    select(1),
    select(2),
    select(3),
    Action::Stabilize.code(),
    Action::ToolMaintenance.code(),
    Action::HullPatch.code(),
    REFINE,
];
/// What one wants who mines as hard as it can.
const OVERHEATING: [u8; 7] = [MINE_HARD, MINE_HARD, MINE_HARD, REFINE, select(0), select(1), select(2)];

fn legal(mask: &[u8; NUM_ACTIONS], choices: &mut Choices) -> u8 {
    loop {
        let action = choices.below(NUM_ACTIONS as u64) as u8;
        if mask[action as usize] == 1 && (action != CASH_OUT || choices.once_in(50)) {
            return action;
        }
    }
}

/// One of `wanted` that is allowed, if there is any.
fn prefer(wanted: &[u8], mask: &[u8; NUM_ACTIONS], choices: &mut Choices) -> Option<u8> {
    let allowed: Vec<u8> = wanted.iter().copied().filter(|&action| mask[action as usize] == 1).collect();
    (!allowed.is_empty()).then(|| allowed[choices.below(allowed.len() as u64) as usize])
}

impl Policy {
    pub fn choose(self, obs: &[f32; OBS_SIZE], mask: &[u8; NUM_ACTIONS], choices: &mut Choices) -> u8 {
        let at_station = obs[layout::AT_STATION.at] == 1.0;
        let heat = obs[layout::HEAT.at];
        match self {
            Self::Bytes => choices.draw() as u8,
            Self::Uniform => choices.below(CASH_OUT.into()) as u8,
            Self::Legal => legal(mask, choices),
            Self::Prospector | Self::Hot if choices.once_in(8) => legal(mask, choices),
            Self::Prospector => {
                let wanted: &[u8] = if at_station {
                    &AT_STATION
                } else if heat > 0.6 {
                    &HOT
                } else if obs[layout::ALERT.at] > 0.6 {
                    &NOTICED
                } else {
                    &IN_FIELD
                };
                prefer(wanted, mask, choices).unwrap_or(HOLD)
            }
            Self::Hot => prefer(&OVERHEATING, mask, choices).unwrap_or_else(|| legal(mask, choices)),
        }
    }
}
