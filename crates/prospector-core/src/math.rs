//! The project's own single precision functions: the Rust twin of `crates/prospector-reference/csrc/math.c`, which
//! states each one's method, domain and error bound.
//!
//! Both run the same IEEE operations in the same order, so they give the same bits on every platform; libm is not used, and
//! `sqrt` is IEEE's. Nothing branches on data: where a case differs, both sides are computed and one is chosen, so that
//! a vector version can run the same operations lane by lane. A NaN argument gives the NaN `0x7fc0_0000`.

/// `2 * pi` rounded to f32.
pub const TWO_PI: f32 = std::f32::consts::TAU;

/// ln 2 in two parts: `n * LN2_HI` is exact for `|n| < 2^9`, `LN2_LO` is the rest.
const LN2_HI: f32 = f32::from_bits(0x3f31_7200);
const LN2_LO: f32 = f32::from_bits(0x35bf_be8e);

/// The lesser of two; `b` if either is a NaN.
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The greater of two; `b` if either is a NaN.
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// `x` limited to `[lo, hi]`; a NaN `x` stays as it is.
#[inline(always)]
pub fn clamp(x: f32, lo: f32, hi: f32) -> f32 {
    if x < lo {
        lo
    } else if x > hi {
        hi
    } else {
        x
    }
}

/// One NaN for all, because IEEE 754 leaves the bits of a computed NaN open.
#[inline(always)]
fn nan_stays_nan(x: f32, result: f32) -> f32 {
    if x.is_nan() { f32::from_bits(0x7fc0_0000) } else { result }
}

/// Evaluates a polynomial by Horner's rule; the coefficient of the highest power comes first.
#[inline(always)]
fn horner<const N: usize>(x: f32, coefficients: [u32; N]) -> f32 {
    let mut sum = f32::from_bits(coefficients[0]);
    for bits in &coefficients[1..] {
        sum = sum * x + f32::from_bits(*bits);
    }
    sum
}

/// `e^x`. Below -87.33655 exactly 0, above 88.72283 infinity.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
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
    let mantissa = 1.0 + (high + (horner(r, P) * (r * r) - low));
    let result = f32::from_bits(mantissa.to_bits().wrapping_add(shifted.to_bits() << 23));
    let result = if x < LEAST { 0.0 } else { result };
    let result = if x > GREATEST { f32::INFINITY } else { result };
    nan_stays_nan(x, result)
}

/// `ln(x) + correction` for a positive normal `x` and a small correction.
#[inline(always)]
fn ln_corrected(x: f32, correction: f32) -> f32 {
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
    let offset = x.to_bits().wrapping_sub(SQRT_HALF);
    let e = (offset.cast_signed() >> 23) as f32;
    let f = f32::from_bits((offset & 0x007f_ffff).wrapping_add(SQRT_HALF)) - 1.0;
    let square = f * f;
    let small = (square * f) * horner(f, P) + (e * LN2_LO + correction);
    e * LN2_HI + (f - (0.5 * square - small))
}

/// Natural logarithm. Anything below `2^-126` gives negative infinity.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let result = ln_corrected(x, 0.0);
    let result = if x < f32::MIN_POSITIVE { f32::NEG_INFINITY } else { result };
    let result = if x > f32::MAX { x } else { result };
    nan_stays_nan(x, result)
}

/// `ln(1 + x)` for `x >= 0`, accurate for small `x`. A negative `x` counts as 0.
#[inline(always)]
pub fn ln1p(x: f32) -> f32 {
    let y = if x < 0.0 { 0.0 } else { x };
    let u = 1.0 + y;
    let c = if y < 1.0 { y - (u - 1.0) } else { 1.0 - (u - y) };
    let result = ln_corrected(u, c / u);
    let result = if x > f32::MAX { x } else { result };
    nan_stays_nan(x, result)
}

/// An angle less a whole number of quarter turns.
#[derive(Clone, Copy)]
pub(crate) struct Reduced {
    /// In about `[-pi/4, pi/4]`, and what its rounding left over.
    pub r: f32,
    pub rest: f32,
    /// The quarter turns, counted modulo 2^32.
    pub quadrant: u32,
}

/// The part of sine and cosine that runs in f64; apart, so that lanes can run the rest in f32 alone.
#[inline(always)]
pub(crate) fn reduce_angle(x: f32) -> Reduced {
    const MAGIC: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
    const HALF_PI_HI: f64 = f64::from_bits(0x3ff9_21fb_5440_0000);
    const HALF_PI_LO: f64 = f64::from_bits(0x3dd0_b461_1a62_6331);
    let y = f64::from(clamp(x, -1.0e6, 1.0e6));
    let shifted = y * std::f64::consts::FRAC_2_PI + MAGIC;
    let n = shifted - MAGIC;
    let reduced = (y - n * HALF_PI_HI) - n * HALF_PI_LO;
    let r = reduced as f32;
    let rest = (reduced - f64::from(r)) as f32;
    Reduced { r, rest, quadrant: shifted.to_bits() as u32 }
}

/// `sin(x + quarters * pi/2)` of an `x` that was reduced.
#[inline(always)]
pub(crate) fn sin_reduced(x: f32, Reduced { r, rest, quadrant }: Reduced, quarters: u32) -> f32 {
    const S: [u32; 3] = [0xb94c_aa04, 0x3c08_83bc, 0xbe2a_aaa3];
    const C: [u32; 3] = [0x37cc_f406, 0xbab6_0614, 0x3d2a_aaa5];
    let quadrant = quadrant.wrapping_add(quarters);
    let z = r * r;
    let s = r + ((r * z) * horner(z, S) + rest);
    let half = 0.5 * z;
    let most = 1.0 - half;
    let c = most + (((1.0 - most) - half) + ((z * z) * horner(z, C) - r * rest));

    let chosen = if quadrant & 1 == 1 { c } else { s };
    let result = f32::from_bits(chosen.to_bits() ^ ((quadrant & 2) << 30));
    nan_stays_nan(x, clamp(result, -1.0, 1.0))
}

/// Sine of `x` radians, `|x| <= 1e6`; beyond it the value at the domain's end.
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    sin_reduced(x, reduce_angle(x), 0)
}

/// Cosine of `x` radians, `|x| <= 1e6`; beyond it the value at the domain's end.
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    sin_reduced(x, reduce_angle(x), 1)
}

/// The logistic function `1 / (1 + e^-x)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `x^n` as `x * x * ...` from the left, `n` in 1..=8 (else the nearer end).
#[inline(always)]
pub fn pow_int(x: f32, n: i32) -> f32 {
    let mut product = x;
    for i in 1..8 {
        product = if i < n { product * x } else { product };
    }
    product
}

/// `e^(-dt/14)` correctly rounded, `dt` in 1..=8 (else the nearer end).
#[inline(always)]
pub fn decay14(dt: i32) -> f32 {
    const TABLE: [u32; 8] =
        [0x3f6e_5a21, 0x3f5d_ebb6, 0x3f4e_9f45, 0x3f40_60d1, 0x3f33_1dbd, 0x3f26_c4b6, 0x3f1b_4598, 0x3f10_915e];
    f32::from_bits(TABLE[dt.clamp(1, 8) as usize - 1])
}
