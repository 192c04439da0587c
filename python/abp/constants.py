"""Names and numbers of the rules (docs/rules.md, sections 2, 4, 6 and 7)."""

from __future__ import annotations

from typing import Final

RULES_VERSION: Final = "1"
OBS_SIZE: Final = 260
NUM_ACTIONS: Final = 69
TIME_MAX: Final = 20_000.0
#: Largest ``time_max``: ticks stay exact in float32.
TIME_MAX_LIMIT: Final = 16_777_216.0

COMMODITIES: Final = ("iron", "nickel", "water_ice", "pge", "rare_isotopes", "volatiles")
BASE_PRICE: Final = (45.0, 55.0, 85.0, 145.0, 210.0, 120.0)
NODE_TYPES: Final = ("station", "cluster", "hazard")
SCAN_MODES: Final = ("wide", "focused", "deep")
MINE_MODES: Final = ("conservative", "standard", "aggressive")
BUY_ITEMS: Final = (
    "fuel_small",
    "fuel_med",
    "fuel_large",
    "repair_kit",
    "stabilizer",
    "decoy",
    "overhaul",
)

#: Name of each action code, rules 4.
ACTION_NAMES: Final = (
    *(f"TRAVEL_NEIGHBOR_{slot}" for slot in range(6)),
    "HOLD_DRIFT",
    "EMERGENCY_BURN",
    "WIDE_SCAN",
    "FOCUSED_SCAN_SELECTED",
    "DEEP_SCAN_SELECTED",
    "PASSIVE_THREAT_LISTEN",
    *(f"SELECT_ASTEROID_{slot}" for slot in range(16)),
    *(f"MINE_{mode.upper()}" for mode in MINE_MODES),
    "STABILIZE_SELECTED",
    "REFINE_ONBOARD",
    "ACTIVE_COOLDOWN",
    "TOOL_MAINTENANCE",
    "HULL_PATCH",
    *(f"JETTISON_{commodity.upper()}" for commodity in COMMODITIES),
    "DOCK",
    *(f"SELL_{commodity.upper()}_{share}" for commodity in COMMODITIES for share in (25, 50, 100)),
    *(f"BUY_{item.upper()}" for item in BUY_ITEMS[:6]),
    "FULL_REPAIR_OVERHAUL",
    "CASH_OUT_END_EPISODE",
)

#: Fields of ``BatchCore.info``, rules 7.
INFO_FIELDS: Final = (
    "dt",
    "invalid_action",
    "action",
    "credits",
    "total_spend",
    "net_profit",
    "profit_per_tick",
    "survival",
    "overheat_ticks",
    "pirate_encounters",
    "value_lost_to_pirates",
    "fuel_used",
    "hull_damage",
    "tool_wear",
    "scan_count",
    "mining_ticks",
    "cargo_utilization_avg",
    "time_remaining",
)
