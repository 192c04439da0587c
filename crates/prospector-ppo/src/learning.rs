//! Learning: the loss of PPO (Schulman et al. 2017) and its derivatives for each row.

use prospector_core::{NUM_ACTIONS, math};

use crate::distribution::Distribution;
use crate::element::Element;
use crate::forward::RowConsumer;
use crate::row::{Row, VALUE};

/// What [`crate::Heads::learn`] sums: policy loss, value loss, entropy, KL divergence, clipped rows, rows.
pub const SUMS: usize = 6;

/// What a batch was collected with: an entry for each row.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// 1 where the action could be chosen, 69 a row.
    pub masks: &'a [u8],
    pub actions: &'a [i64],
    /// The log-probabilities of the actions when they were chosen.
    pub log_probs: &'a [f32],
    /// Normalised advantages.
    pub advantages: &'a [f32],
    /// Normalised targets of the values.
    pub targets: &'a [f32],
}

/// The weights of the loss's parts.
#[derive(Clone, Copy, Debug)]
pub struct Coefficients {
    pub clip: f32,
    pub entropy: f32,
    pub value: f32,
}

/// Differentiates the loss of each row, and sums its parts.
pub(crate) struct Learning<'a, E> {
    pub batch: Batch<'a>,
    pub coefficients: Coefficients,
    pub derivatives: &'a mut [E],
    pub sums: [f32; SUMS],
}

impl<E: Element> RowConsumer for Learning<'_, E> {
    #[inline(always)]
    fn take(&mut self, row: usize, outputs: &Row) {
        let (batch, coefficients) = (self.batch, self.coefficients);
        let distribution = Distribution::of(outputs, &batch.masks.as_chunks().0[row]);
        let action = batch.actions[row] as usize % NUM_ACTIONS;
        let log_ratio = distribution.log_prob(action) - batch.log_probs[row];
        let ratio = math::exp(log_ratio);
        let clipped = math::clamp(ratio, 1.0 - coefficients.clip, 1.0 + coefficients.clip);
        let (gain, clipped_gain) = (batch.advantages[row] * ratio, batch.advantages[row] * clipped);
        let error = outputs[VALUE] - batch.targets[row];

        // The smaller gain counts, and only the unclipped one moves with the ratio:
        // d gain / d logit[a] = gain * (1 where a is the action - probs[a]).
        let pull = if gain <= clipped_gain { gain } else { 0.0 };
        let (mut by_output, entropy) = distribution.derivatives(coefficients.entropy, pull);
        by_output[action] -= pull;
        by_output[VALUE] = coefficients.value * error;
        E::store(&by_output, &mut self.derivatives.as_chunks_mut().0[row]);

        let smaller = if gain <= clipped_gain { gain } else { clipped_gain };
        let clips = if ratio != clipped { 1.0 } else { 0.0 };
        let terms = [-smaller, 0.5 * error * error, entropy, ratio - 1.0 - log_ratio, clips, 1.0];
        for i in 0..SUMS {
            self.sums[i] += terms[i];
        }
    }
}
