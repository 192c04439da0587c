import { memo, useMemo } from "react";
import type { KnownGraph } from "../api/frame";
import type { Point } from "./geometry";
import { layOut, linksOf } from "./minimap-layout";
import "./minimap.css";

const WIDTH = 300;
const HEIGHT = 220;
const MARGIN = 18;

/** The belt as far as the ship has seen it: edges greener where calm, redder where threatening; the edges from here are bright. */
export const Minimap = memo(function Minimap({ graph, node }: { graph: KnownGraph; node: number }) {
  const places = useMemo(() => {
    const scaled = [...layOut(graph)].map(([id, { x, y }]): [number, Point] => [
      id,
      { x: MARGIN + x * (WIDTH - 2 * MARGIN), y: MARGIN + y * (HEIGHT - 2 * MARGIN) },
    ]);
    return new Map(scaled);
  }, [graph]);
  const visited = graph.nodes.filter((n) => n.visited).length;
  return (
    <section className="panel minimap" aria-label="Map">
      <h2 className="row">
        Belt
        <span className="spacer" />
        <span>
          node {node} · {visited} of {graph.nodes.length} seen visited
        </span>
      </h2>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Map of the known belt, the ship is at node ${node}`}
      >
        {linksOf(graph, node).map((link) => {
          const from = places.get(link.from);
          const to = places.get(link.to);
          if (!from || !to) return null;
          return (
            <line
              key={`${link.from} ${link.to}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              className={link.slot === null ? "edge" : "edge open"}
              style={{
                stroke: `color-mix(in srgb, var(--bad) ${Math.round(link.threat * 100)}%, var(--good))`,
              }}
            />
          );
        })}
        {graph.nodes.map((n) => {
          const place = places.get(n.id);
          if (!place) return null;
          const state = `${n.type} ${n.visited ? "visited" : ""} ${n.id === node ? "here" : ""}`;
          return (
            <g key={n.id} className={`node ${state}`} transform={`translate(${place.x} ${place.y})`}>
              <title>{`Node ${n.id}: ${n.type}${n.visited ? "" : ", not visited"}`}</title>
              {n.id === node && <circle r="14" className="ring" />}
              {n.type === "station" ? (
                <rect x="-10" y="-10" width="20" height="20" rx="4" />
              ) : n.type === "hazard" ? (
                <path d="M0 -12 L11 8 L-11 8 Z" />
              ) : (
                <circle r="9" />
              )}
              <text y="4">{n.type === "station" ? "S" : n.id}</text>
            </g>
          );
        })}
      </svg>
    </section>
  );
});
