//! What the belt does to the ship: edges (rules 4.1), nodes (4.5.5), pirates (4.6).

use crate::constants::{COMMODITIES, HAZARD_ALERT, HAZARD_DAMAGE, HAZARD_HEAT};
use crate::event::{Event, EventSink};
use crate::math;
use crate::vessel::Vessel;

/// What a vessel suffers.
pub(crate) trait Danger: Vessel {
    /// Rules 4.1; the ship has arrived already.
    #[inline(always)]
    fn expose_to_edge(&mut self, time: u8, threat: f32, events: &mut impl EventSink) {
        let spread = self.uniform(0.85, 1.15);
        self.suffer(f32::from(time), threat, spread);
        self.check_pirates(time, threat, events);
    }

    /// Rules 4.5.5; not at the station.
    fn expose_to_node(&mut self, dt: u8, events: &mut impl EventSink) {
        let (hazard, pirate) = (self.node().hazard, self.node().pirate);
        if hazard > 0.0 {
            let spread = self.uniform(0.8, 1.2);
            self.suffer(f32::from(dt), hazard, spread);
        }
        self.check_pirates(dt, pirate, events);
    }

    #[inline(always)]
    fn suffer(&mut self, dt: f32, hazard: f32, spread: f32) {
        *self.hull() -= dt * hazard * HAZARD_DAMAGE * spread;
        *self.heat() += dt * hazard * HAZARD_HEAT;
        *self.alert() += dt * hazard * HAZARD_ALERT;
    }

    /// Rules 4.6; at the station nothing happens and nothing is drawn.
    #[inline(always)]
    fn check_pirates(&mut self, dt: u8, intensity: f32, events: &mut impl EventSink) {
        if self.at_station() {
            return;
        }
        let value = self.worth();
        let alert = math::clamp(*self.alert() / 100.0, 0.0, 1.0);
        let mut logit = -4.0 + 3.0 * intensity + 2.2 * alert + 0.8 * math::ln1p(value / 1000.0);
        if *self.escape_buff() > 0 {
            logit -= 2.8;
        }
        let p = 1.0 - math::pow_int(1.0 - math::sigmoid(logit), f32::from(dt));
        if self.unit() < p {
            self.meet_pirates(value, events);
        }
    }

    /// Pirates have come, for cargo worth `value`.
    fn meet_pirates(&mut self, value: f32, events: &mut impl EventSink) {
        *self.pirate_encounters() = self.pirate_encounters().wrapping_add(1);
        let mut loss = self.uniform(0.08, 0.20);
        let decoy_used = *self.decoys() > 0 && self.unit() < 0.6;
        if decoy_used {
            *self.decoys() -= 1;
            loss *= 0.3;
        }
        for c in 0..COMMODITIES {
            *self.cargo(c) *= 1.0 - loss;
        }
        let fall = value - self.worth();
        *self.value_lost() += fall;
        let hull = self.uniform(1.0, 4.0);
        *self.hull() -= hull;
        *self.alert() += 8.0;
        events.record(Event::Pirate { loss, value: fall, decoy_used });
    }
}

impl<V: Vessel> Danger for V {}
