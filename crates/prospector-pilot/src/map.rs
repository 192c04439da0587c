//! Where the ship has been: places, the edges between them, the way home and what a trip by each edge should bring.

use prospector_core::constants::{ASTEROID_SLOTS, COMMODITIES, EDGE_SLOTS, NODES_MAX};

use crate::observation::{EXISTS, FUEL, IS_STATION, ObservationView, TICKS};
use crate::paths::{FAR, Path, paths_home};
use crate::trips::{MINING_TICKS, UNSEEN_GAIN, trip_profit};

const STATION: u8 = 0;
pub(crate) const NOWHERE: u8 = 255;
/// An edge shows its time and fuel as shares of these.
const MOST_TICKS: f32 = 8.0;
const MOST_FUEL: f32 = 160.0;

/// Floats of an edge among the features, and the indices of two of them.
pub(crate) const EDGE_FEATURES: usize = 8;
const HOMEWARD: usize = 1;
const PROSPECT: usize = 6;

/// An edge out of a node, as observed there.
#[derive(Clone, Copy)]
pub(crate) struct Edge {
    /// [`NOWHERE`] until it is known.
    pub to: u8,
    pub exists: bool,
    /// Shares of the longest time and of the most fuel.
    pub ticks: f32,
    pub fuel: f32,
}

#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub edges: [Edge; EDGE_SLOTS],
    /// Credits that all asteroids here should bring until they break.
    pub ore: f32,
    /// Credits that the best asteroid brings in a tick.
    pub best: f32,
    /// By asteroid: 0 until it is mined.
    pub richness: [f32; ASTEROID_SLOTS],
    /// Shares by asteroid, as mining has proved them: zeros until then.
    pub composition: [[f32; COMMODITIES]; ASTEROID_SLOTS],
    /// The shortest known path to the station.
    pub home: Path,
}

#[derive(Clone)]
pub(crate) struct Map {
    /// Where the ship is, and where it was before.
    pub node: u8,
    pub came_from: u8,
    /// Bit `i`: the ship has been at node `i`.
    pub visited: u32,
    pub places: [Place; NODES_MAX],
    /// Ore at the other places where the ship has been, and edges there that nobody has travelled.
    pub ore_elsewhere: f32,
    pub unexplored_elsewhere: u32,
    /// Features of the edges out of here. Like the two above they change on arrival only.
    pub edge_features: [[f32; EDGE_FEATURES]; EDGE_SLOTS],
}

impl Map {
    pub fn new() -> Self {
        let edge = Edge { to: NOWHERE, exists: false, ticks: 0.0, fuel: 0.0 };
        let place = Place {
            edges: [edge; EDGE_SLOTS],
            ore: 0.0,
            best: 0.0,
            richness: [0.0; ASTEROID_SLOTS],
            composition: [[0.0; COMMODITIES]; ASTEROID_SLOTS],
            home: Path::UNKNOWN,
        };
        Self {
            node: NOWHERE,
            came_from: NOWHERE,
            visited: 0,
            places: [place; NODES_MAX],
            ore_elsewhere: 0.0,
            unexplored_elsewhere: 0,
            edge_features: [[0.0; EDGE_FEATURES]; EDGE_SLOTS],
        }
    }

    /// The place where the ship is.
    pub fn here(&self) -> &Place {
        &self.places[usize::from(self.node) % NODES_MAX]
    }

    pub fn here_mut(&mut self) -> &mut Place {
        &mut self.places[usize::from(self.node) % NODES_MAX]
    }

    /// Whether an edge is on the shortest known path to the station.
    pub fn leads_home(&self, slot: usize) -> bool {
        self.edge_features[slot][HOMEWARD] > 0.0
    }

    /// The most that a trip by this edge should bring, as [`show_credits`] shows it.
    pub fn prospect_of(&self, slot: usize) -> f32 {
        self.edge_features[slot][PROSPECT]
    }

    /// Ticks, and fuel without the weight of cargo, out by the edge of `slot` and from there to the station. Where the end of
    /// the edge is unknown, the way home is back by it.
    pub fn out_and_home(&self, slot: usize) -> Path {
        let edge = self.here().edges[slot];
        match edge.to {
            NOWHERE => self.here().home_through(edge).and(edge.path()),
            to => self.places[usize::from(to)].home_through(edge),
        }
    }

    /// The ship has come to `node`, by the edge of the slot `by` if it travelled.
    pub fn arrive(&mut self, node: u8, by: Option<usize>, obs: ObservationView<'_>) {
        let origin = self.node;
        (self.node, self.came_from) = (node, origin);
        self.read_edges(obs);
        if let (Some(slot), true) = (by, origin != NOWHERE) {
            self.connect(origin, slot, node);
        }
        self.measure_home();
    }

    fn read_edges(&mut self, obs: ObservationView<'_>) {
        let node = self.node;
        let mut stations = 0u8;
        for (slot, (edge, entry)) in self.here_mut().edges.iter_mut().zip(obs.edges()).enumerate() {
            edge.exists = entry[EXISTS] > 0.0;
            (edge.ticks, edge.fuel) = (entry[TICKS], entry[FUEL]);
            if edge.exists && entry[IS_STATION] > 0.0 {
                edge.to = STATION;
                stations |= 1 << slot;
            }
        }
        self.visited |= 1 << node;
        for slot in (0..EDGE_SLOTS).filter(|slot| stations >> slot & 1 == 1) {
            self.connect(node, slot, STATION);
        }
    }

    /// Notes where an edge leads, at both of its ends: these show the same time and fuel.
    fn connect(&mut self, from: u8, slot: usize, to: u8) {
        let edge = &mut self.places[usize::from(from)].edges[slot];
        edge.to = to;
        let (ticks, fuel) = (edge.ticks, edge.fuel);
        let mut backs = self.places[usize::from(to)].edges.iter_mut();
        if let Some(back) = backs.find(|back| back.exists && back.ticks == ticks && back.fuel == fuel) {
            back.to = from;
        }
    }

    fn measure_home(&mut self) {
        let home = paths_home(|node, slot| {
            let edge = self.places[node].edges[slot];
            (edge.to != NOWHERE).then(|| (usize::from(edge.to), edge.path()))
        });
        self.places.iter_mut().zip(home).for_each(|(place, home)| place.home = home.path);
    }

    /// Weighs the edges out of here, once the ore here is known.
    pub fn weigh_edges(&mut self) {
        let here = self.node;
        (self.ore_elsewhere, self.unexplored_elsewhere) = (0.0, 0);
        for node in bits(self.visited & !(1 << here)) {
            let place = &self.places[node];
            self.ore_elsewhere += place.ore;
            self.unexplored_elsewhere += place.unexplored_edges() as u32;
        }
        let home = self.here().home;
        for slot in 0..EDGE_SLOTS {
            let edge = self.here().edges[slot];
            let came = f32::from(u8::from(edge.to != NOWHERE && edge.to == self.came_from));
            self.edge_features[slot] = if !edge.exists {
                [0.0; EDGE_FEATURES]
            } else if edge.to == NOWHERE {
                let prospect = profit(UNSEEN_GAIN, edge, self.here().home_through(edge));
                [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, show_credits(prospect), came]
            } else {
                let next = &self.places[usize::from(edge.to)];
                let homeward = next.home_through(edge) == home;
                [
                    1.0,
                    f32::from(u8::from(homeward)),
                    (next.home.ticks / 32.0).min(1.0),
                    (next.ore / 8000.0).min(2.0),
                    (next.best / 150.0).min(2.0),
                    next.unexplored_edges() as f32 / 6.0,
                    show_credits(self.prospect(edge)),
                    came,
                ]
            };
        }
    }

    /// The most credits that a trip by `first` brings, without coming back here.
    fn prospect(&self, first: Edge) -> f32 {
        let mut away = [Edge { ticks: FAR, ..first }; NODES_MAX];
        away[usize::from(first.to)] = first;
        let mut seen = 1u32 << self.node | 1 << first.to;
        let mut ring = 1u32 << first.to;
        let mut most = -FAR;
        while ring != 0 {
            let mut next = 0u32;
            for node in bits(ring) {
                let (place, here) = (&self.places[node], away[node]);
                if node != usize::from(STATION) {
                    most = most.max(profit(place.gain(), here, place.home));
                }
                for edge in place.edges {
                    let there = Edge { ticks: here.ticks + edge.ticks, fuel: here.fuel + edge.fuel, ..edge };
                    if edge.to != NOWHERE {
                        next |= 1 << edge.to;
                        let known = &mut away[usize::from(edge.to)];
                        if there.ticks < known.ticks {
                            *known = there;
                        }
                    } else if edge.exists {
                        most = most.max(profit(UNSEEN_GAIN, there, place.home_through(edge)));
                    }
                }
            }
            ring = next & !seen & self.visited;
            seen |= ring;
        }
        most
    }
}

impl Edge {
    fn path(&self) -> Path {
        Path { ticks: self.ticks * MOST_TICKS, fuel: self.fuel * MOST_FUEL }
    }
}

impl Place {
    /// Credits that a trip here brings.
    pub fn gain(&self) -> f32 {
        self.ore.min(self.best * MINING_TICKS)
    }

    /// The path to the station through here, from the other end of `edge`.
    fn home_through(&self, edge: Edge) -> Path {
        self.home.and(edge.path())
    }

    /// The number of edges whose end is unknown.
    pub fn unexplored_edges(&self) -> usize {
        self.edges.iter().filter(|edge| edge.exists && edge.to == NOWHERE).count()
    }
}

/// Credits that are left of what a place brings, when the ship has gone `out` there and `home` to the station.
fn profit(gain: f32, out: Edge, home: Path) -> f32 {
    trip_profit(gain, out.path(), home)
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
