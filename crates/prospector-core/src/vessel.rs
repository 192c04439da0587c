//! One ship in its belt, as actions and dangers see it. The rules of a single env are written once, over this trait: an
//! [`crate::Episode`] is a vessel, and so is an env of the native core's blocks.

use crate::asteroids::{self, Slots};
use crate::constants::COMMODITIES;
use crate::rng::Pcg32;
use crate::world::Node;

/// A ship in its belt. A quantity is a place that can be read and written. Commodities and slots are indices.
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
    /// The asteroids of that node, which are drawn now if they were not. The node must have some.
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
