import { Container, Graphics, Sprite, Texture } from "pixi.js";
import type { NodeType } from "../../game/rules";
import { looks } from "../geometry";
import type { Viewport } from "./viewport";

const NEBULA: Record<NodeType, readonly number[]> = {
  station: [0x24406e, 0x1b2c55],
  cluster: [0x1d3a66, 0x2b2460],
  hazard: [0x6a2436, 0x4a2a1c],
};

const STARS = 140;

/** A soft white disc to be tinted: nebulae, glows, haze. One texture for all of them. */
export function glowTexture(): Texture {
  const size = 128;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  if (context) {
    const gradient = context.createRadialGradient(size / 2, size / 2, 0, size / 2, size / 2, size / 2);
    gradient.addColorStop(0, "rgba(255,255,255,1)");
    gradient.addColorStop(0.4, "rgba(255,255,255,0.38)");
    gradient.addColorStop(1, "rgba(255,255,255,0)");
    context.fillStyle = gradient;
    context.fillRect(0, 0, size, size);
  }
  return Texture.from(canvas);
}

/** Stars and nebulae of a node. `draw` is called when the node or the size changes, `streak` while travelling. */
export class Backdrop {
  readonly container = new Container();
  private readonly nebulae = [0, 1, 2].map(() => new Sprite());
  private readonly stars = new Graphics();
  private places: { x: number; y: number; size: number; alpha: number }[] = [];
  private drawn = "";

  constructor(glow: Texture) {
    for (const nebula of this.nebulae) {
      nebula.texture = glow;
      nebula.anchor.set(0.5);
      this.container.addChild(nebula);
    }
    this.container.addChild(this.stars);
  }

  draw(node: number, type: NodeType, view: Viewport, streak: number): void {
    const key = `${node} ${type} ${view.width} ${view.height} ${streak.toFixed(2)}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const random = looks(node * 977 + 3);
    this.nebulae.forEach((nebula, k) => {
      const span = view.unit * (2.2 + random() * 2);
      nebula.position.set(random() * view.width, random() * view.height);
      nebula.setSize(span * 1.5, span);
      nebula.tint = NEBULA[type][k % 2] ?? 0x1d3a66;
      nebula.alpha = 0.5;
    });
    this.places = Array.from({ length: STARS }, () => ({
      x: random() * view.width,
      y: random() * view.height,
      size: 0.5 + random() ** 4 * 1.6,
      alpha: 0.25 + random() * 0.6,
    }));
    this.stars.clear();
    for (const star of this.places) {
      if (streak > 0.02) {
        this.stars
          .moveTo(star.x, star.y)
          .lineTo(star.x + streak * 90 * star.size, star.y)
          .stroke({ width: star.size, color: 0xcfe0ff, alpha: star.alpha });
      } else {
        this.stars.circle(star.x, star.y, star.size).fill({ color: 0xdde8ff, alpha: star.alpha });
      }
    }
  }
}
