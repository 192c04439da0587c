import type { Frame } from "../api/frame";
import { type Asteroid, decodeObservation } from "../game/observation";
import { ACTIONS, COMMODITIES, type MineMode, type NodeType, type ScanMode } from "../game/rules";
import { type Point, slotPlaces } from "./geometry";

/** What the sector view draws, as a pure function of a frame: no pixels, no library. */
export interface Body {
  slot: number;
  /** place in the field, each axis -1..1 */
  place: Point;
  /** as a share of half the view's shorter side */
  radius: number;
  composition: readonly number[];
  confidence: number;
  depletion: number;
  stability: number;
  selected: boolean;
  /** estimated from what was mined here; null while nothing was */
  richness: number | null;
}

export type Effect =
  | { kind: "scan"; mode: ScanMode }
  | { kind: "mine"; slot: number; mode: MineMode; commodity: number }
  | { kind: "stabilize"; slot: number }
  | { kind: "fracture"; slot: number }
  | { kind: "pirate"; decoy: boolean }
  | { kind: "overheat" }
  | { kind: "trade"; toStation: boolean; commodity: number | null }
  | { kind: "dock" }
  | { kind: "jettison"; commodity: number }
  | { kind: "burn" }
  | { kind: "vent" }
  | { kind: "listen" }
  | { kind: "repair" }
  | { kind: "destroyed" }
  | { kind: "stranded" }
  | { kind: "cash-out" };

export interface Scene {
  node: number;
  nodeType: NodeType;
  bodies: readonly Body[];
  selected: number | null;
  ship: Point;
  /** where the ship points, or null for its course */
  facing: Point | null;
  /** each 0..1 */
  heat: number;
  alert: number;
  hull: number;
  effects: readonly Effect[];
  /** the frame arrived here by an edge */
  arrived: boolean;
  lost: boolean;
}

const UNKNOWN_RICHNESS = 0.82;

export type RichnessOf = (node: number, slot: number) => number | null;

export function sceneOf(frame: Frame, richnessOf: RichnessOf): Scene {
  const seen = decodeObservation(frame.observation);
  const places = slotPlaces(frame.node);
  const bodies = seen.asteroids.map((asteroid) => bodyOf(asteroid, frame.node, places, richnessOf));
  const selected = seen.asteroids.find((a) => a.selected)?.slot ?? null;
  const target = selected === null ? undefined : places[selected];
  return {
    node: frame.node,
    nodeType: seen.nodeType,
    bodies,
    selected,
    ship: shipPlace(seen.atStation, target),
    facing: target ?? null,
    heat: seen.heat / 100,
    alert: seen.alert / 100,
    hull: seen.hull / 100,
    effects: effectsOf(frame, selected),
    arrived: frame.events.some((e) => e.type === "travel"),
    lost: frame.events.some((e) => e.type === "destroyed"),
  };
}

function bodyOf(asteroid: Asteroid, node: number, places: Point[], richnessOf: RichnessOf): Body {
  const richness = richnessOf(node, asteroid.slot);
  const left = Math.cbrt(Math.max(0.06, 1 - asteroid.depletion));
  return {
    slot: asteroid.slot,
    place: places[asteroid.slot] ?? { x: 0, y: 0 },
    radius: (0.045 + 0.037 * Math.sqrt(richness ?? UNKNOWN_RICHNESS)) * left,
    composition: asteroid.composition,
    confidence: asteroid.confidence,
    depletion: asteroid.depletion,
    stability: asteroid.stability,
    selected: asteroid.selected,
    richness,
  };
}

/** Docked beside the station, near the asteroid it works on, or in the middle. */
function shipPlace(atStation: boolean, target: Point | undefined): Point {
  if (atStation) return { x: 0.42, y: 0.24 };
  if (!target) return { x: 0, y: 0 };
  return { x: target.x * 0.42, y: target.y * 0.42 };
}

function effectsOf(frame: Frame, selected: number | null): Effect[] {
  const effects: Effect[] = [];
  for (const event of frame.events) {
    switch (event.type) {
      case "scan":
        effects.push({ kind: "scan", mode: event.mode });
        break;
      case "mine":
        effects.push({ kind: "mine", slot: event.slot, mode: event.mode, commodity: largest(event.amounts) });
        break;
      case "fracture":
        effects.push({ kind: "fracture", slot: event.slot });
        break;
      case "pirate":
        effects.push({ kind: "pirate", decoy: event.decoy_used });
        break;
      case "sell":
        effects.push({ kind: "trade", toStation: true, commodity: commodityIndex(event.commodity) });
        break;
      case "buy":
        effects.push({ kind: "trade", toStation: false, commodity: null });
        break;
      case "overheat":
      case "dock":
      case "destroyed":
      case "stranded":
        effects.push({ kind: event.type });
        break;
      case "cash_out":
        effects.push({ kind: "cash-out" });
        break;
    }
  }
  const invalid = frame.events.some((e) => e.type === "invalid");
  if (!invalid && frame.action !== null) {
    const own = effectOfAction(frame.action, selected);
    if (own) effects.push(own);
  }
  return effects;
}

/** Actions that leave no event of their own. */
function effectOfAction(action: number, selected: number | null): Effect | null {
  const { group, argument } = ACTIONS[action] ?? {};
  switch (group) {
    case "jettison":
      return argument === undefined ? null : { kind: "jettison", commodity: argument };
    case "burn":
      return { kind: "burn" };
    case "listen":
      return { kind: "listen" };
    case "stabilize":
      return selected === null ? null : { kind: "stabilize", slot: selected };
    case "cool":
      return { kind: "vent" };
    case "maintain":
    case "patch":
    case "refine":
      return { kind: "repair" };
    default:
      return null;
  }
}

function largest(amounts: Record<string, number>): number {
  let best = 0;
  COMMODITIES.forEach((commodity, c) => {
    if ((amounts[commodity] ?? 0) > (amounts[COMMODITIES[best] ?? "iron"] ?? 0)) best = c;
  });
  return best;
}

function commodityIndex(name: string): number | null {
  const index = (COMMODITIES as readonly string[]).indexOf(name);
  return index < 0 ? null : index;
}
