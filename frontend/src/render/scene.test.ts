import { describe, expect, it } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import { type GameEvent, OBS_SIZE } from "../game/rules";
import { slotPlaces } from "./geometry";
import { sceneOf } from "./scene";

const unknown = () => null;

/** A frame at node 4 with one asteroid in slot 2, selected. */
function mining(frame: Record<string, unknown>, obs: Record<number, number> = {}) {
  const observation = new Array(OBS_SIZE).fill(0);
  const at = 68 + 11 * 2;
  Object.assign(observation, { 1: 1, 3: 1, 20: 1, [at]: 1, [at + 1]: 1, [at + 10]: 1, ...obs });
  return parseFrame(rawFrame(frame, { node: 4, observation }));
}

const mined = (total: number): GameEvent => ({
  type: "mine",
  mode: "standard",
  slot: 2,
  amounts: { pge: total, iron: 0 },
  total,
});

describe("sceneOf", () => {
  it("shows an empty dock at the station", () => {
    const scene = sceneOf(parseFrame(rawFrame({})), unknown);
    expect(scene).toMatchObject({ node: 0, bodies: [], selected: null, facing: null, effects: [] });
  });

  it("points the ship at the selected asteroid and draws the beam by what came out", () => {
    const scene = sceneOf(mining({ action: 29, events: [mined(2)] }), unknown);
    expect(scene.selected).toBe(2);
    expect(scene.facing).toEqual(slotPlaces(4)[2]);
    expect(scene.effects).toEqual([{ kind: "mine", slot: 2, mode: "standard", commodity: 3 }]);
  });

  it("shows an action that leaves no event, unless it was invalid", () => {
    expect(sceneOf(mining({ action: 33 }), unknown).effects).toEqual([{ kind: "vent" }]);
    const invalid = mining({ action: 31, events: [{ type: "invalid", action: 31 }] });
    expect(sceneOf(invalid, unknown).effects).toEqual([]);
  });

  it("draws a rich asteroid larger and a used one smaller", () => {
    const radius = (richness: number | null, depletion = 0) =>
      sceneOf(mining({}, { [68 + 11 * 2 + 8]: depletion }), () => richness).bodies[0]?.radius ?? 0;
    expect(radius(4)).toBeGreaterThan(radius(null));
    expect(radius(0.2)).toBeLessThan(radius(null));
    expect(radius(4, 0.9)).toBeLessThan(radius(4));
  });
});

describe("slotPlaces", () => {
  it("keeps all 16 places apart, in view and off the ship, for every node", () => {
    for (let node = 0; node < 32; node++) {
      const places = slotPlaces(node);
      expect(places).toHaveLength(16);
      places.forEach((a, i) => {
        expect(Math.hypot(a.x, a.y)).toBeGreaterThan(0.35);
        expect(Math.max(Math.abs(a.x), Math.abs(a.y))).toBeLessThan(1.03);
        places.slice(i + 1).forEach((b) => {
          expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.24);
        });
      });
    }
  });
});
