import { expect, it } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import { type GameEvent, OBS_SIZE } from "../game/rules";
import { estimateRichness } from "./richness";

const mined = (total: number): GameEvent => ({
  type: "mine",
  mode: "standard",
  slot: 2,
  amounts: { pge: total },
  total,
});

/** A ship with a new tool at node 4, slot 2 selected. */
function ship(events: GameEvent[], obs: Record<number, number> = {}) {
  const observation = new Array(OBS_SIZE).fill(0);
  const slot = 68 + 11 * 2;
  Object.assign(observation, { 3: 1, [slot]: 1, [slot + 10]: 1, ...obs });
  return parseFrame(rawFrame({ events }, { node: 4, observation }));
}

it("solves the yield rule for a cool ship with a new tool", () => {
  expect(estimateRichness(ship([]), ship([mined(2.3)]))).toEqual({
    node: 4,
    slot: 2,
    richness: expect.closeTo(2, 5),
  });
});

it("counts what heat, wear and depletion took from the yield", () => {
  const worn = ship([], { 2: 0.85, 3: 0.5, [68 + 11 * 2 + 8]: 0.5 });
  const share = 0.5 * 0.7 * 0.5 * 1.15;
  expect(estimateRichness(worn, ship([mined(1.5 * share)]))?.richness).toBeCloseTo(1.5, 4);
});

it("says nothing when nothing was mined or the hold was full", () => {
  expect(estimateRichness(ship([]), ship([]))).toBeNull();
  expect(estimateRichness(ship([], { 4: 0.99 }), ship([mined(2)]))).toBeNull();
});
