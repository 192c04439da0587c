import type { Point } from "../geometry";

/** Pixels kept free for what is written over the picture. */
const CAPTION_TOP = 40;
const CAPTION_BOTTOM = 32;

/** Maps the scene's field (each axis -1..1) to the pixels of a view of any shape. */
export class Viewport {
  readonly centerX: number;
  readonly centerY: number;
  /** half the shorter side: the length that radii are a share of */
  readonly unit: number;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.centerX = width / 2;
    this.centerY = CAPTION_TOP + (height - CAPTION_TOP - CAPTION_BOTTOM) / 2;
    this.unit = Math.max(60, Math.min(width, height) / 2);
  }

  at(place: Point): Point {
    const margin = this.unit * 0.16;
    return {
      x: this.centerX + place.x * Math.max(20, Math.min(this.width / 2, this.unit * 1.9) - margin),
      y: this.centerY + place.y * Math.max(20, (this.height - CAPTION_TOP - CAPTION_BOTTOM) / 2 - margin),
    };
  }
}
