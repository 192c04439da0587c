//! Prefetching of memory: the worlds of a batch do not fit into the near caches, and a step visits a few places of each.

use crate::world::World;

/// Prefetches the cache lines of a value.
#[inline(always)]
fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint: it changes nothing and faults on no address, and this one is within `value`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>((&raw const *value).cast::<i8>().add(line)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// Prefetches the node where the ship is.
#[inline(always)]
pub(crate) fn node(world: &World, node: u8) {
    if let Some(node) = world.nodes.get(usize::from(node)) {
        prefetch(node);
    }
}

/// Prefetches what a valid action of that code needs besides the node, which was prefetched before: the node where travel leads, or
/// the asteroids, which may have to be drawn.
#[inline(always)]
pub(crate) fn destination(world: &mut World, node: u8, code: u8) {
    let Some(here) = world.nodes.get(usize::from(node)) else { return };
    match (here.edges.get(usize::from(code)), here.slots_at) {
        (Some(edge), _) => {
            let to = edge.as_ref().and_then(|edge| world.nodes.get(usize::from(edge.to)));
            if let Some(node) = to {
                prefetch(node);
            }
        }
        (None, Some(at)) => world.slots.get(usize::from(at)).map_or((), prefetch),
        (None, None) => world.slots.spare_capacity_mut().first().map_or((), prefetch),
    }
}
