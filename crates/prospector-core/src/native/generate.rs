//! The belt of a new episode, drawn over lanes (rules 3.1 to 3.7): the same world as [`crate::world::generate`] makes.
//!
//! Whether an edge is drawn at all depends on the edges before it, so the edges are chosen one after the other. That part runs in
//! whole numbers and keeps the raw draws of each edge, and their floats follow over lanes. Of asteroids only the number is drawn:
//! each node remembers where in the generator's stream its asteroids begin.

use super::lane_rng::{LaneRng, normal};
use super::lanes::sum;
use crate::asteroids::{ASTEROID_DRAWS, Slots};
use crate::constants::{ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, EDGE_SLOTS, MAX_PRICE, MIN_PRICE, NODES_MAX};
use crate::market::Market;
use crate::math;
use crate::rng::{Jumps, Pcg32};
use crate::world::{Edge, Node, NodeType, World};
use prospector_simd::{LANES, Lanes, Vector};

/// Most edges of a belt: a tree over all nodes, and one more for each node.
const EDGES_MAX: usize = 64;
/// Jumps past a number of asteroids.
static PAST_ASTEROIDS: Jumps<{ ASTEROID_SLOTS + 1 }> = Jumps::strides(ASTEROID_DRAWS);
/// Jumps to the draws of each node.
static TO_NODES: Jumps<NODES_MAX> = Jumps::strides(3);
/// Jumps from the first draw of an asteroid to its estimated composition, which is drawn last.
static TO_ESTIMATE: Jumps<2> = Jumps::strides(ASTEROID_DRAWS - COMMODITIES);

/// The edges in the order in which they were added.
struct NewEdges {
    count: usize,
    /// The two nodes, and the slot that the edge takes at each.
    ends: [[u8; 4]; EDGES_MAX],
    time: [u8; EDGES_MAX],
    fuel: [f32; EDGES_MAX],
    /// The two draws of its threat.
    radius: [f32; EDGES_MAX],
    turn: [f32; EDGES_MAX],
}

/// Draws the belt but for its asteroids.
#[inline(always)]
pub(crate) fn belt<V: Vector>(rng: &mut Pcg32, world: &mut World) {
    let World { nodes, slots } = world;
    slots.clear();
    let node_count = rng.range(8, 33) as usize;
    draw_nodes::<V>(rng, nodes, node_count);
    let mut near = [0u32; NODES_MAX];
    let mut edges = choose_edges(rng, node_count, &mut near);
    lay_edges::<V>(nodes, &mut edges);
    measure_steps(nodes, &near);
    for node in &mut nodes[1..] {
        node.asteroid_count = rng.range(5, 17) as u8;
        node.asteroid_source = rng.state;
        rng.state = PAST_ASTEROIDS.after(usize::from(node.asteroid_count), rng.state);
    }
}

/// Draws the nodes (rules 3.2): three draws a node, from the second node on.
#[inline(always)]
fn draw_nodes<V: Vector>(rng: &mut Pcg32, nodes: &mut Vec<Node>, node_count: usize) {
    let (mut kind, mut hazard, mut pirate) = ([0.0; NODES_MAX], [0.0; NODES_MAX], [0.0; NODES_MAX]);
    for half in 0..NODES_MAX / LANES {
        let first = half * LANES;
        let mut draws = LaneRng::<V>::strided(TO_NODES.after(first, rng.state), &TO_NODES);
        draws.unit().store(lanes_from(&mut kind, first));
        (draws.unit() * (0.35 - 0.05) + 0.05).store(lanes_from(&mut hazard, first));
        (draws.unit() * (0.30 - 0.05) + 0.05).store(lanes_from(&mut pirate, first));
    }
    rng.state = TO_NODES.after(node_count - 1, rng.state);
    nodes.clear();
    nodes.push(Node::empty(NodeType::Station, 0.0, 0.0));
    for i in 0..node_count - 1 {
        nodes.push(if kind[i] < 0.25 {
            Node::empty(NodeType::Hazard, hazard[i] + 0.25, pirate[i] + 0.12)
        } else {
            Node::empty(NodeType::Cluster, hazard[i], pirate[i])
        });
    }
}

/// The numbers of one vector, from `first` on.
#[inline(always)]
fn lanes_from<const N: usize>(of: &mut [f32; N], first: usize) -> &mut Lanes {
    of[first..].first_chunk_mut().expect("N is a multiple of LANES")
}

/// Draws which nodes are connected (rules 3.3 and 3.4), in whole numbers. Slots fill from the lowest, so the next free one is the node's degree.
#[inline(always)]
fn choose_edges(rng: &mut Pcg32, node_count: usize, near: &mut [u32; NODES_MAX]) -> NewEdges {
    let mut edges = NewEdges {
        count: 0,
        ends: [[0; 4]; EDGES_MAX],
        time: [0; EDGES_MAX],
        fuel: [0.0; EDGES_MAX],
        radius: [0.0; EDGES_MAX],
        turn: [0.0; EDGES_MAX],
    };
    let n = node_count as u32;
    for node in 1..n {
        let parent = rng.range(0, node);
        edges.add(rng, near, node as usize, parent as usize);
    }
    for _ in 0..n {
        let u = rng.range(0, n);
        let v = rng.range(0, n);
        if u != v {
            edges.add(rng, near, u as usize, v as usize);
        }
    }
    edges
}

impl NewEdges {
    #[inline(always)]
    fn add(&mut self, rng: &mut Pcg32, near: &mut [u32; NODES_MAX], u: usize, v: usize) {
        let full = EDGE_SLOTS as u8;
        let slots = [near[u].count_ones() as u8, near[v].count_ones() as u8];
        if near[u] >> v & 1 == 1 || slots[0] == full || slots[1] == full {
            return;
        }
        near[u] |= 1 << v;
        near[v] |= 1 << u;
        self.ends[self.count] = [u as u8, v as u8, slots[0], slots[1]];
        self.time[self.count] = rng.range(1, 9) as u8;
        self.fuel[self.count] = rng.uniform(20.0, 112.0);
        (self.radius[self.count], self.turn[self.count]) = (rng.unit(), rng.unit());
        self.count += 1;
    }
}

#[inline(always)]
fn lay_edges<V: Vector>(nodes: &mut [Node], edges: &mut NewEdges) {
    for first in (0..edges.count).step_by(LANES) {
        let (radius, turn) = (lanes_from(&mut edges.radius, first), lanes_from(&mut edges.turn, first));
        let mut noise = [0.0; LANES];
        normal(V::load(radius), V::load(turn), V::of(0.05)).store(&mut noise);
        for (i, noise) in noise.into_iter().enumerate().take(edges.count - first) {
            let [u, v, slot_u, slot_v] = edges.ends[first + i].map(usize::from);
            let danger = 0.5 * (nodes[u].hazard + nodes[v].hazard) + 0.5 * (nodes[u].pirate + nodes[v].pirate);
            let threat = math::clamp(danger + noise, 0.0, 1.0);
            let (time, fuel) = (edges.time[first + i], edges.fuel[first + i]);
            let kinds = [nodes[u].kind, nodes[v].kind];
            let edge = |to: usize, kind| Some(Edge { to: to as u8, kind, time, fuel, threat, threat_estimate: 0.5 });
            nodes[u].edges[slot_u] = edge(v, kinds[1]);
            nodes[v].edges[slot_v] = edge(u, kinds[0]);
        }
    }
}

/// Measures the steps to the station (rules 3.5), with sets of nodes as bits.
#[inline(always)]
fn measure_steps(nodes: &mut [Node], near: &[u32; NODES_MAX]) {
    let (mut seen, mut ring, mut steps) = (0u32, 1u32, 0);
    while ring != 0 {
        seen |= ring;
        let mut next = 0;
        while ring != 0 {
            let node = ring.trailing_zeros() as usize;
            ring &= ring - 1;
            nodes[node].steps_to_station = steps;
            next |= near[node];
        }
        ring = next & !seen;
        steps += 1;
    }
}

/// Draws the asteroids of a node (rules 3.6): every slot at once, each 20 draws further on.
#[inline(always)]
pub(crate) fn asteroids<V: Vector>(node: &Node) -> Slots {
    let mut draws = LaneRng::<V>::strided(node.asteroid_source, &PAST_ASTEROIDS);
    let mut slots = Slots::EMPTY;
    for (share, lanes) in dirichlet6(&mut draws).into_iter().zip(&mut slots.true_comp) {
        share.store(lanes);
    }
    let richness = draws.normal(V::of(0.65)) + -0.2;
    math::clamp(math::exp(richness), 0.2, 4.0).store(&mut slots.richness);
    let a = draws.exp1() + draws.exp1() + draws.exp1();
    let sum = a + (draws.exp1() + draws.exp1());
    // A sum of negative logarithms is 0 or more.
    let some = V::of(0.0).less(sum);
    V::choose(some, a / sum, V::of(0.5)).store(&mut slots.stability);
    (draws.unit() * (0.22 - 0.04) + 0.04).store(&mut slots.noise);
    for (share, lanes) in dirichlet6(&mut draws).into_iter().zip(&mut slots.comp_est) {
        share.store(lanes);
    }
    slots
}

/// What the ship believes the asteroids of such a node to be made of, before it has looked.
#[inline(always)]
pub(crate) fn first_estimates<V: Vector>(node: &Node) -> [V; COMMODITIES] {
    dirichlet6(&mut LaneRng::strided(TO_ESTIMATE.after(1, node.asteroid_source), &PAST_ASTEROIDS))
}

#[inline(always)]
fn dirichlet6<V: Vector>(draws: &mut LaneRng<V>) -> [V; COMMODITIES] {
    let mut parts = [V::of(0.0); COMMODITIES];
    for part in &mut parts {
        *part = draws.exp1();
    }
    let sum = sum(parts);
    let some = V::of(0.0).less(sum);
    for part in &mut parts {
        *part = V::choose(some, *part / sum, V::of(1.0 / 6.0));
    }
    parts
}

/// Opens the market (rules 3.7).
#[inline(always)]
pub(crate) fn market<V: Vector>(rng: &mut Pcg32) -> Market {
    let mut market = Market::default();
    let mut phases = [0.0; LANES];
    for c in 0..COMMODITIES {
        market.inventory[c] = rng.uniform(20.0, 120.0);
        phases[c] = rng.uniform(0.0, math::TWO_PI);
        market.period[c] = rng.uniform(180.0, 380.0);
        market.amp[c] = BASE_PRICE[c] * rng.uniform(0.10, 0.30);
    }
    let mut sine = [0.0; LANES];
    math::sin(V::load(&phases)).store(&mut sine);
    for c in 0..COMMODITIES {
        market.phase[c] = phases[c];
        market.price[c] = math::clamp(BASE_PRICE[c] + market.amp[c] * sine[c], MIN_PRICE[c], MAX_PRICE[c]);
        market.prev_price[c] = market.price[c];
    }
    market
}
