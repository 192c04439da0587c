//! The policy's heads on a CPU, in one pass over the rows. The pass computes logits and value from the last hidden layer, and at
//! once what is made of them: an action when acting, the loss and its derivatives when learning.
//!
//! A row of 69 logits is 276 bytes. Written as operations on tensors it goes to memory and back a dozen times. Here it stays in
//! registers. Sums are made in an order of their own, which is always the same: a row's numbers do not depend on other rows.

#![forbid(unsafe_code)]
// Loops over the lanes of several rows at once say what is done to a lane.
#![allow(clippy::needless_range_loop)]

mod distribution;
mod element;
mod forward;
mod heads;
mod learning;
mod row;
mod sampling;

pub use element::Element;
pub use heads::Heads;
pub use learning::{Batch, Coefficients, SUMS};
pub use row::OUTPUTS;
pub use sampling::Choices;
