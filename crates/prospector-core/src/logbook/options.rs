//! The actions worth a try: of those that are valid, the ones that can serve a ship which sees what it sees.
//!
//! Half of what is valid at the station does nothing: to sell what is not in the hold, to fill a full tank. A policy that has
//! to find that out for itself spends most of its first million steps on it, and some of its later ones.

use super::{
    AT_STATION, CARGO, CONFIDENCE, EXISTS, HOLD as HELD, HOMEWARD, Logbook, NOWHERE, PROSPECT, TOOL, credits_of,
    refining_gain, robbery,
};
use crate::constants::{
    ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, IRON, NEIGHBOR_SLOTS, NODES_MAX, NUM_ACTIONS, OBS_SIZE, PGE,
    RARE_ISOTOPES, WATER_ICE,
};
use crate::observe::{ASTEROID_SIZE, ASTEROIDS_AT, MARKET_AT, NEIGHBOR_SIZE, NEIGHBORS_AT, SELECTED};

/// Within an observation.
const FUEL: usize = 0;
const HULL: usize = 1;
const HEAT: usize = 2;
const ALERT: usize = 5;
/// Repair kits, stabilizers and decoys, in twelfths.
const SUPPLIES: usize = 14;
/// Within a neighbor slot, and what it is until the ship has listened.
const THREAT: usize = 6;
const UNHEARD: f32 = 0.5;

const HOLD: usize = 6;
const BURN: usize = 7;
const WIDE_SCAN: usize = 8;
const SCANS_OF_SELECTED: [usize; 2] = [9, 10];
const LISTEN: usize = 11;
const FIRST_SELECT: usize = 12;
const MINE_GENTLY: usize = 28;
const MINE_HARDER: [usize; 2] = [29, 30];
const REFINE: usize = 32;
const COOLDOWN: usize = 33;
const MAINTAIN_TOOL: usize = 34;
const PATCH_HULL: usize = 35;
const FIRST_JETTISON: usize = 36;
const DOCK: usize = 42;
const FIRST_SALE: usize = 43;
const FIRST_FUEL: usize = 61;
const FIRST_SUPPLY: usize = 64;
const OVERHAUL: usize = 67;
const CASH_OUT: usize = 68;

/// Steps without a new high of credits after which a ship that is home with an empty hold retires.
const PATIENCE: u32 = 512;
/// Fuel below which each purchase of it fits into the tank, or nearly.
const ROOM_FOR_FUEL: [f32; 3] = [900.0, 760.0, 560.0];
/// Supplies of each kind that are plenty.
const PLENTY: [f32; 3] = [4.0, 4.0, 3.0];
/// Fuel without which a ship that can pay for more does not leave the station.
const FUEL_TO_LEAVE: f32 = 880.0;
const COST_OF_FUEL: [f32; 3] = [60.0, 120.0, 210.0];
const COST_OF_OVERHAUL: f32 = 280.0;
/// Of the best asteroid's yield, that of one that is worth mining.
const GOOD_ENOUGH: f32 = 0.6;
/// Credits that a tick of mining should bring, and the worth of a hold that is to be brought home when it does not.
const LEAST_YIELD: f32 = 10.0;
const TREASURE: f32 = 300.0;
/// Worth of a hold that is no reason to go home.
const LIGHT: f32 = 100.0;
/// Alert above which a ship calms down before it takes a full hold home.
const NOTICED: f32 = 8.0;
/// Credits that a tick at the station should bring.
const TICK: f32 = 4.0;
/// Of the commodities whose inventory the observation leaves out.
const USUAL_INVENTORY: f32 = 80.0;
const INVENTORY_AT: usize = MARKET_AT + 2 * COMMODITIES;
/// Credits below which a ship doesn't retire of itself.
const FORTUNE: f32 = 1000.0;

impl Logbook {
    /// Takes out of `mask`, the actions that are valid at `obs`, what would be pointless. `obs` is the last that was noted.
    pub fn prune(&self, obs: &[f32; OBS_SIZE], mask: &mut [u8; NUM_ACTIONS]) {
        let credits = credits_of(obs);
        let docked = obs[AT_STATION] > 0.0;
        if docked && self.since_high() > PATIENCE && obs[CARGO] < 0.04 {
            mask[..CASH_OUT].fill(0);
            return;
        }
        let place = &self.places[usize::from(self.node) % NODES_MAX];
        let in_reach = |way: usize| place.ways[way].exists && self.leaves_enough(way, obs);
        let best =
            (0..NEIGHBOR_SLOTS).filter(|way| in_reach(*way)).map(|way| self.ways[way][PROSPECT]).fold(-1.0, f32::max);
        let promising = |way: usize| in_reach(way) && self.ways[way][PROSPECT] >= best;
        let mut keep = |action: usize, useful: bool| mask[action] &= u8::from(useful);
        let (fuel, heat, alert) = (obs[FUEL] * 1000.0, obs[HEAT] * 100.0, obs[ALERT] * 100.0);
        let worn = |part: usize| obs[part] < 0.85;

        let (ways, _) = obs[NEIGHBORS_AT..ASTEROIDS_AT].as_chunks::<NEIGHBOR_SIZE>();
        keep(LISTEN, ways[..NEIGHBOR_SLOTS].iter().any(|way| way[EXISTS] > 0.0 && way[THREAT] == UNHEARD));
        keep(BURN, !docked);
        keep(WIDE_SCAN, !docked);
        let (asteroids, _) = obs[ASTEROIDS_AT..MARKET_AT].as_chunks::<ASTEROID_SIZE>();
        for (slot, asteroid) in asteroids[..ASTEROID_SLOTS].iter().enumerate() {
            keep(FIRST_SELECT + slot, self.yields[slot] > GOOD_ENOUGH * place.best);
            if asteroid[SELECTED] > 0.0 {
                keep(FIRST_SELECT + slot, false);
                keep(MINE_GENTLY, self.yields[slot] > GOOD_ENOUGH * place.best);
                SCANS_OF_SELECTED.into_iter().for_each(|scan| keep(scan, asteroid[CONFIDENCE] < 0.95));
            }
        }
        keep(MINE_GENTLY, obs[CARGO] < 0.999);
        let value = self.value(obs);
        let pays = place.best - robbery(value, alert) > LEAST_YIELD;
        (FIRST_SELECT..=MINE_GENTLY).for_each(|action| keep(action, pays));
        // Twice the fractures and more for half as much again in a tick: ore is scarce, time is not.
        MINE_HARDER.into_iter().for_each(|mine| keep(mine, false));
        keep(COOLDOWN, heat > 20.0);
        keep(MAINTAIN_TOOL, worn(TOOL));
        keep(PATCH_HULL, worn(HULL));

        let hold: [f32; COMMODITIES] = std::array::from_fn(|c| obs[HELD + c] * 200.0);
        let worth: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] * BASE_PRICE[c]);
        let least = (1..COMMODITIES).fold(0, |least, c| if worth[c] < worth[least] { c } else { least });
        let refines = heat < 80.0 && fuel > 60.0 && refining_gain(&hold, &self.price) > TICK;
        keep(REFINE, refines);
        let mut unsold = false;
        for c in 0..COMMODITIES {
            // To throw something away calms: the least will do.
            keep(FIRST_JETTISON + c, !docked && c == least && worth[c] < 200.0 && alert > 4.0);
            if docked {
                let (share, proceeds) = best_sale(hold[c], self.price[c], inventory(obs, c));
                unsold |= proceeds > TICK;
                (0..3).for_each(|slice| keep(FIRST_SALE + 3 * c + slice, slice == share && proceeds > TICK));
            }
        }
        keep(DOCK, alert > 2.0);
        // Fuel is cheapest in bulk.
        let bulk = (0..3).rev().find(|size| fuel < ROOM_FOR_FUEL[*size] && credits >= COST_OF_FUEL[*size]);
        for i in 0..3 {
            keep(FIRST_FUEL + i, bulk == Some(i));
            keep(FIRST_SUPPLY + i, (obs[SUPPLIES + i] * 12.0).round() < PLENTY[i]);
        }
        let rich = credits > FORTUNE;
        let unfit = obs[HULL] < 0.88 || obs[TOOL] < 0.85;
        keep(OVERHAUL, unfit);
        keep(CASH_OUT, docked && rich && self.since_high() > PATIENCE / 2);
        if docked {
            if refines {
                (0..NUM_ACTIONS).for_each(|action| keep(action, action == REFINE));
            }
            let thirsty = fuel < 400.0 && bulk.is_some() || fuel < FUEL_TO_LEAVE && rich;
            let ready = !(unsold || thirsty || unfit && rich || obs[HULL] < 0.6 && credits >= COST_OF_OVERHAUL);
            (0..NEIGHBOR_SLOTS).for_each(|way| keep(way, ready && promising(way)));
            if ready && rich && best <= 0.0 {
                mask[..CASH_OUT].fill(0);
                mask[CASH_OUT] = 1;
                return;
            }
            if mask.iter().enumerate().any(|(action, allowed)| action != HOLD && *allowed == 1) {
                mask[HOLD] = 0;
            }
            return;
        }
        // A shield (Alshiekh et al. 2018): when hull or fuel just suffice to get home, there is nothing else to do.
        let (ticks, fuel_home) = self.way_home();
        let fuel_to_keep = 50.0 + 1.2 * fuel_home * (1.0 + 0.5 * obs[CARGO]);
        let danger = obs[HULL] * 100.0 < hull_to_keep(ticks) || fuel < fuel_to_keep;
        if danger || !pays && value > TREASURE {
            let helps = |action| match action {
                PATCH_HULL => true,
                BURN => fuel > fuel_to_keep + 20.0,
                FIRST_JETTISON..DOCK => !danger && alert > NOTICED,
                _ => false,
            };
            self.go_home(mask, helps);
            return;
        }
        // With nothing to bring home, home is a way like any other.
        let somewhere = (0..NEIGHBOR_SLOTS).any(promising);
        for (slot, way) in self.ways.iter().enumerate() {
            let home = way[HOMEWARD] > 0.0 && (value > LIGHT || !somewhere);
            mask[slot] &= u8::from(home || promising(slot));
        }
    }

    /// Whether hull and fuel suffice for the way out of `slot` and home from there.
    fn leaves_enough(&self, slot: usize, obs: &[f32; OBS_SIZE]) -> bool {
        let place = &self.places[usize::from(self.node) % NODES_MAX];
        let way = place.ways[slot];
        let (ticks, fuel) = match way.to {
            NOWHERE => {
                let (ticks, fuel) = place.after(way);
                (ticks + way.ticks * 8.0, fuel + way.fuel * 160.0)
            }
            to => self.places[usize::from(to)].after(way),
        };
        obs[HULL] * 100.0 > hull_to_keep(ticks) && obs[FUEL] * 1000.0 > 60.0 + 1.2 * fuel * (1.0 + 0.5 * obs[CARGO])
    }

    /// Leaves the way home, and what `helps` on it.
    fn go_home(&self, mask: &mut [u8; NUM_ACTIONS], helps: impl Fn(usize) -> bool) {
        let homeward = self.homeward();
        if (0..NEIGHBOR_SLOTS).any(|way| homeward[way] && mask[way] == 1) {
            for (action, allowed) in mask.iter_mut().enumerate() {
                *allowed &= u8::from(homeward.get(action).copied().unwrap_or_else(|| helps(action)));
            }
        }
    }
}

/// Hull that suffices for so many ticks of travel.
fn hull_to_keep(ticks: f32) -> f32 {
    25.0 + 1.8 * ticks
}

/// The sale to make of `units` at `price`: which slice, a quarter, half or all, and the credits of all at once.
///
/// Slices slip less and cost ticks: a quarter or a half is sold where that pays for the ticks it adds.
fn best_sale(units: f32, price: f32, inventory: f32) -> (usize, f32) {
    let paid = |units: f32, inventory: f32| {
        let ratio = units / (inventory + units).max(1.0);
        units * (1.0 - (0.25 * ratio + 0.2 * ratio.sqrt()).clamp(0.0, 0.7)) * price
    };
    let (quarter, half, rest) = (0.25 * units, 0.5 * units, 0.375 * units);
    let at_once = paid(units, inventory);
    let by_halves = paid(half, inventory) + paid(half, inventory + half) - TICK;
    let by_quarters =
        paid(quarter, inventory) + paid(rest, inventory + quarter) + paid(rest, inventory + quarter + rest)
            - 2.0 * TICK;
    let share = if by_quarters > by_halves.max(at_once) {
        0
    } else if by_halves > at_once {
        1
    } else {
        2
    };
    (share, at_once)
}

/// Of a commodity at the station; the observation shows four of six.
fn inventory(obs: &[f32; OBS_SIZE], commodity: usize) -> f32 {
    let seen = match commodity {
        IRON => 0,
        WATER_ICE => 1,
        PGE => 2,
        RARE_ISOTOPES => 3,
        _ => return USUAL_INVENTORY,
    };
    obs[INVENTORY_AT + seen] * 500.0
}
