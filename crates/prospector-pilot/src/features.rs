//! The features that a policy gets of a logbook.

use prospector_core::constants::{ASTEROID_SLOTS, BASE_PRICE, COMMODITIES, EDGE_SLOTS, OBS_SIZE};
use prospector_core::math;

use crate::logbook::Logbook;
use crate::map::{EDGE_FEATURES, show_credits};
use crate::market::{hold_value, refining_gain};
use crate::observation::{DEPLETION, ObservationView, STABILITY};
use crate::pirates::expected_robbery;

/// Floats of the features of one episode; `docs/training.md` lists them.
pub const LOGBOOK_SIZE: usize = 108;

impl Logbook {
    /// Begins with the first observation of an episode.
    pub fn begin(&mut self, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        self.start(ObservationView(obs));
        self.show(ObservationView(obs), features);
    }

    /// Notes what `action` led to.
    pub fn note(&mut self, action: u8, obs: &[f32; OBS_SIZE], features: &mut [f32; LOGBOOK_SIZE]) {
        self.advance(action, ObservationView(obs));
        self.show(ObservationView(obs), features);
    }

    fn show(&self, obs: ObservationView<'_>, features: &mut [f32; LOGBOOK_SIZE]) {
        let map = &self.map;
        let place = map.here();
        let (edges, rest) = features.split_at_mut(EDGE_FEATURES * EDGE_SLOTS);
        edges.copy_from_slice(map.edge_features.as_flattened());
        let (richness, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        let (yields, rest) = rest.split_at_mut(ASTEROID_SLOTS);
        for slot in 0..ASTEROID_SLOTS {
            richness[slot] = place.richness[slot] / 4.0;
            yields[slot] = (self.yields[slot] / 150.0).clamp(-1.0, 2.0);
        }
        let (price, rest) = rest.split_at_mut(COMMODITIES);
        for c in 0..COMMODITIES {
            price[c] = self.price[c] / BASE_PRICE[c] - 1.0;
        }
        let selected = match obs.asteroids().get(usize::from(self.selected)) {
            None => [0.0; 4],
            Some(entry) => {
                let slot = usize::from(self.selected);
                [yields[slot], entry[STABILITY], entry[DEPLETION], richness[slot]]
            }
        };
        let (hold, alert) = (obs.hold(), obs.alert());
        let value = hold_value(&hold, &self.price);
        let robbery = expected_robbery(value, alert);
        let unexplored = place.unexplored_edges();
        rest.copy_from_slice(&[
            (place.home.ticks / 32.0).min(1.0),
            (place.home.fuel / 1000.0).min(1.0),
            selected[0],
            selected[1],
            selected[2],
            selected[3],
            (value / 10_000.0).min(2.0),
            (obs.credits() / 2_000.0).min(1.0),
            (place.ore / 8000.0).min(2.0),
            (place.best / 150.0).min(2.0),
            (self.steps_away as f32 / 200.0).min(1.0),
            unexplored as f32 / 6.0,
            math::ln1p(value / 1000.0).min(2.0),
            (robbery / 100.0).min(2.0),
            ((place.best - robbery) / 100.0).clamp(-2.0, 2.0),
            (alert / 25.0).min(2.0),
            (refining_gain(&hold, &self.price) / 500.0).clamp(-1.0, 1.0),
            ((map.ore_elsewhere + place.ore) / 80_000.0).min(2.0),
            ((map.unexplored_elsewhere as usize + unexplored) as f32 / 16.0).min(2.0),
            map.visited.count_ones() as f32 / 32.0,
            (self.since_high as f32 / 400.0).min(2.0),
            show_credits(place.gain()),
        ]);
    }
}
