import { Container, Graphics, Sprite, type Texture } from "pixi.js";
import { mix } from "../geometry";

/** The player's ship: hull, cockpit, engine glow and the haze of a hot ship. */
export class Ship {
  readonly container = new Container();
  private readonly haze = new Sprite();
  private readonly plume = new Sprite();
  private readonly hull = new Graphics();

  constructor(glow: Texture) {
    for (const sprite of [this.haze, this.plume]) {
      sprite.texture = glow;
      sprite.anchor.set(0.5);
      this.container.addChild(sprite);
    }
    this.container.addChild(this.hull);
  }

  draw(at: {
    x: number;
    y: number;
    angle: number;
    size: number;
    heat: number;
    thrust: number;
    lost: boolean;
  }): void {
    const { size } = at;
    this.container.position.set(at.x, at.y);
    this.container.rotation = at.angle;
    this.haze.setSize(size * (2.5 + at.heat * 4));
    this.haze.tint = mix(0xffa040, 0xff3b2f, at.heat);
    this.haze.alpha = at.lost ? 0 : Math.max(0, at.heat - 0.25) * 0.9;
    this.plume.position.set(-size * (0.8 + at.thrust * 0.5), 0);
    this.plume.setSize(size * (0.9 + at.thrust * 2.2), size * (0.5 + at.thrust * 0.4));
    this.plume.tint = 0x7fc4ff;
    this.plume.alpha = at.lost ? 0 : 0.55 + at.thrust * 0.4;
    const metal = at.lost ? 0x4a4f5c : 0xdfe7f3;
    const dark = at.lost ? 0x33363f : 0x8593aa;
    const p = (...values: number[]) => values.map((v) => v * size);
    this.hull
      .clear()
      .poly(p(-0.75, -0.62, -0.25, -0.3, -0.25, 0.3, -0.75, 0.62, -0.9, 0.3, -0.9, -0.3))
      .fill({ color: dark })
      .poly(p(1, 0, 0.2, -0.34, -0.7, -0.3, -0.7, 0.3, 0.2, 0.34))
      .fill({ color: metal })
      .poly(p(1, 0, 0.2, 0.34, -0.7, 0.3, -0.7, 0))
      .fill({ color: mix(metal, 0x05070d, 0.28) })
      .poly(p(0.55, 0, 0.25, -0.15, 0, 0, 0.25, 0.15))
      .fill({ color: at.lost ? 0x20232a : 0xffb224 });
  }
}

/** The station: a hub, a ring on four spokes, docking arms and lights. */
export function drawStation(shape: Graphics, x: number, y: number, size: number, pulse: number): void {
  shape.clear();
  shape.position.set(x, y);
  const ring = size * 0.78;
  shape.circle(0, 0, ring).stroke({ width: size * 0.15, color: 0x3c4a63 });
  shape.circle(0, 0, ring + size * 0.06).stroke({ width: 1.5, color: 0x93a4c0, alpha: 0.8 });
  shape.circle(0, 0, ring - size * 0.06).stroke({ width: 1.5, color: 0x93a4c0, alpha: 0.5 });
  for (let k = 0; k < 4; k++) {
    const angle = Math.PI / 6 + (k * Math.PI) / 2;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    shape
      .moveTo(c * size * 0.2, s * size * 0.2)
      .lineTo(c * ring, s * ring)
      .stroke({ width: size * 0.07, color: 0x55647f });
  }
  for (let k = 0; k < 12; k++) {
    const angle = (k * Math.PI) / 6;
    const bright = k % 3 === 0;
    shape
      .circle(Math.cos(angle) * ring, Math.sin(angle) * ring, bright ? size * 0.035 : size * 0.022)
      .fill({ color: bright ? 0xffb224 : 0xbfe1ff });
  }
  const hub = Array.from({ length: 6 }, (_, k) => [
    Math.cos((k * Math.PI) / 3) * size * 0.3,
    Math.sin((k * Math.PI) / 3) * size * 0.3,
  ]).flat();
  shape.poly(hub).fill({ color: 0x7787a3 }).stroke({ width: 2, color: 0xc6d3ea });
  shape.circle(0, 0, size * 0.12).fill({ color: 0xffd27a, alpha: 0.95 });
  // The docking arm towards the ship's berth.
  shape
    .moveTo(ring, size * 0.12)
    .lineTo(size * 1.08, size * 0.2)
    .stroke({ width: size * 0.06, color: 0x55647f });
  if (pulse > 0) {
    shape.circle(0, 0, size * (1 + pulse * 0.35)).stroke({ width: 2, color: 0xffb224, alpha: 1 - pulse });
  }
}
