//! What passes are written over: sixteen numbers in registers.

use crate::real::Real;

/// Numbers of a vector: as many f32 as one AVX-512 register holds.
pub const LANES: usize = 16;

/// The numbers of a vector in memory.
pub type Lanes = [f32; LANES];

/// Sixteen numbers, one a lane, in registers.
///
/// The implementations for more than the baseline are named by the dispatch alone. It compiles code for their features and
/// enters that code after it has seen that the machine has them.
pub trait Vector: Real {
    /// Sixteen `u64`.
    type Words: Copy;

    fn load(from: &Lanes) -> Self;
    fn store(self, to: &mut Lanes);
    /// Each byte as a number.
    fn of_bytes(bytes: &[u8; LANES]) -> Self;
    /// The entry that the index of each lane names. An index is below 16.
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
    /// What [`crate::pcg_output`] gives for each state.
    fn pcg_output(states: Self::Words) -> Self::Bits;
}

/// A vector with a fused operation. The simulation must not use it, since its bits depend on the instruction set.
pub trait FusedVector: Vector {
    /// Vectors that the registers hold at once.
    const REGISTERS: usize;

    /// `self * factor + addend`, rounded once where the instruction set can.
    fn multiply_add(self, factor: Self, addend: Self) -> Self;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bits, Dispatch, Kernel, SimdPath, pcg_output};

    const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

    fn stored<V: Vector>(vector: V) -> [u32; LANES] {
        let mut numbers = [0.0; LANES];
        vector.store(&mut numbers);
        numbers.map(f32::to_bits)
    }

    /// Every operation, on `numbers` and `words`.
    #[derive(Clone, Copy)]
    struct Operations<'a> {
        numbers: &'a Lanes,
        words: &'a [u64; LANES],
    }

    impl Kernel for Operations<'_> {
        type Output = Vec<[u32; LANES]>;

        #[inline(always)]
        fn run<V: Vector>(self) -> Self::Output {
            let Self { numbers, words } = self;
            let x = V::load(numbers);
            let bytes = words.map(|word| word as u8);
            let mask = V::mask(words[0] as u16);
            let states = V::words(words);
            let moved =
                V::affine(states, V::words_of(MULTIPLIER), V::choose_words(mask, states, V::words_of(words[1])));
            let mut state = [0; LANES];
            V::store_words(moved, &mut state);
            let mut table = [0.0; 16];
            for (i, entry) in table.iter_mut().enumerate() {
                *entry = i as f32;
            }
            let wide = x.widen() * 3.0 - 1.0;
            let mut results = vec![
                stored(x + 0.1),
                stored(x - x * 3.0),
                stored(x / 7.0),
                stored(-x),
                stored((x * x).sqrt()),
                stored(V::lesser(x, V::of(1.0))),
                stored(V::greater(x, V::of(-1.0))),
                stored(V::choose(mask, x, -x)),
                stored(V::choose(x.is_nan(), V::of(1.0), V::of(2.0))),
                stored(V::choose(V::is_odd(x.bits()), V::of(1.0), V::of(2.0))),
                stored(V::narrow(wide)),
                stored(V::from_bits(V::low_bits(wide) & 0x007f_ffff)),
                stored(V::from_bits(x.bits().plus(V::pcg_output(states)).shifted_left(3) ^ x.bits().shifted_right(5))),
                stored(V::of_bytes(&bytes)),
                stored(V::look_up(&table, &bytes.map(|byte| byte % 16))),
                stored(V::from_bits(V::pcg_output(states))),
                stored(V::from_unsigned(V::pcg_output(states))),
                stored(V::from_signed(V::pcg_output(states).plus_all(77))),
                [u32::from(V::mask_bits(x.less(V::of(0.5)))); LANES],
                [u32::from(V::mask_bits(mask)); LANES],
                state.map(|word| word as u32),
                state.map(|word| (word >> 32) as u32),
            ];
            let mut fields = [x; LANES];
            for (k, field) in fields.iter_mut().enumerate() {
                *field = x + k as f32;
            }
            results.extend(V::transpose(fields).map(stored));
            results
        }
    }

    fn on(path: SimdPath, operations: Operations<'_>) -> Vec<[u32; LANES]> {
        same_nan(Dispatch::new(path).expect("an available path").run(operations))
    }

    /// IEEE 754 leaves the bits of a computed NaN open.
    fn same_nan(results: Vec<[u32; LANES]>) -> Vec<[u32; LANES]> {
        let one = |bits: u32| if f32::from_bits(bits).is_nan() { f32::NAN.to_bits() } else { bits };
        results.into_iter().map(|row| row.map(one)).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_bits_of_plain_arrays() {
        let mut state = 5u64;
        for round in 0..2000 {
            let mut half = || {
                state = state.wrapping_mul(MULTIPLIER).wrapping_add(1);
                u64::from(pcg_output(state))
            };
            let words: [u64; LANES] = std::array::from_fn(|_| half() << 32 | half());
            // Any bits at all in one round, numbers of the game's size in the next.
            let number = |word: u64| if round % 2 == 0 { f32::from_bits(word as u32) } else { (word as i16).into() };
            let numbers = words.map(|word| number(word >> 7));
            let operations = Operations { numbers: &numbers, words: &words };
            let expected = on(SimdPath::Portable, operations);
            for path in SimdPath::available() {
                assert_eq!(on(path, operations), expected, "{}", path.name());
            }
            let sums = numbers.map(|x| if (x + 0.1).is_nan() { f32::NAN.to_bits() } else { (x + 0.1).to_bits() });
            assert_eq!(expected[0], sums);
        }
    }
}
