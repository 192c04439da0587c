//! What the actions do to a vessel (rules 4).

use crate::action::Action;
use crate::constants::{ESCAPE_TICKS, HEAT_DISSIPATION, HULL_MAX, STABILIZE_TICKS, TOOL_MAX};
use crate::event::{Event, EventSink};
use crate::math;
use crate::navigation::Navigate;
use crate::prospecting::Prospect;
use crate::trade::Trade;
use crate::vessel::Vessel;

/// What the actions of the table do to a vessel.
pub(crate) trait Execute: Vessel {
    /// Executes an action that is valid now and returns its ticks.
    #[inline(always)]
    fn execute(&mut self, action: Action, events: &mut impl EventSink) -> u8 {
        match action {
            Action::Travel { slot } => return self.travel(slot, events),
            Action::HoldDrift => self.hold_drift(),
            Action::EmergencyBurn => self.emergency_burn(),
            Action::Scan(mode) => return self.scan(mode, events),
            Action::ThreatListen => return self.listen(),
            Action::Select { slot } => self.select(Some(slot)),
            Action::Mine(mode) => self.mine(mode, events),
            Action::Stabilize => return self.stabilize(),
            Action::Refine => return self.refine(),
            Action::Cooldown => return self.cool_down(),
            Action::ToolMaintenance => return self.maintain_tool(),
            Action::HullPatch => return self.patch_hull(),
            Action::Jettison { commodity } => self.jettison(commodity),
            Action::Dock => self.dock(events),
            Action::Sell { commodity, share } => self.sell(commodity, share.fraction(), events),
            Action::Buy(item) => return self.buy(item, events),
            Action::CashOut => self.cash_out(),
        }
        1
    }

    /// What an action that is invalid now does: a blind scan is charged, a code outside the table is itself
    /// executed as HOLD_DRIFT; then HOLD_DRIFT. It always takes 1 tick.
    fn execute_invalid(&mut self, action: Action) -> u8 {
        match action {
            Action::Scan(mode) => self.charge_scan(mode),
            Action::HoldDrift => self.hold_drift(),
            _ => {}
        }
        self.hold_drift();
        1
    }

    fn hold_drift(&mut self) {
        *self.alert() = math::max(0.0, *self.alert() - 3.0);
        *self.heat() = math::max(0.0, *self.heat() - HEAT_DISSIPATION);
    }

    #[inline(always)]
    fn emergency_burn(&mut self) {
        *self.fuel() -= 18.0;
        *self.alert() += 10.0;
        *self.escape_buff() = (*self.escape_buff()).max(ESCAPE_TICKS);
    }

    #[inline(always)]
    fn stabilize(&mut self) -> u8 {
        if let Some(slot) = self.selected() {
            *self.stabilizers() -= 1;
            *self.stabilize_buff(slot) = STABILIZE_TICKS;
        }
        const { Action::Stabilize.ticks() }
    }

    #[inline(always)]
    fn cool_down(&mut self) -> u8 {
        *self.fuel() -= 2.0;
        *self.heat() = math::max(0.0, *self.heat() - 20.0);
        *self.alert() += 1.0;
        const { Action::Cooldown.ticks() }
    }

    #[inline(always)]
    fn maintain_tool(&mut self) -> u8 {
        *self.repair_kits() -= 1;
        *self.tool() = math::min(TOOL_MAX, *self.tool() + 25.0);
        const { Action::ToolMaintenance.ticks() }
    }

    #[inline(always)]
    fn patch_hull(&mut self) -> u8 {
        *self.repair_kits() -= 1;
        *self.hull() = math::min(HULL_MAX, *self.hull() + 20.0);
        const { Action::HullPatch.ticks() }
    }

    #[inline(always)]
    fn jettison(&mut self, commodity: u8) {
        *self.cargo(usize::from(commodity)) = 0.0;
        *self.alert() = math::max(0.0, *self.alert() - 8.0);
    }

    #[inline(always)]
    fn dock(&mut self, events: &mut impl EventSink) {
        *self.alert() = math::max(0.0, *self.alert() - 20.0);
        events.record(Event::Dock);
    }
}

impl<V: Vessel> Execute for V {}
