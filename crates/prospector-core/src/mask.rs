//! When an action is valid (rules 4), and the action mask (rules 8).

use crate::action::{Action, FIRST_SELECT, Group, Purchase, ScanMode};
use crate::constants::{CONSUMABLE_CAP, NUM_ACTIONS};
use crate::episode::Episode;
use crate::vessel::Vessel;

const WIDE_SCAN: u128 = 1 << Action::Scan(ScanMode::Wide).code();
/// Actions that are always valid.
const ALWAYS: u128 = Group::Hold.bits()
    | Group::Burn.bits()
    | WIDE_SCAN
    | Group::Listen.bits()
    | Group::Refine.bits()
    | Group::Cool.bits()
    | Group::Jettison.bits()
    | Group::CashOut.bits();
/// Actions that need a valid selection and nothing else.
pub(crate) const ON_SELECTION: u128 = Group::Scan.bits() & !WIDE_SCAN | Group::Mine.bits();
/// Actions that need a valid selection and a stabilizer.
const STABILIZE: u128 = Group::Stabilize.bits();
/// Actions that need an edge.
const EDGES: u128 = Group::Travel.bits();
/// Actions that need a repair kit.
const WITH_KITS: u128 = Group::Maintain.bits() | Group::Patch.bits();
const AT_STATION: u128 = Group::Dock.bits() | Group::Sell.bits();
const FIRST_PURCHASE: u8 = Group::Buy.first();
const NUM_CODES: u8 = NUM_ACTIONS as u8;

/// All that decides which actions are valid.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MaskInputs {
    pub at_station: bool,
    /// Bit `k`: slot `k` has an edge.
    pub edges: u8,
    /// Bit `a`: asteroid slot `a` exists and is not depleted.
    pub selectable: u16,
    /// Whether the selected slot is one of them.
    pub selection: bool,
    pub repair_kits: u8,
    pub stabilizers: u8,
    pub decoys: u8,
    pub credits: f32,
}

impl MaskInputs {
    /// Bit `code`: that action would be valid now. All bits above 68 are 0.
    #[inline(always)]
    pub fn allowed(&self) -> u128 {
        let purchases = if self.at_station { u128::from(self.affordable()) << FIRST_PURCHASE } else { 0 };
        self.allowed_but_purchases() | purchases
    }

    #[inline(always)]
    fn allowed_but_purchases(&self) -> u128 {
        let when = |condition: bool, codes: u128| if condition { codes } else { 0 };
        let mut codes = ALWAYS | u128::from(self.edges) | u128::from(self.selectable) << FIRST_SELECT;
        codes |= when(self.selection, ON_SELECTION);
        codes |= when(self.selection && self.stabilizers > 0, STABILIZE);
        codes |= when(self.repair_kits > 0, WITH_KITS);
        codes | when(self.at_station, AT_STATION)
    }

    /// Bit `i`: the purchase of that index is within the credits and below its cap.
    #[inline(always)]
    fn affordable(&self) -> u8 {
        let mut items = 0;
        for (i, item) in Purchase::ALL.into_iter().enumerate() {
            items |= u8::from(self.credits >= item.cost() && self.has_room_for(item)) << i;
        }
        items
    }

    #[inline(always)]
    fn has_room_for(&self, item: Purchase) -> bool {
        match item {
            Purchase::RepairKit => self.repair_kits < CONSUMABLE_CAP,
            Purchase::Stabilizer => self.stabilizers < CONSUMABLE_CAP,
            Purchase::Decoy => self.decoys < CONSUMABLE_CAP,
            Purchase::FuelSmall | Purchase::FuelMed | Purchase::FuelLarge | Purchase::Overhaul => true,
        }
    }
}

/// Whether the bit of a code is set.
#[inline(always)]
pub(crate) fn allows(allowed: u128, code: u8) -> bool {
    code < NUM_CODES && allowed >> code & 1 == 1
}

/// What [`MaskInputs::allowed`] was told of the edges and the selectable slots.
#[inline(always)]
pub(crate) fn around(allowed: u128) -> (u8, u16) {
    ((allowed & EDGES) as u8, (allowed >> FIRST_SELECT) as u16)
}

/// Writes each bit of `allowed` as an entry of a row of the action mask.
pub(crate) fn write(allowed: u128, out: &mut [u8; NUM_ACTIONS]) {
    for (entries, bits) in out.chunks_mut(8).zip(allowed.to_le_bytes()) {
        entries.copy_from_slice(&spread(bits)[..entries.len()]);
    }
}

/// Byte `i` is bit `i`.
#[inline(always)]
fn spread(bits: u8) -> [u8; 8] {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const DIAGONAL: u64 = 0x8040_2010_0804_0201;
    // A byte now holds its own bit or 0; adding 0x7f carries it into the byte's highest bit, and no further.
    let own = (u64::from(bits) * EACH) & DIAGONAL;
    (((own + 0x7f * EACH) >> 7) & EACH).to_le_bytes()
}

impl Episode {
    /// The episode must have been reset.
    pub(crate) fn mask_inputs(&self) -> MaskInputs {
        let (ship, node) = (&self.ship, self.node());
        let selectable = self.world.selectable(ship.node);
        MaskInputs {
            at_station: self.at_station(),
            edges: node.edge_bits(),
            selectable,
            selection: ship.selected.is_some_and(|slot| selectable >> slot & 1 == 1),
            repair_kits: ship.repair_kits,
            stabilizers: ship.stabilizers,
            decoys: ship.decoys,
            credits: ship.credits,
        }
    }

    /// Whether the selected slot is a valid selection (rules 4).
    pub(crate) fn has_selection(&self) -> bool {
        self.mask_inputs().selection
    }

    /// Whether the code is one of the table and would be valid now. The episode must have been reset.
    pub(crate) fn allows(&self, code: u8) -> bool {
        allows(self.mask_inputs().allowed(), code)
    }

    /// Writes 1 where the action would be valid now, else 0; all 0 once the episode has ended.
    pub fn action_mask(&self, out: &mut [u8; NUM_ACTIONS]) {
        write(if self.running() { self.mask_inputs().allowed() } else { 0 }, out);
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
