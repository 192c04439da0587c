//! Asking for memory before it is needed: the worlds of a batch do not fit into the near caches, and a step visits a few
//! places of each.

use crate::world::World;

/// Asks for the lines of a value.
#[inline(always)]
fn fetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it changes nothing and faults on no address, and this one is within `value`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>((&raw const *value).cast::<i8>().add(line)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// The node where the ship is.
#[inline(always)]
pub(crate) fn node(world: &World, node: u8) {
    if let Some(node) = world.nodes.get(usize::from(node)) {
        fetch(node);
    }
}

/// What a valid action of that code asks of the node, which was fetched before: where travel leads, or the asteroids,
/// which may have to be drawn.
#[inline(always)]
pub(crate) fn destination(world: &mut World, node: u8, code: u8) {
    let Some(here) = world.nodes.get(usize::from(node)) else { return };
    match (here.edges.get(usize::from(code)), here.slots_at) {
        (Some(way), _) => {
            let to = way.as_ref().and_then(|edge| world.nodes.get(usize::from(edge.to)));
            if let Some(node) = to {
                fetch(node);
            }
        }
        (None, Some(at)) => world.slots.get(usize::from(at)).map_or((), fetch),
        (None, None) => world.slots.spare_capacity_mut().first().map_or((), fetch),
    }
}
