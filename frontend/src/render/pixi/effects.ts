import type { Graphics } from "pixi.js";
import { COMMODITY_COLOR } from "../../game/colors";
import { looks, type Point } from "../geometry";
import type { Effect, Scene } from "../scene";
import { ACCENT } from "./bodies";
import type { Viewport } from "./viewport";

/** Everything that happens in a step, drawn at a moment `t` of it (0..1). A settled picture asks for a telling moment. */
interface Moment {
  shape: Graphics;
  scene: Scene;
  view: Viewport;
  ship: Point;
  station: Point;
  t: number;
}

const DANGER = 0xff5c5c;
const SCAN = 0x7fd6ff;
const MINE_WIDTH = { conservative: 2, standard: 3.5, aggressive: 6 } as const;

type Draw<K extends Effect["kind"]> = (m: Moment, effect: Extract<Effect, { kind: K }>) => void;

const DRAW: { [K in Effect["kind"]]: Draw<K> } = {
  scan: (m, effect) => (effect.mode === "wide" ? wideScan(m) : beamScan(m, effect.mode === "deep")),
  mine: (m, effect) => mine(m, effect.slot, MINE_WIDTH[effect.mode], commodityColor(effect.commodity)),
  stabilize: (m, effect) => stabilize(m, effect.slot),
  fracture: (m, effect) => burst(m, slotPoint(m, effect.slot), 0xffc27a, m.view.unit * 0.3, effect.slot + 3),
  pirate: (m, effect) => pirates(m, effect.decoy),
  trade: (m, effect) =>
    effect.toStation
      ? motes(m, m.ship, m.station, commodityColor(effect.commodity ?? 0))
      : motes(m, m.station, m.ship, 0xbfe1ff),
  jettison: (m, effect) => scatter(m, commodityColor(effect.commodity)),
  listen: (m) => rings(m, 0xa9c3ee, 3, 0.9, 0.35),
  vent: (m) => rings(m, 0x9fe3ff, 2, 0.28, 0.7),
  repair: (m) => rings(m, 0x6fd39a, 1, 0.2, 0.9),
  overheat: (m) => rings(m, 0xff5a36, 2, 0.34, 0.9),
  destroyed: (m) => {
    burst(m, m.ship, 0xff8a4a, m.view.unit * 0.55, 1);
    burst(m, m.ship, 0xffe2a8, m.view.unit * 0.32, 2);
  },
  stranded: (m) => rings(m, DANGER, 2, 0.5, 0.6),
  "cash-out": (m) => rings(m, ACCENT, 4, 1, 0.8),
  dock: () => undefined, // the station's pulse
  burn: () => undefined, // the ship's plume
};

export function drawEffects(moment: Moment): void {
  moment.shape.clear();
  for (const effect of moment.scene.effects)
    (DRAW[effect.kind] as Draw<typeof effect.kind>)(moment, effect as never);
}

function commodityColor(commodity: number): number {
  return COMMODITY_COLOR[commodity] ?? ACCENT;
}

function slotPoint(m: Moment, slot: number): Point {
  const body = m.scene.bodies.find((b) => b.slot === slot);
  return body ? m.view.at(body.place) : m.ship;
}

function rings(m: Moment, color: number, count: number, reach: number, strength: number): void {
  for (let k = 0; k < count; k++) {
    const t = (m.t + k / count) % 1;
    m.shape
      .circle(m.ship.x, m.ship.y, m.view.unit * reach * (0.15 + 0.85 * t))
      .stroke({ width: 2, color, alpha: (1 - t) * strength });
  }
}

function wideScan(m: Moment): void {
  const reach = Math.hypot(m.view.width, m.view.height) / 2;
  m.shape.circle(m.ship.x, m.ship.y, reach * m.t).fill({ color: SCAN, alpha: 0.08 * (1 - m.t) });
  for (const lag of [0, 0.07, 0.14]) {
    const t = Math.max(0, m.t - lag);
    m.shape
      .circle(m.ship.x, m.ship.y, reach * t)
      .stroke({ width: 2.5 - lag * 10, color: SCAN, alpha: 0.75 * (1 - t * 0.8) });
  }
  for (const body of m.scene.bodies) ping(m, m.view.at(body.place), body.radius);
}

function ping(m: Moment, at: Point, radius: number): void {
  m.shape
    .circle(at.x, at.y, radius * m.view.unit + 5 + m.t * 6)
    .stroke({ width: 1.5, color: SCAN, alpha: 0.7 * (1 - m.t) });
}

function beamScan(m: Moment, deep: boolean): void {
  const target = m.scene.bodies.find((b) => b.selected);
  if (!target) return;
  const at = m.view.at(target.place);
  const radius = target.radius * m.view.unit + 6;
  const angle = Math.atan2(at.y - m.ship.y, at.x - m.ship.x) + Math.PI / 2;
  const side = { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
  m.shape
    .poly([m.ship.x, m.ship.y, at.x + side.x, at.y + side.y, at.x - side.x, at.y - side.y])
    .fill({ color: SCAN, alpha: deep ? 0.28 : 0.16 });
  const sweep = Math.sin(m.t * Math.PI * (deep ? 6 : 3));
  m.shape
    .moveTo(m.ship.x, m.ship.y)
    .lineTo(at.x + side.x * sweep, at.y + side.y * sweep)
    .stroke({ width: deep ? 2.5 : 1.5, color: SCAN, alpha: 0.95 });
  ping(m, at, target.radius);
}

function mine(m: Moment, slot: number, width: number, color: number): void {
  const at = slotPoint(m, slot);
  const flicker = 0.75 + 0.25 * Math.sin(m.t * 40);
  m.shape
    .moveTo(m.ship.x, m.ship.y)
    .lineTo(at.x, at.y)
    .stroke({ width: width * 3, color: ACCENT, alpha: 0.18 * flicker })
    .moveTo(m.ship.x, m.ship.y)
    .lineTo(at.x, at.y)
    .stroke({ width, color: 0xffd27a, alpha: 0.9 * flicker });
  m.shape.circle(at.x, at.y, width * 2.2).fill({ color: 0xfff0cf, alpha: 0.8 * flicker });
  motes(m, at, m.ship, color);
}

/** Grains that travel from one point to another. */
function motes(m: Moment, from: Point, to: Point, color: number): void {
  const random = looks(m.scene.node * 31 + 11);
  for (let k = 0; k < 9; k++) {
    const t = (m.t + k / 9) % 1;
    const off = (random() - 0.5) * 22 * Math.sin(t * Math.PI);
    m.shape
      .circle(from.x + (to.x - from.x) * t + off, from.y + (to.y - from.y) * t + off * 0.6, 2 + random() * 2)
      .fill({ color, alpha: 0.95 });
  }
}

function scatter(m: Moment, color: number): void {
  const random = looks(m.scene.node + 77);
  for (let k = 0; k < 10; k++) {
    const angle = Math.PI + (random() - 0.5) * 1.6;
    const reach = m.view.unit * (0.15 + random() * 0.4) * m.t;
    m.shape
      .rect(m.ship.x + Math.cos(angle) * reach, m.ship.y + Math.sin(angle) * reach, 5, 5)
      .fill({ color, alpha: 1 - m.t * 0.8 });
  }
}

function stabilize(m: Moment, slot: number): void {
  const at = slotPoint(m, slot);
  const body = m.scene.bodies.find((b) => b.slot === slot);
  const ring = (body?.radius ?? 0.08) * m.view.unit + 16 - m.t * 4;
  for (let k = 0; k < 6; k++) {
    const from = (k * Math.PI) / 3 + m.t * 1.2;
    m.shape
      .moveTo(at.x + Math.cos(from) * ring, at.y + Math.sin(from) * ring)
      .arc(at.x, at.y, ring, from, from + 0.6)
      .stroke({ width: 4, color: 0x6fd39a, alpha: 0.9 });
  }
}

function burst(m: Moment, at: Point, color: number, reach: number, seed: number): void {
  const random = looks(seed * 101 + m.scene.node);
  m.shape.circle(at.x, at.y, reach * 0.5 * m.t).fill({ color, alpha: 0.35 * (1 - m.t) });
  for (let k = 0; k < 14; k++) {
    const angle = (k / 14) * Math.PI * 2 + random() * 0.4;
    const far = reach * m.t * (0.5 + random() * 0.5);
    const size = 3 + random() * 5;
    const [x, y] = [at.x + Math.cos(angle) * far, at.y + Math.sin(angle) * far];
    m.shape
      .poly([x, y - size, x + size, y + size * 0.5, x - size * 0.6, y + size * 0.8])
      .fill({ color, alpha: 1 - m.t * 0.7 });
  }
}

/** Three raiders come in from the view's edge and fire; a decoy draws their fire to itself. */
function pirates(m: Moment, decoy: boolean): void {
  const lure = { x: m.ship.x - m.view.unit * 0.28, y: m.ship.y + m.view.unit * 0.22 };
  const target = decoy ? lure : m.ship;
  if (decoy) m.shape.star(lure.x, lure.y, 5, 9, 4).fill({ color: 0x9dff9d, alpha: 0.95 });
  for (let k = 0; k < 3; k++) {
    const angle = -0.9 + k * 0.55;
    const reach = m.view.unit * (0.95 - 0.35 * Math.min(1, m.t * 1.6));
    const at = { x: m.ship.x + Math.cos(angle) * reach, y: m.ship.y + Math.sin(angle) * reach };
    const nose = Math.atan2(m.ship.y - at.y, m.ship.x - at.x);
    const tip = (length: number, turn: number) => [
      at.x + Math.cos(nose + turn) * length,
      at.y + Math.sin(nose + turn) * length,
    ];
    m.shape
      .poly([...tip(15, 0), ...tip(13, 2.45), ...tip(5, Math.PI), ...tip(13, -2.45)])
      .fill({ color: 0xd63a45 })
      .stroke({ width: 1.5, color: 0xffa3a3 });
    if ((m.t * 3 + k / 3) % 1 > 0.35) {
      m.shape
        .moveTo(at.x, at.y)
        .lineTo(target.x, target.y)
        .stroke({ width: 1.5, color: DANGER, alpha: 0.85 });
    }
  }
  // The view's edge glows as long as the raid lasts.
  m.shape
    .roundRect(3, 3, m.view.width - 6, m.view.height - 6, 6)
    .stroke({ width: 6, color: DANGER, alpha: 0.5 * (1 - m.t * 0.6) });
}
