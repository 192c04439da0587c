//! What the passes of the native core are made of: loops over lanes. Each runs the operations of its scalar twin lane by lane,
//! in the same order, so the compiler may give them to as many lanes at once as the instruction set has, and the bits stay.
//!
//! A loop that mixes types is as narrow as the widest of them: hence draws come first, angles are reduced in f64 next, and
//! the polynomials run in f32 alone.

use crate::constants::TINY;
use crate::math::{self, Reduced};
use crate::rng::{advanced, output, to_unit};

/// Envs of a block: as many f32 as one AVX-512 register holds.
pub(crate) const LANES: usize = 16;
pub(crate) type F = [f32; LANES];
/// Something per commodity of each env.
pub(crate) type Hold = [F; crate::constants::COMMODITIES];

/// `K` draws of each lane; the generators go on.
#[inline(always)]
pub(crate) fn draws<const K: usize, const N: usize>(state: &mut [u64; N], inc: &[u64; N]) -> [[u32; N]; K] {
    let mut drawn = [[0; N]; K];
    for row in &mut drawn {
        for i in 0..N {
            row[i] = output(state[i]);
            state[i] = advanced(state[i], inc[i]);
        }
    }
    drawn
}

/// One draw of each lane that `wanted` names with `u64::MAX`; where it has 0 the generator stays and the draw has no meaning.
#[inline(always)]
pub(crate) fn draw_where(wanted: &[u64; LANES], state: &mut [u64; LANES], inc: &[u64; LANES]) -> [u32; LANES] {
    let mut drawn = [0; LANES];
    for i in 0..LANES {
        let next = advanced(state[i], inc[i]);
        drawn[i] = output(state[i]);
        state[i] = (next & wanted[i]) | (state[i] & !wanted[i]);
    }
    drawn
}

/// `sin(x + quarters * pi/2)`.
#[inline(always)]
pub(crate) fn sines<const N: usize>(x: &[f32; N], quarters: u32) -> [f32; N] {
    let (mut r, mut rest, mut quadrant) = ([0.0; N], [0.0; N], [0; N]);
    for i in 0..N {
        let reduced = math::reduce_angle(x[i]);
        (r[i], rest[i], quadrant[i]) = (reduced.r, reduced.rest, reduced.quadrant);
    }
    let mut result = [0.0; N];
    for i in 0..N {
        result[i] = math::sin_reduced(x[i], Reduced { r: r[i], rest: rest[i], quadrant: quadrant[i] }, quarters);
    }
    result
}

/// `mean + deviation * a normal draw`, of two outputs each.
#[inline(always)]
pub(crate) fn normals<const N: usize>(
    first: &[u32; N],
    second: &[u32; N],
    mean: impl Fn(usize) -> f32,
    deviation: impl Fn(usize) -> f32,
) -> [f32; N] {
    let mut angle = [0.0; N];
    for i in 0..N {
        angle[i] = math::TWO_PI * to_unit(second[i]);
    }
    let cosine = sines(&angle, 1);
    let mut result = [0.0; N];
    for i in 0..N {
        let radius = math::max(to_unit(first[i]), TINY);
        result[i] = mean(i) + deviation(i) * (-2.0 * math::ln(radius)).sqrt() * cosine[i];
    }
    result
}

/// Exponential with mean 1.
#[inline(always)]
pub(crate) fn exp1<const N: usize>(drawn: &[u32; N]) -> [f32; N] {
    let mut result = [0.0; N];
    for i in 0..N {
        result[i] = -math::ln(math::max(to_unit(drawn[i]), TINY));
    }
    result
}

/// Sum in index order from the left, as [`crate::asteroids::sum`].
#[inline(always)]
pub(crate) fn sums<const K: usize>(rows: &[F; K]) -> F {
    let mut sum = [0.0; LANES];
    for row in rows {
        for i in 0..LANES {
            sum[i] += row[i];
        }
    }
    sum
}

/// Sum of the products in index order from the left, as [`crate::Episode::cargo_value`].
#[inline(always)]
pub(crate) fn sums_of_products(a: &Hold, b: &Hold) -> F {
    let mut sum = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sum[i] += a[i] * b[i];
        }
    }
    sum
}

/// The numbers of the bits that are set, from the lowest.
#[inline(always)]
pub(crate) fn lanes_of(mut bits: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (lane < LANES).then_some(lane)
    })
}
