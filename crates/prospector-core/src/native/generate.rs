//! The belt of a new episode, drawn over lanes (rules 3.1 to 3.7): the same world as [`crate::world::generate`] makes.
//!
//! Whether an edge is drawn at all depends on the edges before it, so that walk is sequential, but it deals in whole numbers
//! only and keeps the raw draws of each edge; their floats follow over lanes. Of the asteroids only the counts are drawn:
//! each node remembers where in the generator's stream its asteroids begin.

use super::lanes::{LANES, draws, exp1, normals, sines};
use crate::asteroids::{ASTEROID_DRAWS, Slots};
use crate::constants::{ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, MAX_PRICE, MIN_PRICE, NEIGHBOR_SLOTS, NODES_MAX};
use crate::market::Market;
use crate::math;
use crate::rng::{EPISODE_INC, Jump, Pcg32, to_unit};
use crate::world::{Edge, Node, NodeType, World};

/// A tree over all nodes, and one loop a node.
const EDGES_MAX: usize = 64;
/// Past so many asteroids of a node.
static PAST_ASTEROIDS: [Jump; ASTEROID_SLOTS + 1] = Jump::strides(ASTEROID_DRAWS);
/// To the first draw of each node's type.
static TO_NODES: [Jump; NODES_MAX] = Jump::strides(3);

/// The edges in the order in which they were added.
struct Ways {
    count: usize,
    /// The two nodes, and the slot that the edge takes at each.
    ends: [[u8; 4]; EDGES_MAX],
    /// The outputs for its time, its fuel and the two of its threat.
    drawn: [[u32; EDGES_MAX]; 4],
}

/// Draws the belt but for its asteroids.
#[inline(always)]
pub(crate) fn belt(rng: &mut Pcg32, world: &mut World) {
    let World { nodes, slots } = world;
    slots.clear();
    let node_count = rng.range(8, 33) as usize;
    draw_nodes(rng, nodes, node_count);
    let mut near = [0u32; NODES_MAX];
    let ways = walk(rng, node_count, &mut near);
    lay_edges(nodes, &ways);
    measure_steps(nodes, &near);
    for node in &mut nodes[1..] {
        node.asteroid_count = rng.range(5, 17) as u8;
        node.asteroid_source = rng.state;
        rng.state = PAST_ASTEROIDS[usize::from(node.asteroid_count)].after(rng.state);
    }
}

/// Rules 3.2: three draws a node, from the second on.
#[inline(always)]
fn draw_nodes(rng: &mut Pcg32, nodes: &mut Vec<Node>, node_count: usize) {
    let mut state = [0; NODES_MAX];
    for (state, jump) in state.iter_mut().zip(&TO_NODES) {
        *state = jump.after(rng.state);
    }
    rng.state = state[node_count - 1];
    let drawn: [[u32; NODES_MAX]; 3] = draws(&mut state, &[EPISODE_INC; NODES_MAX]);
    nodes.clear();
    nodes.push(Node::empty(NodeType::Station, 0.0, 0.0));
    for i in 0..node_count - 1 {
        let hazard = 0.05 + (0.35 - 0.05) * to_unit(drawn[1][i]);
        let pirate = 0.05 + (0.30 - 0.05) * to_unit(drawn[2][i]);
        nodes.push(if to_unit(drawn[0][i]) < 0.25 {
            Node::empty(NodeType::Hazard, hazard + 0.25, pirate + 0.12)
        } else {
            Node::empty(NodeType::Cluster, hazard, pirate)
        });
    }
}

/// Rules 3.3 and 3.4 in whole numbers. Slots fill from the lowest, so the next free one is the node's degree.
#[inline(always)]
fn walk(rng: &mut Pcg32, node_count: usize, near: &mut [u32; NODES_MAX]) -> Ways {
    let mut ways = Ways { count: 0, ends: [[0; 4]; EDGES_MAX], drawn: [[0; EDGES_MAX]; 4] };
    let n = node_count as u32;
    for node in 1..n {
        let parent = rng.range(0, node);
        ways.add(rng, near, node as usize, parent as usize);
    }
    for _ in 0..n {
        let u = rng.range(0, n);
        let v = rng.range(0, n);
        if u != v {
            ways.add(rng, near, u as usize, v as usize);
        }
    }
    ways
}

impl Ways {
    #[inline(always)]
    fn add(&mut self, rng: &mut Pcg32, near: &mut [u32; NODES_MAX], u: usize, v: usize) {
        let full = NEIGHBOR_SLOTS as u8;
        let slots = [near[u].count_ones() as u8, near[v].count_ones() as u8];
        if near[u] >> v & 1 == 1 || slots[0] == full || slots[1] == full {
            return;
        }
        near[u] |= 1 << v;
        near[v] |= 1 << u;
        self.ends[self.count] = [u as u8, v as u8, slots[0], slots[1]];
        for row in &mut self.drawn {
            row[self.count] = rng.next_u32();
        }
        self.count += 1;
    }
}

#[inline(always)]
fn lay_edges(nodes: &mut [Node], ways: &Ways) {
    for first in (0..ways.count).step_by(LANES) {
        let mut drawn = [[0; LANES]; 4];
        for (lanes, row) in drawn.iter_mut().zip(&ways.drawn) {
            lanes.copy_from_slice(&row[first..first + LANES]);
        }
        let [time, fuel, radius, turn] = drawn;
        let noise = normals(&radius, &turn, |_| 0.0, |_| 0.05);
        for i in 0..LANES.min(ways.count - first) {
            let [u, v, slot_u, slot_v] = ways.ends[first + i].map(usize::from);
            let danger = 0.5 * (nodes[u].hazard + nodes[v].hazard) + 0.5 * (nodes[u].pirate + nodes[v].pirate);
            let threat = math::clamp(danger + noise[i], 0.0, 1.0);
            let time = 1 + (time[i] % 8) as u8;
            let fuel = 20.0 + (112.0 - 20.0) * to_unit(fuel[i]);
            let kinds = [nodes[u].kind, nodes[v].kind];
            let edge = |to: usize, kind| Some(Edge { to: to as u8, kind, time, fuel, threat, threat_estimate: 0.5 });
            nodes[u].edges[slot_u] = edge(v, kinds[1]);
            nodes[v].edges[slot_v] = edge(u, kinds[0]);
        }
    }
}

/// Rules 3.5, with sets of nodes as bits.
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

/// Rules 3.6 for a node that has asteroids to draw: every slot at once, each 20 draws further on.
#[inline(always)]
pub(crate) fn asteroids(node: &Node) -> Slots {
    let mut state = [0; ASTEROID_SLOTS];
    for (state, jump) in state.iter_mut().zip(&PAST_ASTEROIDS) {
        *state = jump.after(node.asteroid_source);
    }
    let drawn: [[u32; ASTEROID_SLOTS]; ASTEROID_DRAWS] = draws(&mut state, &[EPISODE_INC; ASTEROID_SLOTS]);
    let mut slots = Slots::EMPTY;
    slots.true_comp = dirichlet6(&drawn, 0);
    let richness = normals(&drawn[6], &drawn[7], |_| -0.2, |_| 0.65);
    for i in 0..ASTEROID_SLOTS {
        slots.richness[i] = math::clamp(math::exp(richness[i]), 0.2, 4.0);
    }
    let mut parts = [[0.0; ASTEROID_SLOTS]; 5];
    for (k, part) in parts.iter_mut().enumerate() {
        *part = exp1(&drawn[8 + k]);
    }
    for i in 0..ASTEROID_SLOTS {
        let a = parts[0][i] + parts[1][i] + parts[2][i];
        let sum = a + (parts[3][i] + parts[4][i]);
        slots.stability[i] = if sum == 0.0 { 0.5 } else { a / sum };
        slots.noise[i] = 0.04 + (0.22 - 0.04) * to_unit(drawn[13][i]);
    }
    slots.comp_est = dirichlet6(&drawn, 14);
    slots
}

#[inline(always)]
fn dirichlet6(drawn: &[[u32; ASTEROID_SLOTS]; ASTEROID_DRAWS], first: usize) -> [[f32; ASTEROID_SLOTS]; COMMODITIES] {
    let mut parts = [[0.0; ASTEROID_SLOTS]; COMMODITIES];
    let mut sum = [0.0; ASTEROID_SLOTS];
    for (c, part) in parts.iter_mut().enumerate() {
        *part = exp1(&drawn[first + c]);
        for i in 0..ASTEROID_SLOTS {
            sum[i] += part[i];
        }
    }
    for part in &mut parts {
        for i in 0..ASTEROID_SLOTS {
            part[i] = if sum[i] == 0.0 { 1.0 / 6.0 } else { part[i] / sum[i] };
        }
    }
    parts
}

/// Rules 3.7.
#[inline(always)]
pub(crate) fn market(rng: &mut Pcg32) -> Market {
    let mut market = Market::default();
    for c in 0..COMMODITIES {
        market.inventory[c] = rng.uniform(20.0, 120.0);
        market.phase[c] = rng.uniform(0.0, math::TWO_PI);
        market.period[c] = rng.uniform(180.0, 380.0);
        market.amp[c] = BASE_PRICE[c] * rng.uniform(0.10, 0.30);
    }
    let sine = sines(&market.phase, 0);
    for c in 0..COMMODITIES {
        market.price[c] = math::clamp(BASE_PRICE[c] + market.amp[c] * sine[c], MIN_PRICE[c], MAX_PRICE[c]);
        market.prev_price[c] = market.price[c];
    }
    market
}
