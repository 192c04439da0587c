import { expect, it } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import type { GameEvent } from "../game/rules";
import { markersOf, nextMarker } from "./markers";

const frameWith = (index: number, events: GameEvent[]) =>
  parseFrame(rawFrame({ frame_index: index, events }));

it("marks each kind of event once a frame and leaves out what is not marked", () => {
  const events: GameEvent[] = [
    { type: "scan", mode: "wide", slots: 9 },
    { type: "pirate", loss: 0.1, value: 5, decoy_used: false },
    { type: "pirate", loss: 0.2, value: 9, decoy_used: true },
    { type: "destroyed" },
  ];
  expect(markersOf(frameWith(7, events))).toEqual([
    { index: 7, kind: "pirate" },
    { index: 7, kind: "death" },
  ]);
});

it("finds the next and the previous marked frame, not the one it stands on", () => {
  const markers = [2, 5, 9].map((index) => ({ index, kind: "sale" as const }));
  expect(nextMarker(markers, 5, 1)?.index).toBe(9);
  expect(nextMarker(markers, 5, -1)?.index).toBe(2);
  expect(nextMarker(markers, 9, 1)).toBeUndefined();
  expect(nextMarker(markers, 0, -1)).toBeUndefined();
});
