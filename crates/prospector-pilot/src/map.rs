//! Where the ship has been: places, the ways between them, the way home and what a trip by each way should bring.

use crate::observation::{EXISTS, FUEL, IS_STATION, Seen, TICKS};
use prospector_core::constants::{ASTEROID_SLOTS, COMMODITIES, EDGE_SLOTS, NODES_MAX};

const STATION: u8 = 0;
pub(crate) const NOWHERE: u8 = 255;
/// Further than any way home.
const FAR: f32 = 1e6;

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

/// Floats of a way among the features, and two of them.
pub(crate) const WAY: usize = 8;
const HOMEWARD: usize = 1;
const PROSPECT: usize = 6;

/// A way out of a node, as observed.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    /// [`NOWHERE`] until it is known.
    pub to: u8,
    pub exists: bool,
    /// As shares of the longest and the dearest.
    pub ticks: f32,
    pub fuel: f32,
}

#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub ways: [Way; EDGE_SLOTS],
    /// Credits that all asteroids here should bring until they break.
    pub ore: f32,
    /// Credits that the best asteroid brings in a tick.
    pub best: f32,
    /// Of each asteroid: 0 until it is mined.
    pub richness: [f32; ASTEROID_SLOTS],
    /// Shares, as mining has proved them: zeros until then.
    pub composition: [[f32; COMMODITIES]; ASTEROID_SLOTS],
    pub home_ticks: f32,
    pub home_fuel: f32,
}

#[derive(Clone)]
pub(crate) struct Map {
    /// Where the ship is, and where it was before.
    pub node: u8,
    pub came_from: u8,
    /// Bit `i`: the ship has been at node `i`.
    pub visited: u32,
    pub places: [Place; NODES_MAX],
    /// Ore at the other places where the ship has been, and ways there that nobody has travelled.
    pub ore_elsewhere: f32,
    pub unseen_elsewhere: u32,
    /// Features of the ways, which as these two change on arrival only.
    pub ways: [[f32; WAY]; EDGE_SLOTS],
}

impl Map {
    pub fn new() -> Self {
        let way = Way { to: NOWHERE, exists: false, ticks: 0.0, fuel: 0.0 };
        let place = Place {
            ways: [way; EDGE_SLOTS],
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
            ore_elsewhere: 0.0,
            unseen_elsewhere: 0,
            ways: [[0.0; WAY]; EDGE_SLOTS],
        }
    }

    /// Where the ship is.
    pub fn here(&self) -> &Place {
        &self.places[usize::from(self.node) % NODES_MAX]
    }

    pub fn here_mut(&mut self) -> &mut Place {
        &mut self.places[usize::from(self.node) % NODES_MAX]
    }

    /// Whether a way is on the shortest known path to the station.
    pub fn leads_home(&self, slot: usize) -> bool {
        self.ways[slot][HOMEWARD] > 0.0
    }

    /// The most that a trip by this way should bring, as [`show_credits`] shows it.
    pub fn prospect_of(&self, slot: usize) -> f32 {
        self.ways[slot][PROSPECT]
    }

    /// Ticks, and fuel without the weight of cargo, out of the way of `slot` and from there to the station. Where an unknown
    /// way ends, the way home is back by it.
    pub fn out_and_home(&self, slot: usize) -> (f32, f32) {
        let way = self.here().ways[slot];
        match way.to {
            NOWHERE => {
                let (ticks, fuel) = self.here().after(way);
                (ticks + way.ticks * 8.0, fuel + way.fuel * 160.0)
            }
            to => self.places[usize::from(to)].after(way),
        }
    }

    /// The ship has come to `node`, by the way of the slot `by` if it travelled.
    pub fn arrive(&mut self, node: u8, by: Option<usize>, seen: Seen<'_>) {
        let origin = self.node;
        (self.node, self.came_from) = (node, origin);
        self.read_ways(seen);
        if let (Some(slot), true) = (by, origin != NOWHERE) {
            self.connect(origin, slot, node);
        }
        self.measure_home();
    }

    fn read_ways(&mut self, seen: Seen<'_>) {
        let node = self.node;
        let mut stations = 0u8;
        for (slot, (way, entry)) in self.here_mut().ways.iter_mut().zip(seen.ways()).enumerate() {
            way.exists = entry[EXISTS] > 0.0;
            (way.ticks, way.fuel) = (entry[TICKS], entry[FUEL]);
            if way.exists && entry[IS_STATION] > 0.0 {
                way.to = STATION;
                stations |= 1 << slot;
            }
        }
        self.visited |= 1 << node;
        for slot in (0..EDGE_SLOTS).filter(|slot| stations >> slot & 1 == 1) {
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

    /// Weighs the ways out of here, once the ore here is known.
    pub fn survey_ways(&mut self) {
        let here = self.node;
        (self.ore_elsewhere, self.unseen_elsewhere) = (0.0, 0);
        for node in bits(self.visited & !(1 << here)) {
            let place = &self.places[node];
            self.ore_elsewhere += place.ore;
            self.unseen_elsewhere += place.unseen_ways() as u32;
        }
        let home = self.here().home();
        for slot in 0..EDGE_SLOTS {
            let way = self.here().ways[slot];
            let came = f32::from(u8::from(way.to != NOWHERE && way.to == self.came_from));
            self.ways[slot] = if !way.exists {
                [0.0; WAY]
            } else if way.to == NOWHERE {
                let prospect = net(UNSEEN, way, self.here().after(way));
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
}

impl Place {
    /// Credits that a trip here brings.
    pub fn gain(&self) -> f32 {
        self.ore.min(self.best * MINING_TICKS)
    }

    /// Ticks and fuel (without the weight of cargo) to the station by known ways.
    pub fn home(&self) -> (f32, f32) {
        (self.home_ticks, self.home_fuel)
    }

    /// Ticks and fuel to the station through here, from the other end of `way`.
    fn after(&self, way: Way) -> (f32, f32) {
        (self.home_ticks + way.ticks * 8.0, self.home_fuel + way.fuel * 160.0)
    }

    pub fn unseen_ways(&self) -> usize {
        self.ways.iter().filter(|way| way.exists && way.to == NOWHERE).count()
    }
}

/// Credits that are left of what a place brings, when the ship has gone `out` and by `home`, ticks and fuel, to the station.
fn net(gain: f32, out: Way, home: (f32, f32)) -> f32 {
    let (ticks, fuel) = (out.ticks * 8.0 + home.0, out.fuel * 160.0 + home.1);
    gain / (1.0 + LOST_A_TICK * home.0) - TRIP_COST - TICK_COST * ticks - FUEL_COST * fuel
}

/// Credits of a trip among the features.
pub(crate) fn show_credits(credits: f32) -> f32 {
    (credits / 2000.0).clamp(-0.5, 3.0)
}

/// The numbers of the bits that are set.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (bit < NODES_MAX).then_some(bit)
    })
}
