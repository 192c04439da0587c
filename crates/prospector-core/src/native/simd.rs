//! Sixteen lanes side by side: what the passes are written over, and one implementation an instruction set beside it.

use super::lanes::{F, LANES};
use crate::real::Real;

/// Sixteen numbers, one an env, in registers.
///
/// The implementations for more than the baseline may only be named by code that [`super::dispatch`] compiles for their features,
/// which it enters after it has seen that the machine has them.
pub(crate) trait Vector: Real {
    /// Sixteen `u64`.
    type Words: Copy;

    fn load(from: &F) -> Self;
    fn store(self, to: &mut F);
    /// Each byte as a number.
    fn of_bytes(bytes: &[u8; LANES]) -> Self;
    /// Of each lane the entry that its index names, which is below 16.
    fn look_up(table: &[f32; 16], index: &[u8; LANES]) -> Self;
    /// Bit `i` is lane `i`.
    fn mask(bits: u16) -> Self::Mask;
    fn mask_bits(mask: Self::Mask) -> u16;
    /// Number `i` of vector `k` goes to place `k` of vector `i`.
    fn transpose(fields: [Self; LANES]) -> [Self; LANES];

    fn words(from: &[u64; LANES]) -> Self::Words;
    fn words_of(word: u64) -> Self::Words;
    fn store_words(words: Self::Words, to: &mut [u64; LANES]);
    fn choose_words(mask: Self::Mask, a: Self::Words, b: Self::Words) -> Self::Words;
    /// `words * factors + addends`, modulo 2^64.
    fn affine(words: Self::Words, factors: Self::Words, addends: Self::Words) -> Self::Words;
    /// What [`crate::rng::output`] draws at each state.
    fn output(states: Self::Words) -> Self::Bits;
}

#[cfg(test)]
mod tests {
    use super::super::simd_plain::Plain;
    use super::*;
    use crate::math;
    use crate::real::Bits;
    use crate::rng;

    fn stored<V: Vector>(vector: V) -> [u32; LANES] {
        let mut numbers = [0.0; LANES];
        vector.store(&mut numbers);
        numbers.map(f32::to_bits)
    }

    /// What the passes do with vectors, of `numbers` and `words`.
    fn results<V: Vector>(numbers: &F, words: &[u64; LANES]) -> Vec<[u32; LANES]> {
        let x = V::load(numbers);
        let bytes = words.map(|word| word as u8);
        let mask = V::mask(words[0] as u16);
        let states = V::words(words);
        let moved =
            V::affine(states, V::words_of(rng::MULTIPLIER), V::choose_words(mask, states, V::words_of(words[1])));
        let mut state = [0; LANES];
        V::store_words(moved, &mut state);
        let table = std::array::from_fn(|i| i as f32);
        let mut results = vec![
            stored(x + 0.1),
            stored(x - x * 3.0),
            stored(x / 7.0),
            stored(-x),
            stored((x * x).sqrt()),
            stored(math::clamp(x, -1.0, 1.0)),
            stored(math::exp(x)),
            stored(math::ln(x)),
            stored(math::ln1p(x)),
            stored(math::sin(x)),
            stored(math::sigmoid(x)),
            stored(V::choose(mask, x, -x)),
            stored(V::choose(x.is_nan(), V::of(1.0), V::of(2.0))),
            stored(V::of_bytes(&bytes)),
            stored(V::look_up(&table, &bytes.map(|byte| byte % 16))),
            stored(V::from_bits(V::output(states))),
            stored(V::from_unsigned(V::output(states))),
            stored(V::from_signed(V::output(states).plus_all(77))),
            [u32::from(V::mask_bits(x.less(V::of(0.5)))); LANES],
            [u32::from(V::mask_bits(mask)); LANES],
            state.map(|word| word as u32),
            state.map(|word| (word >> 32) as u32),
        ];
        let fields: [V; LANES] = std::array::from_fn(|k| x + k as f32);
        results.extend(V::transpose(fields).map(stored));
        results
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_plain_arrays() {
        let mut rng = rng::Pcg32::new(5, 5);
        for round in 0..2000 {
            let mut word = || u64::from(rng.next_u32()) << 32 | u64::from(rng.next_u32());
            let words: [u64; LANES] = std::array::from_fn(|_| word());
            // Any bits at all in one round, numbers of the game's size in the next.
            let number = |word: u64| if round % 2 == 0 { f32::from_bits(word as u32) } else { (word as i16).into() };
            let numbers = words.map(|word| number(word >> 7));
            let expected = results::<Plain>(&numbers, &words);
            #[cfg(target_arch = "x86_64")]
            {
                use super::super::dispatch::SimdPath;
                use super::super::{simd_avx2::Avx2, simd_avx512::Avx512};
                let available: Vec<_> = SimdPath::available().collect();
                if available.contains(&SimdPath::Avx512) {
                    assert_eq!(same_nan(results::<Avx512>(&numbers, &words)), same_nan(expected.clone()));
                }
                if available.contains(&SimdPath::Avx2) {
                    assert_eq!(same_nan(results::<Avx2>(&numbers, &words)), same_nan(expected.clone()));
                }
            }
            let scalar = numbers.map(|x| math::sin(x).to_bits());
            assert_eq!(expected[9], scalar);
        }
    }

    /// IEEE 754 leaves the bits of a computed NaN open.
    fn same_nan(results: Vec<[u32; LANES]>) -> Vec<[u32; LANES]> {
        let one = |bits: u32| if f32::from_bits(bits).is_nan() { f32::NAN.to_bits() } else { bits };
        results.into_iter().map(|row| row.map(one)).collect()
    }
}
