//! The policy's heads on a CPU, in one pass over the rows: logits and value from the last hidden layer, and at once what is
//! made of them, an action when acting, the loss and its derivatives when learning.
//!
//! A row of 69 logits is 276 bytes. Written as operations on tensors it goes to memory and back a dozen times; here it stays
//! in registers. Sums are made in an order of their own but always the same: a row's numbers do not depend on its neighbours.

#![forbid(unsafe_code)]
// Loops over the lanes of several rows at once say what is done to a lane.
#![allow(clippy::needless_range_loop)]

mod element;
mod row;

use prospector_core::{NUM_ACTIONS, math};
use prospector_simd::{FusedDispatch, FusedKernel, FusedVector, SimdPath};

pub use element::Element;
use row::{Row, WIDTH};

/// The column of the value, after those of the logits.
const VALUE: usize = NUM_ACTIONS;
/// Derivatives of a row: by each logit and by the value.
pub const OUTPUTS: usize = NUM_ACTIONS + 1;
/// What [`Heads::learn`] sums: policy loss, value loss, entropy, KL divergence, clipped rows, rows.
pub const SUMS: usize = 6;

/// The weights of both heads.
pub struct Heads {
    dispatch: FusedDispatch,
    hidden: usize,
    /// For each feature its weights in all outputs, the value's last, then zeros.
    weights: Vec<Row>,
    bias: Row,
}

/// What a batch was collected with, a row each.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// 1 where the action could be chosen, 69 a row.
    pub masks: &'a [u8],
    pub actions: &'a [i64],
    /// Of the actions, when they were chosen.
    pub log_probs: &'a [f32],
    /// Normalised.
    pub advantages: &'a [f32],
    /// Of the values, normalised.
    pub targets: &'a [f32],
}

/// The weights of the loss's parts.
#[derive(Clone, Copy, Debug)]
pub struct Coefficients {
    pub clip: f32,
    pub entropy: f32,
    pub value: f32,
}

/// What [`Heads::choose`] fills, a row each.
pub struct Choices<'a> {
    pub actions: &'a mut [i64],
    pub log_probs: &'a mut [f32],
    /// Normalised.
    pub values: &'a mut [f32],
}

impl Heads {
    /// Weights of zero, for `hidden` features a row, to compute on `path`; on the portable one where this machine can't.
    pub fn new(hidden: usize, path: SimdPath) -> Self {
        Self { dispatch: FusedDispatch::new(path), hidden, weights: vec![[0.0; WIDTH]; hidden], bias: [0.0; WIDTH] }
    }

    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Takes over weights, the actor's `(69, hidden)`, and biases.
    pub fn load(&mut self, actor: &[f32], actor_bias: &[f32], critic: &[f32], critic_bias: f32) {
        for (output, weights) in actor.chunks(self.hidden).chain([critic]).enumerate() {
            for (row, weight) in self.weights.iter_mut().zip(weights) {
                row[output] = *weight;
            }
        }
        for (output, bias) in actor_bias.iter().chain([&critic_bias]).enumerate() {
            self.bias[output] = *bias;
        }
    }

    /// Samples an action a row by inversion: the first whose cumulative probability exceeds `draws`, in `[0, 1)`.
    pub fn choose<E: Element>(&self, features: &[E], masks: &[u8], draws: &[f32], choices: &mut Choices<'_>) {
        self.run(features, &mut Choosing { masks, draws, choices });
    }

    /// The derivatives of PPO's loss (Schulman et al. 2017) by the outputs, [`OUTPUTS`] a row, not divided by the rows; returns
    /// what it sums.
    pub fn learn<E: Element>(
        &self,
        features: &[E],
        batch: Batch<'_>,
        coefficients: Coefficients,
        derivatives: &mut [E],
    ) -> [f32; SUMS] {
        let mut learning = Learning { batch, coefficients, derivatives, sums: [0.0; SUMS] };
        self.run(features, &mut learning);
        learning.sums
    }

    /// Tells `user` the outputs of each row.
    fn run<E: Element, U: User>(&self, features: &[E], user: &mut U) {
        self.dispatch.run(Forward { heads: self, features, user });
    }
}

/// Computes the outputs of each row and tells them to `user`.
struct Forward<'a, E, U> {
    heads: &'a Heads,
    features: &'a [E],
    user: &'a mut U,
}

impl<E: Element, U: User> FusedKernel for Forward<'_, E, U> {
    type Output = ();

    #[inline(always)]
    fn run<V: FusedVector>(mut self) {
        // Rows are multiplied together if the registers hold the sums of all and the weights.
        if V::REGISTERS > 5 * row::VECTORS {
            self.each_row::<V, 4>();
        } else {
            self.each_row::<V, 1>();
        }
    }
}

impl<E: Element, U: User> Forward<'_, E, U> {
    /// Takes `R` rows at once, and the last few one by one.
    #[inline(always)]
    fn each_row<V: FusedVector, const R: usize>(&mut self) {
        let hidden = self.heads.hidden;
        let rows = self.features.len() / hidden;
        let together = rows - rows % R;
        let (groups, rest) = self.features.split_at(together * hidden);
        self.each_group::<V, R>(groups, 0);
        self.each_group::<V, 1>(rest, together);
    }

    #[inline(always)]
    fn each_group<V: FusedVector, const R: usize>(&mut self, features: &[E], first: usize) {
        let Heads { hidden, weights, bias, .. } = self.heads;
        let mut wide = vec![0.0; R * hidden];
        for (group, features) in features.chunks_exact(R * hidden).enumerate() {
            for (wide, feature) in wide.iter_mut().zip(features) {
                *wide = feature.widen();
            }
            for (r, outputs) in row::products::<V, R>(&wide, weights, bias).iter().enumerate() {
                self.user.take(first + group * R + r, outputs);
            }
        }
    }
}

/// Uses the outputs. It is no closure, since a closure is not compiled for the instructions of its caller.
trait User {
    fn take(&mut self, row: usize, outputs: &Row);
}

/// Samples.
struct Choosing<'a, 'b> {
    masks: &'a [u8],
    draws: &'a [f32],
    choices: &'a mut Choices<'b>,
}

impl User for Choosing<'_, '_> {
    #[inline(always)]
    fn take(&mut self, row: usize, outputs: &Row) {
        let distribution = Distribution::of(outputs, &self.masks.as_chunks().0[row]);
        let action = distribution.sample(self.draws[row]);
        self.choices.actions[row] = action as i64;
        self.choices.log_probs[row] = distribution.log_prob(action);
        self.choices.values[row] = outputs[VALUE];
    }
}

/// Differentiates and sums.
struct Learning<'a, E> {
    batch: Batch<'a>,
    coefficients: Coefficients,
    derivatives: &'a mut [E],
    sums: [f32; SUMS],
}

impl<E: Element> User for Learning<'_, E> {
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

/// A distribution over the actions that a mask allows.
struct Distribution {
    /// The greatest is 0.
    logits: Row,
    /// Exponentials of the logits; 0 where the mask is.
    weights: Row,
    sum: f32,
    log_sum: f32,
}

impl Distribution {
    #[inline(always)]
    fn of(outputs: &Row, mask: &[u8; NUM_ACTIONS]) -> Self {
        let mut allowed = [0; WIDTH];
        allowed[..NUM_ACTIONS].copy_from_slice(mask);
        let mut logits = [f32::MIN; WIDTH];
        for i in 0..WIDTH {
            logits[i] = if allowed[i] != 0 { outputs[i] } else { f32::MIN };
        }
        let greatest = row::fold(&logits, |a, b| if a > b { a } else { b });
        let mut weights = [0.0; WIDTH];
        for i in 0..WIDTH {
            // Finite where it is impossible: nothing times it is nothing.
            logits[i] = if allowed[i] != 0 { logits[i] - greatest } else { 0.0 };
            weights[i] = if allowed[i] != 0 { math::exp(logits[i]) } else { 0.0 };
        }
        let sum = row::fold(&weights, |a, b| a + b);
        Self { logits, weights, sum, log_sum: math::ln(sum) }
    }

    #[inline(always)]
    fn log_prob(&self, action: usize) -> f32 {
        self.logits[action] - self.log_sum
    }

    /// The first action whose cumulative probability exceeds `draw`; the last that is possible, where rounding leaves none.
    #[inline(always)]
    fn sample(&self, draw: f32) -> usize {
        let (threshold, mut cumulative, mut last) = (draw * self.sum, 0.0, 0);
        for (action, weight) in self.weights[..NUM_ACTIONS].iter().enumerate() {
            cumulative += weight;
            if *weight > 0.0 {
                last = action;
                if cumulative > threshold {
                    break;
                }
            }
        }
        last
    }

    /// By the logits, of `pull` times the log-probability of another action, less `bonus` times the entropy; and the entropy.
    #[inline(always)]
    fn derivatives(&self, bonus: f32, pull: f32) -> (Row, f32) {
        let scale = 1.0 / self.sum;
        let (mut probs, mut log_probs, mut parts) = ([0.0; WIDTH], [0.0; WIDTH], [0.0; WIDTH]);
        for i in 0..WIDTH {
            probs[i] = self.weights[i] * scale;
            log_probs[i] = self.logits[i] - self.log_sum;
            parts[i] = -(probs[i] * log_probs[i]);
        }
        let entropy = row::fold(&parts, |a, b| a + b);
        let mut derivatives = [0.0; WIDTH];
        for i in 0..WIDTH {
            // - d entropy / d logit[a] = probs[a] * (log_probs[a] + entropy).
            derivatives[i] = probs[i] * (bonus * (log_probs[i] + entropy) + pull);
        }
        (derivatives, entropy)
    }
}
