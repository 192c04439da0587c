//! Random numbers over lanes. Each function draws what its scalar twin in [`crate::rng`] draws.

use crate::constants::TINY;
use crate::math;
use crate::rng::{EPISODE_INC, Jumps, MULTIPLIER};
use prospector_simd::{LANES, Vector};

/// A generator of random numbers in each lane.
pub(crate) struct LaneRng<V: Vector> {
    pub state: V::Words,
    inc: V::Words,
}

impl<V: Vector> LaneRng<V> {
    #[inline(always)]
    pub fn new(state: &[u64; LANES], inc: &[u64; LANES]) -> Self {
        Self { state: V::words(state), inc: V::words(inc) }
    }

    /// Env `i` is `i` strides beyond an episode's generator at `state`.
    #[inline(always)]
    pub fn strided<const N: usize>(state: u64, jumps: &Jumps<N>) -> Self {
        let first = |of: &[u64; N]| V::words(of.first_chunk().expect("a jump for each lane"));
        let state = V::affine(V::words_of(state), first(&jumps.factors), first(&jumps.addends));
        Self { state, inc: V::words_of(EPISODE_INC) }
    }

    #[inline(always)]
    pub fn bits(&mut self) -> V::Bits {
        let drawn = V::pcg_output(self.state);
        self.state = V::affine(self.state, V::words_of(MULTIPLIER), self.inc);
        drawn
    }

    /// A float in `[0, 1]` in each lane, as [`crate::rng::to_unit`] makes it.
    #[inline(always)]
    pub fn unit(&mut self) -> V {
        to_unit(self.bits())
    }

    /// [`LaneRng::unit`] where `wanted`; elsewhere the generator stays and the draw has no meaning.
    #[inline(always)]
    pub fn unit_where(&mut self, wanted: V::Mask) -> V {
        let before = self.state;
        let drawn = self.unit();
        self.state = V::choose_words(wanted, self.state, before);
        drawn
    }

    /// Normal with mean 0, of two draws.
    #[inline(always)]
    pub fn normal(&mut self, deviation: V) -> V {
        let radius = self.unit();
        normal(radius, self.unit(), deviation)
    }

    /// Exponential with mean 1.
    #[inline(always)]
    pub fn exp1(&mut self) -> V {
        -math::ln_of_normal(math::max(self.unit(), V::of(TINY)))
    }
}

#[inline(always)]
fn to_unit<V: Vector>(bits: V::Bits) -> V {
    const SCALE: f32 = 1.0 / 4_294_967_296.0; // 2^-32
    V::from_unsigned(bits) * SCALE
}

/// Normal with mean 0, of two draws in `[0, 1]`.
#[inline(always)]
pub(crate) fn normal<V: Vector>(radius: V, turn: V, deviation: V) -> V {
    let length = (math::ln_of_normal(math::max(radius, V::of(TINY))) * -2.0).sqrt();
    // The mean is added as the rules add it: it makes a zero positive.
    deviation * length * math::cos(turn * math::TWO_PI) + 0.0
}
