//! The table that the core exports and the one that C states say the same.

use prospector_core::constants::{self, BASE_PRICE, MAX_PRICE, MIN_PRICE};
use prospector_core::{Action, EventKind, InfoField, NUM_ACTIONS, OBS_SIZE, Purchase};
use prospector_reference::table::{self, Sizes};

#[test]
fn actions_info_and_events_have_the_same_names_in_the_same_order() {
    let actions: Vec<String> = (0..NUM_ACTIONS as u8)
        .map(|code| Action::decode(code).expect("a code of the table").description().name)
        .collect();
    assert_eq!(actions, table::action_names());
    assert_eq!(InfoField::ALL.map(|field| field.column().name).to_vec(), table::info_names());
    assert_eq!(EventKind::ALL.map(EventKind::name).to_vec(), table::event_names());
}

#[test]
fn purchases_cost_the_same() {
    for item in Purchase::ALL {
        assert_eq!(item.cost(), table::purchase_cost(Action::Buy(item).code()), "{}", item.name());
    }
}

#[test]
fn commodities_have_the_same_prices() {
    assert_eq!([BASE_PRICE, MIN_PRICE, MAX_PRICE], table::prices());
}

#[test]
fn sizes_and_limits_are_the_same() {
    let core = Sizes {
        nodes: constants::NODES_MAX as u32,
        edges: constants::EDGE_SLOTS as u32,
        slots: constants::ASTEROID_SLOTS as u32,
        commodities: constants::COMMODITIES as u32,
        actions: NUM_ACTIONS as u32,
        obs: OBS_SIZE as u32,
        consumable_cap: constants::CONSUMABLE_CAP.into(),
        unreachable: constants::UNREACHABLE.into(),
        fuel_max: constants::FUEL_MAX,
        cargo_max: constants::CARGO_MAX,
        hull_max: constants::HULL_MAX,
        heat_max: constants::HEAT_MAX,
        tool_max: constants::TOOL_MAX,
        alert_max: constants::ALERT_MAX,
        time_max_limit: constants::TIME_MAX_LIMIT,
    };
    assert_eq!(table::sizes(), core);
    assert_eq!((prospector_reference::NUM_ACTIONS, prospector_reference::OBS_SIZE), (NUM_ACTIONS, OBS_SIZE));
}
