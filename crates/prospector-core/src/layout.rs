//! The layout of the observation (rules 6): where each quantity stands, what it is divided by, and what it means.

use crate::constants::{
    ALERT_MAX, ASTEROID_SLOTS, CARGO_MAX, COMMODITIES, CONSUMABLE_CAP, CREDITS_SHOWN_MAX, DT_MAX, EDGE_FUEL_MAX,
    EDGE_SLOTS, FUEL_MAX, HEAT_MAX, HULL_MAX, IRON, NODES_MAX, OBS_SIZE, PGE, PRICE_CHANGE_SCALE, RARE_ISOTOPES,
    STOCK_SCALE, TOOL_MAX, UNREACHABLE, WATER_ICE,
};

/// One quantity, or several of a kind in a row.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    /// Index of its first float: in the observation, or in the slot of an edge or an asteroid.
    pub at: usize,
    /// How many floats it takes.
    pub size: usize,
    pub scale: Scale,
    pub unit: &'static str,
    pub meaning: &'static str,
}

/// How a quantity becomes a float of the observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// 1 where it holds, else 0.
    Flag,
    /// Divided by this number, clamped to [0, 1].
    Divided(f32),
    /// Divided by this number, clamped to [-1, 1].
    Signed(f32),
    /// `ln(1 + x) / ln(1 + most)`, clamped to [0, 1].
    Logarithm { most: f32 },
    /// Divided by the `time_max` of the episode, clamped to [0, 1].
    TimeMax,
    /// Divided by the base price of the commodity, clamped to [0, 1].
    BasePrice,
    /// Slots with fields of their own.
    Slots,
    /// Always 0.
    Zero,
}

const fn field(
    (name, at, size): (&'static str, usize, usize),
    scale: Scale,
    unit: &'static str,
    meaning: &'static str,
) -> Field {
    Field { name, at, size, scale, unit, meaning }
}

const CAP: Scale = Scale::Divided(CONSUMABLE_CAP as f32);

pub const FUEL: Field = field(("fuel", 0, 1), Scale::Divided(FUEL_MAX), "units of fuel", "fuel in the tank");
pub const HULL: Field = field(("hull", 1, 1), Scale::Divided(HULL_MAX), "points", "condition of the hull");
pub const HEAT: Field = field(("heat", 2, 1), Scale::Divided(HEAT_MAX), "points", "heat of the ship");
pub const TOOL: Field = field(("tool", 3, 1), Scale::Divided(TOOL_MAX), "points", "condition of the mining tool");
pub const CARGO_TOTAL: Field = field(("cargo_total", 4, 1), Scale::Divided(CARGO_MAX), "units", "all cargo together");
pub const ALERT: Field =
    field(("alert", 5, 1), Scale::Divided(ALERT_MAX), "points", "how much the ship has drawn attention");
pub const TIME: Field = field(("time", 6, 1), Scale::TimeMax, "ticks", "time that remains");
pub const CREDITS: Field = field(
    ("credits", 7, 1),
    Scale::Logarithm { most: CREDITS_SHOWN_MAX },
    "credits",
    "credits, at least 0, on a log scale",
);
pub const CARGO: Field =
    field(("cargo", 8, COMMODITIES), Scale::Divided(CARGO_MAX), "units", "cargo of each commodity");
pub const REPAIR_KITS: Field = field(("repair_kits", 14, 1), CAP, "kits", "repair kits on board");
pub const STABILIZERS: Field = field(("stabilizers", 15, 1), CAP, "stabilizers", "stabilizers on board");
pub const DECOYS: Field = field(("decoys", 16, 1), CAP, "decoys", "decoys on board");
pub const AT_STATION: Field = field(("at_station", 17, 1), Scale::Flag, "", "the ship is at the station");
pub const VALID_SELECTION: Field = field(("valid_selection", 18, 1), Scale::Flag, "", "there is a valid selection");
pub const NODE_TYPE: Field = field(("node_type", 19, 3), Scale::Flag, "", "one-hot type of the current node");
pub const NODE: Field =
    field(("node", 22, 1), Scale::Divided((NODES_MAX - 1) as f32), "index", "index of the current node");
pub const STEPS_TO_STATION: Field = field(
    ("steps_to_station", 23, 1),
    Scale::Divided(UNREACHABLE as f32),
    "edges",
    "edges on a shortest path to the station",
);
pub const EDGES: Field = field(
    ("edges", 24, EDGE_SLOTS * EDGE_SIZE),
    Scale::Slots,
    "",
    "a slot for each edge of the current node; all 0 where the slot is empty",
);
pub const UNUSED: Field = field(("unused", 66, 2), Scale::Zero, "", "");
pub const ASTEROIDS: Field = field(
    ("asteroids", 68, ASTEROID_SLOTS * ASTEROID_SIZE),
    Scale::Slots,
    "",
    "a slot for each asteroid of the current node; all 0 where there is none",
);
pub const PRICE: Field =
    field(("price", 244, COMMODITIES), Scale::BasePrice, "credits a unit", "price of each commodity");
pub const PRICE_CHANGE: Field = field(
    ("price_change", 250, COMMODITIES),
    Scale::Signed(PRICE_CHANGE_SCALE),
    "credits a unit",
    "price of each commodity less the price before the last step",
);
pub const STOCK: Field = field(
    ("stock", 256, STOCKED.len()),
    Scale::Divided(STOCK_SCALE),
    "units",
    "stock of the station: iron, water_ice, pge, rare_isotopes",
);

/// Every float of the observation, in order.
pub const FIELDS: [Field; 23] = [
    FUEL,
    HULL,
    HEAT,
    TOOL,
    CARGO_TOTAL,
    ALERT,
    TIME,
    CREDITS,
    CARGO,
    REPAIR_KITS,
    STABILIZERS,
    DECOYS,
    AT_STATION,
    VALID_SELECTION,
    NODE_TYPE,
    NODE,
    STEPS_TO_STATION,
    EDGES,
    UNUSED,
    ASTEROIDS,
    PRICE,
    PRICE_CHANGE,
    STOCK,
];

/// The commodities whose stock at the station is observed.
pub const STOCKED: [usize; 4] = [IRON, WATER_ICE, PGE, RARE_ISOTOPES];

/// Fields of the slot of an edge.
pub mod edge {
    use super::{DT_MAX, EDGE_FUEL_MAX, Field, Scale, field};

    pub const EXISTS: Field = field(("exists", 0, 1), Scale::Flag, "", "the slot has an edge");
    pub const NODE_TYPE: Field =
        field(("type", 1, 3), Scale::Flag, "", "one-hot type of the node that the edge leads to");
    pub const TIME: Field = field(("time", 4, 1), Scale::Divided(DT_MAX as f32), "ticks", "time that the travel takes");
    pub const FUEL: Field = field(
        ("fuel", 5, 1),
        Scale::Divided(EDGE_FUEL_MAX),
        "units of fuel",
        "fuel that the travel takes without cargo",
    );
    pub const THREAT: Field =
        field(("threat", 6, 1), Scale::Divided(1.0), "", "estimate of the threat on the edge, in [0, 1]");

    pub const FIELDS: [Field; 5] = [EXISTS, NODE_TYPE, TIME, FUEL, THREAT];
}

/// Fields of the slot of an asteroid.
pub mod asteroid {
    use super::{COMMODITIES, Field, Scale, field};

    pub const EXISTS: Field = field(("exists", 0, 1), Scale::Flag, "", "the slot has an asteroid");
    pub const COMPOSITION: Field = field(
        ("composition", 1, COMMODITIES),
        Scale::Divided(1.0),
        "",
        "estimated share of each commodity, at least 1e-8, normalised",
    );
    pub const STABILITY: Field =
        field(("stability", 7, 1), Scale::Divided(1.0), "", "estimate of the stability, in [0, 1]");
    pub const DEPLETION: Field = field(("depletion", 8, 1), Scale::Divided(1.0), "", "how much is mined, in [0, 1]");
    pub const CONFIDENCE: Field =
        field(("confidence", 9, 1), Scale::Divided(1.0), "", "confidence of the scans, in [0, 1]");
    pub const SELECTED: Field = field(("selected", 10, 1), Scale::Flag, "", "the slot is selected, even if depleted");

    pub const FIELDS: [Field; 6] = [EXISTS, COMPOSITION, STABILITY, DEPLETION, CONFIDENCE, SELECTED];
}

/// Floats of the slot of an edge.
pub const EDGE_SIZE: usize = end_of(&edge::FIELDS);
/// Floats of the slot of an asteroid.
pub const ASTEROID_SIZE: usize = end_of(&asteroid::FIELDS);

/// Where the last of the fields ends. It is no constant unless each begins where the one before it ends.
const fn end_of(fields: &[Field]) -> usize {
    let mut end = 0;
    let mut i = 0;
    while i < fields.len() {
        assert!(fields[i].at == end, "fields follow each other");
        end += fields[i].size;
        i += 1;
    }
    end
}

const _: () = assert!(end_of(&FIELDS) == OBS_SIZE);
