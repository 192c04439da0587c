//! Travel along an edge, and listening for what the edges threaten (rules 4).

use crate::constants::CARGO_MAX;
use crate::episode::Episode;
use crate::event::{Event, EventSink};
use crate::math;

impl Episode {
    pub(crate) fn travel(&mut self, slot: u8, events: &mut impl EventSink) -> u8 {
        let Some(edge) = self.node().edges[usize::from(slot)].clone() else {
            return 1; // an empty slot is no valid action
        };
        let fuel = edge.fuel * (1.0 + 0.5 * self.cargo_total() / CARGO_MAX);
        self.ship.fuel -= fuel;
        let from = std::mem::replace(&mut self.ship.node, edge.to);
        self.ship.selected = None;
        events.record(Event::Travel { from, to: edge.to, time: edge.time, fuel, threat: edge.threat });
        self.expose_to_edge(edge.time, edge.threat, events);
        edge.time
    }

    pub(crate) fn listen(&mut self) -> u8 {
        let node = &mut self.nodes[usize::from(self.ship.node)];
        for edge in node.edges.iter_mut().flatten() {
            let noisy = math::clamp(edge.threat + self.rng.normal(0.0, 0.08), 0.0, 1.0);
            edge.threat_estimate = 0.25 * edge.threat_estimate + 0.75 * noisy;
        }
        2
    }
}
