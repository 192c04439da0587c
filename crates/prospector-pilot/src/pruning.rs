//! The actions worth a try: of those that are valid, the ones that can serve a ship which sees what it sees.
//!
//! Half of what is valid at the station does nothing: to sell what is not in the hold, to fill a full tank. A policy that has
//! to find that out for itself spends most of its first million steps on it, and some of its later ones.

use std::ops::Range;

use crate::logbook::Logbook;
use crate::observation::{CONFIDENCE, SELECTED, Seen};
use crate::worth::{self, TICK, best_sale, refining_gain, robbery};
use prospector_core::Purchase;
use prospector_core::constants::{BASE_PRICE, COMMODITIES, EDGE_SLOTS, NUM_ACTIONS, OBS_SIZE};

const WAYS: Range<usize> = 0..EDGE_SLOTS;
const HOLD: usize = 6;
const BURN: usize = 7;
const WIDE_SCAN: usize = 8;
const SCANS_OF_SELECTED: Range<usize> = 9..11;
const LISTEN: usize = 11;
const FIRST_SELECT: usize = 12;
const MINE_GENTLY: usize = 28;
/// Twice the fractures and more for half as much again in a tick: ore is scarce, time is not.
const MINE_HARDER: Range<usize> = 29..31;
const REFINE: usize = 32;
const COOLDOWN: usize = 33;
const MAINTAIN_TOOL: usize = 34;
const PATCH_HULL: usize = 35;
const FIRST_JETTISON: usize = 36;
const DOCK: usize = 42;
const JETTISONS: Range<usize> = FIRST_JETTISON..DOCK;
const FIRST_SALE: usize = 43;
const FIRST_FUEL: usize = 61;
const FIRST_SUPPLY: usize = 64;
const OVERHAUL: usize = 67;
const CASH_OUT: usize = 68;

/// Steps without a new high of credits after which a ship that is home with an empty hold retires.
const PATIENCE: u32 = 512;
/// Each purchase of fuel, and the fuel below which it fits into the tank, or nearly.
const FUEL: [(Purchase, f32); 3] =
    [(Purchase::FuelSmall, 900.0), (Purchase::FuelMed, 760.0), (Purchase::FuelLarge, 560.0)];
/// Supplies of each kind that are plenty.
const PLENTY: [f32; 3] = [4.0, 4.0, 3.0];
/// Fuel without which a ship that can pay for more does not leave the station.
const FUEL_TO_LEAVE: f32 = 880.0;
/// Of the best asteroid's yield, that of one that is worth mining.
const GOOD_ENOUGH: f32 = 0.6;
/// Credits that a tick of mining should bring, and the worth of a hold that is to be brought home when it does not.
const LEAST_YIELD: f32 = 10.0;
const TREASURE: f32 = 300.0;
/// Worth of a hold that is no reason to go home.
const LIGHT: f32 = 100.0;
/// Alert above which a ship calms down before it takes a full hold home.
const NOTICED: f32 = 8.0;
/// Credits below which a ship doesn't retire of itself.
const FORTUNE: f32 = 1000.0;

impl Logbook {
    /// Takes out of `mask`, the actions that are valid at `obs`, what would be pointless. `obs` is the last that was noted.
    pub fn prune(&self, obs: &[f32; OBS_SIZE], mask: &mut [u8; NUM_ACTIONS]) {
        let (seen, mut options) = (Seen(obs), Options(mask));
        options.keep(LISTEN, seen.has_unheard_ways());
        options.keep(COOLDOWN, seen.heat() > 20.0);
        options.keep(MAINTAIN_TOOL, seen.tool_share() < 0.85);
        options.keep(PATCH_HULL, seen.hull_share() < 0.85);
        let refines = seen.heat() < 80.0 && seen.fuel() > 60.0 && refining_gain(&seen.hold(), &self.price) > TICK;
        options.keep(REFINE, refines);
        if seen.at_station() {
            self.prune_at_station(seen, refines, options);
        } else {
            options.remove(CASH_OUT..NUM_ACTIONS);
            self.prune_in_field(seen, options);
        }
    }

    /// Refines, sells, fills up and mends before it leaves, and retires when no trip should pay.
    fn prune_at_station(&self, seen: Seen<'_>, refines: bool, mut options: Options<'_>) {
        let credits = seen.credits();
        let rich = credits > FORTUNE;
        if self.since_high > PATIENCE && seen.cargo_share() < 0.04 {
            return options.leave_only(CASH_OUT);
        }
        options.remove(BURN..WIDE_SCAN + 1);
        options.remove(JETTISONS);
        options.keep(DOCK, seen.alert() > 2.0);
        let unsold = self.prune_sales(seen, &mut options);
        // Fuel is cheapest in bulk.
        let fits = |(item, room): (Purchase, f32)| seen.fuel() < room && credits >= item.cost();
        let bulk = (0..3).rev().find(|size| fits(FUEL[*size]));
        let supplies = seen.supplies();
        for i in 0..3 {
            options.keep(FIRST_FUEL + i, bulk == Some(i));
            options.keep(FIRST_SUPPLY + i, supplies[i] < PLENTY[i]);
        }
        let (hull, tool) = (seen.hull_share(), seen.tool_share());
        let unfit = hull < 0.88 || tool < 0.85;
        options.keep(OVERHAUL, unfit);
        let thirsty = seen.fuel() < 400.0 && bulk.is_some() || seen.fuel() < FUEL_TO_LEAVE && rich;
        let ready = !(unsold || thirsty || unfit && rich || hull < 0.6 && credits >= Purchase::Overhaul.cost());
        let (ways, prospect) = self.promising_ways(seen);
        if ready && rich && prospect <= 0.0 {
            return options.leave_only(CASH_OUT);
        }
        if refines {
            return options.leave_only(REFINE);
        }
        options.keep(CASH_OUT, rich && self.since_high > PATIENCE / 2);
        WAYS.for_each(|way| options.keep(way, ready && ways[way]));
        if options.any_but(HOLD) {
            options.keep(HOLD, false);
        }
    }

    /// Leaves the slice of each commodity that brings most. Returns whether there is anything to sell.
    fn prune_sales(&self, seen: Seen<'_>, options: &mut Options<'_>) -> bool {
        let mut unsold = false;
        for (c, units) in seen.hold().into_iter().enumerate() {
            let (share, proceeds) = best_sale(units, self.price[c], seen.inventory(c));
            unsold |= proceeds > TICK;
            (0..3).for_each(|slice| options.keep(FIRST_SALE + 3 * c + slice, slice == share && proceeds > TICK));
        }
        unsold
    }

    /// Mines gently what is good and where pirates take less than it brings, takes the ways with the best prospect, and has
    /// enough to get home.
    fn prune_in_field(&self, seen: Seen<'_>, mut options: Options<'_>) {
        let (hold, alert, best) = (seen.hold(), seen.alert(), self.map.here().best);
        let value = worth::value(&hold, &self.price);
        let pays = best - robbery(value, alert) > LEAST_YIELD;
        options.remove(MINE_HARDER);
        options.keep(MINE_GENTLY, pays && seen.cargo_share() < 0.999);
        for (slot, asteroid) in seen.asteroids().iter().enumerate() {
            let good = self.yields[slot] > GOOD_ENOUGH * best;
            let selected = asteroid[SELECTED] > 0.0;
            options.keep(FIRST_SELECT + slot, pays && good && !selected);
            if selected {
                options.keep(MINE_GENTLY, good);
                SCANS_OF_SELECTED.for_each(|scan| options.keep(scan, asteroid[CONFIDENCE] < 0.95));
            }
        }
        // To throw something away calms: the least will do.
        let worth: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] * BASE_PRICE[c]);
        let least = (1..COMMODITIES).fold(0, |least, c| if worth[c] < worth[least] { c } else { least });
        for (action, commodity) in JETTISONS.zip(0..) {
            options.keep(action, commodity == least && worth[least] < 200.0 && alert > 4.0);
        }

        // A shield (Alshiekh et al. 2018): when hull or fuel just suffice to get home, there is nothing else to do.
        let (ticks, fuel_home) = self.map.here().home();
        let fuel_to_keep = 50.0 + 1.2 * fuel_home * (1.0 + 0.5 * seen.cargo_share());
        let danger = seen.hull() < hull_to_keep(ticks) || seen.fuel() < fuel_to_keep;
        if danger || !pays && value > TREASURE {
            if WAYS.clone().any(|way| self.map.leads_home(way) && options.has(way)) {
                options.filter(|action| match action {
                    way if WAYS.contains(&way) => self.map.leads_home(way),
                    PATCH_HULL => true,
                    BURN => seen.fuel() > fuel_to_keep + 20.0,
                    FIRST_JETTISON..DOCK => !danger && alert > NOTICED,
                    _ => false,
                });
            }
            return;
        }
        // With nothing to bring home, home is a way like any other.
        let (ways, _) = self.promising_ways(seen);
        let goes_home = value > LIGHT || !ways.contains(&true);
        WAYS.for_each(|way| options.keep(way, ways[way] || goes_home && self.map.leads_home(way)));
    }

    /// The ways with the best prospect of those that leave enough to get home, and that prospect; -1 without any.
    fn promising_ways(&self, seen: Seen<'_>) -> ([bool; EDGE_SLOTS], f32) {
        let place = self.map.here();
        let leaves_enough = |way: usize| {
            let (ticks, fuel) = self.map.out_and_home(way);
            seen.hull() > hull_to_keep(ticks) && seen.fuel() > 60.0 + 1.2 * fuel * (1.0 + 0.5 * seen.cargo_share())
        };
        let in_reach: [bool; EDGE_SLOTS] = std::array::from_fn(|way| place.ways[way].exists && leaves_enough(way));
        let prospects = WAYS.filter(|way| in_reach[*way]).map(|way| self.map.prospect_of(way));
        let best = prospects.fold(-1.0, f32::max);
        (std::array::from_fn(|way| in_reach[way] && self.map.prospect_of(way) >= best), best)
    }
}

/// Hull that suffices for so many ticks of travel.
fn hull_to_keep(ticks: f32) -> f32 {
    25.0 + 1.8 * ticks
}

/// An action mask of which actions are taken away.
struct Options<'a>(&'a mut [u8; NUM_ACTIONS]);

impl Options<'_> {
    fn has(&self, action: usize) -> bool {
        self.0[action] == 1
    }

    fn any_but(&self, action: usize) -> bool {
        (0..NUM_ACTIONS).any(|other| other != action && self.has(other))
    }

    fn keep(&mut self, action: usize, useful: bool) {
        self.0[action] &= u8::from(useful);
    }

    fn remove(&mut self, actions: Range<usize>) {
        self.0[actions].fill(0);
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
    use crate::logbook::LOGBOOK_SIZE;

    fn actions(mask: &[u8; NUM_ACTIONS]) -> Vec<usize> {
        (0..NUM_ACTIONS).filter(|action| mask[*action] == 1).collect()
    }

    /// What is valid whatever the ship does (rules 4), and at the station besides.
    fn valid(at_station: bool) -> [u8; NUM_ACTIONS] {
        std::array::from_fn(|action| match action {
            HOLD | BURN | WIDE_SCAN | LISTEN | REFINE | COOLDOWN | CASH_OUT | FIRST_JETTISON..DOCK => 1,
            DOCK..FIRST_FUEL => u8::from(at_station),
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
        assert!(Seen(&obs).credits() > FORTUNE);
        let mut mask = valid(true);
        log.prune(&obs, &mut mask);
        assert_eq!(actions(&mask), [CASH_OUT]);
        obs[7] = 0.4;
        let mut mask = valid(true);
        begun(&obs).prune(&obs, &mut mask);
        assert_eq!(actions(&mask), [HOLD], "with {} credits", Seen(&obs).credits());
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
            let mut mask = valid(Seen(obs).at_station());
            mask.iter_mut().zip(also).for_each(|(valid, also)| *valid |= also);
            let before = mask;
            log.prune(obs, &mut mask);
            prop_assert!(!actions(&mask).is_empty());
            prop_assert!(mask.iter().zip(before).all(|(after, before)| *after <= before));
        }
    }
}
