//! One step, in the order of rules 4: the action, the passing of time (4.5), the end (4.7), the reward (5).

use crate::action::{Action, HOLD_DRIFT};
use crate::constants::{
    ALERT_MAX, CARGO_MAX, FUEL_MAX, HEAT_DISSIPATION, HEAT_MAX, HULL_MAX, OVERHEAT_DAMAGE, TOOL_MAX,
};
use crate::effects::Execute;
use crate::end::End;
use crate::episode::Episode;
use crate::event::{Event, EventSink};
use crate::hazards::Danger;
use crate::math;
use crate::reward::Before;
use crate::vessel::Vessel;

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
    /// The outcome of an episode that has not been stepped since its reset or restoration.
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
        let invalid = !self.allows(code);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_over_its_limit_is_scaled_to_it() {
        let mut episode = Episode::started(1);
        episode.ship.cargo = [120.0, 60.0, 0.0, 120.0, 0.0, 0.0];
        episode.clamp_quantities();
        let scale: f32 = 200.0 / 300.0;
        assert_eq!(episode.ship.cargo, [120.0 * scale, 60.0 * scale, 0.0, 120.0 * scale, 0.0, 0.0]);
        assert!((episode.cargo_total() - CARGO_MAX).abs() < 1e-4);
    }

    #[test]
    fn each_commodity_is_limited_before_the_hold_is_scaled() {
        let mut episode = Episode::started(1);
        episode.ship.cargo = [500.0, 200.0, -3.0, 0.0, 0.0, 0.0];
        episode.clamp_quantities();
        assert_eq!(episode.ship.cargo, [100.0, 100.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn quantities_stay_in_their_ranges() {
        let mut episode = Episode::started(1);
        let ship = &mut episode.ship;
        [ship.fuel, ship.hull, ship.heat, ship.tool, ship.alert] = [1e4; 5];
        episode.time_remaining = 1e9;
        episode.clamp_quantities();
        let ship = &mut episode.ship;
        assert_eq!([ship.fuel, ship.hull, ship.heat, ship.tool, ship.alert], [1000.0, 100.0, 100.0, 100.0, 100.0]);
        assert_eq!(episode.time_remaining, 20_000.0);
        [ship.fuel, ship.hull, ship.heat, ship.tool, ship.alert] = [-1.0; 5];
        episode.time_remaining = -1.0;
        episode.clamp_quantities();
        let ship = &episode.ship;
        assert_eq!([ship.fuel, ship.hull, ship.heat, ship.tool, ship.alert], [0.0; 5]);
        assert_eq!(episode.time_remaining, 0.0);
    }

    #[test]
    fn a_code_outside_the_table_holds_and_drifts_twice() {
        for code in [69, 128, 255] {
            let mut episode = Episode::started(1);
            (episode.ship.alert, episode.ship.heat) = (50.0, 50.0);
            let mut events = Vec::new();
            let outcome = episode.step(code, &mut events).expect("it runs");
            assert_eq!((outcome.action, outcome.dt, outcome.invalid), (6, 1, true));
            assert_eq!((episode.ship.alert, episode.ship.heat), (44.0, 42.5), "two extra ticks of dissipation");
            assert_eq!(events, [Event::Invalid { action: code }]);
        }
    }

    #[test]
    fn a_scan_without_a_target_is_charged_and_takes_one_tick() {
        for (code, fuel, alert) in [(9, 996.0, 50.0), (10, 992.0, 53.0)] {
            let mut episode = Episode::started(1);
            episode.ship.alert = 50.0;
            let outcome = episode.step(code, &mut ()).expect("it runs");
            assert_eq!((outcome.action, outcome.dt, outcome.invalid), (code, 1, true));
            assert_eq!((episode.ship.fuel, episode.ship.alert, episode.tally.scan_count), (fuel, alert, 0));
        }
    }

    #[test]
    fn an_invalid_selection_keeps_the_old_one() {
        let mut episode = Episode::prospecting(1);
        episode.world.nodes[1].asteroid_count = 5;
        assert!(episode.step(12 + 5, &mut ()).expect("it runs").invalid);
        assert_eq!(episode.ship.selected, Some(0));
    }

    #[test]
    fn selling_nothing_is_valid_and_no_event() {
        let mut episode = Episode::started(1);
        let mut events = Vec::new();
        let outcome = episode.step(45, &mut events).expect("it runs");
        assert!(!outcome.invalid && events.is_empty());
    }

    #[test]
    fn heat_beyond_the_limit_becomes_hull_damage() {
        let mut episode = Episode::started(1);
        episode.ship.heat = 110.0;
        let mut events = Vec::new();
        episode.step(11, &mut events).expect("it runs");
        assert_eq!(events, [Event::Overheat { hull: 6.25 }]);
        assert_eq!((episode.ship.heat, episode.ship.hull, episode.tally.overheat_ticks), (100.0, 93.75, 2));
    }

    #[test]
    fn a_ship_can_be_destroyed_and_stranded_at_once_and_pays_for_both() {
        let mut episode = Episode::prospecting(1);
        (episode.ship.hull, episode.ship.fuel) = (1e-6, 1e-6);
        let mut events = Vec::new();
        let outcome = episode.step(7, &mut events).expect("it runs");
        let end = episode.end();
        assert!(end.destroyed && end.stranded && end.terminated && !end.truncated);
        assert!(outcome.reward < -149.9, "the reward is {}", outcome.reward);
        assert_eq!(events[events.len() - 2..], [Event::Destroyed, Event::Stranded]);
    }

    #[test]
    fn an_empty_tank_at_the_station_strands_nobody() {
        let mut episode = Episode::started(1);
        episode.ship.fuel = 1.0;
        episode.step(7, &mut ()).expect("it runs");
        assert!(episode.running());
        assert_eq!(episode.ship.fuel, 0.0);
    }

    #[test]
    fn the_end_of_time_truncates_and_pays_the_credits_bonus() {
        let mut episode = Episode::new(2.0);
        episode.reset(1);
        episode.ship.credits = 5000.0;
        assert_eq!(episode.step(6, &mut ()).expect("it runs").reward, -0.001);
        let mut events = Vec::new();
        let outcome = episode.step(6, &mut events).expect("it runs");
        assert!(episode.end().truncated && !episode.end().terminated);
        assert_eq!(outcome.reward, -0.001 + 0.002 * 5000.0 / 1000.0);
        assert_eq!(events, [Event::Timeout]);
    }

    #[test]
    fn cashing_out_on_the_last_tick_terminates_and_does_not_truncate() {
        let mut episode = Episode::new(1.0);
        episode.reset(1);
        let mut events = Vec::new();
        episode.step(68, &mut events).expect("it runs");
        assert!(episode.end().terminated && !episode.end().truncated);
        assert_eq!(events, [Event::CashOut { credits: 0.0 }]);
    }

    #[test]
    fn an_ended_episode_takes_no_step_and_does_not_change() {
        let mut episode = Episode::started(1);
        episode.step(68, &mut ()).expect("it runs");
        let before = episode.clone();
        assert_eq!(episode.step(6, &mut ()), Err(NotRunning));
        assert_eq!(episode, before);
    }
}
