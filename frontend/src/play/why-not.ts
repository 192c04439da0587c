import type { Observation } from "../game/observation";
import { ACTION, ACTIONS, CONSUMABLE_CAP } from "../game/rules";

/** Why an action that the mask forbids cannot be taken now, by the action table (docs/rules.md, section 4). */
export function whyNot(action: number, seen: Observation): string {
  const { group, argument, cost } = ACTIONS[action] ?? {};
  switch (group) {
    case "travel":
      return "No edge leaves here";
    case "select":
      return seen.asteroids.some((a) => a.slot === argument)
        ? "Nothing is left of this asteroid"
        : "No asteroid here";
    case "scan":
    case "mine":
      return noSelection(seen);
    case "stabilize":
      return seen.stabilizers < 1 ? "No stabilizers on board" : noSelection(seen);
    case "maintain":
    case "patch":
      return "No repair kits on board";
    case "dock":
    case "sell":
    case "buy":
      if (!seen.atStation) return "Only at the station";
      if (cost != null && seen.credits < cost)
        return `Costs ${cost} credits, there are ${Math.floor(seen.credits)}`;
      if (isFull(action, seen)) return `The ship holds ${CONSUMABLE_CAP} at most`;
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
  if (action === ACTION.buy.repair_kit) return seen.kits >= CONSUMABLE_CAP;
  if (action === ACTION.buy.stabilizer) return seen.stabilizers >= CONSUMABLE_CAP;
  return action === ACTION.buy.decoy && seen.decoys >= CONSUMABLE_CAP;
}
