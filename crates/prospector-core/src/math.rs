//! The project's own single precision functions: the Rust twin of `crates/prospector-reference/csrc/math.c`, which
//! states each one's method, domain and error bound.
//!
//! Both run the same IEEE operations in the same order, so they give the same bits on every platform; libm is not used, and
//! `sqrt` is IEEE's. Nothing branches on data: where a case differs, both sides are computed and one is chosen, so one
//! body serves an `f32` and a vector of them alike. A NaN argument gives the NaN `0x7fc0_0000`.

use prospector_simd::{Bits, Real};

/// `2 * pi` rounded to f32.
pub const TWO_PI: f32 = std::f32::consts::TAU;

/// ln 2 in two parts: `n * LN2_HI` is exact for `|n| < 2^9`, `LN2_LO` is the rest.
const LN2_HI: f32 = f32::from_bits(0x3f31_7200);
const LN2_LO: f32 = f32::from_bits(0x35bf_be8e);

/// The lesser of two; `b` if either is a NaN.
#[inline(always)]
pub fn min<R: Real>(a: R, b: R) -> R {
    R::lesser(a, b)
}

/// The greater of two; `b` if either is a NaN.
#[inline(always)]
pub fn max<R: Real>(a: R, b: R) -> R {
    R::greater(a, b)
}

/// `x` limited to `[lo, hi]`, where `lo <= hi`; a NaN `x` stays as it is.
#[inline(always)]
pub fn clamp<R: Real>(x: R, lo: f32, hi: f32) -> R {
    R::lesser(R::of(hi), R::greater(R::of(lo), x))
}

/// One NaN for all, because IEEE 754 leaves the bits of a computed NaN open.
#[inline(always)]
fn nan_stays_nan<R: Real>(x: R, result: R) -> R {
    R::choose(x.is_nan(), R::of(f32::from_bits(0x7fc0_0000)), result)
}

/// Evaluates a polynomial by Horner's rule; the coefficient of the highest power comes first.
#[inline(always)]
fn horner<R: Real, const N: usize>(x: R, coefficients: [u32; N]) -> R {
    let mut sum = R::of(f32::from_bits(coefficients[0]));
    for bits in &coefficients[1..] {
        sum = sum * x + f32::from_bits(*bits);
    }
    sum
}

/// `e^x`. Below -87.33655 exactly 0, above 88.72283 infinity.
#[inline(always)]
pub fn exp<R: Real>(x: R) -> R {
    const MAGIC: f32 = 12_582_912.0; // 1.5 * 2^23
    const LEAST: f32 = f32::from_bits(0xc2ae_ac4f);
    const GREATEST: f32 = f32::from_bits(0x42b1_7217);
    const P: [u32; 6] = [0x394e_fdd9, 0x3ab6_a660, 0x3c08_8987, 0x3d2a_aa74, 0x3e2a_aaaa, 0x3f00_0000];
    let y = clamp(x, LEAST, GREATEST);
    let shifted = y * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let high = y - n * LN2_HI;
    let low = n * LN2_LO;
    let r = high - low;
    let mantissa = (high + (horner(r, P) * (r * r) - low)) + 1.0;
    let result = R::from_bits(mantissa.bits().plus(shifted.bits().shifted_left(23)));
    let result = R::choose(x.less(R::of(LEAST)), R::of(0.0), result);
    let result = R::choose(R::of(GREATEST).less(x), R::of(f32::INFINITY), result);
    nan_stays_nan(x, result)
}

/// `ln(x) + correction` for a positive normal `x` and a small correction.
#[inline(always)]
fn ln_corrected<R: Real>(x: R, correction: R) -> R {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    const P: [u32; 9] = [
        0x3d8a_3907,
        0xbdef_0074,
        0x3df3_5ff9,
        0xbdfe_146f,
        0x3e11_9dd2,
        0xbe2a_ae22,
        0x3e4c_d23b,
        0xbe80_0003,
        0x3eaa_aaa4,
    ];
    let offset = x.bits().plus_all(SQRT_HALF.wrapping_neg());
    let e = R::from_signed(offset.shifted_right(23));
    let f = R::from_bits((offset & 0x007f_ffff).plus_all(SQRT_HALF)) - 1.0;
    let square = f * f;
    let small = (square * f) * horner(f, P) + (e * LN2_LO + correction);
    e * LN2_HI + (f - (square * 0.5 - small))
}

/// [`ln`] of a positive normal number.
#[inline(always)]
pub(crate) fn ln_of_normal<R: Real>(x: R) -> R {
    ln_corrected(x, R::of(0.0))
}

/// Natural logarithm. Anything below `2^-126` gives negative infinity.
#[inline(always)]
pub fn ln<R: Real>(x: R) -> R {
    let result = ln_of_normal(x);
    let result = R::choose(x.less(R::of(f32::MIN_POSITIVE)), R::of(f32::NEG_INFINITY), result);
    let result = R::choose(R::of(f32::MAX).less(x), x, result);
    nan_stays_nan(x, result)
}

/// `ln(1 + x)` for `x >= 0`, accurate for small `x`. A negative `x` counts as 0.
#[inline(always)]
pub fn ln1p<R: Real>(x: R) -> R {
    let one = R::of(1.0);
    let y = R::choose(x.less(R::of(0.0)), R::of(0.0), x);
    let u = y + 1.0;
    let c = R::choose(y.less(one), y - (u - 1.0), one - (u - y));
    let result = ln_corrected(u, c / u);
    let result = R::choose(R::of(f32::MAX).less(x), x, result);
    nan_stays_nan(x, result)
}

/// An angle less a whole number of quarter turns.
#[derive(Clone, Copy)]
struct Reduced<R: Real> {
    /// The rest of the angle, in about `[-pi/4, pi/4]`, and what its rounding left over.
    r: R,
    rest: R,
    /// The quarter turns, counted modulo 2^32.
    quadrant: R::Bits,
}

/// The part of sine and cosine that runs in f64.
#[inline(always)]
fn reduce_angle<R: Real>(x: R) -> Reduced<R> {
    const MAGIC: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
    const HALF_PI_HI: f64 = f64::from_bits(0x3ff9_21fb_5440_0000);
    const HALF_PI_LO: f64 = f64::from_bits(0x3dd0_b461_1a62_6331);
    let y = clamp(x, -1.0e6, 1.0e6).widen();
    let shifted = y * std::f64::consts::FRAC_2_PI + MAGIC;
    let n = shifted - MAGIC;
    let reduced = (y - n * HALF_PI_HI) - n * HALF_PI_LO;
    let r = R::narrow(reduced);
    let rest = R::narrow(reduced - r.widen());
    Reduced { r, rest, quadrant: R::low_bits(shifted) }
}

/// `sin(x + quarters * pi/2)`.
#[inline(always)]
pub(crate) fn sin_turned<R: Real>(x: R, quarters: u32) -> R {
    const S: [u32; 3] = [0xb94c_aa04, 0x3c08_83bc, 0xbe2a_aaa3];
    const C: [u32; 3] = [0x37cc_f406, 0xbab6_0614, 0x3d2a_aaa5];
    let Reduced { r, rest, quadrant } = reduce_angle(x);
    let quadrant = quadrant.plus_all(quarters);
    let one = R::of(1.0);
    let z = r * r;
    let s = r + ((r * z) * horner(z, S) + rest);
    let half = z * 0.5;
    let most = one - half;
    let c = most + (((one - most) - half) + ((z * z) * horner(z, C) - r * rest));

    let chosen = R::choose(R::is_odd(quadrant), c, s);
    let result = R::from_bits(chosen.bits() ^ (quadrant & 2).shifted_left(30));
    nan_stays_nan(x, clamp(result, -1.0, 1.0))
}

/// Sine of `x` radians, `|x| <= 1e6`; beyond it the value at the domain's end.
#[inline(always)]
pub fn sin<R: Real>(x: R) -> R {
    sin_turned(x, 0)
}

/// Cosine of `x` radians, `|x| <= 1e6`; beyond it the value at the domain's end.
#[inline(always)]
pub fn cos<R: Real>(x: R) -> R {
    sin_turned(x, 1)
}

/// The logistic function `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid<R: Real>(x: R) -> R {
    R::of(1.0) / (exp(-x) + 1.0)
}

/// `x^n` as `x * x * ...` from the left, `n` a whole number in 1..=8 (else the nearer end).
#[inline(always)]
pub fn pow_int<R: Real>(x: R, n: R) -> R {
    let mut product = x;
    for i in 1u8..8 {
        product = R::choose(R::of(f32::from(i)).less(n), product * x, product);
    }
    product
}

/// `e^(-dt/14)` correctly rounded, for `dt` from 1 to 8.
pub(crate) const DECAY14: [f32; 8] = [
    f32::from_bits(0x3f6e_5a21),
    f32::from_bits(0x3f5d_ebb6),
    f32::from_bits(0x3f4e_9f45),
    f32::from_bits(0x3f40_60d1),
    f32::from_bits(0x3f33_1dbd),
    f32::from_bits(0x3f26_c4b6),
    f32::from_bits(0x3f1b_4598),
    f32::from_bits(0x3f10_915e),
];

/// `e^(-dt/14)` correctly rounded, `dt` in 1..=8 (else the nearer end).
#[inline(always)]
pub fn decay14(dt: i32) -> f32 {
    DECAY14[dt.clamp(1, 8) as usize - 1]
}
