//! A row of outputs, five vectors wide: the logits, the value, and lanes that are not used.

use prospector_simd::{FusedVector, LANES, Lanes};

pub(crate) const VECTORS: usize = 5;
pub(crate) const WIDTH: usize = LANES * VECTORS;
pub(crate) type Row = [f32; WIDTH];

/// All lanes by `both`, in the same order on every path.
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

/// The numbers of vector `v`.
#[inline(always)]
fn lanes(row: &Row, v: usize) -> &Lanes {
    &row.as_chunks().0[v]
}

#[inline(always)]
fn lanes_mut(row: &mut Row, v: usize) -> &mut Lanes {
    &mut row.as_chunks_mut().0[v]
}

/// The outputs of `R` rows of features: the bias, and each feature times its weights.
#[inline(always)]
pub(crate) fn products<V: FusedVector, const R: usize>(features: &[f32], weights: &[Row], bias: &Row) -> [Row; R] {
    let hidden = weights.len();
    let features = &features[..R * hidden];
    let mut sums = [[V::of(0.0); VECTORS]; R];
    for row in &mut sums {
        for v in 0..VECTORS {
            row[v] = V::load(lanes(bias, v));
        }
    }
    for (k, weights) in weights.iter().enumerate() {
        for v in 0..VECTORS {
            let weights = V::load(lanes(weights, v));
            for r in 0..R {
                sums[r][v] = V::of(features[r * hidden + k]).multiply_add(weights, sums[r][v]);
            }
        }
    }
    let mut outputs = [[0.0; WIDTH]; R];
    for r in 0..R {
        for v in 0..VECTORS {
            sums[r][v].store(lanes_mut(&mut outputs[r], v));
        }
    }
    outputs
}
