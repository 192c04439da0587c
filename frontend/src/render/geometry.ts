/** Deterministic shapes and places: the same node always looks the same. Pure. */
export interface Point {
  x: number;
  y: number;
}

/** A small generator for looks only (mulberry32); the game's own generator is the simulator's. */
export function looks(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PLACES = 16;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Where the 16 asteroid slots of a node lie, each axis in -1..1: a sunflower spiral (no two near each other) with an
 * empty middle for the ship, its places dealt to the slots in an order of the node's own.
 */
export function slotPlaces(node: number): Point[] {
  const random = looks(node * 7919 + 1);
  const turn = random() * Math.PI * 2;
  const places = Array.from({ length: PLACES }, (_, k) => {
    const radius = Math.sqrt((k + 5) / (PLACES + 5));
    const angle = turn + k * GOLDEN_ANGLE;
    return {
      x: Math.cos(angle) * radius + (random() - 0.5) * 0.06,
      y: Math.sin(angle) * radius + (random() - 0.5) * 0.06,
    };
  });
  for (let i = places.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [places[i], places[j]];
    if (a && b) [places[i], places[j]] = [b, a];
  }
  return places;
}

/** The outline of an asteroid: corners on a bumpy circle of radius 1. */
export function asteroidOutline(node: number, slot: number, corners = 11): Point[] {
  const random = looks(node * 131 + slot * 17 + 5);
  const turn = random() * Math.PI * 2;
  return Array.from({ length: corners }, (_, k) => {
    const angle = turn + ((k + (random() - 0.5) * 0.5) / corners) * Math.PI * 2;
    const radius = 0.82 + random() * 0.28;
    return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
  });
}

export function mix(a: number, b: number, share: number): number {
  const channel = (shift: number) => {
    const from = (a >> shift) & 255;
    const to = (b >> shift) & 255;
    return Math.round(from + (to - from) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

/** Lightens (over 1) or darkens (under 1) a colour. */
export function shade(color: number, factor: number): number {
  return factor >= 1
    ? mix(color, 0xffffff, Math.min(1, factor - 1))
    : mix(0x05070d, color, Math.max(0, factor));
}

export function easeInOut(t: number): number {
  return t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
}
