//! What people and programs read of each action (rules 4): its name on the wire, its label, what it does and when it is
//! invalid.

use crate::action::{Action, MineMode, Purchase, ScanMode};
use crate::constants::{COMMODITY_LABELS, COMMODITY_NAMES};

/// The words for one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name in frames, files and logs; it is frozen.
    pub name: String,
    /// A few words for a button or a list.
    pub label: String,
    /// What the action does when it is valid, besides the ticks and credits that it takes.
    pub effect: &'static str,
    /// When it is invalid; empty if never.
    pub invalid_when: &'static str,
}

const NO_SELECTION: &str = "no valid selection";
const BLIND_SCAN: &str = "no valid selection (fuel and alert are still charged)";
const NO_KITS: &str = "no repair kits";
const AWAY: &str = "not at the station";
const UNPAID: &str = "not at the station, or credits short";
const FULL: &str = "not at the station, credits short, or at the cap";

impl Action {
    pub fn description(self) -> Description {
        let (name, label, effect, invalid_when) = match self {
            Self::Travel { slot } => {
                return Description {
                    name: format!("TRAVEL_NEIGHBOR_{slot}"),
                    label: format!("Travel by edge {}", slot + 1),
                    effect: "`dt = time`; fuel -= edge fuel x (1 + 0.5 x cargo/200); move; deselect; then *edge exposure* (4.1)",
                    invalid_when: "no edge in the slot",
                };
            }
            Self::HoldDrift => {
                ("HOLD_DRIFT", "Hold and drift", "alert = max(0, alert-3); one tick of heat dissipation", "")
            }
            Self::EmergencyBurn => {
                ("EMERGENCY_BURN", "Emergency burn", "fuel -18, alert +10, escape buff = max(buff, 4)", "")
            }
            Self::Scan(ScanMode::Wide) => (
                "WIDE_SCAN",
                "Wide scan",
                "fuel -5, alert +4; *scan* every existing slot in order with the wide mode; scan_count +1",
                "",
            ),
            Self::Scan(ScanMode::Focused) => (
                "FOCUSED_SCAN_SELECTED",
                "Focused scan",
                "fuel -4, alert +3; *scan* selected, focused; scan_count +1",
                BLIND_SCAN,
            ),
            Self::Scan(ScanMode::Deep) => (
                "DEEP_SCAN_SELECTED",
                "Deep scan",
                "fuel -8, alert +6; *scan* selected, deep; scan_count +1",
                BLIND_SCAN,
            ),
            Self::ThreatListen => (
                "PASSIVE_THREAT_LISTEN",
                "Listen for threats",
                "for each edge of the node in order of its slot: `noisy = clamp(true + N(0, 0.08), 0, 1)`, est = 0.25 est + 0.75 noisy",
                "",
            ),
            Self::Select { slot } => {
                return Description {
                    name: format!("SELECT_ASTEROID_{slot}"),
                    label: format!("Select asteroid {}", slot + 1),
                    effect: "select the asteroid of the slot",
                    invalid_when: "slot missing, or depletion >= 1",
                };
            }
            Self::Mine(MineMode::Conservative) => {
                ("MINE_CONSERVATIVE", "Mine gently", "*mine* (4.2), conservative", NO_SELECTION)
            }
            Self::Mine(MineMode::Standard) => ("MINE_STANDARD", "Mine", "*mine* (4.2), standard", NO_SELECTION),
            Self::Mine(MineMode::Aggressive) => {
                ("MINE_AGGRESSIVE", "Mine hard", "*mine* (4.2), aggressive", NO_SELECTION)
            }
            Self::Stabilize => (
                "STABILIZE_SELECTED",
                "Stabilize",
                "stabilizers -1; stabilize buff of the selected slot = 6",
                "no valid selection, or no stabilizers",
            ),
            Self::Refine => ("REFINE_ONBOARD", "Refine on board", "fuel -4, heat +6, alert +3; *refine* (4.3)", ""),
            Self::Cooldown => ("ACTIVE_COOLDOWN", "Cool down", "fuel -2, heat = max(0, heat-20), alert +1", ""),
            Self::ToolMaintenance => {
                ("TOOL_MAINTENANCE", "Service the tool", "kits -1, tool = min(100, tool+25)", NO_KITS)
            }
            Self::HullPatch => ("HULL_PATCH", "Patch the hull", "kits -1, hull = min(100, hull+20)", NO_KITS),
            Self::Jettison { commodity } => {
                return Description {
                    name: format!("JETTISON_{}", COMMODITY_NAMES[usize::from(commodity)].to_uppercase()),
                    label: format!("Jettison {}", COMMODITY_LABELS[usize::from(commodity)].to_lowercase()),
                    effect: "cargo of the commodity = 0; alert = max(0, alert-8)",
                    invalid_when: "",
                };
            }
            Self::Dock => ("DOCK", "Dock", "alert = max(0, alert-20)", AWAY),
            Self::Sell { commodity, share } => {
                let percent = 100.0 * share.fraction();
                return Description {
                    name: format!("SELL_{}_{percent}", COMMODITY_NAMES[usize::from(commodity)].to_uppercase()),
                    label: format!("Sell {percent}% {}", COMMODITY_LABELS[usize::from(commodity)].to_lowercase()),
                    effect: "code 43+3c+b: *sell* share b (25, 50, 100 %) of commodity c (4.4); valid with nothing to sell",
                    invalid_when: AWAY,
                };
            }
            Self::Buy(item) => match item {
                Purchase::FuelSmall => ("BUY_FUEL_SMALL", "Fuel +120", "fuel = min(1000, fuel+120)", UNPAID),
                Purchase::FuelMed => ("BUY_FUEL_MED", "Fuel +260", "fuel = min(1000, fuel+260)", UNPAID),
                Purchase::FuelLarge => ("BUY_FUEL_LARGE", "Fuel +480", "fuel = min(1000, fuel+480)", UNPAID),
                Purchase::RepairKit => ("BUY_REPAIR_KIT", "Repair kit", "repair kits +1", FULL),
                Purchase::Stabilizer => ("BUY_STABILIZER", "Stabilizer", "stabilizers +1", FULL),
                Purchase::Decoy => ("BUY_DECOY", "Decoy", "decoys +1", FULL),
                Purchase::Overhaul => ("FULL_REPAIR_OVERHAUL", "Full overhaul", "hull = 100, tool = 100", UNPAID),
            },
            Self::CashOut => ("CASH_OUT_END_EPISODE", "Cash out", "terminated", ""),
        };
        Description { name: name.to_owned(), label: label.to_owned(), effect, invalid_when }
    }
}
