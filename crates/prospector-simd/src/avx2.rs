//! Sixteen lanes in pairs of AVX2 registers.
//!
//! Invariant of every `unsafe` block here: the instruction is one of the features that [`crate::dispatch`] compiles a kernel over
//! [`Avx2`] for and has seen on this machine (see [`Vector`]), and it takes registers or entries within an array reference.

use crate::real::{Bits, Real};
use crate::vector::{FusedVector, LANES, Lanes, Vector};
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitXor, Div, Mul, Neg, Sub};

#[derive(Clone, Copy)]
pub(crate) struct Avx2([__m256; 2]);

/// All ones or all zeros a lane.
#[derive(Clone, Copy)]
pub(crate) struct Mask256([__m256; 2]);

#[derive(Clone, Copy)]
pub(crate) struct Bits256([__m256i; 2]);

#[derive(Clone, Copy)]
pub(crate) struct Double256([__m256d; 4]);

#[derive(Clone, Copy)]
pub(crate) struct Words256([__m256i; 4]);

/// An instruction, or a few that belong together.
macro_rules! simd {
    ($($code:tt)*) => {
        // SAFETY: the invariant of this file.
        unsafe { $($code)* }
    };
}

/// An expression over `i`, for both registers. Spelled out, because a closure is compiled without the caller's features.
macro_rules! both {
    ($i:ident => $code:expr) => {
        [
            {
                const $i: usize = 0;
                simd!($code)
            },
            {
                const $i: usize = 1;
                simd!($code)
            },
        ]
    };
}

/// An expression over `i`, for all four registers.
macro_rules! four {
    ($i:ident => $code:expr) => {
        [
            {
                const $i: usize = 0;
                simd!($code)
            },
            {
                const $i: usize = 1;
                simd!($code)
            },
            {
                const $i: usize = 2;
                simd!($code)
            },
            {
                const $i: usize = 3;
                simd!($code)
            },
        ]
    };
}

macro_rules! arithmetic {
    ($($name:ident $method:ident $single:ident),*) => {
        $(
            impl $name for Avx2 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(both!(I => $single(self.0[I], other.0[I])))
                }
            }

            impl $name<f32> for Avx2 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: f32) -> Self {
                    Self(both!(I => $single(self.0[I], _mm256_set1_ps(other))))
                }
            }
        )*
    };
}

arithmetic!(Add add _mm256_add_ps, Sub sub _mm256_sub_ps, Mul mul _mm256_mul_ps, Div div _mm256_div_ps);

macro_rules! double_arithmetic {
    ($($name:ident $method:ident $double:ident),*) => {
        $(
            impl $name for Double256 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(four!(I => $double(self.0[I], other.0[I])))
                }
            }

            impl $name<f64> for Double256 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: f64) -> Self {
                    Self(four!(I => $double(self.0[I], _mm256_set1_pd(other))))
                }
            }
        )*
    };
}

double_arithmetic!(Add add _mm256_add_pd, Sub sub _mm256_sub_pd, Mul mul _mm256_mul_pd);

impl Neg for Avx2 {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(both!(I => _mm256_xor_ps(self.0[I], _mm256_set1_ps(-0.0))))
    }
}

impl BitAnd<u32> for Bits256 {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: u32) -> Self {
        Self(both!(I => _mm256_and_si256(self.0[I], _mm256_set1_epi32(other.cast_signed()))))
    }
}

impl BitXor for Bits256 {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        Self(both!(I => _mm256_xor_si256(self.0[I], other.0[I])))
    }
}

impl Bits for Bits256 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(both!(I => _mm256_add_epi32(self.0[I], other.0[I])))
    }

    #[inline(always)]
    fn plus_all(self, other: u32) -> Self {
        Self(both!(I => _mm256_add_epi32(self.0[I], _mm256_set1_epi32(other.cast_signed()))))
    }

    #[inline(always)]
    fn shifted_left(self, bits: u32) -> Self {
        Self(both!(I => _mm256_sll_epi32(self.0[I], _mm_cvtsi32_si128(bits.cast_signed()))))
    }

    #[inline(always)]
    fn shifted_right(self, bits: u32) -> Self {
        Self(both!(I => _mm256_sra_epi32(self.0[I], _mm_cvtsi32_si128(bits.cast_signed()))))
    }
}

impl Real for Avx2 {
    type Mask = Mask256;
    type Bits = Bits256;
    type Double = Double256;

    #[inline(always)]
    fn of(x: f32) -> Self {
        let all = simd!(_mm256_set1_ps(x));
        Self([all, all])
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(both!(I => _mm256_sqrt_ps(self.0[I])))
    }

    #[inline(always)]
    fn less(self, than: Self) -> Mask256 {
        Mask256(both!(I => _mm256_cmp_ps::<_CMP_LT_OQ>(self.0[I], than.0[I])))
    }

    #[inline(always)]
    fn is_nan(self) -> Mask256 {
        Mask256(both!(I => _mm256_cmp_ps::<_CMP_UNORD_Q>(self.0[I], self.0[I])))
    }

    #[inline(always)]
    fn choose(mask: Mask256, a: Self, b: Self) -> Self {
        Self(both!(I => _mm256_blendv_ps(b.0[I], a.0[I], mask.0[I])))
    }

    #[inline(always)]
    fn lesser(a: Self, b: Self) -> Self {
        Self(both!(I => _mm256_min_ps(a.0[I], b.0[I])))
    }

    #[inline(always)]
    fn greater(a: Self, b: Self) -> Self {
        Self(both!(I => _mm256_max_ps(a.0[I], b.0[I])))
    }

    #[inline(always)]
    fn bits(self) -> Bits256 {
        Bits256(both!(I => _mm256_castps_si256(self.0[I])))
    }

    #[inline(always)]
    fn from_bits(bits: Bits256) -> Self {
        Self(both!(I => _mm256_castsi256_ps(bits.0[I])))
    }

    #[inline(always)]
    fn from_signed(bits: Bits256) -> Self {
        Self(both!(I => _mm256_cvtepi32_ps(bits.0[I])))
    }

    #[inline(always)]
    fn from_unsigned(bits: Bits256) -> Self {
        // Both halves are exact, so the sum is the one rounding.
        let high = Self(both!(I => _mm256_cvtepi32_ps(_mm256_srli_epi32::<16>(bits.0[I]))));
        high * 65536.0 + Self::from_signed(bits & 0xffff)
    }

    #[inline(always)]
    fn is_odd(bits: Bits256) -> Mask256 {
        Mask256(both!(I => _mm256_castsi256_ps(_mm256_srai_epi32::<31>(_mm256_slli_epi32::<31>(bits.0[I])))))
    }

    #[inline(always)]
    fn widen(self) -> Double256 {
        let low = both!(I => _mm256_cvtps_pd(_mm256_castps256_ps128(self.0[I])));
        let high = both!(I => _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(self.0[I])));
        Double256([low[0], high[0], low[1], high[1]])
    }

    #[inline(always)]
    fn narrow(x: Double256) -> Self {
        Self(both!(I => _mm256_set_m128(_mm256_cvtpd_ps(x.0[2 * I + 1]), _mm256_cvtpd_ps(x.0[2 * I]))))
    }

    #[inline(always)]
    fn low_bits(x: Double256) -> Bits256 {
        low_halves(four!(I => _mm256_castpd_si256(x.0[I])))
    }
}

/// The lower half of each word.
#[inline(always)]
fn low_halves(words: [__m256i; 4]) -> Bits256 {
    let words = four!(I => _mm256_castsi256_ps(words[I]));
    let mixed = both!(I => _mm256_castps_si256(_mm256_shuffle_ps::<0x88>(words[2 * I], words[2 * I + 1])));
    Bits256(both!(I => _mm256_permute4x64_epi64::<0xd8>(mixed[I])))
}

/// Eight bytes from `8 * i` on, as lanes.
#[inline(always)]
fn bytes(from: &[u8; LANES], i: usize) -> __m256i {
    let (halves, _) = from.as_chunks::<8>();
    simd!(_mm256_cvtepu8_epi32(_mm_loadl_epi64(halves[i].as_ptr().cast())))
}

impl Vector for Avx2 {
    type Words = Words256;

    #[inline(always)]
    fn load(from: &Lanes) -> Self {
        let (halves, _) = from.as_chunks::<8>();
        Self(both!(I => _mm256_loadu_ps(halves[I].as_ptr())))
    }

    #[inline(always)]
    fn store(self, to: &mut Lanes) {
        let (halves, _) = to.as_chunks_mut::<8>();
        simd!(_mm256_storeu_ps(halves[0].as_mut_ptr(), self.0[0]));
        simd!(_mm256_storeu_ps(halves[1].as_mut_ptr(), self.0[1]));
    }

    #[inline(always)]
    fn of_bytes(from: &[u8; LANES]) -> Self {
        Self(both!(I => _mm256_cvtepi32_ps(bytes(from, I))))
    }

    #[inline(always)]
    fn look_up(table: &[f32; 16], index: &[u8; LANES]) -> Self {
        let table = Self::load(table);
        Self(both!(I => {
            let index = bytes(index, I);
            let low = _mm256_permutevar8x32_ps(table.0[0], index);
            let high = _mm256_permutevar8x32_ps(table.0[1], index);
            _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_cmpgt_epi32(index, _mm256_set1_epi32(7))))
        }))
    }

    #[inline(always)]
    fn mask(bits: u16) -> Mask256 {
        Mask256(both!(I => {
            let own = _mm256_slli_epi32::<8>(_mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128));
            let own = if I == 0 { _mm256_srli_epi32::<8>(own) } else { own };
            let set = _mm256_and_si256(_mm256_set1_epi32(i32::from(bits)), own);
            _mm256_castsi256_ps(_mm256_cmpeq_epi32(set, own))
        }))
    }

    #[inline(always)]
    fn mask_bits(mask: Mask256) -> u16 {
        let [low, high] = both!(I => _mm256_movemask_ps(mask.0[I]));
        (low | high << 8) as u16
    }

    #[inline(always)]
    fn transpose(fields: [Self; LANES]) -> [Self; LANES] {
        let mut rows = fields;
        for (down, across) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let mut r = [fields[0].0[0]; 8];
            for (k, r) in r.iter_mut().enumerate() {
                *r = fields[8 * down + k].0[across];
            }
            let mut t = r;
            for i in (0..8).step_by(2) {
                t[i] = simd!(_mm256_unpacklo_ps(r[i], r[i + 1]));
                t[i + 1] = simd!(_mm256_unpackhi_ps(r[i], r[i + 1]));
            }
            let mut u = t;
            for i in [0, 4] {
                let [a, b, c, d] = four!(K => _mm256_castps_pd(t[i + K]));
                u[i] = simd!(_mm256_castpd_ps(_mm256_unpacklo_pd(a, c)));
                u[i + 1] = simd!(_mm256_castpd_ps(_mm256_unpackhi_pd(a, c)));
                u[i + 2] = simd!(_mm256_castpd_ps(_mm256_unpacklo_pd(b, d)));
                u[i + 3] = simd!(_mm256_castpd_ps(_mm256_unpackhi_pd(b, d)));
            }
            for k in 0..4 {
                rows[8 * across + k].0[down] = simd!(_mm256_permute2f128_ps::<0x20>(u[k], u[k + 4]));
                rows[8 * across + k + 4].0[down] = simd!(_mm256_permute2f128_ps::<0x31>(u[k], u[k + 4]));
            }
        }
        rows
    }

    #[inline(always)]
    fn words(from: &[u64; LANES]) -> Words256 {
        let (quarters, _) = from.as_chunks::<4>();
        Words256(four!(I => _mm256_loadu_si256(quarters[I].as_ptr().cast())))
    }

    #[inline(always)]
    fn words_of(word: u64) -> Words256 {
        Words256([simd!(_mm256_set1_epi64x(word.cast_signed())); 4])
    }

    #[inline(always)]
    fn store_words(words: Words256, to: &mut [u64; LANES]) {
        let (quarters, _) = to.as_chunks_mut::<4>();
        for (words, quarter) in words.0.into_iter().zip(quarters) {
            simd!(_mm256_storeu_si256(quarter.as_mut_ptr().cast(), words));
        }
    }

    #[inline(always)]
    fn choose_words(mask: Mask256, a: Words256, b: Words256) -> Words256 {
        let masks = both!(I => _mm256_castps_si256(mask.0[I]));
        let low = both!(I => _mm256_cvtepi32_epi64(_mm256_castsi256_si128(masks[I])));
        let high = both!(I => _mm256_cvtepi32_epi64(_mm256_extracti128_si256::<1>(masks[I])));
        let masks = [low[0], high[0], low[1], high[1]];
        Words256(four!(I => _mm256_blendv_epi8(b.0[I], a.0[I], masks[I])))
    }

    #[inline(always)]
    fn affine(words: Words256, factors: Words256, addends: Words256) -> Words256 {
        Words256(four!(I => {
            // The product of the two higher halves is beyond 2^64, so three products remain.
            let (a, b) = (words.0[I], factors.0[I]);
            let across = _mm256_mullo_epi32(a, _mm256_shuffle_epi32::<0xb1>(b));
            let across = _mm256_slli_epi64::<32>(_mm256_add_epi32(across, _mm256_srli_epi64::<32>(across)));
            _mm256_add_epi64(_mm256_add_epi64(_mm256_mul_epu32(a, b), across), addends.0[I])
        }))
    }

    #[inline(always)]
    fn pcg_output(states: Words256) -> Bits256 {
        let shifted = low_halves(four!(I => {
            _mm256_srli_epi64::<27>(_mm256_xor_si256(_mm256_srli_epi64::<18>(states.0[I]), states.0[I]))
        }));
        let turns = low_halves(four!(I => _mm256_srli_epi64::<59>(states.0[I])));
        Bits256(both!(I => {
            let rest = _mm256_and_si256(_mm256_sub_epi32(_mm256_set1_epi32(32), turns.0[I]), _mm256_set1_epi32(31));
            _mm256_or_si256(_mm256_srlv_epi32(shifted.0[I], turns.0[I]), _mm256_sllv_epi32(shifted.0[I], rest))
        }))
    }
}

impl FusedVector for Avx2 {
    const REGISTERS: usize = 8;

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        Self(both!(I => _mm256_fmadd_ps(self.0[I], factor.0[I], addend.0[I])))
    }
}
