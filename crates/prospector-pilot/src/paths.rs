//! The shortest known paths to the station.

use prospector_core::constants::{EDGE_SLOTS, NODES_MAX};

/// Further than any path.
pub(crate) const FAR: f32 = 1e6;
const STATION: usize = 0;

/// A path along edges.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Path {
    pub ticks: f32,
    /// Without the weight of cargo.
    pub fuel: f32,
}

/// The way home from one node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homeward {
    /// The slot of the first edge. `None` at the station, and where no path is known.
    pub slot: Option<u8>,
    pub path: Path,
    /// The number of edges; 0 at the station and where no path is known.
    pub hops: u8,
}

impl Path {
    pub(crate) const UNKNOWN: Self = Self { ticks: FAR, fuel: FAR };

    /// This path and then another one.
    pub(crate) fn and(self, next: Self) -> Self {
        Self { ticks: self.ticks + next.ticks, fuel: self.fuel + next.fuel }
    }
}

/// From every node, the path with the fewest ticks to the station, and with the least fuel among those. `edge` gives the end
/// of an edge of `(node, slot)` and the path along it, if the end is known.
pub fn paths_home(edge: impl Fn(usize, usize) -> Option<(usize, Path)>) -> [Homeward; NODES_MAX] {
    let mut home = [Homeward { slot: None, path: Path::UNKNOWN, hops: 0 }; NODES_MAX];
    home[STATION].path = Path { ticks: 0.0, fuel: 0.0 };
    // A shortest path has fewer edges than there are nodes.
    for _ in 0..NODES_MAX {
        let mut changed = false;
        for node in 0..NODES_MAX {
            for slot in 0..EDGE_SLOTS {
                let Some((to, along)) = edge(node, slot) else { continue };
                let path = home[to].path.and(along);
                if path < home[node].path {
                    home[node] = Homeward { slot: Some(slot as u8), path, hops: home[to].hops.saturating_add(1) };
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    home
}
