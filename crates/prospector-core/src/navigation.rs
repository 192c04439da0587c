//! Travel along an edge, and listening for what the edges threaten (rules 4).

use crate::action::Action;
use crate::constants::CARGO_MAX;
use crate::event::{Event, EventSink};
use crate::hazards::Danger;
use crate::math;
use crate::vessel::Vessel;
use crate::world::Edge;

/// Moving about the belt.
pub(crate) trait Navigate: Vessel {
    #[inline(always)]
    fn travel(&mut self, slot: u8, events: &mut impl EventSink) -> u8 {
        let Some(&Edge { to, time, fuel, threat, .. }) = self.node().edges[usize::from(slot)].as_ref() else {
            return 1; // an empty slot is no valid action
        };
        let fuel = fuel * (1.0 + 0.5 * self.cargo_units() / CARGO_MAX);
        *self.fuel() -= fuel;
        let from = self.at();
        self.set_at(to);
        self.select(None);
        events.record(Event::Travel { from, to, time, fuel, threat });
        self.expose_to_edge(time, threat, events);
        time
    }

    fn listen(&mut self) -> u8 {
        let mut rng = self.rng();
        for edge in self.node_mut().edges.iter_mut().flatten() {
            edge.hear(rng.normal(0.0, 0.08));
        }
        self.set_rng(rng);
        const { Action::ThreatListen.ticks() }
    }
}

impl<V: Vessel> Navigate for V {}

impl Edge {
    #[inline(always)]
    pub(crate) fn hear(&mut self, noise: f32) {
        let noisy = math::clamp(self.threat + noise, 0.0, 1.0);
        self.threat_estimate = 0.25 * self.threat_estimate + 0.75 * noisy;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episode::Episode;

    #[test]
    fn travel_deselects_and_a_stabilize_buff_stays_with_its_slot() {
        let mut episode = Episode::prospecting(4);
        assert!(!episode.step(31, &mut ()).expect("it runs").invalid);
        assert_eq!(episode.ship.stabilize_buff[0], 4, "6 ticks less the 2 that stabilizing takes");
        let slot = episode.node().edges.iter().position(Option::is_some).expect("an edge out");
        let edge = episode.world.nodes[1].edges[slot].as_mut().expect("that edge");
        edge.time = 3;
        let to = edge.to;
        let outcome = episode.step(slot as u8, &mut ()).expect("it runs");
        assert_eq!((outcome.dt, outcome.invalid), (3, false));
        assert_eq!((episode.ship.node, episode.ship.selected), (to, None));
        assert_eq!(episode.ship.stabilize_buff[0], 1);
        episode.step(6, &mut ()).expect("it runs");
        assert_eq!(episode.ship.stabilize_buff[0], 0);
    }

    #[test]
    fn cargo_makes_travel_dearer() {
        let spent = |cargo: f32| {
            let mut episode = Episode::started(4);
            episode.ship.cargo[0] = cargo;
            episode.travel(0, &mut ());
            1000.0 - episode.ship.fuel
        };
        let (empty, full) = (spent(0.0), spent(200.0));
        assert!((full / empty - 1.5).abs() < 1e-4, "{empty} empty, {full} full");
    }

    #[test]
    fn arriving_at_the_station_draws_once_for_the_edge_and_not_for_pirates() {
        let mut episode = Episode::prospecting(4);
        let slot = (0..10_000).find_map(|seed| {
            episode = Episode::prospecting(seed);
            episode.node().edges.iter().position(|edge| edge.as_ref().is_some_and(|edge| edge.to == 0))
        });
        let mut twin = episode.rng;
        episode.travel(slot.expect("node 1 hangs on the station") as u8, &mut ());
        twin.next_u32();
        assert_eq!(episode.rng, twin);
        assert!(episode.at_station());
    }
}
