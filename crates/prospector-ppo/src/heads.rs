//! The actor and the critic on the last hidden layer.

use prospector_simd::{FusedDispatch, SimdPath};

use crate::element::Element;
use crate::forward::Layer;
use crate::learning::{Batch, Coefficients, Learning, SUMS};
use crate::sampling::{Choices, Choosing};

/// The weights of both heads, and what is computed with them.
pub struct Heads(Layer);

impl Heads {
    /// Makes heads of zeros, for `hidden` features a row. They compute on `path`, or on the portable path where this machine cannot
    /// take it.
    pub fn new(hidden: usize, path: SimdPath) -> Self {
        Self(Layer::new(hidden, FusedDispatch::new(path)))
    }

    pub fn hidden(&self) -> usize {
        self.0.hidden()
    }

    /// Takes over the weights of the actor, `(69, hidden)`, and of the critic, `(1, hidden)`, and their biases.
    pub fn load(&mut self, actor: &[f32], actor_bias: &[f32], critic: &[f32], critic_bias: f32) {
        for (output, weights) in actor.chunks(self.0.hidden()).chain([critic]).enumerate() {
            for (row, weight) in self.0.weights.iter_mut().zip(weights) {
                row[output] = *weight;
            }
        }
        for (output, bias) in actor_bias.iter().chain([&critic_bias]).enumerate() {
            self.0.bias[output] = *bias;
        }
    }

    /// Samples an action for each row: the first whose cumulative probability exceeds the row's draw, in `[0, 1)`.
    pub fn choose<E: Element>(&self, features: &[E], masks: &[u8], draws: &[f32], choices: &mut Choices<'_>) {
        self.0.run(features, &mut Choosing { masks, draws, choices });
    }

    /// Writes the derivatives of the loss by the outputs, [`crate::OUTPUTS`] a row, not divided by the number of rows. Returns what
    /// [`SUMS`] names.
    pub fn learn<E: Element>(
        &self,
        features: &[E],
        batch: Batch<'_>,
        coefficients: Coefficients,
        derivatives: &mut [E],
    ) -> [f32; SUMS] {
        let mut learning = Learning { batch, coefficients, derivatives, sums: [0.0; SUMS] };
        self.0.run(features, &mut learning);
        learning.sums
    }
}
