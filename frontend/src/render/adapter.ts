import type { Scene } from "./scene";

/** What a renderer is asked to draw: a scene, the one before it, and how far the step between them has come. */
export interface SectorPicture {
  scene: Scene;
  /** the scene one frame earlier, null when it is not known or was jumped over */
  before: Scene | null;
  /** 0..1; 1 is settled */
  phase: number;
}

/** The seam between the app and a graphics library. */
export interface SectorRenderer {
  /** Fills `host` and follows its size. Rejects when the browser can draw in no way the renderer knows. */
  mount(host: HTMLElement): Promise<void>;
  render(picture: SectorPicture): void;
  /** The asteroid slot at a point of the host, in CSS pixels. */
  slotAt(x: number, y: number): number | null;
  unmount(): void;
}
