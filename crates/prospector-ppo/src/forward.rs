//! The outputs of each row of features: matrix products over lanes, used while they are in registers.

use prospector_simd::{FusedDispatch, FusedKernel, FusedVector, Lanes};

use crate::element::Element;
use crate::row::{Row, VECTORS, WIDTH};

/// The weights of both heads, and what multiplies by them.
pub(crate) struct Layer {
    dispatch: FusedDispatch,
    hidden: usize,
    /// The weights of each feature in all outputs, those of the value last, then zeros.
    pub weights: Vec<Row>,
    pub bias: Row,
}

/// Uses the outputs. It is no closure, since a closure is not compiled for the instructions of its caller.
pub(crate) trait RowConsumer {
    fn take(&mut self, row: usize, outputs: &Row);
}

impl Layer {
    /// Makes a layer of zeros.
    pub fn new(hidden: usize, dispatch: FusedDispatch) -> Self {
        Self { dispatch, hidden, weights: vec![[0.0; WIDTH]; hidden], bias: [0.0; WIDTH] }
    }

    /// Features of a row.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Tells `consumer` the outputs of each row.
    pub fn run<E: Element, U: RowConsumer>(&self, features: &[E], consumer: &mut U) {
        self.dispatch.run(Forward { layer: self, features, consumer });
    }
}

/// Computes the outputs of each row and tells them to `consumer`.
struct Forward<'a, E, U> {
    layer: &'a Layer,
    features: &'a [E],
    consumer: &'a mut U,
}

impl<E: Element, U: RowConsumer> FusedKernel for Forward<'_, E, U> {
    type Output = ();

    #[inline(always)]
    fn run<V: FusedVector>(mut self) {
        // Rows are multiplied together if the registers hold the sums of all and the weights.
        if V::REGISTERS > 5 * VECTORS {
            self.each_row::<V, 4>();
        } else {
            self.each_row::<V, 1>();
        }
    }
}

impl<E: Element, U: RowConsumer> Forward<'_, E, U> {
    /// Takes `R` rows at once, and the last few one by one.
    #[inline(always)]
    fn each_row<V: FusedVector, const R: usize>(&mut self) {
        let hidden = self.layer.hidden;
        let rows = self.features.len() / hidden;
        let together = rows - rows % R;
        let (groups, rest) = self.features.split_at(together * hidden);
        self.each_group::<V, R>(groups, 0);
        self.each_group::<V, 1>(rest, together);
    }

    #[inline(always)]
    fn each_group<V: FusedVector, const R: usize>(&mut self, features: &[E], first: usize) {
        let Layer { hidden, weights, bias, .. } = self.layer;
        let mut wide = vec![0.0; R * hidden];
        for (group, features) in features.chunks_exact(R * hidden).enumerate() {
            for (wide, feature) in wide.iter_mut().zip(features) {
                *wide = feature.widen();
            }
            for (r, outputs) in products::<V, R>(&wide, weights, bias).iter().enumerate() {
                self.consumer.take(first + group * R + r, outputs);
            }
        }
    }
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
fn products<V: FusedVector, const R: usize>(features: &[f32], weights: &[Row], bias: &Row) -> [Row; R] {
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
