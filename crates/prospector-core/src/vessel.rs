//! One ship in its belt, as actions and dangers see it. The rules of a single env are written once, over this: an
//! [`Episode`] is a vessel, and so is a lane of the native core's blocks.

use crate::asteroids::{self, Slots};
use crate::constants::COMMODITIES;
use crate::episode::Episode;
use crate::rng::Pcg32;
use crate::world::Node;

/// Quantities are places, to be read and written; commodities and slots are indices.
pub(crate) trait Vessel: Sized {
    fn rng(&self) -> Pcg32;
    fn set_rng(&mut self, rng: Pcg32);

    /// Index of the node where it is.
    fn at(&self) -> u8;
    fn set_at(&mut self, node: u8);
    fn selected(&self) -> Option<u8>;
    fn select(&mut self, slot: Option<u8>);
    fn cash_out(&mut self);

    fn fuel(&mut self) -> &mut f32;
    fn hull(&mut self) -> &mut f32;
    fn heat(&mut self) -> &mut f32;
    fn tool(&mut self) -> &mut f32;
    fn alert(&mut self) -> &mut f32;
    fn credits(&mut self) -> &mut f32;
    fn cargo(&mut self, commodity: usize) -> &mut f32;
    fn repair_kits(&mut self) -> &mut u8;
    fn stabilizers(&mut self) -> &mut u8;
    fn decoys(&mut self) -> &mut u8;
    fn escape_buff(&mut self) -> &mut u8;
    fn stabilize_buff(&mut self, slot: u8) -> &mut u8;

    fn price(&self, commodity: usize) -> f32;
    fn inventory(&mut self, commodity: usize) -> &mut f32;
    fn recent_sales(&mut self, commodity: usize) -> &mut f32;

    fn total_spend(&mut self) -> &mut f32;
    fn value_lost(&mut self) -> &mut f32;
    fn pirate_encounters(&mut self) -> &mut u32;
    fn scan_count(&mut self) -> &mut u32;
    fn mining_ticks(&mut self) -> &mut u32;

    /// The node where it is.
    fn node(&self) -> &Node;
    fn node_mut(&mut self) -> &mut Node;
    /// The asteroids there, which are drawn if they have not been; the node must have some.
    fn slots_mut(&mut self) -> &mut Slots;

    #[inline(always)]
    fn at_station(&self) -> bool {
        self.at() == 0
    }

    #[inline(always)]
    fn unit(&mut self) -> f32 {
        let mut rng = self.rng();
        let drawn = rng.unit();
        self.set_rng(rng);
        drawn
    }

    #[inline(always)]
    fn uniform(&mut self, a: f32, b: f32) -> f32 {
        a + (b - a) * self.unit()
    }

    #[inline(always)]
    fn hold(&mut self) -> [f32; COMMODITIES] {
        std::array::from_fn(|c| *self.cargo(c))
    }

    /// Units of all commodities.
    #[inline(always)]
    fn cargo_units(&mut self) -> f32 {
        asteroids::sum(&self.hold())
    }

    /// Credits that the cargo is worth at current prices, without slippage.
    #[inline(always)]
    fn worth(&mut self) -> f32 {
        (0..COMMODITIES).fold(0.0, |value, c| value + *self.cargo(c) * self.price(c))
    }
}

impl Vessel for Episode {
    fn rng(&self) -> Pcg32 {
        self.rng
    }

    fn set_rng(&mut self, rng: Pcg32) {
        self.rng = rng;
    }

    fn at(&self) -> u8 {
        self.ship.node
    }

    fn set_at(&mut self, node: u8) {
        self.ship.node = node;
    }

    fn selected(&self) -> Option<u8> {
        self.ship.selected
    }

    fn select(&mut self, slot: Option<u8>) {
        self.ship.selected = slot;
    }

    fn cash_out(&mut self) {
        self.end.cashed_out = true;
    }

    fn fuel(&mut self) -> &mut f32 {
        &mut self.ship.fuel
    }

    fn hull(&mut self) -> &mut f32 {
        &mut self.ship.hull
    }

    fn heat(&mut self) -> &mut f32 {
        &mut self.ship.heat
    }

    fn tool(&mut self) -> &mut f32 {
        &mut self.ship.tool
    }

    fn alert(&mut self) -> &mut f32 {
        &mut self.ship.alert
    }

    fn credits(&mut self) -> &mut f32 {
        &mut self.ship.credits
    }

    fn cargo(&mut self, commodity: usize) -> &mut f32 {
        &mut self.ship.cargo[commodity]
    }

    fn repair_kits(&mut self) -> &mut u8 {
        &mut self.ship.repair_kits
    }

    fn stabilizers(&mut self) -> &mut u8 {
        &mut self.ship.stabilizers
    }

    fn decoys(&mut self) -> &mut u8 {
        &mut self.ship.decoys
    }

    fn escape_buff(&mut self) -> &mut u8 {
        &mut self.ship.escape_buff
    }

    fn stabilize_buff(&mut self, slot: u8) -> &mut u8 {
        &mut self.ship.stabilize_buff[usize::from(slot)]
    }

    fn price(&self, commodity: usize) -> f32 {
        self.market.price[commodity]
    }

    fn inventory(&mut self, commodity: usize) -> &mut f32 {
        &mut self.market.inventory[commodity]
    }

    fn recent_sales(&mut self, commodity: usize) -> &mut f32 {
        &mut self.market.recent_sales[commodity]
    }

    fn total_spend(&mut self) -> &mut f32 {
        &mut self.tally.total_spend
    }

    fn value_lost(&mut self) -> &mut f32 {
        &mut self.tally.value_lost
    }

    fn pirate_encounters(&mut self) -> &mut u32 {
        &mut self.tally.pirate_encounters
    }

    fn scan_count(&mut self) -> &mut u32 {
        &mut self.tally.scan_count
    }

    fn mining_ticks(&mut self) -> &mut u32 {
        &mut self.tally.mining_ticks
    }

    fn node(&self) -> &Node {
        &self.world.nodes[usize::from(self.ship.node)]
    }

    fn node_mut(&mut self) -> &mut Node {
        &mut self.world.nodes[usize::from(self.ship.node)]
    }

    fn slots_mut(&mut self) -> &mut Slots {
        if let Some(node) = self.world.undrawn(self.ship.node) {
            let slots = node.draw_slots();
            self.world.place(self.ship.node, slots);
        }
        self.world.slots_of_mut(self.ship.node).expect("the node has asteroids")
    }
}
