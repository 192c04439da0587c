//! Streams of actions that reach different parts of the rules.
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
    /// Uniform over 0..=67: never cashes out.
    Uniform,
    /// Uniform over what the mask allows, cashing out rarely.
    Legal,
    /// Mines and cools down, and sells when at the station: long lives with cargo, heat and fractures.
    Prospector,
    /// Mines as hard as it can: overheats.
    Hot,
}

pub const POLICIES: [Policy; 5] = [Policy::Bytes, Policy::Uniform, Policy::Legal, Policy::Prospector, Policy::Hot];

const CASH_OUT: u8 = 68;

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
        let at_station = obs[17] == 1.0;
        let heat = obs[2];
        match self {
            Self::Bytes => choices.draw() as u8,
            Self::Uniform => choices.below(68) as u8,
            Self::Legal => legal(mask, choices),
            Self::Prospector | Self::Hot if choices.once_in(8) => legal(mask, choices),
            Self::Prospector => {
                let wanted: &[u8] = if at_station {
                    &[42, 45, 48, 51, 54, 57, 60, 63, 64, 65, 66, 67, 0, 1, 2]
                } else if heat > 0.6 {
                    &[33, 6]
                } else if obs[5] > 0.6 {
                    &[6, 0, 1, 36, 38]
                } else {
                    &[8, 10, 28, 29, 12, 13, 14, 15, 31, 34, 35, 32]
                };
                prefer(wanted, mask, choices).unwrap_or(6)
            }
            Self::Hot => prefer(&[30, 30, 30, 32, 12, 13, 14], mask, choices).unwrap_or_else(|| legal(mask, choices)),
        }
    }
}
