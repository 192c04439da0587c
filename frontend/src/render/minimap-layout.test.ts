import { expect, it } from "vitest";
import { linksOf, nodePlace } from "./minimap-layout";

it("keeps every node inside the map and in its place", () => {
  for (let id = 0; id < 32; id++) {
    for (const steps_to_station of [1, 3, 31]) {
      const place = nodePlace({ id, steps_to_station });
      expect(Math.hypot(place.x, place.y)).toBeLessThanOrEqual(1.03);
      expect(nodePlace({ id, steps_to_station })).toEqual(place);
    }
  }
});

it("draws both directions of a lane as one line, with the slot of the one that leaves here", () => {
  const lane = { time: 3, fuel: 40 };
  const links = linksOf(
    {
      nodes: [],
      edges: [
        { from: 0, to: 2, slot: 1, threat_estimate: 0.5, ...lane },
        { from: 2, to: 0, slot: 4, threat_estimate: 0.3, ...lane },
        { from: 0, to: 3, slot: 0, threat_estimate: 0.7, ...lane },
      ],
    },
    2,
  );
  expect(links).toEqual([
    { from: 2, to: 0, slot: 4, threat: 0.3 },
    { from: 0, to: 3, slot: null, threat: 0.7 },
  ]);
});
