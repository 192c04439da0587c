import {
  ASTEROID,
  ASTEROID_SIZE,
  ASTEROID_SLOTS,
  BASE_PRICE,
  CREDITS_SHOWN_MAX,
  EDGE,
  EDGE_SIZE,
  EDGE_SLOTS,
  type Field,
  NODE_TYPES,
  type NodeType,
  OBS,
  OBS_SIZE,
} from "./rules";

/** An edge of the current node, as the ship sees it. */
export interface Edge {
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
  edges: Edge[];
  asteroids: Asteroid[];
  quotes: Quote[];
  /** station stock of iron, water ice, pge, rare isotopes */
  inventory: number[];
}

export function decodeObservation(obs: ArrayLike<number>): Observation {
  if (obs.length !== OBS_SIZE) {
    throw new RangeError(`observation has ${obs.length} numbers, the frozen layout has ${OBS_SIZE}`);
  }
  return {
    fuel: quantity(obs, OBS.fuel),
    hull: quantity(obs, OBS.hull),
    heat: quantity(obs, OBS.heat),
    tool: quantity(obs, OBS.tool),
    cargoTotal: quantity(obs, OBS.cargoTotal),
    alert: quantity(obs, OBS.alert),
    timeLeft: at(obs, OBS.time),
    credits: Math.expm1(at(obs, OBS.credits) * Math.log1p(CREDITS_SHOWN_MAX)),
    cargo: quantities(obs, OBS.cargo),
    kits: Math.round(quantity(obs, OBS.repairKits)),
    stabilizers: Math.round(quantity(obs, OBS.stabilizers)),
    decoys: Math.round(quantity(obs, OBS.decoys)),
    atStation: holds(obs, OBS.atStation),
    validSelection: holds(obs, OBS.validSelection),
    nodeType: nodeType(obs, OBS.nodeType),
    nodeIndex: Math.round(quantity(obs, OBS.node)),
    stepsToStation: Math.round(quantity(obs, OBS.stepsToStation)),
    edges: edges(obs),
    asteroids: asteroids(obs),
    quotes: BASE_PRICE.map((base, c) => ({
      price: at(obs, OBS.price, c) * base,
      capped: at(obs, OBS.price, c) >= 1,
      delta: at(obs, OBS.priceChange, c) * OBS.priceChange.by,
    })),
    inventory: quantities(obs, OBS.stock),
  };
}

function edges(obs: ArrayLike<number>): Edge[] {
  const found: Edge[] = [];
  for (let slot = 0; slot < EDGE_SLOTS; slot++) {
    const first = OBS.edges.at + EDGE_SIZE * slot;
    if (!holds(obs, EDGE.exists, first)) continue;
    found.push({
      slot,
      type: nodeType(obs, EDGE.type, first),
      time: Math.round(quantity(obs, EDGE.time, first)),
      fuel: quantity(obs, EDGE.fuel, first),
      threat: quantity(obs, EDGE.threat, first),
    });
  }
  return found;
}

function asteroids(obs: ArrayLike<number>): Asteroid[] {
  const found: Asteroid[] = [];
  for (let slot = 0; slot < ASTEROID_SLOTS; slot++) {
    const first = OBS.asteroids.at + ASTEROID_SIZE * slot;
    if (!holds(obs, ASTEROID.exists, first)) continue;
    found.push({
      slot,
      composition: quantities(obs, ASTEROID.composition, first),
      stability: quantity(obs, ASTEROID.stability, first),
      depletion: quantity(obs, ASTEROID.depletion, first),
      confidence: quantity(obs, ASTEROID.confidence, first),
      selected: holds(obs, ASTEROID.selected, first),
    });
  }
  return found;
}

/** The float of a field; those of a slot count from its `first`. */
function at(obs: ArrayLike<number>, field: Field, k = 0): number {
  return obs[field.at + k] ?? 0;
}

function holds(obs: ArrayLike<number>, field: Field, first = 0): boolean {
  return at(obs, field, first) >= 0.5;
}

/** A quantity in its own unit. */
function quantity(obs: ArrayLike<number>, field: Field & { by: number }, first = 0): number {
  return at(obs, field, first) * field.by;
}

function quantities(obs: ArrayLike<number>, field: Field & { by: number }, first = 0): number[] {
  return Array.from({ length: field.size }, (_, k) => quantity(obs, field, first + k));
}

function nodeType(obs: ArrayLike<number>, field: Field, first = 0): NodeType {
  let best = 0;
  for (let k = 1; k < field.size; k++) if (at(obs, field, first + k) > at(obs, field, first + best)) best = k;
  return NODE_TYPES[best] ?? "cluster";
}
