import { expect, it } from "vitest";
import { layOut, linksOf } from "./minimap-layout";

it("lays a full belt out inside the map, no two nodes on each other, the same every time", () => {
  const nodes = Array.from({ length: 32 }, (_, id) => ({
    id,
    type: "cluster" as const,
    visited: true,
    steps_to_station: Math.floor(Math.log2(id + 1)),
  }));
  const edges = nodes.slice(1).flatMap(({ id }) => {
    const parent = Math.floor((id - 1) / 2);
    const edge = { slot: 0, time: 1, fuel: 20, threat_estimate: 0.5 };
    return [
      { from: id, to: parent, ...edge },
      { from: parent, to: id, ...edge },
    ];
  });
  const places = layOut({ nodes, edges });
  expect(layOut({ nodes, edges })).toEqual(places);
  const all = [...places.values()];
  expect(all).toHaveLength(32);
  for (const place of all) {
    expect(place.x).toBeGreaterThanOrEqual(0);
    expect(place.x).toBeLessThanOrEqual(1);
    expect(place.y).toBeGreaterThanOrEqual(0);
    expect(place.y).toBeLessThanOrEqual(1);
  }
  const gaps = all.flatMap((a, i) => all.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
  expect(Math.min(...gaps)).toBeGreaterThan(0.05);
});

it("puts a lone node in the middle", () => {
  const station = { id: 0, type: "station" as const, visited: true, steps_to_station: 0 };
  expect(layOut({ nodes: [station], edges: [] }).get(0)).toEqual({ x: 0.5, y: 0.5 });
});

it("draws both directions of an edge as one line, with the slot of the one that leaves here", () => {
  const edge = { time: 3, fuel: 40 };
  const links = linksOf(
    {
      nodes: [],
      edges: [
        { from: 0, to: 2, slot: 1, threat_estimate: 0.5, ...edge },
        { from: 2, to: 0, slot: 4, threat_estimate: 0.3, ...edge },
        { from: 0, to: 3, slot: 0, threat_estimate: 0.7, ...edge },
      ],
    },
    2,
  );
  expect(links).toEqual([
    { from: 2, to: 0, slot: 4, threat: 0.3 },
    { from: 0, to: 3, slot: null, threat: 0.7 },
  ]);
});
