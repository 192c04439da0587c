//! Rules 2: the numbers of the game, and the sizes of its arrays.

pub const NODES_MAX: usize = 32;
pub const EDGE_SLOTS: usize = 6;
pub const ASTEROID_SLOTS: usize = 16;
pub const COMMODITIES: usize = 6;
pub const NUM_ACTIONS: usize = 69;
pub const OBS_SIZE: usize = 260;

pub const FUEL_MAX: f32 = 1000.0;
pub const CARGO_MAX: f32 = 200.0;
pub const HULL_MAX: f32 = 100.0;
pub const HEAT_MAX: f32 = 100.0;
pub const TOOL_MAX: f32 = 100.0;
pub const ALERT_MAX: f32 = 100.0;
/// Cap of repair kits, of stabilizers and of decoys.
pub const CONSUMABLE_CAP: u8 = 12;

/// The largest `time_max`, `2^24`: up to it every tick count is exact in f32.
pub const TIME_MAX_LIMIT: f32 = 16_777_216.0;

/// Most fuel that an edge takes, without the mass of the cargo.
pub const EDGE_FUEL_MAX: f32 = 160.0;

/// Credits that the observation shows as 1.
pub const CREDITS_SHOWN_MAX: f32 = 1e7;
/// Credits a unit: a change of price that the observation shows as 1.
pub const PRICE_CHANGE_SCALE: f32 = 100.0;
/// Units: a stock of the station that the observation shows as 1.
pub const STOCK_SCALE: f32 = 500.0;

/// `steps_to_station` of a node that no path joins to the station.
pub const UNREACHABLE: u8 = 31;
/// Most ticks that one action takes.
pub const DT_MAX: u8 = 8;

pub const HEAT_DISSIPATION: f32 = 2.5;
pub const OVERHEAT_DAMAGE: f32 = 1.25;
pub const HAZARD_DAMAGE: f32 = 0.7;
pub const HAZARD_HEAT: f32 = 0.5;
pub const HAZARD_ALERT: f32 = 0.8;
pub const ESCAPE_TICKS: u8 = 4;
pub const STABILIZE_TICKS: u8 = 6;

/// Least share of a commodity in a composition, and least argument of a logarithm of a draw.
pub const TINY: f32 = 1e-8;

/// Ticks of an episode, unless its caller says otherwise.
pub const TIME_MAX_DEFAULT: f32 = 20_000.0;

/// The version of the rules. What is frozen under it, docs/rules.md says.
pub const RULES_VERSION: &str = "1";

pub const IRON: usize = 0;
pub const NICKEL: usize = 1;
pub const WATER_ICE: usize = 2;
pub const PGE: usize = 3;
pub const RARE_ISOTOPES: usize = 4;
pub const VOLATILES: usize = 5;

/// Names of the commodities, by index.
pub const COMMODITY_NAMES: [&str; COMMODITIES] = ["iron", "nickel", "water_ice", "pge", "rare_isotopes", "volatiles"];
/// What people read of them.
pub const COMMODITY_LABELS: [&str; COMMODITIES] =
    ["Iron", "Nickel", "Water ice", "Platinum group", "Rare isotopes", "Volatiles"];

/// Credits a unit, by commodity.
pub const BASE_PRICE: [f32; COMMODITIES] = [45.0, 55.0, 85.0, 145.0, 210.0, 120.0];
pub const MIN_PRICE: [f32; COMMODITIES] = [12.0, 15.0, 20.0, 50.0, 80.0, 30.0];
pub const MAX_PRICE: [f32; COMMODITIES] = [180.0, 200.0, 240.0, 320.0, 420.0, 300.0];

/// What a step pays besides its other reward when its action was invalid (rules 5).
pub const INVALID_ACTION_PENALTY: f32 = 0.01;
