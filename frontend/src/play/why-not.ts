import { ACTION, PURCHASE_COST } from "../game/actions";
import { KIT_CAP, type Observation } from "../game/observation";

/** Why an action that the mask forbids cannot be taken now, by the table of game.md section 4. */
export function whyNot(action: number, seen: Observation): string {
  if (action < ACTION.hold) return "No lane leaves here";
  if (action >= ACTION.select && action < ACTION.mineConservative) {
    const slot = action - ACTION.select;
    return seen.asteroids.some((a) => a.slot === slot)
      ? "Nothing is left of this asteroid"
      : "No asteroid here";
  }
  switch (action) {
    case ACTION.focusedScan:
    case ACTION.deepScan:
    case ACTION.mineConservative:
    case ACTION.mineStandard:
    case ACTION.mineAggressive:
      return noSelection(seen);
    case ACTION.stabilize:
      return seen.stabilizers < 1 ? "No stabilizers on board" : noSelection(seen);
    case ACTION.toolMaintenance:
    case ACTION.hullPatch:
      return "No repair kits on board";
  }
  if (action >= ACTION.dock && action < ACTION.cashOut) {
    if (!seen.atStation) return "Only at the station";
    const cost = PURCHASE_COST[action];
    if (cost !== undefined && seen.credits < cost)
      return `Costs ${cost} credits, there are ${Math.floor(seen.credits)}`;
    if (isFull(action, seen)) return `The ship holds ${KIT_CAP} at most`;
  }
  return "Not possible now";
}

function noSelection(seen: Observation): string {
  if (seen.atStation) return "No asteroids at the station";
  return seen.asteroids.some((a) => a.selected)
    ? "Nothing is left of the selected asteroid"
    : "Select an asteroid first";
}

function isFull(action: number, seen: Observation): boolean {
  if (action === ACTION.buyKit) return seen.kits >= KIT_CAP;
  if (action === ACTION.buyStabilizer) return seen.stabilizers >= KIT_CAP;
  return action === ACTION.buyDecoy && seen.decoys >= KIT_CAP;
}
