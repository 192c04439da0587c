//! Rules 5: the default reward, frozen.

use crate::action::Action;
use crate::constants::INVALID_ACTION_PENALTY;
use crate::episode::Episode;
use crate::math;

/// What the reward compares the state after the step with.
pub(crate) struct Before {
    credits: f32,
    fuel: f32,
    hull: f32,
    tool: f32,
    cargo_value: f32,
    value_lost: f32,
}

impl Before {
    pub fn of(episode: &Episode) -> Self {
        Self {
            credits: episode.ship.credits,
            fuel: episode.ship.fuel,
            hull: episode.ship.hull,
            tool: episode.ship.tool,
            cargo_value: episode.cargo_value(),
            value_lost: episode.tally.value_lost,
        }
    }

    /// The terms are added in the order of the rules; one that does not apply adds nothing.
    #[expect(clippy::neg_multiply, reason = "each term is written as the rules write it")]
    pub fn reward(&self, after: &Episode, action: Action, dt: u8, invalid: bool) -> f32 {
        let (ship, end) = (&after.ship, after.end);
        let gain = |now: f32, then: f32| math::max(0.0, now - then);
        let hot = math::max(0.0, ship.heat - 70.0) / 100.0;
        let mut reward = (ship.credits - self.credits) / 1000.0;
        reward += 0.02 * gain(after.cargo_value(), self.cargo_value) / 1000.0;
        reward += -0.10 * gain(self.fuel, ship.fuel) / 100.0;
        reward += -0.001 * f32::from(dt);
        reward += -0.05 * gain(self.tool, ship.tool) / 10.0;
        reward += -0.20 * (hot * hot);
        reward += -1.0 * gain(self.hull, ship.hull) / 10.0;
        if matches!(action, Action::Scan(_)) {
            reward += -0.005;
        }
        if invalid {
            reward += -INVALID_ACTION_PENALTY;
        }
        reward += -1.0 * (after.tally.value_lost - self.value_lost) / 1000.0;
        if end.stranded {
            reward += -50.0;
        }
        if end.destroyed {
            reward += -100.0;
        }
        if end.reached() && !end.stranded && !end.destroyed {
            reward += 0.002 * ship.credits / 1000.0;
        }
        reward
    }
}
