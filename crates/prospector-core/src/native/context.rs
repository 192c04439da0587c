//! What a step of a block works with besides the block.

use crate::action::{Action, ScanMode};
use crate::world::World;
use prospector_simd::LANES;

/// What a step of a block works with besides the block. A slice has an entry for each env of the block.
pub(crate) struct StepContext<'a> {
    pub worlds: &'a mut [World],
    /// What the observation of each env has to show anew.
    pub changed: &'a mut [Changed; LANES],
    /// The time budget of every episode, in ticks.
    pub time_max: f32,
}

/// What the row of an env has to show anew, besides ship and market.
#[derive(Clone, Copy, Default)]
pub(crate) enum Changed {
    #[default]
    Nothing,
    /// The ship is at another node.
    Place,
    Edges,
    Slots,
    Slot(u8),
    Depletion(u8),
    /// Another slot is selected than the one named, 255 for none.
    Selection(u8),
}

impl Changed {
    /// What a valid action other than a selection changes. `selected` is the selected slot, 255 for none.
    #[inline(always)]
    pub fn by(action: Action, selected: u8) -> Self {
        match action {
            Action::Travel { .. } => Self::Place,
            Action::ThreatListen => Self::Edges,
            Action::Scan(ScanMode::Wide) => Self::Slots,
            Action::Scan(_) => Self::Slot(selected),
            Action::Mine(_) => Self::Depletion(selected),
            _ => Self::Nothing,
        }
    }
}
