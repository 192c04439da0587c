//! Acting: an action for each row.

use crate::distribution::Distribution;
use crate::forward::RowConsumer;
use crate::row::{Row, VALUE};

/// What [`crate::Heads::choose`] fills: an entry for each row.
pub struct Choices<'a> {
    pub actions: &'a mut [i64],
    pub log_probs: &'a mut [f32],
    /// Normalised values.
    pub values: &'a mut [f32],
}

/// Samples an action for each row.
pub(crate) struct Choosing<'a, 'b> {
    pub masks: &'a [u8],
    pub draws: &'a [f32],
    pub choices: &'a mut Choices<'b>,
}

impl RowConsumer for Choosing<'_, '_> {
    #[inline(always)]
    fn take(&mut self, row: usize, outputs: &Row) {
        let distribution = Distribution::of(outputs, &self.masks.as_chunks().0[row]);
        let action = distribution.sample(self.draws[row]);
        self.choices.actions[row] = action as i64;
        self.choices.log_probs[row] = distribution.log_prob(action);
        self.choices.values[row] = outputs[VALUE];
    }
}
