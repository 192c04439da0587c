//! Rules 8, state bytes: the whole episode as a versioned blob; [`crate::restore`] reads it back.
//!
//! Version 1, little endian, floats as their bits:
//!
//! ```text
//! "ABPS"; u16 version 1; u16 0; u32 length of the whole blob; f32 time_max; u64 seed; u64 rng state; u64 rng inc;
//! u32 ticks, overheat_ticks, pirate_encounters, scan_count, mining_ticks;
//! u8 node, selected (255 none), node_count, flags (1 terminated, 2 truncated, 4 destroyed, 8 stranded, 16 cashed out);
//! u8 repair_kits, stabilizers, decoys, escape_buff; u8 stabilize_buff[16];
//! f32 fuel, hull, heat, tool, alert, credits, time_remaining, total_spend, value_lost, utilization_sum; f32 cargo[6];
//! f32 inventory[6], phase[6], period[6], amp[6], price[6], prev_price[6], recent_sales[6];
//! a node: u8 type, steps_to_station, asteroid_count, 0; f32 hazard, pirate;
//!     6 edges: u8 to (255 empty), time; u16 0; f32 fuel, threat, threat_estimate (all 0 if empty);
//! an asteroid of each node in order: f32 true_comp[6], comp_est[6], richness, stability, noise, stability_est, scan_conf, depletion;
//! u64 FNV-1a-64 of every byte before it.
//! ```

use crate::asteroids::Asteroid;
use crate::episode::Episode;
use crate::world::{Edge, Node};

pub(crate) const MAGIC: [u8; 4] = *b"ABPS";
pub(crate) const VERSION: u16 = 1;
/// Stands in `selected` and in an edge's `to` where there is none.
pub(crate) const NONE: u8 = 255;
pub(crate) const CHECKSUM_SIZE: usize = 8;
/// Where the length of the whole blob stands.
pub(crate) const LENGTH_AT: usize = 8;

pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

impl Episode {
    /// The episode as bytes, generator included; restoring them continues it bit for bit. Asteroids that have not been drawn
    /// yet are drawn for it, and stay undrawn.
    pub fn state(&self) -> Vec<u8> {
        let mut blob = Writer(Vec::new());
        blob.bytes(&MAGIC);
        blob.bytes(&VERSION.to_le_bytes());
        blob.bytes(&[0, 0]);
        blob.u32(0); // the length, once it is known
        blob.f32(self.time_max);
        blob.u64(self.seed);
        blob.u64(self.rng.state);
        blob.u64(self.rng.inc);
        self.write_counts(&mut blob);
        self.write_ship(&mut blob);
        self.write_market(&mut blob);
        for node in &self.world.nodes {
            write_node(&mut blob, node);
        }
        for (index, node) in self.world.nodes.iter().enumerate() {
            let undrawn;
            let slots = match self.world.slots_of(index as u8) {
                Some(slots) => slots,
                None => {
                    undrawn = node.draw_slots();
                    &undrawn
                }
            };
            for slot in 0..node.asteroid_count {
                write_asteroid(&mut blob, &slots.get(slot));
            }
        }
        let length = (blob.0.len() + CHECKSUM_SIZE) as u32;
        blob.0[LENGTH_AT..LENGTH_AT + 4].copy_from_slice(&length.to_le_bytes());
        let checksum = fnv1a(&blob.0);
        blob.u64(checksum);
        blob.0
    }

    fn write_counts(&self, blob: &mut Writer) {
        let tally = &self.tally;
        for count in [self.ticks, tally.overheat_ticks, tally.pirate_encounters, tally.scan_count, tally.mining_ticks] {
            blob.u32(count);
        }
    }

    fn write_ship(&self, blob: &mut Writer) {
        let (ship, tally) = (&self.ship, &self.tally);
        blob.bytes(&[ship.node, ship.selected.unwrap_or(NONE), self.world.nodes.len() as u8, self.end.to_flags()]);
        blob.bytes(&[ship.repair_kits, ship.stabilizers, ship.decoys, ship.escape_buff]);
        blob.bytes(&ship.stabilize_buff);
        blob.f32s(&[ship.fuel, ship.hull, ship.heat, ship.tool, ship.alert, ship.credits, self.time_remaining]);
        blob.f32s(&[tally.total_spend, tally.value_lost, tally.utilization_sum]);
        blob.f32s(&ship.cargo);
    }

    fn write_market(&self, blob: &mut Writer) {
        let market = &self.market;
        blob.f32s(&market.inventory);
        blob.f32s(&market.phase);
        blob.f32s(&market.period);
        blob.f32s(&market.amp);
        blob.f32s(&market.price);
        blob.f32s(&market.prev_price);
        blob.f32s(&market.recent_sales);
    }
}

fn write_node(blob: &mut Writer, node: &Node) {
    blob.bytes(&[node.kind as u8, node.steps_to_station, node.asteroid_count, 0]);
    blob.f32s(&[node.hazard, node.pirate]);
    for edge in &node.edges {
        match edge {
            Some(edge) => write_edge(blob, edge),
            None => {
                blob.bytes(&[NONE, 0, 0, 0]);
                blob.f32s(&[0.0; 3]);
            }
        }
    }
}

fn write_edge(blob: &mut Writer, edge: &Edge) {
    blob.bytes(&[edge.to, edge.time, 0, 0]);
    blob.f32s(&[edge.fuel, edge.threat, edge.threat_estimate]);
}

fn write_asteroid(blob: &mut Writer, asteroid: &Asteroid) {
    blob.f32s(&asteroid.true_comp);
    blob.f32s(&asteroid.comp_est);
    blob.f32s(&[asteroid.richness, asteroid.stability, asteroid.noise]);
    blob.f32s(&[asteroid.stability_est, asteroid.scan_conf, asteroid.depletion]);
}

struct Writer(Vec<u8>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.bytes(&value.to_le_bytes());
    }

    fn f32(&mut self, value: f32) {
        self.u32(value.to_bits());
    }

    fn f32s(&mut self, values: &[f32]) {
        for value in values {
            self.f32(*value);
        }
    }
}
