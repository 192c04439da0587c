import type { KnownGraph, KnownNode } from "../api/frame";
import { looks, type Point } from "./geometry";

/**
 * Where the nodes of the known graph are drawn, each axis -1..1. A node's place follows from its number and its
 * distance to the station alone, so nothing moves when more of the belt gets known.
 */
export function nodePlace(node: Pick<KnownNode, "id" | "steps_to_station">): Point {
  if (node.id === 0) return { x: 0, y: 0 };
  const steps = Math.max(1, node.steps_to_station);
  const random = looks(node.id * 53 + 9);
  const radius = 1 - 1 / (1 + 0.62 * steps) + (random() - 0.5) * 0.08;
  const angle = node.id * 2.399963 + 0.6;
  return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
}

export interface Link {
  from: number;
  to: number;
  /** the lower of the estimates of both directions */
  threat: number;
  /** the lane's slot when it leaves the current node */
  slot: number | null;
}

/** The directed lanes as lines, one a pair of nodes. */
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
