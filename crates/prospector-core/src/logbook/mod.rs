//! What a ship can know beyond its present observation: features of all that it has seen in this episode.
//!
//! An observation names the node where the ship is, not those around it, and shows estimates, not what mining has proved. A
//! logbook reads one observation after the other, and nothing else: where ways lead once they were travelled, how
//! much ore was left where the ship has been, how rich an asteroid turned out, prices above what the observation can show.

mod options;
mod words;

use crate::actions::{Action, MineMode};
use crate::constants::{
    ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, IRON, MAX_PRICE, NEIGHBOR_SLOTS, NICKEL, NODES_MAX, OBS_SIZE,
    RARE_ISOTOPES,
};
use crate::math;
use crate::observe::{ASTEROID_SIZE, ASTEROIDS_AT, DEPLETION, MARKET_AT, NEIGHBOR_SIZE, NEIGHBORS_AT, SELECTED};

pub use words::LOGBOOK_WORDS;

/// Floats of an env's features.
pub const LOGBOOK_SIZE: usize = 108;

const STATION: u8 = 0;
const NOWHERE: u8 = 255;
const NOTHING: u8 = ASTEROID_SLOTS as u8;
/// Within an observation.
const TOOL: usize = 3;
const CARGO: usize = 4;
const ALERT: usize = 5;
const HOLD: usize = 8;
const AT_STATION: usize = 17;
const CREDITS: usize = 7;
const NODE: usize = 22;
/// Within a neighbor slot.
const EXISTS: usize = 0;
const IS_STATION: usize = 1;
const TICKS: usize = 4;
const FUEL: usize = 5;
/// Within an asteroid slot.
const COMPOSITION: usize = 1;
const STABILITY: usize = 7;
const CONFIDENCE: usize = 9;

/// Credits that a place which nobody has seen is taken to bring.
const UNSEEN: f32 = 3000.0;
/// Share of the hold that pirates take in a tick of travel.
const LOST_A_TICK: f32 = 0.02;
/// What a trip costs in credits: ship and tool, each tick of travel, and each unit of fuel.
const TRIP_COST: f32 = 250.0;
const TICK_COST: f32 = 3.0;
const FUEL_COST: f32 = 0.45;
/// Ticks of mining that a trip has at full yield.
const MINING_TICKS: f32 = 28.0;
/// Share of the rare isotopes' price that a unit of iron or nickel brings, refined.
const REFINED: f32 = 0.52;
/// Of conservative mining: its yield, and what a fracture costs in credits.
const YIELD: f32 = 0.8;
const FRACTURE_COST: f32 = 45.0;
/// Share of the hold that a robbery costs, with what hull, alert and tool suffer.
const ROBBERY: f32 = 0.45;
/// Further than any way home.
const FAR: f32 = 1e6;

/// A way out of a node, as observed.
#[derive(Clone, Copy)]
struct Way {
    /// [`NOWHERE`] until it is known.
    to: u8,
    exists: bool,
    ticks: f32,
    fuel: f32,
}

#[derive(Clone, Copy)]
struct Place {
    ways: [Way; NEIGHBOR_SLOTS],
    /// Credits that all asteroids here should bring until they break.
    ore: f32,
    /// Credits that the best asteroid brings in a tick.
    best: f32,
    /// Of each asteroid: 0 until it is mined.
    richness: [f32; ASTEROID_SLOTS],
    /// Shares, as mining has proved them: zeros until then.
    composition: [[f32; COMMODITIES]; ASTEROID_SLOTS],
    home_ticks: f32,
    home_fuel: f32,
}

/// The log of one episode.
#[derive(Clone)]
pub struct Logbook {
    node: u8,
    /// Where it was before.
    came_from: u8,
    /// Bit `i`: the ship has been at node `i`.
    visited: u32,
    places: [Place; NODES_MAX],
    price: [f32; COMMODITIES],
    /// As of the last observation.
    depletion: [f32; ASTEROID_SLOTS],
    /// Credits that a tick of mining brings from each asteroid here, on average.
    yields: [f32; ASTEROID_SLOTS],
    hold: [f32; COMMODITIES],
    /// [`NOTHING`]: no asteroid.
    selected: u8,
    tool: f32,
    full: bool,
    steps_away: u32,
    /// The most credits so far, and the steps since then.
    high: f32,
    since_high: u32,
    /// Ore at the other places where the ship has been, and ways there that nobody has travelled.
    ore_elsewhere: f32,
    unseen_elsewhere: u32,
    /// Features of the ways, which as these two change on arrival only.
    ways: [[f32; WAY]; NEIGHBOR_SLOTS],
}

/// Among the features of a way.
const HOMEWARD: usize = 1;
const PROSPECT: usize = 6;
/// Floats of a way.
const WAY: usize = 8;

impl Default for Logbook {
    fn default() -> Self {
        Self::new()
    }
}

impl Logbook {
    /// Knows nothing.
    pub fn new() -> Self {
        let way = Way { to: NOWHERE, exists: false, ticks: 0.0, fuel: 0.0 };
        let place = Place {
            ways: [way; NEIGHBOR_SLOTS],
            ore: 0.0,
            best: 0.0,
            richness: [0.0; ASTEROID_SLOTS],
            composition: [[0.0; COMMODITIES]; ASTEROID_SLOTS],
            home_ticks: FAR,
            home_fuel: FAR,
        };
        Self {
            node: NOWHERE,
            came_from: NOWHERE,
            visited: 0,
            places: [place; NODES_MAX],
            price: [0.0; COMMODITIES],
            depletion: [0.0; ASTEROID_SLOTS],
            yields: [0.0; ASTEROID_SLOTS],
            hold: [0.0; COMMODITIES],
            selected: NOTHING,
            tool: 1.0,
            full: false,
            steps_away: 0,
            high: 0.0,
            since_high: 0,
            ore_elsewhere: 0.0,
            unseen_elsewhere: 0,
            ways: [[0.0; WAY]; NEIGHBOR_SLOTS],
        }
    }

    /// Steps since the credits were at their highest so far.
    pub fn since_high(&self) -> u32 {
        self.since_high
    }

    /// Ticks and fuel (without the weight of cargo) to the station by known ways.
    fn way_home(&self) -> (f32, f32) {
        self.places[usize::from(self.node) % NODES_MAX].home()
    }

    /// The ways on the shortest known path to the station.
    fn homeward(&self) -> [bool; NEIGHBOR_SLOTS] {
        self.ways.map(|way| way[HOMEWARD] > 0.0)
    }

    /// Begins with the first observation of an episode.
    pub fn begin(&mut self, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        *self = Self::new();
        for c in 0..COMMODITIES {
            self.price[c] = obs[MARKET_AT + c] * BASE_PRICE[c];
        }
        self.read(None, obs, features);
    }

    /// Notes what `action` led to.
    pub fn note(&mut self, action: u8, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        for c in 0..COMMODITIES {
            let (shown, change) = (obs[MARKET_AT + c], obs[MARKET_AT + COMMODITIES + c] * 100.0);
            let price = if shown < 1.0 {
                shown * BASE_PRICE[c]
            } else {
                (self.price[c] + change).clamp(BASE_PRICE[c], MAX_PRICE[c])
            };
            self.price[c] = price;
        }
        self.since_high = self.since_high.saturating_add(1);
        self.read(Action::decode(action), obs, features);
    }

    fn read(&mut self, action: Option<Action>, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        let node = (obs[NODE] * 31.0).round() as u8 & 31;
        let (entries, _) = obs[ASTEROIDS_AT..MARKET_AT].as_chunks::<ASTEROID_SIZE>();
        let origin = self.node;
        let arrived = node != origin;
        if arrived {
            (self.node, self.came_from) = (node, origin);
            self.arrive(obs);
            if let (Some(Action::Travel { slot }), true) = (action, origin != NOWHERE) {
                self.connect(origin, usize::from(slot), node);
            }
            self.measure_home();
        } else if let Some(Action::Mine(mode)) = action {
            self.weigh(mode, obs, entries);
        }
        self.steps_away = if obs[AT_STATION] > 0.0 { 0 } else { self.steps_away + 1 };
        let credits = credits_of(obs);
        if credits > self.high * 1.0001 + 1.0 {
            (self.high, self.since_high) = (credits, 0);
        }
        self.yields = self.survey(obs, entries);
        if arrived {
            self.survey_ways();
        }
        self.tool = obs[TOOL];
        self.hold.copy_from_slice(&obs[HOLD..HOLD + COMMODITIES]);
        self.full = obs[CARGO] > 0.999;
        self.show(obs, entries, features);
    }

    /// How rich an asteroid is: what a tick of mining took from it over what it would take from a rich one of 1.
    fn weigh(&mut self, mode: MineMode, obs: &[f32; OBS_SIZE], entries: &[[f32; ASTEROID_SIZE]]) {
        let slot = usize::from(self.selected);
        if slot == ASTEROID_SLOTS {
            return;
        }
        let (before, after) = (self.depletion[slot], entries[slot][DEPLETION]);
        if self.full || after >= 1.0 || after <= before {
            return;
        }
        let taken = (after - before) * 100.0;
        let found = (taken / ((1.0 - before) * mode.traits().multiplier * (0.4 + 0.6 * self.tool))).min(8.0);
        let place = &mut self.places[usize::from(self.node)];
        let known = &mut place.richness[slot];
        *known = if *known > 0.0 { 0.7 * *known + 0.3 * found } else { found };
        let gained: [f32; COMMODITIES] = std::array::from_fn(|c| obs[HOLD + c] - self.hold[c]);
        let all: f32 = gained.iter().sum();
        // Unless pirates came in the same tick. Mining takes everything in its true proportion.
        if all > 1e-4 && gained.iter().all(|gain| *gain >= 0.0) {
            place.composition[slot] = gained.map(|gain| gain / all);
        }
    }

    /// Reads the ways of a node where the ship has come.
    fn arrive(&mut self, obs: &[f32; OBS_SIZE]) {
        let (entries, _) = obs[NEIGHBORS_AT..].as_chunks::<NEIGHBOR_SIZE>();
        let node = self.node;
        let mut stations = 0u8;
        for (slot, (way, entry)) in self.places[usize::from(node)].ways.iter_mut().zip(entries).enumerate() {
            way.exists = entry[EXISTS] > 0.0;
            (way.ticks, way.fuel) = (entry[TICKS], entry[FUEL]);
            if way.exists && entry[IS_STATION] > 0.0 {
                way.to = STATION;
                stations |= 1 << slot;
            }
        }
        self.visited |= 1 << node;
        for slot in (0..NEIGHBOR_SLOTS).filter(|slot| stations >> slot & 1 == 1) {
            self.connect(node, slot, STATION);
        }
    }

    /// Both ends of an edge show the same time and fuel.
    fn connect(&mut self, from: u8, slot: usize, to: u8) {
        let way = &mut self.places[usize::from(from)].ways[slot];
        way.to = to;
        let (ticks, fuel) = (way.ticks, way.fuel);
        let mut backs = self.places[usize::from(to)].ways.iter_mut();
        if let Some(back) = backs.find(|back| back.exists && back.ticks == ticks && back.fuel == fuel) {
            back.to = from;
        }
    }

    /// Shortest ticks to the station along known ways, and the least fuel for them, from every node that was visited.
    fn measure_home(&mut self) {
        for place in &mut self.places {
            (place.home_ticks, place.home_fuel) = (FAR, FAR);
        }
        (self.places[0].home_ticks, self.places[0].home_fuel) = (0.0, 0.0);
        let mut changed = true;
        while changed {
            changed = false;
            for node in bits(self.visited) {
                for way in self.places[node].ways {
                    if way.to == NOWHERE {
                        continue;
                    }
                    let next = &self.places[usize::from(way.to)];
                    let home = next.after(way);
                    let place = &mut self.places[node];
                    if home < place.home() {
                        (place.home_ticks, place.home_fuel) = home;
                        changed = true;
                    }
                }
            }
        }
    }

    /// What a tick of mining brings from each asteroid here, in credits; keeps what is to be known elsewhere.
    fn survey(&mut self, obs: &[f32; OBS_SIZE], entries: &[[f32; ASTEROID_SIZE]]) -> [f32; ASTEROID_SLOTS] {
        let mut yields = [0.0; ASTEROID_SLOTS];
        let prices = self.worths();
        let place = &mut self.places[usize::from(self.node)];
        self.selected = NOTHING;
        (place.ore, place.best) = (0.0, 0.0);
        let usual = prices.iter().sum::<f32>() / COMMODITIES as f32;
        let (tool, wear) = (0.4 + 0.6 * obs[TOOL], 1.5 * (1.0 - obs[TOOL]));
        for (slot, entry) in entries.iter().enumerate() {
            if entry[EXISTS] == 0.0 {
                break;
            }
            if entry[SELECTED] > 0.0 {
                self.selected = slot as u8;
            }
            self.depletion[slot] = entry[DEPLETION];
            let left = 1.0 - entry[DEPLETION];
            if left <= 0.0 {
                continue;
            }
            let worth_of = |shares: &[f32]| -> f32 { prices.iter().zip(shares).map(|(a, b)| a * b).sum() };
            let proved = place.composition[slot].iter().any(|share| *share > 0.0);
            let worth = if proved {
                worth_of(&place.composition[slot])
            } else {
                // What nobody has scanned is a guess that has nothing to do with the asteroid.
                let trust = entry[CONFIDENCE];
                worth_of(&entry[COMPOSITION..]) * trust + usual * (1.0 - trust)
            };
            let richness = if place.richness[slot] > 0.0 { place.richness[slot] } else { 1.0 };
            let breaks = math::sigmoid(-3.8 + 2.5 * (1.0 - entry[STABILITY]) + wear);
            let tick = YIELD * tool * richness * left * worth - breaks * FRACTURE_COST;
            yields[slot] = tick;
            place.ore += tick.max(0.0) / (breaks + 0.01 * YIELD * tool * richness);
            place.best = place.best.max(tick);
        }
        yields
    }

    /// Of a unit of each commodity in the ground, refined where that is better.
    fn worths(&self) -> [f32; COMMODITIES] {
        let mut worths = self.price;
        for low in [IRON, NICKEL] {
            worths[low] = worths[low].max(REFINED * worths[RARE_ISOTOPES]);
        }
        worths
    }

    fn survey_ways(&mut self) {
        let here = self.node;
        (self.ore_elsewhere, self.unseen_elsewhere) = (0.0, 0);
        for node in bits(self.visited & !(1 << here)) {
            let place = &self.places[node];
            self.ore_elsewhere += place.ore;
            self.unseen_elsewhere += place.unseen_ways() as u32;
        }
        let home = self.way_home();
        for slot in 0..NEIGHBOR_SLOTS {
            let way = self.places[usize::from(here)].ways[slot];
            let came = f32::from(u8::from(way.to != NOWHERE && way.to == self.came_from));
            self.ways[slot] = if !way.exists {
                [0.0; WAY]
            } else if way.to == NOWHERE {
                let prospect = net(UNSEEN, way, self.places[usize::from(here)].after(way));
                [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, show_credits(prospect), came]
            } else {
                let next = &self.places[usize::from(way.to)];
                let homeward = next.after(way) == home;
                [
                    1.0,
                    f32::from(u8::from(homeward)),
                    (next.home_ticks / 32.0).min(1.0),
                    (next.ore / 8000.0).min(2.0),
                    (next.best / 150.0).min(2.0),
                    next.unseen_ways() as f32 / 6.0,
                    show_credits(self.prospect(way)),
                    came,
                ]
            };
        }
    }

    /// The most credits that a trip by `first` brings, without coming back here.
    fn prospect(&self, first: Way) -> f32 {
        let mut away = [Way { ticks: FAR, ..first }; NODES_MAX];
        away[usize::from(first.to)] = first;
        let mut seen = 1u32 << self.node | 1 << first.to;
        let mut ring = 1u32 << first.to;
        let mut most = -FAR;
        while ring != 0 {
            let mut next = 0u32;
            for node in bits(ring) {
                let (place, here) = (&self.places[node], away[node]);
                if node != usize::from(STATION) {
                    most = most.max(net(place.gain(), here, place.home()));
                }
                for way in place.ways {
                    let there = Way { ticks: here.ticks + way.ticks, fuel: here.fuel + way.fuel, ..way };
                    if way.to != NOWHERE {
                        next |= 1 << way.to;
                        let known = &mut away[usize::from(way.to)];
                        if there.ticks < known.ticks {
                            *known = there;
                        }
                    } else if way.exists {
                        most = most.max(net(UNSEEN, there, place.after(way)));
                    }
                }
            }
            ring = next & !seen & self.visited;
            seen |= ring;
        }
        most
    }

    /// Of the hold at current prices.
    fn value(&self, obs: &[f32; OBS_SIZE]) -> f32 {
        (0..COMMODITIES).map(|c| obs[HOLD + c] * 200.0 * self.price[c]).sum()
    }

    fn show(&self, obs: &[f32; OBS_SIZE], entries: &[[f32; ASTEROID_SIZE]], features: &mut [f32; LOGBOOK_SIZE]) {
        let place = &self.places[usize::from(self.node)];
        let (ways, rest) = features.split_at_mut(WAY * NEIGHBOR_SLOTS);
        ways.copy_from_slice(self.ways.as_flattened());
        let (richness, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        let (worth, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        for slot in 0..ASTEROID_SLOTS {
            richness[slot] = place.richness[slot] / 4.0;
            worth[slot] = (self.yields[slot] / 150.0).clamp(-1.0, 2.0);
        }
        let (price, rest) = rest.split_at_mut(COMMODITIES);
        let value = self.value(obs);
        for c in 0..COMMODITIES {
            price[c] = self.price[c] / BASE_PRICE[c] - 1.0;
        }
        let selected = match entries.get(usize::from(self.selected)) {
            None => [0.0; 4],
            Some(entry) => {
                let slot = usize::from(self.selected);
                [worth[slot], entry[STABILITY], entry[DEPLETION], richness[slot]]
            }
        };
        let alert = obs[ALERT] * 100.0;
        let robbery = robbery(value, alert);
        let hold = std::array::from_fn(|c| obs[HOLD + c] * 200.0);
        let unseen = place.unseen_ways();
        rest.copy_from_slice(&[
            (place.home_ticks / 32.0).min(1.0),
            (place.home_fuel / 1000.0).min(1.0),
            selected[0],
            selected[1],
            selected[2],
            selected[3],
            (value / 10_000.0).min(2.0),
            (credits_of(obs) / 2_000.0).min(1.0),
            (place.ore / 8000.0).min(2.0),
            (place.best / 150.0).min(2.0),
            (self.steps_away as f32 / 200.0).min(1.0),
            unseen as f32 / 6.0,
            math::ln1p(value / 1000.0).min(2.0),
            (robbery / 100.0).min(2.0),
            ((place.best - robbery) / 100.0).clamp(-2.0, 2.0),
            (alert / 25.0).min(2.0),
            (refining_gain(&hold, &self.price) / 500.0).clamp(-1.0, 1.0),
            ((self.ore_elsewhere + place.ore) / 80_000.0).min(2.0),
            ((self.unseen_elsewhere as usize + unseen) as f32 / 16.0).min(2.0),
            self.visited.count_ones() as f32 / 32.0,
            (self.since_high as f32 / 400.0).min(2.0),
            show_credits(place.gain()),
        ]);
    }
}

/// Credits that pirates should cost in a tick at a node, of a hold of such a `value` (rules, 4.6). Their usual intensity is 0.2.
fn robbery(value: f32, alert: f32) -> f32 {
    ROBBERY * value * math::sigmoid(-3.4 + 0.022 * alert + 0.8 * math::ln1p(value / 1000.0))
}

/// Credits that refining once adds to a hold.
fn refining_gain(hold: &[f32; COMMODITIES], price: &[f32; COMMODITIES]) -> f32 {
    let (iron, nickel) = (hold[IRON], hold[NICKEL]);
    0.15 * 0.85 * ((iron + nickel) * 0.65 * price[RARE_ISOTOPES] - iron * price[IRON] - nickel * price[NICKEL])
}

/// Credits that are left of what a place brings, when the ship has gone `out` and by `home`, ticks and fuel, to the station.
fn net(gain: f32, out: Way, home: (f32, f32)) -> f32 {
    let (ticks, fuel) = (out.ticks * 8.0 + home.0, out.fuel * 160.0 + home.1);
    gain / (1.0 + LOST_A_TICK * home.0) - TRIP_COST - TICK_COST * ticks - FUEL_COST * fuel
}

fn show_credits(credits: f32) -> f32 {
    (credits / 2000.0).clamp(-0.5, 3.0)
}

/// The credits behind their logarithm.
fn credits_of(obs: &[f32; OBS_SIZE]) -> f32 {
    math::exp(obs[CREDITS] * math::ln1p::<f32>(1e7)) - 1.0
}

impl Place {
    /// Credits that a trip here brings.
    fn gain(&self) -> f32 {
        self.ore.min(self.best * MINING_TICKS)
    }

    /// Ticks and fuel to the station.
    fn home(&self) -> (f32, f32) {
        (self.home_ticks, self.home_fuel)
    }

    /// Ticks and fuel to the station through here, from the other end of `way`.
    fn after(&self, way: Way) -> (f32, f32) {
        (self.home_ticks + way.ticks * 8.0, self.home_fuel + way.fuel * 160.0)
    }

    fn unseen_ways(&self) -> usize {
        self.ways.iter().filter(|way| way.exists && way.to == NOWHERE).count()
    }
}

/// The numbers of the bits that are set.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (bit < NODES_MAX).then_some(bit)
    })
}
