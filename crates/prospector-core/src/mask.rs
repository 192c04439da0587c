//! When an action is valid (rules 4), and the action mask (rules 8).

use crate::actions::{Action, Purchase, ScanMode};
use crate::constants::{CONSUMABLE_CAP, NUM_ACTIONS};
use crate::episode::Episode;

impl Episode {
    /// Whether the action would be valid now. The episode must have been reset.
    pub(crate) fn is_valid(&self, action: Action) -> bool {
        match action {
            Action::Travel { slot } => self.node().edges[usize::from(slot)].is_some(),
            Action::Scan(ScanMode::Focused | ScanMode::Deep) | Action::Mine(_) => self.valid_selection().is_some(),
            Action::Select { slot } => self.selectable(slot),
            Action::Stabilize => self.valid_selection().is_some() && self.ship.stabilizers > 0,
            Action::ToolMaintenance | Action::HullPatch => self.ship.repair_kits > 0,
            Action::Dock | Action::Sell { .. } => self.at_station(),
            Action::Buy(item) => self.at_station() && self.ship.credits >= item.cost() && self.has_room_for(item),
            Action::HoldDrift
            | Action::EmergencyBurn
            | Action::Scan(ScanMode::Wide)
            | Action::ThreatListen
            | Action::Refine
            | Action::Cooldown
            | Action::Jettison { .. }
            | Action::CashOut => true,
        }
    }

    fn has_room_for(&self, item: Purchase) -> bool {
        match item {
            Purchase::RepairKit => self.ship.repair_kits < CONSUMABLE_CAP,
            Purchase::Stabilizer => self.ship.stabilizers < CONSUMABLE_CAP,
            Purchase::Decoy => self.ship.decoys < CONSUMABLE_CAP,
            Purchase::FuelSmall | Purchase::FuelMed | Purchase::FuelLarge | Purchase::Overhaul => true,
        }
    }

    /// Writes 1 where the action would be valid now, else 0; all 0 once the episode has ended.
    pub fn action_mask(&self, out: &mut [u8; NUM_ACTIONS]) {
        let running = self.running();
        for (entry, action) in out.iter_mut().zip(Action::all()) {
            *entry = u8::from(running && self.is_valid(action));
        }
    }
}
