//! The table of the rules as JSON: all that programs in other languages need to know of the core. `make generate` reads it.

use prospector_core::constants::{
    self, BASE_PRICE, COMMODITIES, COMMODITY_LABELS, COMMODITY_NAMES, MAX_PRICE, MIN_PRICE,
};
use prospector_core::layout::{self, Field, Scale};
use prospector_core::{
    Action, Amount, EventKind, Group, InfoColumn, InfoField, Kind, MineMode, NUM_ACTIONS, NodeType, OBS_SIZE, Purchase,
    STEP_COLUMNS, ScanMode, Share, Source,
};
use serde_json::{Value, json};

/// The whole table.
pub fn table() -> Value {
    json!({
        "rules_version": constants::RULES_VERSION,
        "constants": constants(),
        "commodities": list(0..COMMODITIES, commodity),
        "node_types": list(NodeType::ALL, |kind| json!(kind.name())),
        "scan_modes": list(ScanMode::ALL, |mode| json!(mode.name())),
        "mine_modes": list(MineMode::ALL, |mode| json!(mode.name())),
        "shares": list(Share::ALL, |share| json!({"name": share.name(), "fraction": number(share.fraction())})),
        "purchases": list(Purchase::ALL, purchase),
        "groups": list(Group::ALL, group),
        "actions": list(0..NUM_ACTIONS as u8, action),
        "observation": {
            "fields": list(layout::FIELDS, field),
            "edge": list(layout::edge::FIELDS, field),
            "asteroid": list(layout::asteroid::FIELDS, field),
            "stocked": layout::STOCKED,
        },
        "info": list(STEP_COLUMNS.into_iter().chain(InfoField::ALL.map(InfoField::column)), info),
        "events": list(EventKind::ALL, event),
    })
}

fn list<T>(items: impl IntoIterator<Item = T>, write: impl Fn(T) -> Value) -> Value {
    items.into_iter().map(write).collect()
}

/// The shortest decimal that is this f32.
fn number(x: f32) -> Value {
    let shortest: f64 = x.to_string().parse().expect("a number that was just written");
    json!(shortest)
}

fn constants() -> Value {
    let constant =
        |name: &str, value: f32, meaning: &str| json!({"name": name, "value": number(value), "meaning": meaning});
    json!([
        {"name": "NUM_ACTIONS", "value": NUM_ACTIONS, "meaning": "codes of the action table"},
        {"name": "OBS_SIZE", "value": OBS_SIZE, "meaning": "floats of an observation"},
        {"name": "NODES_MAX", "value": constants::NODES_MAX, "meaning": "most nodes of a belt"},
        {"name": "EDGE_SLOTS", "value": constants::EDGE_SLOTS, "meaning": "slots for edges of a node"},
        {"name": "ASTEROID_SLOTS", "value": constants::ASTEROID_SLOTS, "meaning": "slots for asteroids of a node"},
        constant("TIME_MAX", constants::TIME_MAX_DEFAULT, "ticks of an episode, unless its caller says otherwise"),
        constant("TIME_MAX_LIMIT", constants::TIME_MAX_LIMIT, "most ticks of an episode: up to it f32 counts them exactly"),
        constant("FUEL_MAX", constants::FUEL_MAX, "units of fuel"),
        constant("CARGO_MAX", constants::CARGO_MAX, "units of cargo"),
        constant("HULL_MAX", constants::HULL_MAX, "points"),
        constant("HEAT_MAX", constants::HEAT_MAX, "points"),
        constant("TOOL_MAX", constants::TOOL_MAX, "points"),
        constant("ALERT_MAX", constants::ALERT_MAX, "points"),
        {"name": "CONSUMABLE_CAP", "value": constants::CONSUMABLE_CAP, "meaning": "most repair kits, stabilizers, decoys each"},
        {"name": "DT_MAX", "value": constants::DT_MAX, "meaning": "most ticks of one step"},
        constant("EDGE_FUEL_MAX", constants::EDGE_FUEL_MAX, "most fuel of an edge, without cargo"),
        {"name": "UNREACHABLE", "value": constants::UNREACHABLE, "meaning": "steps to the station of a node that no path joins to it"},
        constant("CREDITS_SHOWN_MAX", constants::CREDITS_SHOWN_MAX, "credits that the observation shows as 1"),
        constant("PRICE_CHANGE_SCALE", constants::PRICE_CHANGE_SCALE, "credits a unit that the observation shows as 1"),
        constant("STOCK_SCALE", constants::STOCK_SCALE, "units at the station that the observation shows as 1"),
    ])
}

fn commodity(c: usize) -> Value {
    json!({
        "name": COMMODITY_NAMES[c],
        "label": COMMODITY_LABELS[c],
        "base_price": number(BASE_PRICE[c]),
        "min_price": number(MIN_PRICE[c]),
        "max_price": number(MAX_PRICE[c]),
    })
}

fn purchase(item: Purchase) -> Value {
    json!({"name": item.name(), "cost": number(item.cost()), "fuel": number(item.fuel())})
}

fn group(group: Group) -> Value {
    let argument = match group {
        Group::Travel => "edge",
        Group::Scan => "scan_mode",
        Group::Select => "asteroid",
        Group::Mine => "mine_mode",
        Group::Jettison => "commodity",
        Group::Sell => "commodity_and_share",
        Group::Buy => "purchase",
        _ => "",
    };
    json!({"name": format!("{group:?}"), "first": group.first(), "size": group.codes().len(), "argument": argument})
}

fn action(code: u8) -> Value {
    let action = Action::decode(code).expect("a code of the table");
    let text = action.description();
    let cost = match action {
        Action::Buy(item) => number(item.cost()),
        _ => Value::Null,
    };
    let ticks = if let Action::Travel { .. } = action { Value::Null } else { json!(action.ticks()) };
    json!({
        "code": code,
        "name": text.name,
        "label": text.label,
        "ticks": ticks,
        "cost": cost,
        "effect": text.effect,
        "invalid_when": text.invalid_when,
    })
}

fn field(field: Field) -> Value {
    let (scale, by) = match field.scale {
        Scale::Flag => ("flag", Value::Null),
        Scale::Divided(by) => ("divided", number(by)),
        Scale::Signed(by) => ("signed", number(by)),
        Scale::Logarithm { most } => ("logarithm", number(most)),
        Scale::TimeMax => ("time_max", Value::Null),
        Scale::BasePrice => ("base_price", Value::Null),
        Scale::Slots => ("slots", Value::Null),
        Scale::Zero => ("zero", Value::Null),
    };
    json!({
        "name": field.name,
        "at": field.at,
        "size": field.size,
        "scale": scale,
        "by": by,
        "unit": field.unit,
        "meaning": field.meaning,
    })
}

fn info(column: InfoColumn) -> Value {
    json!({"name": column.name, "dtype": column.dtype, "unit": column.unit, "meaning": column.meaning})
}

fn event(kind: EventKind) -> Value {
    json!({"name": kind.name(), "meaning": kind.meaning(), "amounts": list(kind.amounts(), amount)})
}

fn amount(amount: &Amount) -> Value {
    let source = match amount.source {
        Source::A => "a".to_owned(),
        Source::B => "b".to_owned(),
        Source::V(i) => format!("v[{i}]"),
    };
    let kind = match amount.kind {
        Kind::Code => "code",
        Kind::Commodity => "commodity",
        Kind::Count => "count",
        Kind::Credits => "credits",
        Kind::Flag => "flag",
        Kind::MineMode => "mine_mode",
        Kind::Node => "node",
        Kind::Points => "points",
        Kind::Purchase => "purchase",
        Kind::ScanMode => "scan_mode",
        Kind::Share => "share",
        Kind::Slot => "slot",
        Kind::Ticks => "ticks",
        Kind::Units => "units",
        Kind::UnitsByCommodity => "units_by_commodity",
    };
    json!({"name": amount.name, "source": source, "kind": kind})
}
