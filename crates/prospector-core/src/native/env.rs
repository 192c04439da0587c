//! One env of a block as a vessel. What happens to it alone happens in the block itself, and touches no more than it needs.

use super::block::{Block, NONE};
use super::generate;
use crate::asteroids::Slots;
use crate::end::CASHED_OUT;
use crate::rng::Pcg32;
use crate::vessel::Vessel;
use crate::world::{Node, World};
use prospector_simd::{LANES, Vector};

pub(crate) struct Env<'a> {
    block: &'a mut Block,
    world: &'a mut World,
    lane: usize,
}

impl<'a> Env<'a> {
    #[inline(always)]
    pub fn new(block: &'a mut Block, world: &'a mut World, lane: usize) -> Self {
        Self { block, world, lane: lane % LANES }
    }

    /// Draws the asteroids of the node where the ship is, if there are any that have not been drawn.
    #[inline(always)]
    pub fn draw_asteroids<V: Vector>(&mut self) {
        let at = self.at();
        if let Some(node) = self.world.undrawn(at) {
            let slots = generate::asteroids::<V>(node);
            self.world.place(at, slots);
        }
    }
}

/// A place in a field of the block, by its name.
macro_rules! places {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(#[inline(always)]
        fn $name(&mut self) -> &mut $type {
            &mut self.block.$name[self.lane]
        })*
    };
}

/// A place in the cold state of the env, by its name.
macro_rules! cold_places {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(#[inline(always)]
        fn $name(&mut self) -> &mut $type {
            &mut self.block.cold[self.lane].$name
        })*
    };
}

impl Vessel for Env<'_> {
    #[inline(always)]
    fn rng(&self) -> Pcg32 {
        Pcg32 { state: self.block.rng_state[self.lane], inc: self.block.rng_inc[self.lane] }
    }

    #[inline(always)]
    fn set_rng(&mut self, rng: Pcg32) {
        self.block.rng_state[self.lane] = rng.state;
    }

    #[inline(always)]
    fn at(&self) -> u8 {
        self.block.node[self.lane]
    }

    #[inline(always)]
    fn set_at(&mut self, node: u8) {
        self.block.node[self.lane] = node;
    }

    #[inline(always)]
    fn selected(&self) -> Option<u8> {
        let selected = self.block.selected[self.lane];
        (selected != NONE).then_some(selected)
    }

    #[inline(always)]
    fn select(&mut self, slot: Option<u8>) {
        self.block.selected[self.lane] = slot.unwrap_or(NONE);
    }

    #[inline(always)]
    fn cash_out(&mut self) {
        self.block.end[self.lane] = CASHED_OUT;
    }

    places! {
        fuel: f32, hull: f32, heat: f32, tool: f32, alert: f32, credits: f32, value_lost: f32,
        repair_kits: u8, stabilizers: u8, decoys: u8, escape_buff: u8,
    }
    cold_places! { total_spend: f32, pirate_encounters: u32, scan_count: u32, mining_ticks: u32 }

    #[inline(always)]
    fn cargo(&mut self, commodity: usize) -> &mut f32 {
        &mut self.block.cargo[commodity][self.lane]
    }

    #[inline(always)]
    fn stabilize_buff(&mut self, slot: u8) -> &mut u8 {
        &mut self.block.stabilize_buff[self.lane][usize::from(slot)]
    }

    #[inline(always)]
    fn price(&self, commodity: usize) -> f32 {
        self.block.price[commodity][self.lane]
    }

    #[inline(always)]
    fn inventory(&mut self, commodity: usize) -> &mut f32 {
        &mut self.block.inventory[commodity][self.lane]
    }

    #[inline(always)]
    fn recent_sales(&mut self, commodity: usize) -> &mut f32 {
        &mut self.block.recent_sales[commodity][self.lane]
    }

    #[inline(always)]
    fn node(&self) -> &Node {
        &self.world.nodes[usize::from(self.at())]
    }

    #[inline(always)]
    fn node_mut(&mut self) -> &mut Node {
        &mut self.world.nodes[usize::from(self.block.node[self.lane])]
    }

    #[inline(always)]
    fn slots_mut(&mut self) -> &mut Slots {
        self.world.slots_of_mut(self.block.node[self.lane]).expect("drawn before an action that asks for them")
    }
}
