import { COMMODITIES, COMMODITY_LABEL, type Commodity } from "./commodities";

/** The action table of game.md section 4: index ranges and what each index means. */
export const NUM_ACTIONS = 69;
export const NEIGHBOR_SLOTS = 6;
export const ASTEROID_SLOTS = 16;

export const ACTION = {
  travel: 0,
  hold: 6,
  burn: 7,
  wideScan: 8,
  focusedScan: 9,
  deepScan: 10,
  listen: 11,
  select: 12,
  mineConservative: 28,
  mineStandard: 29,
  mineAggressive: 30,
  stabilize: 31,
  refine: 32,
  cooldown: 33,
  toolMaintenance: 34,
  hullPatch: 35,
  jettison: 36,
  dock: 42,
  sell: 43,
  buyFuelSmall: 61,
  buyFuelMedium: 62,
  buyFuelLarge: 63,
  buyKit: 64,
  buyStabilizer: 65,
  buyDecoy: 66,
  overhaul: 67,
  cashOut: 68,
} as const;

export const SELL_FRACTIONS = [25, 50, 100] as const;

/** Credits an action costs at the station; actions not named are free of credits. */
export const PURCHASE_COST: Readonly<Record<number, number>> = {
  61: 60,
  62: 120,
  63: 210,
  64: 150,
  65: 175,
  66: 110,
  67: 280,
};

const FIXED_LABEL: Readonly<Record<number, string>> = {
  6: "Hold and drift",
  7: "Emergency burn",
  8: "Wide scan",
  9: "Focused scan",
  10: "Deep scan",
  11: "Listen for threats",
  28: "Mine gently",
  29: "Mine",
  30: "Mine hard",
  31: "Stabilize",
  32: "Refine on board",
  33: "Cool down",
  34: "Service the tool",
  35: "Patch the hull",
  42: "Dock",
  61: "Fuel +120",
  62: "Fuel +260",
  63: "Fuel +480",
  64: "Repair kit",
  65: "Stabilizer",
  66: "Decoy",
  67: "Full overhaul",
  68: "Cash out",
};

export function commodityAt(index: number): Commodity {
  const commodity = COMMODITIES[index];
  if (commodity === undefined) throw new RangeError(`commodity index ${index} is not in 0..5`);
  return commodity;
}

/** What an action is called for a person. Codes outside 0..68 run as HOLD_DRIFT (game.md section 4). */
export function actionLabel(action: number): string {
  if (action >= ACTION.travel && action < ACTION.hold) return `Travel by lane ${action + 1}`;
  if (action >= ACTION.select && action < ACTION.mineConservative) {
    return `Select asteroid ${action - ACTION.select + 1}`;
  }
  if (action >= ACTION.jettison && action < ACTION.dock) {
    return `Jettison ${COMMODITY_LABEL[commodityAt(action - ACTION.jettison)].toLowerCase()}`;
  }
  if (action >= ACTION.sell && action < ACTION.buyFuelSmall) {
    const offset = action - ACTION.sell;
    const commodity = COMMODITY_LABEL[commodityAt(Math.floor(offset / 3))].toLowerCase();
    return `Sell ${SELL_FRACTIONS[offset % 3]}% ${commodity}`;
  }
  return FIXED_LABEL[action] ?? `Hold (code ${action})`;
}
