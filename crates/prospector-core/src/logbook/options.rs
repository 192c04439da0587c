//! The actions worth a try: of those that are valid, the ones that can serve a ship which sees what it sees.
//!
//! Half of what is valid at the station does nothing: to sell what is not in the hold, to fill a full tank. A policy that has
//! to find that out for itself spends most of its first million steps on it, and some of its later ones.

use super::{AT_STATION, CARGO, CONFIDENCE, EXISTS, HOLD, Logbook, TOOL, credits_of};
use crate::constants::{ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, IRON, NEIGHBOR_SLOTS, NICKEL, NUM_ACTIONS, OBS_SIZE};
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
const PATIENCE: u32 = 384;
/// Fuel below which each purchase of it fits into the tank, or nearly.
const ROOM_FOR_FUEL: [f32; 3] = [900.0, 760.0, 560.0];
/// Supplies of each kind that are plenty.
const PLENTY: [f32; 3] = [4.0, 4.0, 3.0];
/// Fuel without which a ship that can pay for more does not leave the station.
const FUEL_TO_LEAVE: f32 = 400.0;
const COST_OF_FUEL: f32 = 120.0;
const COST_OF_OVERHAUL: f32 = 280.0;
/// Credits below which a ship doesn't retire of itself.
const FORTUNE: f32 = 1000.0;

impl Logbook {
    /// Takes out of `mask`, the actions that are valid at `obs`, what would be pointless. `obs` is the last that was noted.
    pub fn prune(&self, obs: &[f32; OBS_SIZE], mask: &mut [u8; NUM_ACTIONS]) {
        let docked = obs[AT_STATION] > 0.0;
        if docked && self.since_high() > PATIENCE && obs[CARGO] < 0.04 {
            mask[..CASH_OUT].fill(0);
            return;
        }
        let mut keep = |action: usize, useful: bool| mask[action] &= u8::from(useful);
        let (fuel, heat, alert) = (obs[FUEL] * 1000.0, obs[HEAT] * 100.0, obs[ALERT] * 100.0);
        let worn = |part: usize| obs[part] < 0.85;

        let (ways, _) = obs[NEIGHBORS_AT..ASTEROIDS_AT].as_chunks::<NEIGHBOR_SIZE>();
        keep(LISTEN, ways[..NEIGHBOR_SLOTS].iter().any(|way| way[EXISTS] > 0.0 && way[THREAT] == UNHEARD));
        keep(BURN, !docked);
        keep(WIDE_SCAN, !docked);
        let (asteroids, _) = obs[ASTEROIDS_AT..MARKET_AT].as_chunks::<ASTEROID_SIZE>();
        for (slot, asteroid) in asteroids[..ASTEROID_SLOTS].iter().enumerate() {
            if asteroid[SELECTED] > 0.0 {
                keep(FIRST_SELECT + slot, false);
                SCANS_OF_SELECTED.into_iter().for_each(|scan| keep(scan, asteroid[CONFIDENCE] < 0.95));
            }
        }
        keep(MINE_GENTLY, obs[CARGO] < 0.999);
        // Twice the fractures and more for half as much again in a tick: ore is scarce, time is not.
        MINE_HARDER.into_iter().for_each(|mine| keep(mine, false));
        keep(COOLDOWN, heat > 20.0);
        keep(MAINTAIN_TOOL, worn(TOOL));
        keep(PATCH_HULL, worn(HULL));

        let hold: [f32; COMMODITIES] = std::array::from_fn(|c| obs[HOLD + c] * 200.0);
        let worth: [f32; COMMODITIES] = std::array::from_fn(|c| hold[c] * BASE_PRICE[c]);
        let least = (1..COMMODITIES).fold(0, |least, c| if worth[c] < worth[least] { c } else { least });
        keep(REFINE, hold[IRON] + hold[NICKEL] > 2.0 && heat < 90.0);
        for c in 0..COMMODITIES {
            // To throw something away calms: the least will do.
            keep(FIRST_JETTISON + c, !docked && c == least && worth[c] < 200.0 && alert > 4.0);
            for (share, least) in [4.0, 4.0, 0.5].into_iter().enumerate() {
                keep(FIRST_SALE + 3 * c + share, hold[c] > least);
            }
        }
        keep(DOCK, alert > 2.0);
        for i in 0..3 {
            keep(FIRST_FUEL + i, fuel < ROOM_FOR_FUEL[i]);
            keep(FIRST_SUPPLY + i, (obs[SUPPLIES + i] * 12.0).round() < PLENTY[i]);
        }
        keep(OVERHAUL, worn(HULL) || worn(TOOL));
        keep(CASH_OUT, docked && credits_of(obs) > FORTUNE);
        if docked {
            let unfit = worn_out(obs) && credits_of(obs) >= COST_OF_OVERHAUL;
            let thirsty = fuel < FUEL_TO_LEAVE && credits_of(obs) >= COST_OF_FUEL;
            (0..NEIGHBOR_SLOTS).for_each(|way| keep(way, !unfit && !thirsty));
            return;
        }
        // A shield (Alshiekh et al. 2018): when hull or fuel just suffice to get home, there is nothing else to do.
        let (ticks, fuel_home) = self.way_home();
        let fuel_to_keep = 50.0 + 1.2 * fuel_home * (1.0 + 0.5 * obs[CARGO]);
        if obs[HULL] * 100.0 < 30.0 + 2.0 * ticks || fuel < fuel_to_keep {
            self.go_home(mask, fuel > fuel_to_keep + 20.0);
        }
    }

    /// Leaves the way home, and what helps on it.
    fn go_home(&self, mask: &mut [u8; NUM_ACTIONS], fuel_to_burn: bool) {
        let homeward = self.homeward();
        if (0..NEIGHBOR_SLOTS).any(|way| homeward[way] && mask[way] == 1) {
            for (action, allowed) in mask.iter_mut().enumerate() {
                let helps = action == PATCH_HULL || action == BURN && fuel_to_burn;
                *allowed &= u8::from(homeward.get(action).copied().unwrap_or(helps));
            }
        }
    }
}

fn worn_out(obs: &[f32; OBS_SIZE]) -> bool {
    obs[HULL] < 0.6
}
