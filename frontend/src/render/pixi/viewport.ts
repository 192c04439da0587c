import type { Point } from "../geometry";

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
    this.centerY = height / 2;
    this.unit = Math.max(60, Math.min(width, height) / 2);
  }

  at(place: Point): Point {
    const margin = this.unit * 0.2;
    return {
      x: this.centerX + place.x * Math.max(20, Math.min(this.width / 2, this.unit * 1.9) - margin),
      y: this.centerY + place.y * Math.max(20, this.height / 2 - margin),
    };
  }
}
