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

#[cfg(test)]
mod tests {
    use super::*;

    fn buyable(episode: &Episode) -> Vec<u8> {
        let mut mask = [0; NUM_ACTIONS];
        episode.action_mask(&mut mask);
        (61..=67).filter(|code| mask[usize::from(*code)] == 1).collect()
    }

    #[test]
    fn the_station_sells_what_the_credits_allow_to_the_last_one() {
        let mut episode = Episode::started(3);
        for (credits, allowed) in [
            (59.9, vec![]),
            (60.0, vec![61]),
            (110.0, vec![61, 66]),
            (120.0, vec![61, 62, 66]),
            (150.0, vec![61, 62, 64, 66]),
            (175.0, vec![61, 62, 64, 65, 66]),
            (210.0, vec![61, 62, 63, 64, 65, 66]),
            (280.0, vec![61, 62, 63, 64, 65, 66, 67]),
        ] {
            episode.ship.credits = credits;
            assert_eq!(buyable(&episode), allowed, "with {credits} credits");
        }
        episode.ship.node = 1;
        assert_eq!(buyable(&episode), [0; 0], "away from the station");
    }

    #[test]
    fn twelve_of_a_consumable_are_as_many_as_a_ship_holds() {
        let mut episode = Episode::started(3);
        episode.ship.credits = 1e6;
        for code in [64, 65, 66] {
            let owned = |episode: &Episode| {
                [episode.ship.repair_kits, episode.ship.stabilizers, episode.ship.decoys][usize::from(code) - 64]
            };
            while owned(&episode) < CONSUMABLE_CAP {
                assert!(!episode.step(code, &mut ()).expect("it runs").invalid);
            }
            let spent = episode.tally.total_spend;
            assert!(episode.step(code, &mut ()).expect("it runs").invalid, "a thirteenth of {code}");
            assert_eq!((owned(&episode), episode.tally.total_spend), (CONSUMABLE_CAP, spent));
        }
        assert_eq!(buyable(&episode), [61, 62, 63, 67]);
    }

    #[test]
    fn an_ended_episode_allows_nothing() {
        let mut episode = Episode::started(3);
        episode.step(68, &mut ()).expect("it runs");
        let mut mask = [9; NUM_ACTIONS];
        episode.action_mask(&mut mask);
        assert_eq!(mask, [0; NUM_ACTIONS]);
    }
}
