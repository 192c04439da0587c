//! One step, in the order of rules 4: the action, the passing of time (4.5), the end (4.7), the reward (5).

use crate::actions::{Action, HOLD_DRIFT};
use crate::constants::{
    ALERT_MAX, CARGO_MAX, FUEL_MAX, HEAT_DISSIPATION, HEAT_MAX, HULL_MAX, OVERHEAT_DAMAGE, TOOL_MAX,
};
use crate::episode::{End, Episode};
use crate::event::{Event, EventSink};
use crate::math;
use crate::reward::Before;

/// What a step returns besides the new state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    pub reward: f32,
    /// Ticks that the step took; 0 after a reset.
    pub dt: u8,
    /// The action as resolved, 6 for a code outside 0..=68; 255 after a reset.
    pub action: u8,
    pub invalid: bool,
}

impl Outcome {
    /// Of an episode that has not been stepped since its reset or restoration.
    pub const NONE: Self = Self { reward: 0.0, dt: 0, action: 255, invalid: false };
}

/// The episode has ended or was never reset; the step changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotRunning;

impl Episode {
    /// Takes one decision. Every code is defined; one outside 0..=68 is invalid.
    pub fn step(&mut self, code: u8, events: &mut impl EventSink) -> Result<Outcome, NotRunning> {
        if !self.running() {
            return Err(NotRunning);
        }
        let before = Before::of(self);
        let (action, resolved) = match Action::decode(code) {
            Some(action) => (action, code),
            None => (Action::HoldDrift, HOLD_DRIFT),
        };
        let invalid = resolved != code || !self.is_valid(action);
        let dt = if invalid {
            events.record(Event::Invalid { action: code });
            self.execute_invalid(action)
        } else {
            self.execute(action, events)
        };
        self.pass_time(dt, events);
        self.close(events);
        let reward = before.reward(self, action, dt, invalid);
        Ok(Outcome { reward, dt, action: resolved, invalid })
    }

    /// Rules 4.5.
    fn pass_time(&mut self, dt: u8, events: &mut impl EventSink) {
        self.time_remaining -= f32::from(dt);
        self.ship.heat = math::max(0.0, self.ship.heat - HEAT_DISSIPATION * f32::from(dt));
        self.ship.escape_buff = self.ship.escape_buff.saturating_sub(dt);
        for buff in &mut self.ship.stabilize_buff {
            *buff = buff.saturating_sub(dt);
        }
        if self.ship.heat > HEAT_MAX {
            self.overheat(dt, events);
        }
        if !self.at_station() {
            self.expose_to_node(dt, events);
        }
        self.ticks = self.ticks.wrapping_add(u32::from(dt));
        self.market.advance(&mut self.rng, self.ticks, dt);
        self.clamp_quantities();
        self.tally.utilization_sum += self.cargo_share() * f32::from(dt);
    }

    fn overheat(&mut self, dt: u8, events: &mut impl EventSink) {
        let hull = OVERHEAT_DAMAGE * (self.ship.heat - HEAT_MAX);
        self.ship.hull -= hull;
        self.ship.heat = HEAT_MAX;
        self.tally.overheat_ticks = self.tally.overheat_ticks.wrapping_add(u32::from(dt));
        events.record(Event::Overheat { hull });
    }

    /// Rules 4.5.7.
    fn clamp_quantities(&mut self) {
        let ship = &mut self.ship;
        ship.fuel = math::clamp(ship.fuel, 0.0, FUEL_MAX);
        ship.hull = math::clamp(ship.hull, 0.0, HULL_MAX);
        ship.heat = math::clamp(ship.heat, 0.0, HEAT_MAX);
        ship.tool = math::clamp(ship.tool, 0.0, TOOL_MAX);
        ship.alert = math::clamp(ship.alert, 0.0, ALERT_MAX);
        ship.cargo = ship.cargo.map(|quantity| math::clamp(quantity, 0.0, CARGO_MAX));
        self.time_remaining = math::clamp(self.time_remaining, 0.0, self.time_max);
        let total = self.cargo_total();
        if total > CARGO_MAX {
            let scale = CARGO_MAX / total;
            self.ship.cargo = self.ship.cargo.map(|quantity| quantity * scale);
        }
    }

    /// Rules 4.7.
    fn close(&mut self, events: &mut impl EventSink) {
        let cashed_out = self.end.cashed_out;
        let destroyed = self.ship.hull <= 0.0;
        let stranded = self.ship.fuel <= 0.0 && !self.at_station();
        let terminated = cashed_out || destroyed || stranded;
        let truncated = self.time_remaining <= 0.0 && !terminated;
        self.end = End { terminated, truncated, destroyed, stranded, cashed_out };
        if destroyed {
            events.record(Event::Destroyed);
        }
        if stranded {
            events.record(Event::Stranded);
        }
        if cashed_out {
            events.record(Event::CashOut { credits: self.ship.credits });
        }
        if truncated {
            events.record(Event::Timeout);
        }
    }
}
