//! Sixteen lanes in AVX-512 registers.
//!
//! Invariant of every `unsafe` block here: the instruction is one of the features that [`crate::dispatch`] compiles a kernel over
//! [`Avx512`] for and has seen on this machine (see [`Vector`]), and it takes registers or the sixteen entries of an array reference.

use crate::real::{Bits, Real};
use crate::vector::{FusedVector, LANES, Lanes, Vector};
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitXor, Div, Mul, Neg, Sub};

#[derive(Clone, Copy)]
pub(crate) struct Avx512(__m512);

#[derive(Clone, Copy)]
pub(crate) struct Bits512(__m512i);

#[derive(Clone, Copy)]
pub(crate) struct Double512(__m512d, __m512d);

#[derive(Clone, Copy)]
pub(crate) struct Words512(__m512i, __m512i);

/// An instruction, or a few that belong together.
macro_rules! simd {
    ($($code:tt)*) => {
        // SAFETY: the invariant of this file.
        unsafe { $($code)* }
    };
}

macro_rules! arithmetic {
    ($($name:ident $method:ident $single:ident),*) => {
        $(
            impl $name for Avx512 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self(simd!($single(self.0, other.0)))
                }
            }

            impl $name<f32> for Avx512 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: f32) -> Self {
                    Self(simd!($single(self.0, _mm512_set1_ps(other))))
                }
            }
        )*
    };
}

arithmetic!(Add add _mm512_add_ps, Sub sub _mm512_sub_ps, Mul mul _mm512_mul_ps, Div div _mm512_div_ps);

macro_rules! double_arithmetic {
    ($($name:ident $method:ident $double:ident),*) => {
        $(
            impl $name for Double512 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    simd!(Self($double(self.0, other.0), $double(self.1, other.1)))
                }
            }

            impl $name<f64> for Double512 {
                type Output = Self;

                #[inline(always)]
                fn $method(self, other: f64) -> Self {
                    simd!(Self($double(self.0, _mm512_set1_pd(other)), $double(self.1, _mm512_set1_pd(other))))
                }
            }
        )*
    };
}

double_arithmetic!(Add add _mm512_add_pd, Sub sub _mm512_sub_pd, Mul mul _mm512_mul_pd);

impl Neg for Avx512 {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(simd!(_mm512_xor_ps(self.0, _mm512_set1_ps(-0.0))))
    }
}

impl BitAnd<u32> for Bits512 {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: u32) -> Self {
        Self(simd!(_mm512_and_si512(self.0, _mm512_set1_epi32(other.cast_signed()))))
    }
}

impl BitXor for Bits512 {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        Self(simd!(_mm512_xor_si512(self.0, other.0)))
    }
}

impl Bits for Bits512 {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(simd!(_mm512_add_epi32(self.0, other.0)))
    }

    #[inline(always)]
    fn plus_all(self, other: u32) -> Self {
        Self(simd!(_mm512_add_epi32(self.0, _mm512_set1_epi32(other.cast_signed()))))
    }

    #[inline(always)]
    fn shifted_left(self, bits: u32) -> Self {
        Self(simd!(_mm512_sll_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed()))))
    }

    #[inline(always)]
    fn shifted_right(self, bits: u32) -> Self {
        Self(simd!(_mm512_sra_epi32(self.0, _mm_cvtsi32_si128(bits.cast_signed()))))
    }
}

impl Real for Avx512 {
    type Mask = __mmask16;
    type Bits = Bits512;
    type Double = Double512;

    #[inline(always)]
    fn of(x: f32) -> Self {
        Self(simd!(_mm512_set1_ps(x)))
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(simd!(_mm512_sqrt_ps(self.0)))
    }

    #[inline(always)]
    fn less(self, than: Self) -> __mmask16 {
        simd!(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, than.0))
    }

    #[inline(always)]
    fn is_nan(self) -> __mmask16 {
        simd!(_mm512_cmp_ps_mask::<_CMP_UNORD_Q>(self.0, self.0))
    }

    #[inline(always)]
    fn choose(mask: __mmask16, a: Self, b: Self) -> Self {
        Self(simd!(_mm512_mask_blend_ps(mask, b.0, a.0)))
    }

    #[inline(always)]
    fn lesser(a: Self, b: Self) -> Self {
        Self(simd!(_mm512_min_ps(a.0, b.0)))
    }

    #[inline(always)]
    fn greater(a: Self, b: Self) -> Self {
        Self(simd!(_mm512_max_ps(a.0, b.0)))
    }

    #[inline(always)]
    fn bits(self) -> Bits512 {
        Bits512(simd!(_mm512_castps_si512(self.0)))
    }

    #[inline(always)]
    fn from_bits(bits: Bits512) -> Self {
        Self(simd!(_mm512_castsi512_ps(bits.0)))
    }

    #[inline(always)]
    fn from_signed(bits: Bits512) -> Self {
        Self(simd!(_mm512_cvtepi32_ps(bits.0)))
    }

    #[inline(always)]
    fn from_unsigned(bits: Bits512) -> Self {
        Self(simd!(_mm512_cvtepu32_ps(bits.0)))
    }

    #[inline(always)]
    fn is_odd(bits: Bits512) -> __mmask16 {
        simd!(_mm512_test_epi32_mask(bits.0, _mm512_set1_epi32(1)))
    }

    #[inline(always)]
    fn widen(self) -> Double512 {
        simd!(Double512(
            _mm512_cvtps_pd(_mm512_castps512_ps256(self.0)),
            _mm512_cvtps_pd(_mm512_extractf32x8_ps::<1>(self.0)),
        ))
    }

    #[inline(always)]
    fn narrow(x: Double512) -> Self {
        let low = simd!(_mm512_castps256_ps512(_mm512_cvtpd_ps(x.0)));
        Self(simd!(_mm512_insertf32x8::<1>(low, _mm512_cvtpd_ps(x.1))))
    }

    #[inline(always)]
    fn low_bits(x: Double512) -> Bits512 {
        Bits512(simd!(low_halves(_mm512_castpd_si512(x.0), _mm512_castpd_si512(x.1))))
    }
}

/// The lower half of each word.
#[inline(always)]
fn low_halves(a: __m512i, b: __m512i) -> __m512i {
    static EVEN: [u32; LANES] = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
    simd!(_mm512_permutex2var_epi32(a, _mm512_loadu_si512(EVEN.as_ptr().cast()), b))
}

/// The upper half of each word.
#[inline(always)]
fn high_halves(a: __m512i, b: __m512i) -> __m512i {
    static ODD: [u32; LANES] = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31];
    simd!(_mm512_permutex2var_epi32(a, _mm512_loadu_si512(ODD.as_ptr().cast()), b))
}

impl Vector for Avx512 {
    type Words = Words512;

    #[inline(always)]
    fn load(from: &Lanes) -> Self {
        Self(simd!(_mm512_loadu_ps(from.as_ptr())))
    }

    #[inline(always)]
    fn store(self, to: &mut Lanes) {
        simd!(_mm512_storeu_ps(to.as_mut_ptr(), self.0))
    }

    #[inline(always)]
    fn of_bytes(bytes: &[u8; LANES]) -> Self {
        Self(simd!(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(bytes.as_ptr().cast())))))
    }

    #[inline(always)]
    fn look_up(table: &[f32; 16], index: &[u8; LANES]) -> Self {
        let index = simd!(_mm512_cvtepu8_epi32(_mm_loadu_si128(index.as_ptr().cast())));
        Self(simd!(_mm512_permutexvar_ps(index, _mm512_loadu_ps(table.as_ptr()))))
    }

    #[inline(always)]
    fn mask(bits: u16) -> __mmask16 {
        bits
    }

    #[inline(always)]
    fn mask_bits(mask: __mmask16) -> u16 {
        mask
    }

    #[inline(always)]
    fn transpose(fields: [Self; LANES]) -> [Self; LANES] {
        let mut r = [fields[0].0; LANES];
        for (r, field) in r.iter_mut().zip(&fields) {
            *r = field.0;
        }
        let mut t = r;
        for i in (0..16).step_by(2) {
            t[i] = simd!(_mm512_unpacklo_ps(r[i], r[i + 1]));
            t[i + 1] = simd!(_mm512_unpackhi_ps(r[i], r[i + 1]));
        }
        // `u[4 * i + k]` has, in its quarter `q`, column `4 * q + k` of the rows from `4 * i`.
        let mut u = t;
        for i in (0..16).step_by(4) {
            let (a, b) = (simd!(_mm512_castps_pd(t[i])), simd!(_mm512_castps_pd(t[i + 1])));
            let (c, d) = (simd!(_mm512_castps_pd(t[i + 2])), simd!(_mm512_castps_pd(t[i + 3])));
            u[i] = simd!(_mm512_castpd_ps(_mm512_unpacklo_pd(a, c)));
            u[i + 1] = simd!(_mm512_castpd_ps(_mm512_unpackhi_pd(a, c)));
            u[i + 2] = simd!(_mm512_castpd_ps(_mm512_unpacklo_pd(b, d)));
            u[i + 3] = simd!(_mm512_castpd_ps(_mm512_unpackhi_pd(b, d)));
        }
        let mut rows = fields;
        for k in 0..4 {
            let a = simd!(_mm512_shuffle_f32x4::<0x88>(u[k], u[k + 4]));
            let b = simd!(_mm512_shuffle_f32x4::<0xdd>(u[k], u[k + 4]));
            let c = simd!(_mm512_shuffle_f32x4::<0x88>(u[k + 8], u[k + 12]));
            let d = simd!(_mm512_shuffle_f32x4::<0xdd>(u[k + 8], u[k + 12]));
            rows[k] = Self(simd!(_mm512_shuffle_f32x4::<0x88>(a, c)));
            rows[k + 4] = Self(simd!(_mm512_shuffle_f32x4::<0x88>(b, d)));
            rows[k + 8] = Self(simd!(_mm512_shuffle_f32x4::<0xdd>(a, c)));
            rows[k + 12] = Self(simd!(_mm512_shuffle_f32x4::<0xdd>(b, d)));
        }
        rows
    }

    #[inline(always)]
    fn words(from: &[u64; LANES]) -> Words512 {
        let (low, high) = from.split_at(8);
        simd!(Words512(_mm512_loadu_si512(low.as_ptr().cast()), _mm512_loadu_si512(high.as_ptr().cast())))
    }

    #[inline(always)]
    fn words_of(word: u64) -> Words512 {
        let all = simd!(_mm512_set1_epi64(word.cast_signed()));
        Words512(all, all)
    }

    #[inline(always)]
    fn store_words(words: Words512, to: &mut [u64; LANES]) {
        let (low, high) = to.split_at_mut(8);
        simd!(_mm512_storeu_si512(low.as_mut_ptr().cast(), words.0));
        simd!(_mm512_storeu_si512(high.as_mut_ptr().cast(), words.1));
    }

    #[inline(always)]
    fn choose_words(mask: __mmask16, a: Words512, b: Words512) -> Words512 {
        simd!(Words512(
            _mm512_mask_blend_epi64(mask as u8, b.0, a.0),
            _mm512_mask_blend_epi64((mask >> 8) as u8, b.1, a.1),
        ))
    }

    #[inline(always)]
    fn affine(words: Words512, factors: Words512, addends: Words512) -> Words512 {
        simd!(Words512(
            _mm512_add_epi64(_mm512_mullo_epi64(words.0, factors.0), addends.0),
            _mm512_add_epi64(_mm512_mullo_epi64(words.1, factors.1), addends.1),
        ))
    }

    #[inline(always)]
    fn pcg_output(states: Words512) -> Bits512 {
        let Words512(a, b) = states;
        let turns = simd!(_mm512_srli_epi32::<27>(high_halves(a, b)));
        let a = simd!(_mm512_srli_epi64::<27>(_mm512_xor_si512(_mm512_srli_epi64::<18>(a), a)));
        let b = simd!(_mm512_srli_epi64::<27>(_mm512_xor_si512(_mm512_srli_epi64::<18>(b), b)));
        Bits512(simd!(_mm512_rorv_epi32(low_halves(a, b), turns)))
    }
}

impl FusedVector for Avx512 {
    const REGISTERS: usize = 32;

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        Self(simd!(_mm512_fmadd_ps(self.0, factor.0, addend.0)))
    }
}
