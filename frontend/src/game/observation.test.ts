import { describe, expect, it } from "vitest";
import { decodeObservation } from "./observation";
import { OBS_SIZE } from "./rules";

function observation(values: Record<number, number>): Float32Array {
  const obs = new Float32Array(OBS_SIZE);
  for (const [index, value] of Object.entries(values)) obs[Number(index)] = value;
  return obs;
}

describe("decodeObservation", () => {
  it("reads the ship's gauges in their own units", () => {
    const o = decodeObservation(
      observation({
        0: 0.5,
        1: 0.25,
        2: 0.75,
        3: 1,
        4: 0.1,
        5: 0.3,
        6: 0.9,
        14: 3 / 12,
        15: 2 / 12,
        16: 1 / 12,
      }),
    );
    expect(o.fuel).toBe(500);
    expect(o.hull).toBe(25);
    expect(o.heat).toBe(75);
    expect(o.tool).toBe(100);
    expect(o.cargoTotal).toBeCloseTo(20, 4);
    expect(o.alert).toBeCloseTo(30, 4);
    expect(o.timeLeft).toBeCloseTo(0.9, 6);
    expect([o.kits, o.stabilizers, o.decoys]).toEqual([3, 2, 1]);
  });

  it("undoes the logarithm of credits", () => {
    const coded = Math.log1p(1234.5) / Math.log1p(1e7);
    expect(decodeObservation(observation({ 7: coded })).credits).toBeCloseTo(1234.5, 1);
    expect(decodeObservation(observation({})).credits).toBe(0);
  });

  it("keeps only the edges that exist, with their slot", () => {
    const edge = 24 + 7 * 4;
    const o = decodeObservation(
      observation({ [edge]: 1, [edge + 3]: 1, [edge + 4]: 5 / 8, [edge + 5]: 0.5, [edge + 6]: 0.5 }),
    );
    expect(o.edges).toEqual([{ slot: 4, type: "hazard", time: 5, fuel: 80, threat: 0.5 }]);
  });

  it("reads the last asteroid slot up to the index before the prices", () => {
    const at = 68 + 11 * 15;
    const o = decodeObservation(
      observation({
        [at]: 1,
        [at + 4]: 1,
        [at + 7]: 0.5,
        [at + 8]: 0.25,
        [at + 9]: 0.125,
        [at + 10]: 1,
        244: 0.5,
      }),
    );
    expect(o.asteroids).toHaveLength(1);
    expect(o.asteroids[0]).toEqual({
      slot: 15,
      composition: [0, 0, 0, 1, 0, 0],
      stability: 0.5,
      depletion: 0.25,
      confidence: 0.125,
      selected: true,
    });
    expect(o.quotes[0]?.price).toBe(22.5);
  });

  it("says when a price is at or over its base, which the vector cannot tell apart", () => {
    const o = decodeObservation(observation({ 247: 1, 248: 0.5, 253: 0.1, 254: -0.05 }));
    expect(o.quotes[3]).toMatchObject({ price: 145, capped: true });
    expect(o.quotes[3]?.delta).toBeCloseTo(10, 4);
    expect(o.quotes[4]).toMatchObject({ price: 105, capped: false });
    expect(o.quotes[4]?.delta).toBeCloseTo(-5, 4);
  });

  it("tells station, node and selection", () => {
    const o = decodeObservation(observation({ 17: 1, 18: 1, 19: 1, 22: 7 / 31, 23: 2 / 31 }));
    expect(o).toMatchObject({
      atStation: true,
      validSelection: true,
      nodeType: "station",
      nodeIndex: 7,
      stepsToStation: 2,
    });
  });

  it("refuses a vector of another length", () => {
    expect(() => decodeObservation(new Float32Array(259))).toThrow(/259 numbers.*260/);
  });
});
