import { Container, Graphics, Text } from "pixi.js";
import { COMMODITY_COLOR } from "../../game/colors";
import { asteroidOutline, mix, type Point, shade } from "../geometry";
import type { Body } from "../scene";
import type { Viewport } from "./viewport";

export const ACCENT = 0xffb224;
const UNSURE = 0x5b6577;
const LIGHT: Point = { x: -0.55, y: -0.83 };

/** The asteroids of a node, each redrawn only when its own looks change. */
export class Bodies {
  readonly container = new Container();
  private drawn = new Map<number, { key: string; shape: Graphics; label: Text }>();

  draw(node: number, bodies: readonly Body[], view: Viewport): void {
    const present = new Set(bodies.map((b) => b.slot));
    for (const [slot, { shape, label }] of this.drawn) {
      if (present.has(slot)) continue;
      shape.destroy();
      label.destroy();
      this.drawn.delete(slot);
    }
    for (const body of bodies) this.drawOne(node, body, view);
  }

  private drawOne(node: number, body: Body, view: Viewport): void {
    const key = [
      node,
      view.width,
      view.height,
      body.radius.toFixed(3),
      body.confidence.toFixed(2),
      body.depletion >= 1,
      body.selected,
      body.composition.map((share) => share.toFixed(2)).join(),
    ].join(" ");
    let entry = this.drawn.get(body.slot);
    if (entry?.key === key) return;
    if (!entry) {
      const label = new Text({
        text: String(body.slot + 1),
        resolution: 2,
        style: { fontFamily: "system-ui, sans-serif", fontSize: 11, fontWeight: "600", fill: 0xd5dded },
      });
      label.anchor.set(0.5, 0);
      entry = { key, shape: new Graphics(), label };
      this.container.addChild(entry.shape, label);
      this.drawn.set(body.slot, entry);
    }
    entry.key = key;
    const { x, y } = view.at(body.place);
    const radius = body.radius * view.unit;
    const { shape, label } = entry;
    shape.clear();
    shape.position.set(x, y);
    label.position.set(x, y + radius + (body.selected ? 10 : 6));
    label.style.fill = body.selected ? ACCENT : 0xb9c4d8;
    label.alpha = body.depletion >= 1 ? 0.45 : 1;
    if (body.depletion >= 1) {
      rubble(shape, node, body.slot, radius);
    } else {
      rock(shape, node, body, radius);
      sureness(shape, body.confidence, radius);
    }
    if (body.selected) brackets(shape, radius);
  }
}

/** A faceted rock: each commodity's estimated share of the facets has its colour, greyer the less sure it is. */
function rock(shape: Graphics, node: number, body: Body, radius: number): void {
  const outline = asteroidOutline(node, body.slot, 14);
  const apex = { x: -0.16, y: -0.18 };
  let share = 0;
  let commodity = 0;
  outline.forEach((corner, k) => {
    const next = outline[(k + 1) % outline.length] ?? corner;
    while (commodity < 5 && (k + 0.5) / outline.length > share + (body.composition[commodity] ?? 0)) {
      share += body.composition[commodity] ?? 0;
      commodity++;
    }
    const sure = 0.35 + 0.65 * body.confidence;
    const color = mix(UNSURE, COMMODITY_COLOR[commodity] ?? UNSURE, sure);
    const middle = { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 };
    const lit = (middle.x * LIGHT.x + middle.y * LIGHT.y + 1) / 2;
    const facet = shade(color, 0.42 + lit * 0.72);
    const points = [apex.x, apex.y, corner.x, corner.y, next.x, next.y].map((v) => v * radius);
    shape.poly(points).fill({ color: facet }).stroke({ width: 1, color: facet });
  });
}

/** What is left after a fracture or when nothing is left. */
function rubble(shape: Graphics, node: number, slot: number, radius: number): void {
  const spread = Math.max(9, radius);
  asteroidOutline(node, slot, 6).forEach((corner, k) => {
    const size = spread * (0.16 + (k % 3) * 0.07);
    shape
      .poly(
        asteroidOutline(node, slot + k, 5).flatMap((p) => [
          corner.x * spread * 0.8 + p.x * size,
          corner.y * spread * 0.6 + p.y * size,
        ]),
      )
      .fill({ color: 0x4a5364, alpha: 0.75 });
  });
}

/** An arc as long as the scan confidence. */
function sureness(shape: Graphics, confidence: number, radius: number): void {
  const from = -Math.PI / 2;
  const ring = radius + 4;
  shape
    .moveTo(0, -ring)
    .arc(0, 0, ring, from, from + Math.min(0.999, confidence) * Math.PI * 2)
    .stroke({ width: 1.5, color: 0xa9c3ee, alpha: 0.55 });
}

function brackets(shape: Graphics, radius: number): void {
  const ring = Math.max(radius, 9) + 8;
  for (let k = 0; k < 4; k++) {
    const from = Math.PI / 4 + (k * Math.PI) / 2 - 0.5;
    shape
      .moveTo(Math.cos(from) * ring, Math.sin(from) * ring)
      .arc(0, 0, ring, from, from + 1)
      .stroke({ width: 2.5, color: ACCENT });
  }
}
