//! Action pruning: of the valid actions, only those stay that can serve a ship which sees what it sees.
//!
//! Half of what is valid at the station does nothing: to sell what is not in the hold, to fill a full tank. A policy that has
//! to find that out for itself spends most of its first million steps on it, and some of its later ones.

use std::ops::Range;

use prospector_core::constants::{BASE_PRICE, COMMODITIES, EDGE_SLOTS, NUM_ACTIONS, OBS_SIZE};
use prospector_core::{Action, Group, MineMode, Purchase, ScanMode, Share};

use crate::logbook::Logbook;
use crate::market::{STATION_TICK, best_sale, hold_value, refining_gain};
use crate::observation::{CONFIDENCE, ObservationView, SELECTED};
use crate::pirates::expected_robbery;
use crate::trips::LEAST_YIELD;

const TRAVELS: Range<usize> = codes(Group::Travel);
const HOLD: usize = code(Action::HoldDrift);
const BURN: usize = code(Action::EmergencyBurn);
const SCAN_WIDE: usize = code(Action::Scan(ScanMode::Wide));
const SCANS_OF_SELECTED: [usize; 2] = [code(Action::Scan(ScanMode::Focused)), code(Action::Scan(ScanMode::Deep))];
const LISTEN: usize = code(Action::ThreatListen);
const SELECTS: Range<usize> = codes(Group::Select);
const MINE_GENTLY: usize = code(Action::Mine(MineMode::Conservative));
/// Twice the fractures and more for half as much again in a tick: ore is scarce, time is not.
const MINE_HARDER: [usize; 2] = [code(Action::Mine(MineMode::Standard)), code(Action::Mine(MineMode::Aggressive))];
const REFINE: usize = code(Action::Refine);
const COOL: usize = code(Action::Cooldown);
const MAINTAIN_TOOL: usize = code(Action::ToolMaintenance);
const PATCH_HULL: usize = code(Action::HullPatch);
const JETTISONS: Range<usize> = codes(Group::Jettison);
const DOCK: usize = code(Action::Dock);
const OVERHAUL: usize = code(Action::Buy(Purchase::Overhaul));
const CASH_OUT: usize = code(Action::CashOut);

/// Steps without a new high of credits after which a ship that is home with an empty hold retires.
const STALL_LIMIT: u32 = 512;
/// Each purchase of fuel, and the fuel below which it fits into the tank, or nearly.
const FUEL: [(Purchase, f32); 3] =
    [(Purchase::FuelSmall, 900.0), (Purchase::FuelMed, 760.0), (Purchase::FuelLarge, 560.0)];
/// Each supply, and the number of it that is plenty.
const SUPPLIES: [(Purchase, f32); 3] =
    [(Purchase::RepairKit, 4.0), (Purchase::Stabilizer, 4.0), (Purchase::Decoy, 3.0)];
/// Fuel without which a ship that can pay for more does not leave the station.
const FUEL_TO_LEAVE: f32 = 880.0;
/// Share of the best asteroid's yield that makes another one worth mining.
const GOOD_ENOUGH: f32 = 0.6;
/// Worth of a hold that is to be brought home when mining no longer pays.
const TREASURE: f32 = 300.0;
/// Worth of a hold that is no reason to go home.
const LIGHT: f32 = 100.0;
/// Alert above which a ship calms down before it takes a full hold home.
const NOTICED: f32 = 8.0;
/// Credits below which a ship doesn't retire of itself.
const FORTUNE: f32 = 1000.0;

impl Logbook {
    /// Removes from `mask`, the actions that are valid at `obs`, what would be pointless. `obs` is the last that was noted. At
    /// least one action stays of those that are always valid.
    pub fn prune_actions(&self, obs: &[f32; OBS_SIZE], mask: &mut [u8; NUM_ACTIONS]) {
        let (obs, mut mask) = (ObservationView(obs), ActionMask(mask));
        mask.keep(LISTEN, obs.has_unheard_edges());
        mask.keep(COOL, obs.heat() > 20.0);
        mask.keep(MAINTAIN_TOOL, obs.tool_share() < 0.85);
        mask.keep(PATCH_HULL, obs.hull_share() < 0.85);
        let refines = obs.heat() < 80.0 && obs.fuel() > 60.0 && refining_gain(&obs.hold(), &self.price) > STATION_TICK;
        mask.keep(REFINE, refines);
        if obs.at_station() {
            self.prune_at_station(obs, refines, mask);
        } else {
            mask.keep(CASH_OUT, false);
            self.prune_in_field(obs, mask);
        }
    }

    /// Refines, sells, fills up and mends before it leaves, and retires when no trip should pay.
    fn prune_at_station(&self, obs: ObservationView<'_>, refines: bool, mut mask: ActionMask<'_>) {
        let credits = obs.credits();
        let rich = credits > FORTUNE;
        if self.since_high > STALL_LIMIT && obs.cargo_share() < 0.04 {
            return mask.leave_only(CASH_OUT);
        }
        mask.remove([BURN, SCAN_WIDE].into_iter().chain(JETTISONS));
        mask.keep(DOCK, obs.alert() > 2.0);
        let unsold = self.prune_sales(obs, &mut mask);
        // Fuel is cheapest in bulk.
        let fits = |(item, room): (Purchase, f32)| obs.fuel() < room && credits >= item.cost();
        let bulk = FUEL.into_iter().rev().find(|purchase| fits(*purchase)).map(|(item, _)| item);
        for (item, _) in FUEL {
            mask.keep(code(Action::Buy(item)), bulk == Some(item));
        }
        for ((item, plenty), number) in SUPPLIES.into_iter().zip(obs.supplies()) {
            mask.keep(code(Action::Buy(item)), number < plenty);
        }
        let (hull, tool) = (obs.hull_share(), obs.tool_share());
        let unfit = hull < 0.88 || tool < 0.85;
        mask.keep(OVERHAUL, unfit);
        let needs_fuel = obs.fuel() < 400.0 && bulk.is_some() || obs.fuel() < FUEL_TO_LEAVE && rich;
        let ready = !(unsold || needs_fuel || unfit && rich || hull < 0.6 && credits >= Purchase::Overhaul.cost());
        let (edges, prospect) = self.promising_edges(obs);
        if ready && rich && prospect <= 0.0 {
            return mask.leave_only(CASH_OUT);
        }
        if refines {
            return mask.leave_only(REFINE);
        }
        mask.keep(CASH_OUT, rich && self.since_high > STALL_LIMIT / 2);
        TRAVELS.for_each(|edge| mask.keep(edge, ready && edges[edge]));
        if mask.any_but(HOLD) {
            mask.keep(HOLD, false);
        }
    }

    /// Leaves the sale of each commodity that brings most. Returns whether there is anything to sell.
    fn prune_sales(&self, obs: ObservationView<'_>, mask: &mut ActionMask<'_>) -> bool {
        let mut unsold = false;
        for (c, units) in obs.hold().into_iter().enumerate() {
            let sale = best_sale(units, self.price[c], obs.inventory(c));
            let pays = sale.credits > STATION_TICK;
            unsold |= pays;
            for share in Share::ALL {
                mask.keep(code(Action::Sell { commodity: c as u8, share }), pays && share == sale.share);
            }
        }
        unsold
    }

    /// Mines gently what is good and where pirates take less than it brings, takes the edges with the best prospect, and has
    /// enough to get home.
    fn prune_in_field(&self, obs: ObservationView<'_>, mut mask: ActionMask<'_>) {
        let (hold, alert, best) = (obs.hold(), obs.alert(), self.map.here().best);
        let value = hold_value(&hold, &self.price);
        let pays = best - expected_robbery(value, alert) > LEAST_YIELD;
        mask.remove(MINE_HARDER);
        mask.keep(MINE_GENTLY, pays && obs.cargo_share() < 0.999);
        for (slot, (asteroid, select)) in obs.asteroids().iter().zip(SELECTS).enumerate() {
            let good = self.yields[slot] > GOOD_ENOUGH * best;
            let selected = asteroid[SELECTED] > 0.0;
            mask.keep(select, pays && good && !selected);
            if selected {
                mask.keep(MINE_GENTLY, good);
                SCANS_OF_SELECTED.into_iter().for_each(|scan| mask.keep(scan, asteroid[CONFIDENCE] < 0.95));
            }
        }
        // To throw something away calms: the least will do.
        let worth: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] * BASE_PRICE[c]);
        let least = (1..COMMODITIES).fold(0, |least, c| if worth[c] < worth[least] { c } else { least });
        for (action, commodity) in JETTISONS.zip(0..) {
            mask.keep(action, commodity == least && worth[least] < 200.0 && alert > 4.0);
        }

        // A shield (Alshiekh et al. 2018): when hull or fuel just suffice to get home, there is nothing else to do.
        let home = self.map.here().home;
        let fuel_to_keep = 50.0 + 1.2 * home.fuel * (1.0 + 0.5 * obs.cargo_share());
        let danger = obs.hull() < hull_to_keep(home.ticks) || obs.fuel() < fuel_to_keep;
        if danger || !pays && value > TREASURE {
            if TRAVELS.clone().any(|edge| self.map.leads_home(edge) && mask.has(edge)) {
                mask.filter(|action| match action {
                    edge if TRAVELS.contains(&edge) => self.map.leads_home(edge),
                    PATCH_HULL => true,
                    BURN => obs.fuel() > fuel_to_keep + 20.0,
                    jettison if JETTISONS.contains(&jettison) => !danger && alert > NOTICED,
                    _ => false,
                });
            }
            return;
        }
        // With nothing to bring home, the edge that leads there is like any other.
        let (edges, _) = self.promising_edges(obs);
        let goes_home = value > LIGHT || !edges.contains(&true);
        TRAVELS.for_each(|edge| mask.keep(edge, edges[edge] || goes_home && self.map.leads_home(edge)));
    }

    /// The edges with the best prospect among those that leave enough to get home, and that prospect; -1 without any.
    fn promising_edges(&self, obs: ObservationView<'_>) -> ([bool; EDGE_SLOTS], f32) {
        let place = self.map.here();
        let leaves_enough = |slot: usize| {
            let path = self.map.out_and_home(slot);
            obs.hull() > hull_to_keep(path.ticks)
                && obs.fuel() > 60.0 + 1.2 * path.fuel * (1.0 + 0.5 * obs.cargo_share())
        };
        let in_reach: [bool; EDGE_SLOTS] = std::array::from_fn(|slot| place.edges[slot].exists && leaves_enough(slot));
        let prospects = TRAVELS.filter(|slot| in_reach[*slot]).map(|slot| self.map.prospect_of(slot));
        let best = prospects.fold(-1.0, f32::max);
        (std::array::from_fn(|slot| in_reach[slot] && self.map.prospect_of(slot) >= best), best)
    }
}

/// Hull that suffices for so many ticks of travel.
fn hull_to_keep(ticks: f32) -> f32 {
    25.0 + 1.8 * ticks
}

const fn code(action: Action) -> usize {
    action.code() as usize
}

const fn codes(group: Group) -> Range<usize> {
    let codes = group.codes();
    codes.start as usize..codes.end as usize
}

/// An action mask from which actions are removed.
struct ActionMask<'a>(&'a mut [u8; NUM_ACTIONS]);

impl ActionMask<'_> {
    fn has(&self, action: usize) -> bool {
        self.0[action] == 1
    }

    fn any_but(&self, action: usize) -> bool {
        (0..NUM_ACTIONS).any(|other| other != action && self.has(other))
    }

    fn keep(&mut self, action: usize, useful: bool) {
        self.0[action] &= u8::from(useful);
    }

    fn remove(&mut self, actions: impl IntoIterator<Item = usize>) {
        actions.into_iter().for_each(|action| self.keep(action, false));
    }

    fn filter(&mut self, useful: impl Fn(usize) -> bool) {
        (0..NUM_ACTIONS).for_each(|action| self.keep(action, useful(action)));
    }

    fn leave_only(&mut self, action: usize) {
        self.filter(|other| other == action);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::LOGBOOK_SIZE;

    fn actions(mask: &[u8; NUM_ACTIONS]) -> Vec<usize> {
        (0..NUM_ACTIONS).filter(|action| mask[*action] == 1).collect()
    }

    /// What is valid whatever the ship does (rules 4), and at the station besides.
    fn valid(at_station: bool) -> [u8; NUM_ACTIONS] {
        std::array::from_fn(|action| match action {
            HOLD | BURN | SCAN_WIDE | LISTEN | REFINE | COOL | CASH_OUT => 1,
            jettison if JETTISONS.contains(&jettison) => 1,
            trade if trade == DOCK || codes(Group::Sell).contains(&trade) => u8::from(at_station),
            _ => 0,
        })
    }

    fn begun(obs: &[f32; OBS_SIZE]) -> Logbook {
        let mut log = Logbook::new();
        log.begin(obs, &mut [0.0; LOGBOOK_SIZE]);
        log
    }

    #[test]
    fn a_rich_ship_whose_trips_all_cost_more_than_they_bring_has_only_to_retire() {
        let mut obs = [0.0; OBS_SIZE];
        (obs[0], obs[1], obs[3], obs[7], obs[17]) = (1.0, 1.0, 1.0, 0.6, 1.0);
        let log = begun(&obs);
        assert!(ObservationView(&obs).credits() > FORTUNE);
        let mut mask = valid(true);
        log.prune_actions(&obs, &mut mask);
        assert_eq!(actions(&mask), [CASH_OUT]);
        obs[7] = 0.4;
        let mut mask = valid(true);
        begun(&obs).prune_actions(&obs, &mut mask);
        assert_eq!(actions(&mask), [HOLD], "with {} credits", ObservationView(&obs).credits());
    }

    proptest! {
        #[test]
        fn some_action_is_left_whatever_a_ship_has_seen(
            numbers in prop::collection::vec(prop_oneof![Just(0.0f32), Just(1.0), 0.0f32..1.0], OBS_SIZE..6 * OBS_SIZE),
            taken in prop::collection::vec(0..NUM_ACTIONS as u8, 5),
            also in prop::collection::vec(0u8..2, NUM_ACTIONS),
        ) {
            let (all, _) = numbers.as_chunks::<OBS_SIZE>();
            let mut log = begun(&all[0]);
            for (obs, action) in all[1..].iter().zip(taken) {
                log.note(action, obs, &mut [0.0; LOGBOOK_SIZE]);
            }
            let obs = &all[all.len() - 1];
            let mut mask = valid(ObservationView(obs).at_station());
            mask.iter_mut().zip(also).for_each(|(valid, also)| *valid |= also);
            let before = mask;
            log.prune_actions(obs, &mut mask);
            prop_assert!(!actions(&mask).is_empty());
            prop_assert!(mask.iter().zip(before).all(|(after, before)| *after <= before));
        }
    }
}
