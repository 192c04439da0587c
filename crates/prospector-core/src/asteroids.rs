//! The asteroids of a node: what the ship can select, scan and mine (rules 3.6).

use crate::constants::{ASTEROID_SLOTS, COMMODITIES, TINY};
use crate::math;
use crate::rng::Pcg32;

/// One quantity of each slot of a node.
pub(crate) type PerSlot = [f32; ASTEROID_SLOTS];

/// What the ship believes of an asteroid that it has not scanned.
pub(crate) const UNSEEN_STABILITY: f32 = 0.5;
pub(crate) const UNSEEN_CONFIDENCE: f32 = 0.1;

/// Draws that an asteroid takes, always.
pub(crate) const ASTEROID_DRAWS: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asteroid {
    pub true_comp: [f32; COMMODITIES],
    pub comp_est: [f32; COMMODITIES],
    pub richness: f32,
    pub stability: f32,
    pub noise: f32,
    pub stability_est: f32,
    pub scan_conf: f32,
    /// Share that is used up, in `[0, 1]`. At 1 the asteroid can no longer be selected.
    pub depletion: f32,
}

/// All slots of a node, quantity by quantity, so that what concerns all of them runs over 16 lanes. What stands in a slot
/// beyond the node's count has no meaning.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Slots {
    pub true_comp: [PerSlot; COMMODITIES],
    pub comp_est: [PerSlot; COMMODITIES],
    pub richness: PerSlot,
    pub stability: PerSlot,
    pub noise: PerSlot,
    pub stability_est: PerSlot,
    pub scan_conf: PerSlot,
    pub depletion: PerSlot,
}

const _: () = assert!(size_of::<Slots>() == 18 * 64);

impl Slots {
    pub const EMPTY: Self = Self {
        true_comp: [[0.0; ASTEROID_SLOTS]; COMMODITIES],
        comp_est: [[0.0; ASTEROID_SLOTS]; COMMODITIES],
        richness: [0.0; ASTEROID_SLOTS],
        stability: [0.0; ASTEROID_SLOTS],
        noise: [0.0; ASTEROID_SLOTS],
        stability_est: [UNSEEN_STABILITY; ASTEROID_SLOTS],
        scan_conf: [UNSEEN_CONFIDENCE; ASTEROID_SLOTS],
        depletion: [0.0; ASTEROID_SLOTS],
    };

    /// Rules 3.6: `count` asteroids, one after the other.
    pub fn draw(rng: &mut Pcg32, count: u8) -> Self {
        let mut slots = Self::EMPTY;
        for slot in 0..count {
            slots.set(slot, &Asteroid::draw(rng));
        }
        slots
    }

    /// Inlined, so that only what is used is read.
    #[inline(always)]
    pub fn get(&self, slot: u8) -> Asteroid {
        let slot = usize::from(slot);
        Asteroid {
            true_comp: std::array::from_fn(|c| self.true_comp[c][slot]),
            comp_est: std::array::from_fn(|c| self.comp_est[c][slot]),
            richness: self.richness[slot],
            stability: self.stability[slot],
            noise: self.noise[slot],
            stability_est: self.stability_est[slot],
            scan_conf: self.scan_conf[slot],
            depletion: self.depletion[slot],
        }
    }

    #[inline(always)]
    pub fn set(&mut self, slot: u8, asteroid: &Asteroid) {
        let slot = usize::from(slot);
        for c in 0..COMMODITIES {
            self.true_comp[c][slot] = asteroid.true_comp[c];
            self.comp_est[c][slot] = asteroid.comp_est[c];
        }
        self.richness[slot] = asteroid.richness;
        self.stability[slot] = asteroid.stability;
        self.noise[slot] = asteroid.noise;
        self.stability_est[slot] = asteroid.stability_est;
        self.scan_conf[slot] = asteroid.scan_conf;
        self.depletion[slot] = asteroid.depletion;
    }

    /// Bit `a`: what stands in slot `a` is not depleted.
    #[inline(always)]
    pub fn undepleted(&self) -> u16 {
        let mut bits = 0;
        for (slot, depletion) in self.depletion.iter().enumerate() {
            bits |= u32::from(*depletion < 1.0) << slot;
        }
        bits as u16
    }
}

impl Asteroid {
    fn draw(rng: &mut Pcg32) -> Self {
        Self {
            true_comp: rng.dirichlet6(),
            richness: math::clamp(rng.lognormal(-0.2, 0.65), 0.2, 4.0),
            stability: rng.beta32(),
            noise: rng.uniform(0.04, 0.22),
            comp_est: rng.dirichlet6(),
            stability_est: UNSEEN_STABILITY,
            scan_conf: UNSEEN_CONFIDENCE,
            depletion: 0.0,
        }
    }
}

/// A composition with each share at least 1e-8, divided by the sum of all.
pub(crate) fn normalise_floored(comp: [f32; COMMODITIES]) -> [f32; COMMODITIES] {
    let floored = comp.map(|share| math::max(share, TINY));
    let sum = sum(&floored);
    floored.map(|share| share / sum)
}

/// Sum in index order from the left (rules, preamble).
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |sum, value| sum + value)
}
