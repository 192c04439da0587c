//! Reading state bytes (rules 8; layout in [`crate::state`]). Nothing is taken on trust: a blob that passes can be played on
//! without a panic, and a blob that fails changes nothing.

use std::fmt;

use crate::asteroids::{Asteroid, Slots};
use crate::constants::{ASTEROID_SLOTS, COMMODITIES, CONSUMABLE_CAP, DT_MAX, NODES_MAX, UNREACHABLE};
use crate::end::End;
use crate::episode::{Episode, Ship, Tally};
use crate::market::Market;
use crate::rng::Pcg32;
use crate::state::{CHECKSUM_SIZE, LENGTH_AT, MAGIC, NONE, VERSION, fnv1a};
use crate::world::{Edge, Node, NodeType};

/// The fields up to and with the generator: a shorter blob has no header to speak of.
const HEADER_SIZE: usize = 44;
const NODES_MIN: usize = 8;
/// The flags that play comes to: an episode that runs; out of time; terminated, by one to three of the causes (rules 4.7).
const ENDS: [u8; 9] = [0, 2, 5, 9, 13, 17, 21, 25, 29];
/// Largest magnitude of a float.
const FLOAT_LIMIT: f32 = 1e9;

/// Why a blob was not restored. The checks are made in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum StateError {
    Truncated { length: usize },
    Magic { found: [u8; 4] },
    Version { found: u16 },
    Length { stated: u32, found: usize },
    Checksum { stated: u64, found: u64 },
    TimeMax { found: f32, allowed: f32 },
    Field { name: &'static str, found: String, allowed: String },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated { length } => {
                write!(f, "state is {length} bytes long; its header alone takes {HEADER_SIZE}")
            }
            Self::Magic { found } => {
                write!(f, "state begins with \"{}\"; allowed: \"ABPS\"", found.escape_ascii())
            }
            Self::Version { found } => write!(f, "state has version {found}; allowed: {VERSION}"),
            Self::Length { stated, found } => {
                write!(f, "state is {found} bytes long; its header says {stated}")
            }
            Self::Checksum { stated, found } => {
                write!(f, "state has the checksum {found:#018x}; it says {stated:#018x}, so bytes were changed")
            }
            Self::TimeMax { found, allowed } => {
                write!(f, "state was recorded with time_max={found}; this core has time_max={allowed}")
            }
            Self::Field { name, found, allowed } => write!(f, "state has {name}={found}; allowed: {allowed}"),
        }
    }
}

impl std::error::Error for StateError {}

fn bad_field(name: &'static str, found: impl ToString, allowed: impl ToString) -> StateError {
    StateError::Field { name, found: found.to_string(), allowed: allowed.to_string() }
}

impl Episode {
    /// The episode that [`Episode::state`] wrote, for a core configured with `time_max`.
    pub fn restore(bytes: &[u8], time_max: f32) -> Result<Self, StateError> {
        let mut blob = open(bytes)?;
        let reserved = blob.u16()?;
        blob.u32()?; // the length, which `open` has compared
        let found = blob.any_f32()?;
        if found.to_bits() != time_max.to_bits() {
            return Err(StateError::TimeMax { found, allowed: time_max });
        }
        if reserved != 0 {
            return Err(bad_field("the reserved header field", reserved, 0));
        }
        let mut episode = Self::new(time_max);
        episode.started = true;
        episode.seed = blob.u64()?;
        episode.rng = read_rng(&mut blob)?;
        episode.ticks = blob.u32()?;
        read_counts(&mut blob, &mut episode.tally)?;
        let node_count = read_ship(&mut blob, &mut episode)?;
        episode.market = read_market(&mut blob)?;
        let world = &mut episode.world;
        for index in 0..node_count {
            world.nodes.push(read_node(&mut blob, index, node_count)?);
        }
        let kinds: Vec<_> = world.nodes.iter().map(|node| node.kind).collect();
        for edge in world.nodes.iter_mut().flat_map(|node| &mut node.edges).flatten() {
            edge.kind = kinds[usize::from(edge.to)];
        }
        for node in 1..node_count as u8 {
            let mut slots = Slots::EMPTY;
            for slot in 0..world.nodes[usize::from(node)].asteroid_count {
                slots.set(slot, &read_asteroid(&mut blob)?);
            }
            world.place(node, slots);
        }
        match blob.rest.len() {
            0 => Ok(episode),
            left => {
                Err(bad_field("the length", format!("{left} bytes more than its counts ask for"), "none left over"))
            }
        }
    }
}

/// Checks the frame around the fields; what it returns begins after the version and ends before the checksum.
fn open(bytes: &[u8]) -> Result<Reader<'_>, StateError> {
    if bytes.len() < HEADER_SIZE {
        return Err(StateError::Truncated { length: bytes.len() });
    }
    let (fields, checksum) = bytes.split_at(bytes.len() - CHECKSUM_SIZE);
    let mut header = Reader { rest: bytes };
    let found: [u8; 4] = header.take()?;
    if found != MAGIC {
        return Err(StateError::Magic { found });
    }
    let found = header.u16()?;
    if found != VERSION {
        return Err(StateError::Version { found });
    }
    let stated = Reader { rest: &bytes[LENGTH_AT..] }.u32()?;
    if stated as usize != bytes.len() {
        return Err(StateError::Length { stated, found: bytes.len() });
    }
    let stated = Reader { rest: checksum }.u64()?;
    let found = fnv1a(fields);
    if stated != found {
        return Err(StateError::Checksum { stated, found });
    }
    Ok(Reader { rest: &fields[MAGIC.len() + 2..] })
}

fn read_rng(blob: &mut Reader<'_>) -> Result<Pcg32, StateError> {
    let (state, inc) = (blob.u64()?, blob.u64()?);
    if inc % 2 == 0 {
        return Err(bad_field("rng_inc", inc, "odd numbers"));
    }
    Ok(Pcg32 { state, inc })
}

fn read_counts(blob: &mut Reader<'_>, tally: &mut Tally) -> Result<(), StateError> {
    tally.overheat_ticks = blob.u32()?;
    tally.pirate_encounters = blob.u32()?;
    tally.scan_count = blob.u32()?;
    tally.mining_ticks = blob.u32()?;
    Ok(())
}

/// Reads the ship and what stands between its fields; returns the number of nodes.
fn read_ship(blob: &mut Reader<'_>, episode: &mut Episode) -> Result<usize, StateError> {
    let [node, selected, node_count, flags] = blob.take()?;
    let nodes = usize::from(node_count);
    if !(NODES_MIN..=NODES_MAX).contains(&nodes) {
        return Err(bad_field("node_count", node_count, "8..=32"));
    }
    if node >= node_count {
        return Err(bad_field("node", node, format!("0..{node_count}")));
    }
    if selected != NONE && usize::from(selected) >= ASTEROID_SLOTS {
        return Err(bad_field("selected", selected, "0..=15 or 255"));
    }
    if !ENDS.contains(&flags) {
        return Err(bad_field("flags", flags, "0 (running), 2 (truncated), or 1 with any of 4, 8 and 16 (terminated)"));
    }
    episode.end = End::from_flags(flags);
    episode.ship = Ship {
        node,
        selected: (selected != NONE).then_some(selected),
        repair_kits: blob.u8_up_to("repair_kits", CONSUMABLE_CAP)?,
        stabilizers: blob.u8_up_to("stabilizers", CONSUMABLE_CAP)?,
        decoys: blob.u8_up_to("decoys", CONSUMABLE_CAP)?,
        escape_buff: blob.u8_up_to("escape_buff", DT_MAX)?,
        ..Ship::default()
    };
    let ship = &mut episode.ship;
    for buff in &mut ship.stabilize_buff {
        *buff = blob.u8_up_to("stabilize_buff", DT_MAX)?;
    }
    ship.fuel = blob.f32("fuel")?;
    ship.hull = blob.f32("hull")?;
    ship.heat = blob.f32("heat")?;
    ship.tool = blob.f32("tool")?;
    ship.alert = blob.f32("alert")?;
    ship.credits = blob.f32("credits")?;
    episode.time_remaining = blob.f32("time_remaining")?;
    episode.tally.total_spend = blob.f32("total_spend")?;
    episode.tally.value_lost = blob.f32("value_lost")?;
    episode.tally.utilization_sum = blob.f32("utilization_sum")?;
    ship.cargo = blob.f32s("cargo")?;
    Ok(nodes)
}

fn read_market(blob: &mut Reader<'_>) -> Result<Market, StateError> {
    let market = Market {
        inventory: blob.f32s("inventory")?,
        phase: blob.f32s("phase")?,
        period: blob.f32s("period")?,
        amp: blob.f32s("amp")?,
        price: blob.f32s("price")?,
        prev_price: blob.f32s("prev_price")?,
        recent_sales: blob.f32s("recent_sales")?,
    };
    match market.period.iter().find(|period| **period < 1.0) {
        Some(period) => Err(bad_field("period", period, "at least 1")),
        None => Ok(market),
    }
}

/// A node, without its asteroids.
fn read_node(blob: &mut Reader<'_>, index: usize, node_count: usize) -> Result<Node, StateError> {
    let [kind, steps_to_station, asteroid_count, reserved] = blob.take()?;
    let kind = match (kind, index) {
        (0, 0) => NodeType::Station,
        (1, 1..) => NodeType::Cluster,
        (2, 1..) => NodeType::Hazard,
        _ => {
            return Err(bad_field("node type", format!("{kind} at node {index}"), "0 at node 0, 1 or 2 elsewhere"));
        }
    };
    if steps_to_station > UNREACHABLE {
        return Err(bad_field("steps_to_station", steps_to_station, "0..=31"));
    }
    let most = if index == 0 { 0 } else { ASTEROID_SLOTS };
    if usize::from(asteroid_count) > most {
        return Err(bad_field(
            "asteroid_count",
            format!("{asteroid_count} at node {index}"),
            "0 at node 0, 0..=16 elsewhere",
        ));
    }
    if reserved != 0 {
        return Err(bad_field("a node's reserved byte", reserved, 0));
    }
    let hazard = blob.f32("hazard")?;
    let pirate = blob.f32("pirate")?;
    let mut node = Node { steps_to_station, asteroid_count, ..Node::empty(kind, hazard, pirate) };
    for edge in &mut node.edges {
        *edge = read_edge(blob, node_count)?;
    }
    Ok(node)
}

fn read_edge(blob: &mut Reader<'_>, node_count: usize) -> Result<Option<Edge>, StateError> {
    let [to, time] = blob.take()?;
    let reserved = blob.u16()?;
    if reserved != 0 {
        return Err(bad_field("an edge's reserved field", reserved, 0));
    }
    let edge = Edge {
        to,
        kind: NodeType::Station, // until the nodes are known
        time,
        fuel: blob.f32("edge fuel")?,
        threat: blob.f32("edge threat")?,
        threat_estimate: blob.f32("edge threat_estimate")?,
    };
    if to == NONE {
        let bits = edge.fuel.to_bits() | edge.threat.to_bits() | edge.threat_estimate.to_bits();
        if time != 0 || bits != 0 {
            return Err(bad_field("an empty edge", "other numbers than 0", "zeros"));
        }
        return Ok(None);
    }
    if usize::from(to) >= node_count {
        return Err(bad_field("edge to", to, format!("0..{node_count} or 255")));
    }
    if !(1..=DT_MAX).contains(&time) {
        return Err(bad_field("edge time", time, "1..=8"));
    }
    Ok(Some(edge))
}

fn read_asteroid(blob: &mut Reader<'_>) -> Result<Asteroid, StateError> {
    Ok(Asteroid {
        true_comp: blob.f32s("true_comp")?,
        comp_est: blob.f32s("comp_est")?,
        richness: blob.f32("richness")?,
        stability: blob.f32("stability")?,
        noise: blob.f32("noise")?,
        stability_est: blob.f32("stability_est")?,
        scan_conf: blob.f32("scan_conf")?,
        depletion: blob.f32("depletion")?,
    })
}

/// What is left to read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StateError> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(bad_field("the length", "too few bytes for its counts", "all that its counts ask for"));
        };
        self.rest = rest;
        Ok(*bytes)
    }

    fn u8_up_to(&mut self, name: &'static str, most: u8) -> Result<u8, StateError> {
        let [value] = self.take()?;
        if value > most {
            return Err(bad_field(name, value, format!("0..={most}")));
        }
        Ok(value)
    }

    fn u16(&mut self) -> Result<u16, StateError> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, StateError> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, StateError> {
        self.take().map(u64::from_le_bytes)
    }

    fn any_f32(&mut self) -> Result<f32, StateError> {
        self.take().map(f32::from_le_bytes)
    }

    fn f32(&mut self, name: &'static str) -> Result<f32, StateError> {
        let value = self.any_f32()?;
        if (-FLOAT_LIMIT..=FLOAT_LIMIT).contains(&value) {
            Ok(value)
        } else {
            Err(bad_field(name, value, "finite and between -1e9 and 1e9"))
        }
    }

    fn f32s(&mut self, name: &'static str) -> Result<[f32; COMMODITIES], StateError> {
        let mut values = [0.0; COMMODITIES];
        for value in &mut values {
            *value = self.f32(name)?;
        }
        Ok(values)
    }
}
