//! The belt: nodes and edges, and their generation (rules 3.1 to 3.6).

use std::collections::VecDeque;

use crate::asteroids::Slots;
use crate::constants::{EDGE_SLOTS, NODES_MAX, UNREACHABLE};
use crate::math;
use crate::rng::{EPISODE_INC, Pcg32};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NodeType {
    Station = 0,
    Cluster = 1,
    Hazard = 2,
}

impl NodeType {
    pub const ALL: [Self; 3] = [Self::Station, Self::Cluster, Self::Hazard];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Cluster => "cluster",
            Self::Hazard => "hazard",
        }
    }
}

/// One direction of the connection of two nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Index of the node it leads to.
    pub(crate) to: u8,
    /// The type of that node, which the ship sees from afar.
    pub(crate) kind: NodeType,
    /// Ticks, 1..=8.
    pub(crate) time: u8,
    /// Fuel that an empty ship needs.
    pub(crate) fuel: f32,
    pub(crate) threat: f32,
    /// What the ship believes of this direction alone.
    pub(crate) threat_estimate: f32,
}

/// A node. It takes two cache lines.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub struct Node {
    pub(crate) kind: NodeType,
    pub(crate) steps_to_station: u8,
    /// Number of asteroids: at most 16, and 0 at the station.
    pub(crate) asteroid_count: u8,
    /// Where in [`World::slots`] its asteroids stand, if they have been drawn.
    pub(crate) slots_at: Option<u8>,
    pub(crate) hazard: f32,
    pub(crate) pirate: f32,
    /// The generator before the first draw of its asteroids; of use while they have not been drawn.
    pub(crate) asteroid_source: u64,
    pub(crate) edges: [Option<Edge>; EDGE_SLOTS],
}

/// The belt of an episode. It keeps its memory from episode to episode.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct World {
    /// Node 0 is the station; empty before the first reset.
    pub nodes: Vec<Node>,
    /// The asteroids of the nodes that have them drawn, in the order in which they were.
    pub slots: Vec<Slots>,
}

impl World {
    /// Makes a world without nodes, with room for all.
    pub fn empty() -> Self {
        Self { nodes: Vec::with_capacity(NODES_MAX), slots: Vec::with_capacity(NODES_MAX - 1) }
    }

    /// Makes `count` worlds with the nodes of all beside each other: a step reads few cache lines of each.
    pub fn side_by_side(count: usize) -> Vec<Self> {
        let mut worlds: Vec<_> =
            (0..count).map(|_| Self { nodes: Vec::with_capacity(NODES_MAX), slots: Vec::new() }).collect();
        worlds.iter_mut().for_each(|world| world.slots = Vec::with_capacity(NODES_MAX - 1));
        worlds
    }

    /// The asteroids of a node, if they have been drawn.
    pub fn slots_of(&self, node: u8) -> Option<&Slots> {
        let at = self.nodes[usize::from(node)].slots_at?;
        Some(&self.slots[usize::from(at)])
    }

    pub fn slots_of_mut(&mut self, node: u8) -> Option<&mut Slots> {
        let at = self.nodes[usize::from(node)].slots_at?;
        Some(&mut self.slots[usize::from(at)])
    }

    /// The node, if it has asteroids that have not been drawn.
    #[inline(always)]
    pub fn undrawn(&self, node: u8) -> Option<&Node> {
        Some(&self.nodes[usize::from(node)]).filter(|node| node.slots_at.is_none() && node.asteroid_count > 0)
    }

    /// Bit `a`: the node has an asteroid in slot `a` that is not depleted. One that was not drawn is untouched.
    #[inline(always)]
    pub fn selectable(&self, node: u8) -> u16 {
        let existing = ((1u32 << self.nodes[usize::from(node)].asteroid_count) - 1) as u16;
        self.slots_of(node).map_or(existing, |slots| existing & slots.undepleted())
    }

    /// Gives a node the asteroids that were drawn for it.
    #[inline(always)]
    pub fn place(&mut self, node: u8, slots: Slots) {
        self.nodes[usize::from(node)].slots_at = Some(self.slots.len() as u8);
        self.slots.push(slots);
    }
}

/// Generates the belt, every asteroid of it (rules 3.1 to 3.6).
pub(crate) fn generate(rng: &mut Pcg32, world: &mut World) {
    let World { nodes, slots } = world;
    let node_count = rng.range(8, 33);
    nodes.clear();
    slots.clear();
    nodes.push(Node::empty(NodeType::Station, 0.0, 0.0));
    for _ in 1..node_count {
        nodes.push(draw_node(rng));
    }
    for node in 1..node_count {
        let parent = rng.range(0, node);
        add_edge(rng, nodes, node as usize, parent as usize);
    }
    for _ in 0..node_count {
        let u = rng.range(0, node_count);
        let v = rng.range(0, node_count);
        if u != v {
            add_edge(rng, nodes, u as usize, v as usize);
        }
    }
    measure_steps_to_station(nodes);
    for node in 1..node_count as u8 {
        let count = rng.range(5, 17) as u8;
        let asteroids = Slots::draw(rng, count);
        world.nodes[usize::from(node)].asteroid_count = count;
        world.place(node, asteroids);
    }
}

impl Node {
    pub(crate) fn empty(kind: NodeType, hazard: f32, pirate: f32) -> Self {
        Self {
            kind,
            steps_to_station: UNREACHABLE,
            asteroid_count: 0,
            slots_at: None,
            hazard,
            pirate,
            asteroid_source: 0,
            edges: Default::default(),
        }
    }

    /// Its asteroids as they are before the ship first sees them.
    pub(crate) fn draw_slots(&self) -> Slots {
        Slots::draw(&mut Pcg32 { state: self.asteroid_source, inc: EPISODE_INC }, self.asteroid_count)
    }

    /// Bit `k`: slot `k` has an edge.
    #[inline(always)]
    pub(crate) fn edge_bits(&self) -> u8 {
        self.edges.iter().enumerate().fold(0, |bits, (slot, edge)| bits | u8::from(edge.is_some()) << slot)
    }
}

/// Rules 3.2.
fn draw_node(rng: &mut Pcg32) -> Node {
    let hazardous = rng.unit() < 0.25;
    let hazard = rng.uniform(0.05, 0.35);
    let pirate = rng.uniform(0.05, 0.30);
    if hazardous {
        Node::empty(NodeType::Hazard, hazard + 0.25, pirate + 0.12)
    } else {
        Node::empty(NodeType::Cluster, hazard, pirate)
    }
}

/// Rules 3.4; without a free slot at both ends, or a second time, nothing happens and nothing is drawn.
fn add_edge(rng: &mut Pcg32, nodes: &mut [Node], u: usize, v: usize) {
    let free_slot = |node: &Node| node.edges.iter().position(Option::is_none);
    let (Some(slot_u), Some(slot_v)) = (free_slot(&nodes[u]), free_slot(&nodes[v])) else {
        return;
    };
    if nodes[u].edges.iter().flatten().any(|edge| usize::from(edge.to) == v) {
        return;
    }
    let time = rng.range(1, 9) as u8;
    let fuel = rng.uniform(20.0, 112.0);
    let danger = 0.5 * (nodes[u].hazard + nodes[v].hazard) + 0.5 * (nodes[u].pirate + nodes[v].pirate);
    let threat = math::clamp(danger + rng.normal(0.0, 0.05), 0.0, 1.0);
    let kinds = [nodes[u].kind, nodes[v].kind];
    let edge = |to: usize, kind| Some(Edge { to: to as u8, kind, time, fuel, threat, threat_estimate: 0.5 });
    nodes[u].edges[slot_u] = edge(v, kinds[1]);
    nodes[v].edges[slot_v] = edge(u, kinds[0]);
}

/// Rules 3.5: breadth first from node 0; what it does not reach keeps [`UNREACHABLE`].
fn measure_steps_to_station(nodes: &mut [Node]) {
    for node in nodes.iter_mut() {
        node.steps_to_station = UNREACHABLE;
    }
    let mut seen = [false; NODES_MAX];
    let mut queue = VecDeque::with_capacity(NODES_MAX);
    nodes[0].steps_to_station = 0;
    seen[0] = true;
    queue.push_back(0);
    while let Some(at) = queue.pop_front() {
        for slot in 0..EDGE_SLOTS {
            let Some(to) = nodes[at].edges[slot].as_ref().map(|edge| usize::from(edge.to)) else { continue };
            if !seen[to] {
                seen[to] = true;
                nodes[to].steps_to_station = nodes[at].steps_to_station + 1;
                queue.push_back(to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::EPISODE_STREAM;

    fn world(seed: u64) -> World {
        let mut world = World::empty();
        generate(&mut Pcg32::new(seed, EPISODE_STREAM), &mut world);
        world
    }

    fn belt(seed: u64) -> Vec<Node> {
        world(seed).nodes
    }

    fn line_of(length: usize) -> Vec<Node> {
        vec![Node::empty(NodeType::Cluster, 0.1, 0.1); length]
    }

    #[test]
    fn a_belt_keeps_to_the_ranges_of_the_rules() {
        for seed in 0..300 {
            let world = world(seed);
            let nodes = &world.nodes;
            assert!((8..=NODES_MAX).contains(&nodes.len()));
            assert_eq!(nodes[0].kind, NodeType::Station);
            assert_eq!((nodes[0].hazard, nodes[0].pirate), (0.0, 0.0));
            assert_eq!((nodes[0].asteroid_count, nodes[0].slots_at), (0, None));
            for (index, node) in nodes.iter().enumerate().skip(1) {
                assert!(node.kind != NodeType::Station);
                assert!((5..=16).contains(&node.asteroid_count));
                let slots = world.slots_of(index as u8).expect("all are drawn");
                for asteroid in (0..node.asteroid_count).map(|slot| slots.get(slot)) {
                    assert!((0.2..=4.0).contains(&asteroid.richness));
                    assert!((0.0..=1.0).contains(&asteroid.stability));
                }
            }
        }
    }

    #[test]
    fn edges_lead_in_both_directions_and_share_all_but_the_estimate() {
        for seed in 0..100 {
            let mut nodes = belt(seed);
            for from in 0..nodes.len() {
                for slot in 0..EDGE_SLOTS {
                    let Some(edge) = nodes[from].edges[slot].clone() else { continue };
                    assert!((1..=8).contains(&edge.time));
                    let back: Vec<_> = nodes[usize::from(edge.to)]
                        .edges
                        .iter()
                        .flatten()
                        .filter(|e| usize::from(e.to) == from)
                        .collect();
                    assert_eq!(back.len(), 1, "seed {seed}: one edge back from {} to {from}", edge.to);
                    assert_eq!((back[0].time, back[0].fuel, back[0].threat), (edge.time, edge.fuel, edge.threat));
                }
            }
            nodes[1].edges.iter_mut().flatten().for_each(|edge| edge.threat_estimate = 0.9);
            let to_one = nodes.iter().skip(2).flat_map(|n| n.edges.iter().flatten()).filter(|e| e.to == 1);
            assert!(to_one.clone().all(|edge| edge.threat_estimate == 0.5));
        }
    }

    #[test]
    fn a_node_without_a_path_to_the_station_is_31_steps_away() {
        let mut nodes = line_of(4);
        let mut rng = Pcg32::new(1, EPISODE_STREAM);
        add_edge(&mut rng, &mut nodes, 1, 0);
        add_edge(&mut rng, &mut nodes, 2, 3);
        measure_steps_to_station(&mut nodes);
        let steps: Vec<_> = nodes.iter().map(|node| node.steps_to_station).collect();
        assert_eq!(steps, [0, 1, UNREACHABLE, UNREACHABLE]);
    }

    #[test]
    fn some_generated_belts_have_unreachable_nodes() {
        // A tree edge is dropped when its parent's six slots are taken, and no loop need join the node again.
        let cut_off = (0..20_000).any(|seed| {
            let nodes = belt(seed);
            nodes.iter().any(|node| node.steps_to_station == UNREACHABLE)
        });
        assert!(cut_off);
    }

    #[test]
    fn a_second_edge_between_two_nodes_draws_nothing() {
        let mut nodes = line_of(3);
        let mut rng = Pcg32::new(1, EPISODE_STREAM);
        add_edge(&mut rng, &mut nodes, 0, 1);
        let (before, edges) = (rng, nodes.clone());
        add_edge(&mut rng, &mut nodes, 0, 1);
        add_edge(&mut rng, &mut nodes, 1, 0);
        assert_eq!(rng, before);
        assert_eq!(nodes, edges);
    }

    #[test]
    fn an_edge_to_a_node_with_six_edges_draws_nothing() {
        let mut nodes = line_of(9);
        let mut rng = Pcg32::new(1, EPISODE_STREAM);
        for to in 1..=6 {
            add_edge(&mut rng, &mut nodes, 0, to);
        }
        let (before, edges) = (rng, nodes.clone());
        add_edge(&mut rng, &mut nodes, 0, 7);
        add_edge(&mut rng, &mut nodes, 7, 0);
        assert_eq!(rng, before);
        assert_eq!(nodes, edges);
    }
}
