//! The distribution over actions that a row of logits gives, and its derivatives.

use prospector_core::{NUM_ACTIONS, math};

use crate::row::{self, Row, WIDTH};

/// A distribution over the actions that a mask allows.
pub(crate) struct Distribution {
    /// The greatest is 0.
    logits: Row,
    /// Exponentials of the logits; 0 where the mask is.
    weights: Row,
    sum: f32,
    log_sum: f32,
}

impl Distribution {
    #[inline(always)]
    pub fn of(outputs: &Row, mask: &[u8; NUM_ACTIONS]) -> Self {
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
    pub fn log_prob(&self, action: usize) -> f32 {
        self.logits[action] - self.log_sum
    }

    /// Samples by inversion: the first action whose cumulative probability exceeds `draw`; the last that is possible, where rounding leaves none.
    #[inline(always)]
    pub fn sample(&self, draw: f32) -> usize {
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

    /// The derivatives by the logits of `pull` times the log-probability of another action less `bonus` times the entropy, and the
    /// entropy.
    #[inline(always)]
    pub fn derivatives(&self, bonus: f32, pull: f32) -> (Row, f32) {
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
