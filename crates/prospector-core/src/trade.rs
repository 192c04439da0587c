//! Trade with the station (rules 4, Buy; 4.4, Sell).

use crate::action::{Action, Purchase};
use crate::constants::{FUEL_MAX, HULL_MAX, TOOL_MAX};
use crate::event::{Event, EventSink};
use crate::market::slippage;
use crate::math;
use crate::vessel::Vessel;

/// Buying and selling at the station.
pub(crate) trait Trade: Vessel {
    /// Rules 4.4.
    #[inline(always)]
    fn sell(&mut self, commodity: u8, fraction: f32, events: &mut impl EventSink) {
        let c = usize::from(commodity);
        let cargo = *self.cargo(c);
        let quantity = cargo * fraction;
        if quantity == 0.0 {
            return;
        }
        let inventory = *self.inventory(c);
        let credits = quantity * self.price(c) * (1.0 - slippage(quantity, inventory));
        *self.credits() += credits;
        *self.cargo(c) = math::max(0.0, cargo - quantity);
        *self.inventory(c) = inventory + quantity;
        *self.recent_sales(c) += quantity;
        events.record(Event::Sell { commodity, quantity, credits });
    }

    #[inline(always)]
    fn buy(&mut self, item: Purchase, events: &mut impl EventSink) -> u8 {
        let cost = item.cost();
        *self.credits() -= cost;
        *self.total_spend() += cost;
        events.record(Event::Buy { item, cost });
        match item {
            Purchase::FuelSmall | Purchase::FuelMed | Purchase::FuelLarge => {
                *self.fuel() = math::min(FUEL_MAX, *self.fuel() + item.fuel());
            }
            Purchase::RepairKit => *self.repair_kits() += 1,
            Purchase::Stabilizer => *self.stabilizers() += 1,
            Purchase::Decoy => *self.decoys() += 1,
            Purchase::Overhaul => {
                *self.hull() = HULL_MAX;
                *self.tool() = TOOL_MAX;
            }
        }
        Action::Buy(item).ticks()
    }
}

impl<V: Vessel> Trade for V {}
