//! What the passes are made of. Each function runs the operations of its scalar twin lane by lane, in the same order.

use crate::constants::{COMMODITIES, TINY};
use crate::math;
use prospector_simd::{LANES, Lanes, Vector};

/// A quantity of each commodity in each lane.
pub(crate) type PerCommodity = [Lanes; COMMODITIES];

/// Sum in index order from the left, as [`crate::asteroids::sum`].
#[inline(always)]
pub(crate) fn sum<V: Vector, const K: usize>(terms: [V; K]) -> V {
    let mut sum = V::of(0.0);
    for term in terms {
        sum = sum + term;
    }
    sum
}

/// The quantities of all commodities, in registers.
#[inline(always)]
pub(crate) fn load<V: Vector>(quantities: &PerCommodity) -> [V; COMMODITIES] {
    let mut loaded = [V::of(0.0); COMMODITIES];
    for (loaded, row) in loaded.iter_mut().zip(quantities) {
        *loaded = V::load(row);
    }
    loaded
}

/// Sum of the products in index order from the left, as [`crate::Episode::cargo_value`].
#[inline(always)]
pub(crate) fn sum_of_products<V: Vector>(a: &PerCommodity, b: &PerCommodity) -> V {
    let mut sum = V::of(0.0);
    for (a, b) in a.iter().zip(b) {
        sum = sum + V::load(a) * V::load(b);
    }
    sum
}

/// Does what [`crate::asteroids::normalise_floored`] does, in every lane.
#[inline(always)]
pub(crate) fn normalise_floored<V: Vector>(comp: &mut [V; COMMODITIES]) {
    for share in comp.iter_mut() {
        *share = math::max(*share, V::of(TINY));
    }
    let sum = sum(*comp);
    for share in comp {
        *share = *share / sum;
    }
}

/// Bit `i`: the byte of lane `i` is not 0.
#[inline(always)]
pub(crate) fn nonzero(bytes: &[u8; LANES]) -> u16 {
    bytes.iter().enumerate().fold(0, |bits, (i, byte)| bits | u16::from(*byte != 0) << i)
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
