import "pixi.js/unsafe-eval"; // Shader set-up without `eval`, so that a strict content policy can stay strict.
import { autoDetectRenderer, Container, Graphics, type Renderer, type Texture } from "pixi.js";
import type { SectorPicture, SectorRenderer } from "../adapter";
import { easeInOut, type Point } from "../geometry";
import { Backdrop, glowTexture } from "./backdrop";
import { Bodies } from "./bodies";
import { drawStation, Ship } from "./craft";
import { drawEffects } from "./effects";
import { Viewport } from "./viewport";

/** A settled step is shown at this moment of its effects, where most can be told. */
const TELLING_MOMENT = 0.62;
const STATION = { x: -0.08, y: -0.06 };

/** Draws the sector with Pixi: WebGL where a graphics card does it, else a 2D canvas. Draws only when asked to. */
export class PixiSectorView implements SectorRenderer {
  private renderer: Renderer | null = null;
  private unmounted = false;
  private observer: ResizeObserver | null = null;
  private view = new Viewport(1, 1);
  private picture: SectorPicture | null = null;
  private layers: Layers | null = null;

  async mount(host: HTMLElement): Promise<void> {
    const { width, height } = sizeOf(host);
    const renderer = await autoDetectRenderer({
      preference: hasFastWebGL() ? ["webgl", "canvas"] : ["canvas"],
      width,
      height,
      antialias: true,
      autoDensity: true,
      resolution: Math.min(2, window.devicePixelRatio || 1),
      background: 0x070b16,
    });
    if (this.unmounted) {
      renderer.destroy({ removeView: true });
      return;
    }
    this.renderer = renderer;
    this.layers = new Layers();
    this.view = new Viewport(width, height);
    host.appendChild(renderer.canvas);
    this.observer = new ResizeObserver(() => {
      const size = sizeOf(host);
      if (size.width === this.view.width && size.height === this.view.height) return;
      renderer.resize(size.width, size.height);
      this.view = new Viewport(size.width, size.height);
      this.draw();
    });
    this.observer.observe(host);
    this.draw();
  }

  render(picture: SectorPicture): void {
    this.picture = picture;
    this.draw();
  }

  slotAt(x: number, y: number): number | null {
    let best: number | null = null;
    let nearest = Number.POSITIVE_INFINITY;
    for (const body of this.picture?.scene.bodies ?? []) {
      const at = this.view.at(body.place);
      const distance = Math.hypot(at.x - x, at.y - y);
      if (distance < Math.max(22, body.radius * this.view.unit + 10) && distance < nearest) {
        nearest = distance;
        best = body.slot;
      }
    }
    return best;
  }

  unmount(): void {
    this.unmounted = true;
    this.observer?.disconnect();
    this.layers?.destroy();
    this.layers = null;
    this.renderer?.destroy({ removeView: true });
    this.renderer = null;
  }

  private draw(): void {
    if (!this.renderer || !this.layers || !this.picture) return;
    this.layers.compose(this.picture, this.view);
    this.renderer.render(this.layers.stage);
  }
}

/** The scene graph, back to front. */
class Layers {
  readonly stage = new Container();
  private readonly glow: Texture = glowTexture();
  private readonly backdrop = new Backdrop(this.glow);
  private readonly field = new Container();
  private readonly station = new Graphics();
  private readonly bodies = new Bodies();
  private readonly ship = new Ship(this.glow);
  private readonly effects = new Graphics();

  constructor() {
    this.field.addChild(this.station, this.bodies.container, this.ship.container, this.effects);
    this.stage.addChild(this.backdrop.container, this.field);
  }

  compose({ scene, before, phase }: SectorPicture, view: Viewport): void {
    const arriving = scene.arrived && phase < 1;
    const progress = easeInOut(Math.min(1, phase));
    this.backdrop.draw(scene.node, scene.nodeType, view, arriving ? 1 - progress : 0);
    this.field.position.set(arriving ? (1 - progress) * view.width * 0.4 : 0, 0);
    this.bodies.container.alpha = arriving ? progress : 1;
    this.bodies.draw(scene.node, scene.bodies, view);

    const atStation = scene.nodeType === "station";
    const station = view.at(STATION);
    const moment = Math.min(phase, TELLING_MOMENT);
    this.station.visible = atStation;
    if (atStation) {
      const docking = scene.effects.some((e) => e.kind === "dock");
      drawStation(this.station, station.x, station.y, view.unit * 0.46, docking ? moment : 0);
    }

    const ship = shipPoint(
      scene.ship,
      sameNode(scene.node, before) ? before?.ship : undefined,
      progress,
      view,
    );
    const heading = scene.facing ? view.at(scene.facing) : null;
    this.ship.draw({
      ...ship,
      angle: heading ? Math.atan2(heading.y - ship.y, heading.x - ship.x) : atStation ? Math.PI * 1.08 : 0,
      size: Math.max(13, view.unit * 0.075),
      heat: scene.heat,
      thrust: scene.effects.some((e) => e.kind === "burn") ? 1.6 : arriving ? 1.2 * (1 - progress) : 0,
      lost: scene.lost && phase > 0.3,
    });
    drawEffects({ shape: this.effects, scene, view, ship, station, t: moment });
  }

  destroy(): void {
    this.stage.destroy({ children: true });
    this.glow.destroy(true);
  }
}

function sameNode(node: number, before: SectorPicture["before"]): boolean {
  return before?.node === node;
}

function shipPoint(to: Point, from: Point | undefined, progress: number, view: Viewport): Point {
  const end = view.at(to);
  if (!from) return end;
  const start = view.at(from);
  return { x: start.x + (end.x - start.x) * progress, y: start.y + (end.y - start.y) * progress };
}

/**
 * WebGL done by the processor is about ten times slower than its 2D canvas, so it counts as none. Not every browser
 * keeps its promise to refuse such a context, so the renderer's name is looked at too.
 */
function hasFastWebGL(): boolean {
  const context = document
    .createElement("canvas")
    .getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const info = context.getExtension("WEBGL_debug_renderer_info");
  const name = info ? String(context.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight) };
}
