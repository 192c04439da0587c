//! A row of outputs, five vectors wide: the logits, the value, and lanes that are not used.

use prospector_core::NUM_ACTIONS;
use prospector_simd::LANES;

/// The column of the value, after those of the logits.
pub(crate) const VALUE: usize = NUM_ACTIONS;
/// Outputs of a row: the logits and the value.
pub const OUTPUTS: usize = NUM_ACTIONS + 1;

pub(crate) const VECTORS: usize = 5;
pub(crate) const WIDTH: usize = LANES * VECTORS;
pub(crate) type Row = [f32; WIDTH];

/// Folds a row to one number by `both`, in the same order on every path.
#[inline(always)]
pub(crate) fn fold(row: &Row, both: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    lanes.copy_from_slice(&row[..LANES]);
    for at in (LANES..WIDTH).step_by(LANES) {
        for i in 0..LANES {
            lanes[i] = both(lanes[i], row[at + i]);
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = both(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}
