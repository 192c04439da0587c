/* rules 2, 4, 7 and 8: the names on the wire, and the sizes. Nothing in the game reads them: they are here so that the table of
 * the core can be compared with this one. */
#include "prospector.h"

#define NAME_OF(names, index) ((index) < sizeof(names) / sizeof(*(names)) ? (names)[index] : NULL)

const char *pr_action_name(uint8_t action) {
    static const char *const names[PR_ACTIONS] = {
        "TRAVEL_NEIGHBOR_0", "TRAVEL_NEIGHBOR_1", "TRAVEL_NEIGHBOR_2", "TRAVEL_NEIGHBOR_3",
        "TRAVEL_NEIGHBOR_4", "TRAVEL_NEIGHBOR_5", "HOLD_DRIFT", "EMERGENCY_BURN", "WIDE_SCAN",
        "FOCUSED_SCAN_SELECTED", "DEEP_SCAN_SELECTED", "PASSIVE_THREAT_LISTEN", "SELECT_ASTEROID_0",
        "SELECT_ASTEROID_1", "SELECT_ASTEROID_2", "SELECT_ASTEROID_3", "SELECT_ASTEROID_4",
        "SELECT_ASTEROID_5", "SELECT_ASTEROID_6", "SELECT_ASTEROID_7", "SELECT_ASTEROID_8",
        "SELECT_ASTEROID_9", "SELECT_ASTEROID_10", "SELECT_ASTEROID_11", "SELECT_ASTEROID_12",
        "SELECT_ASTEROID_13", "SELECT_ASTEROID_14", "SELECT_ASTEROID_15", "MINE_CONSERVATIVE",
        "MINE_STANDARD", "MINE_AGGRESSIVE", "STABILIZE_SELECTED", "REFINE_ONBOARD", "ACTIVE_COOLDOWN",
        "TOOL_MAINTENANCE", "HULL_PATCH", "JETTISON_IRON", "JETTISON_NICKEL", "JETTISON_WATER_ICE",
        "JETTISON_PGE", "JETTISON_RARE_ISOTOPES", "JETTISON_VOLATILES", "DOCK", "SELL_IRON_25",
        "SELL_IRON_50", "SELL_IRON_100", "SELL_NICKEL_25", "SELL_NICKEL_50", "SELL_NICKEL_100",
        "SELL_WATER_ICE_25", "SELL_WATER_ICE_50", "SELL_WATER_ICE_100", "SELL_PGE_25", "SELL_PGE_50",
        "SELL_PGE_100", "SELL_RARE_ISOTOPES_25", "SELL_RARE_ISOTOPES_50", "SELL_RARE_ISOTOPES_100",
        "SELL_VOLATILES_25", "SELL_VOLATILES_50", "SELL_VOLATILES_100", "BUY_FUEL_SMALL", "BUY_FUEL_MED",
        "BUY_FUEL_LARGE", "BUY_REPAIR_KIT", "BUY_STABILIZER", "BUY_DECOY", "FULL_REPAIR_OVERHAUL",
        "CASH_OUT_END_EPISODE",
    };
    return NAME_OF(names, action);
}

const char *pr_info_name(uint8_t field) {
    static const char *const names[] = {
        "credits", "total_spend", "net_profit", "profit_per_tick", "survival", "overheat_ticks",
        "pirate_encounters", "value_lost_to_pirates", "fuel_used", "hull_damage", "tool_wear",
        "scan_count", "mining_ticks", "cargo_utilization_avg", "time_remaining",
    };
    return NAME_OF(names, field);
}

const char *pr_event_name(uint8_t type) {
    static const char *const names[] = {
        "travel", "dock", "sell", "buy", "scan", "mine", "fracture", "pirate", "overheat", "invalid",
        "stranded", "destroyed", "cash_out", "timeout",
    };
    return NAME_OF(names, type);
}

PrSizes pr_sizes(void) {
    return (PrSizes){
        .nodes = PR_NODES,
        .edges = PR_EDGES,
        .slots = PR_SLOTS,
        .commodities = PR_COMMODITIES,
        .actions = PR_ACTIONS,
        .obs = PR_OBS,
        .consumable_cap = PR_CONSUMABLE_CAP,
        .unreachable = PR_UNREACHABLE,
        .fuel_max = PR_FUEL_MAX,
        .cargo_max = PR_CARGO_MAX,
        .hull_max = PR_HULL_MAX,
        .heat_max = PR_HEAT_MAX,
        .tool_max = PR_TOOL_MAX,
        .alert_max = PR_ALERT_MAX,
        .time_max_limit = PR_TIME_MAX_LIMIT,
    };
}
