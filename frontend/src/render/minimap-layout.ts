import type { KnownGraph } from "../api/frame";
import type { Point } from "./geometry";

const ROUNDS = 160;

/**
 * Where the nodes of the known graph are drawn, each axis 0..1: edges pull together, nodes push apart, started from
 * places that follow from the nodes' numbers, so the same graph always looks the same.
 */
export function layOut(graph: KnownGraph): Map<number, Point> {
  const nodes = graph.nodes.map((node) => {
    const angle = node.id * 2.399963 + 0.6;
    const radius = node.id === 0 ? 0 : 0.4 + 0.5 * Math.min(6, node.steps_to_station);
    return { id: node.id, x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
  });
  const at = new Map(nodes.map((node) => [node.id, node]));
  const springs = linksOf(graph, -1).flatMap((link) => {
    const from = at.get(link.from);
    const to = at.get(link.to);
    return from && to ? [{ from, to }] : [];
  });
  for (let round = 0; round < ROUNDS; round++) {
    const step = 0.1 * (1 - round / ROUNDS);
    const push = new Map(nodes.map((node) => [node.id, { x: 0, y: 0 }]));
    const move = (id: number, x: number, y: number) => {
      const sum = push.get(id);
      if (sum) {
        sum.x += x;
        sum.y += y;
      }
    };
    for (const a of nodes) {
      for (const b of nodes) {
        if (a.id >= b.id) continue;
        const [dx, dy] = [a.x - b.x, a.y - b.y];
        const far = Math.max(0.05, Math.hypot(dx, dy));
        const force = 0.55 / (far * far * far);
        move(a.id, dx * force, dy * force);
        move(b.id, -dx * force, -dy * force);
      }
    }
    for (const { from, to } of springs) {
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const force = 0.9 * Math.hypot(dx, dy);
      move(from.id, dx * force, dy * force);
      move(to.id, -dx * force, -dy * force);
    }
    for (const node of nodes) {
      const sum = push.get(node.id) ?? { x: 0, y: 0 };
      const length = Math.max(1e-6, Math.hypot(sum.x, sum.y));
      const reach = Math.min(length, 2) * step;
      node.x += (sum.x / length) * reach;
      node.y += (sum.y / length) * reach;
    }
  }
  return stretch(nodes);
}

/** Stretches the places to the whole map; a lone node lies in the middle. */
function stretch(nodes: readonly { id: number; x: number; y: number }[]): Map<number, Point> {
  const span = (values: number[]) => {
    const low = Math.min(...values);
    const width = Math.max(...values) - low;
    return (value: number) => (width < 1e-6 ? 0.5 : (value - low) / width);
  };
  const across = span(nodes.map((n) => n.x));
  const down = span(nodes.map((n) => n.y));
  return new Map(nodes.map((n) => [n.id, { x: across(n.x), y: down(n.y) }]));
}

export interface Link {
  from: number;
  to: number;
  /** the lower of the estimates of both directions */
  threat: number;
  /** the slot of the edge when it leaves the current node */
  slot: number | null;
}

/** The directed edges as lines, one a pair of nodes. */
export function linksOf(graph: KnownGraph, current: number): Link[] {
  const links = new Map<string, Link>();
  for (const edge of graph.edges) {
    const key = edge.from < edge.to ? `${edge.from} ${edge.to}` : `${edge.to} ${edge.from}`;
    const known = links.get(key);
    const slot = edge.from === current ? edge.slot : (known?.slot ?? null);
    const threat = Math.min(edge.threat_estimate, known?.threat ?? 1);
    links.set(key, { from: edge.from, to: edge.to, threat, slot });
  }
  return [...links.values()];
}
