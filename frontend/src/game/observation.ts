import { ASTEROID_SLOTS, NEIGHBOR_SLOTS } from "./actions";
import { BASE_PRICE, COMMODITIES } from "./commodities";

/** Decodes the frozen observation vector (game.md section 6) into the quantities a person reads. */
export const OBS_SIZE = 260;

export const FUEL_MAX = 1000;
export const CARGO_MAX = 200;
export const KIT_CAP = 12;
const CREDITS_CAP = 1e7;
const TRAVEL_TIME_MAX = 8;
const TRAVEL_FUEL_MAX = 160;
const PRICE_SCALE = 100;
const INVENTORY_SCALE = 500;

const AT = {
  node: 22,
  neighbors: 24,
  neighborSize: 7,
  asteroids: 68,
  asteroidSize: 11,
} as const;

export type NodeType = "station" | "cluster" | "hazard";
const NODE_TYPES: readonly NodeType[] = ["station", "cluster", "hazard"];

export interface Lane {
  slot: number;
  type: NodeType;
  /** ticks */
  time: number;
  /** fuel units, before the cargo's mass is counted */
  fuel: number;
  /** estimate in 0..1 */
  threat: number;
}

export interface Asteroid {
  slot: number;
  /** estimated share of each commodity, sums to 1 */
  composition: number[];
  stability: number;
  depletion: number;
  confidence: number;
  selected: boolean;
}

export interface Quote {
  /** credits a unit; the observation cannot tell prices above the base price apart (`capped`) */
  price: number;
  capped: boolean;
  /** change of the last step, credits a unit */
  delta: number;
}

export interface Observation {
  fuel: number;
  hull: number;
  heat: number;
  tool: number;
  alert: number;
  cargoTotal: number;
  /** share of the episode's time that is left, 0..1 */
  timeLeft: number;
  credits: number;
  cargo: number[];
  kits: number;
  stabilizers: number;
  decoys: number;
  atStation: boolean;
  validSelection: boolean;
  nodeType: NodeType;
  nodeIndex: number;
  stepsToStation: number;
  lanes: Lane[];
  asteroids: Asteroid[];
  quotes: Quote[];
  /** station stock of iron, water ice, pge, rare isotopes */
  inventory: number[];
}

function argmaxType(obs: ArrayLike<number>, at: number): NodeType {
  let best = 0;
  for (let i = 1; i < 3; i++) if ((obs[at + i] ?? 0) > (obs[at + best] ?? 0)) best = i;
  return NODE_TYPES[best] ?? "cluster";
}

export function decodeObservation(obs: ArrayLike<number>): Observation {
  if (obs.length !== OBS_SIZE) {
    throw new RangeError(`observation has ${obs.length} numbers, the frozen layout has ${OBS_SIZE}`);
  }
  const at = (i: number) => obs[i] ?? 0;

  const lanes: Lane[] = [];
  for (let slot = 0; slot < NEIGHBOR_SLOTS; slot++) {
    const base = AT.neighbors + AT.neighborSize * slot;
    if (at(base) < 0.5) continue;
    lanes.push({
      slot,
      type: argmaxType(obs, base + 1),
      time: Math.round(at(base + 4) * TRAVEL_TIME_MAX),
      fuel: at(base + 5) * TRAVEL_FUEL_MAX,
      threat: at(base + 6),
    });
  }

  const asteroids: Asteroid[] = [];
  for (let slot = 0; slot < ASTEROID_SLOTS; slot++) {
    const base = AT.asteroids + AT.asteroidSize * slot;
    if (at(base) < 0.5) continue;
    asteroids.push({
      slot,
      composition: COMMODITIES.map((_, c) => at(base + 1 + c)),
      stability: at(base + 7),
      depletion: at(base + 8),
      confidence: at(base + 9),
      selected: at(base + 10) > 0.5,
    });
  }

  const quotes = BASE_PRICE.map((base, c) => ({
    price: at(244 + c) * base,
    capped: at(244 + c) >= 1,
    delta: at(250 + c) * PRICE_SCALE,
  }));

  return {
    fuel: at(0) * FUEL_MAX,
    hull: at(1) * 100,
    heat: at(2) * 100,
    tool: at(3) * 100,
    cargoTotal: at(4) * CARGO_MAX,
    alert: at(5) * 100,
    timeLeft: at(6),
    credits: Math.expm1(at(7) * Math.log1p(CREDITS_CAP)),
    cargo: COMMODITIES.map((_, c) => at(8 + c) * CARGO_MAX),
    kits: Math.round(at(14) * KIT_CAP),
    stabilizers: Math.round(at(15) * KIT_CAP),
    decoys: Math.round(at(16) * KIT_CAP),
    atStation: at(17) > 0.5,
    validSelection: at(18) > 0.5,
    nodeType: argmaxType(obs, 19),
    nodeIndex: Math.round(at(AT.node) * 31),
    stepsToStation: Math.round(at(AT.node + 1) * 31),
    lanes,
    asteroids,
    quotes,
    inventory: [0, 1, 2, 3].map((i) => at(256 + i) * INVENTORY_SCALE),
  };
}
