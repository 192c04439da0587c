//! Rules 1: the episode's generator and its distributions.

use crate::constants::{COMMODITIES, TINY};
use crate::math;
use prospector_simd::pcg_output;

pub(crate) const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
/// The stream of every episode's generator.
pub const EPISODE_STREAM: u64 = 54;
/// The increment that this stream has from its seeding on.
pub(crate) const EPISODE_INC: u64 = (EPISODE_STREAM << 1) | 1;

/// PCG32 (XSH-RR 64/32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pcg32 {
    pub(crate) state: u64,
    /// Odd.
    pub(crate) inc: u64,
}

/// `N` jumps of the generator of [`EPISODE_INC`]: by 0 draws, by a stride, by two strides, ... Each is many advances in one,
/// `state * factor + addend`.
pub(crate) struct Jumps<const N: usize> {
    pub factors: [u64; N],
    pub addends: [u64; N],
}

impl<const N: usize> Jumps<N> {
    /// Jumps that are `stride` draws apart.
    pub const fn strides(stride: usize) -> Self {
        let (mut factors, mut addends) = ([1u64; N], [0u64; N]);
        let mut i = 1;
        while i < N {
            (factors[i], addends[i]) = (factors[i - 1], addends[i - 1]);
            let mut done = 0;
            while done < stride {
                factors[i] = factors[i].wrapping_mul(MULTIPLIER);
                addends[i] = addends[i].wrapping_mul(MULTIPLIER).wrapping_add(EPISODE_INC);
                done += 1;
            }
            i += 1;
        }
        Self { factors, addends }
    }

    /// The state after `strides` strides from `state`.
    #[inline(always)]
    pub fn after(&self, strides: usize, state: u64) -> u64 {
        state.wrapping_mul(self.factors[strides]).wrapping_add(self.addends[strides])
    }
}

/// The generator's state after one draw.
#[inline(always)]
pub(crate) fn advanced(state: u64, inc: u64) -> u64 {
    state.wrapping_mul(MULTIPLIER).wrapping_add(inc)
}

/// An output as a float in `[0, 1]`: the conversion rounds to nearest, so 1.0 can occur.
#[inline(always)]
pub(crate) fn to_unit(output: u32) -> f32 {
    const SCALE: f32 = 1.0 / 4_294_967_296.0; // 2^-32
    output as f32 * SCALE
}

impl Pcg32 {
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Self { state: 0, inc: (stream << 1) | 1 };
        rng.advance();
        rng.state = rng.state.wrapping_add(seed);
        rng.advance();
        rng
    }

    fn advance(&mut self) {
        self.state = advanced(self.state, self.inc);
    }

    /// The next output, taken from the state before the advance.
    pub fn next_u32(&mut self) -> u32 {
        let old = self.state;
        self.advance();
        pcg_output(old)
    }

    /// A float in `[0, 1]`.
    pub fn unit(&mut self) -> f32 {
        to_unit(self.next_u32())
    }

    /// A whole number of `lo..hi`; `lo` without a draw if `hi <= lo`.
    pub fn range(&mut self, lo: u32, hi: u32) -> u32 {
        if hi <= lo {
            return lo;
        }
        lo + self.next_u32() % (hi - lo)
    }

    pub fn uniform(&mut self, a: f32, b: f32) -> f32 {
        a + (b - a) * self.unit()
    }

    /// Exponential with mean 1.
    pub fn exp1(&mut self) -> f32 {
        -math::ln(math::max(self.unit(), TINY))
    }

    /// Normal; two draws always, also when `deviation` is 0.
    pub fn normal(&mut self, mean: f32, deviation: f32) -> f32 {
        let radius = math::max(self.unit(), TINY);
        let turn = self.unit();
        mean + deviation * (-2.0 * math::ln(radius)).sqrt() * math::cos(math::TWO_PI * turn)
    }

    pub fn lognormal(&mut self, mean: f32, deviation: f32) -> f32 {
        math::exp(self.normal(mean, deviation))
    }

    /// Beta(3, 2); five draws.
    pub fn beta32(&mut self) -> f32 {
        let a = self.exp1() + self.exp1() + self.exp1();
        let b = self.exp1() + self.exp1();
        let sum = a + b;
        if sum == 0.0 { 0.5 } else { a / sum }
    }

    /// Uniform over the compositions of six parts that sum to 1; six draws.
    pub fn dirichlet6(&mut self) -> [f32; COMMODITIES] {
        let mut parts = [0.0; COMMODITIES];
        let mut sum = 0.0;
        for part in &mut parts {
            *part = self.exp1();
            sum += *part;
        }
        parts.map(|part| if sum == 0.0 { 1.0 / 6.0 } else { part / sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator that gives `output` next (XSH-RR with a rotation of 0 and the output in bits 27..59).
    fn about_to_give(output: u32) -> Pcg32 {
        let shifted = u64::from(output) << 27;
        // The output is ((old >> 18) ^ old) >> 27: bits 45.. of `old` feed back into its lower bits, so undo that once.
        let low = shifted ^ ((shifted >> 18) & (0x3fff << 27));
        let rng = Pcg32 { state: low & ((1 << 59) - 1), inc: 1 };
        let mut twin = rng;
        assert_eq!(twin.next_u32(), output);
        rng
    }

    #[test]
    fn the_first_outputs_are_those_of_the_published_generator() {
        // pcg32-demo of the PCG C library: seed 42, stream 54.
        let mut rng = Pcg32::new(42, 54);
        let outputs = std::array::from_fn(|_| rng.next_u32());
        assert_eq!(outputs, [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293, 0xbfa4_784b, 0xcbed_606e]);
    }

    #[test]
    fn a_jump_is_as_many_advances() {
        let mut rng = Pcg32::new(42, EPISODE_STREAM);
        assert_eq!(rng.inc, EPISODE_INC);
        let start = rng.state;
        let jumps = Jumps::<5>::strides(20);
        for strides in 0..5 {
            assert_eq!(jumps.after(strides, start), rng.state);
            for _ in 0..20 {
                rng.next_u32();
            }
        }
    }

    #[test]
    fn an_empty_range_gives_its_start_and_draws_nothing() {
        let mut rng = Pcg32::new(7, EPISODE_STREAM);
        let before = rng;
        assert_eq!(rng.range(3, 3), 3);
        assert_eq!(rng.range(9, 2), 9);
        assert_eq!(rng.range(u32::MAX, 0), u32::MAX);
        assert_eq!(rng, before);
    }

    #[test]
    fn a_range_of_one_gives_its_start_and_draws_once() {
        let mut rng = Pcg32::new(7, EPISODE_STREAM);
        let mut twin = rng;
        assert_eq!(rng.range(0, 1), 0);
        twin.next_u32();
        assert_eq!(rng, twin);
    }

    #[test]
    fn a_range_covers_all_of_its_numbers_and_no_other() {
        let mut rng = Pcg32::new(1, EPISODE_STREAM);
        let mut seen = [false; 8];
        for _ in 0..1000 {
            seen[rng.range(1, 9) as usize - 1] = true;
        }
        assert_eq!(seen, [true; 8]);
    }

    #[test]
    fn a_unit_draw_can_be_zero_and_can_be_one() {
        assert_eq!(about_to_give(0).unit(), 0.0);
        assert_eq!(about_to_give(u32::MAX).unit(), 1.0);
        assert!(about_to_give(0).exp1() < 18.5, "the logarithm of a zero draw is that of 1e-8");
    }

    #[test]
    fn a_normal_draw_takes_two_uniforms_even_without_deviation() {
        let mut rng = Pcg32::new(5, EPISODE_STREAM);
        let mut twin = rng;
        assert_eq!(rng.normal(2.5, 0.0), 2.5);
        twin.next_u32();
        twin.next_u32();
        assert_eq!(rng, twin);
    }

    #[test]
    fn compositions_sum_to_one_and_beta_stays_inside_its_range() {
        let mut rng = Pcg32::new(11, EPISODE_STREAM);
        for _ in 0..1000 {
            let sum: f32 = rng.dirichlet6().iter().sum();
            assert!((sum - 1.0).abs() < 1e-6, "a composition sums to {sum}");
            let share = rng.beta32();
            assert!((0.0..=1.0).contains(&share), "beta gave {share}");
        }
    }
}
