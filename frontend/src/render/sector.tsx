import { useEffect, useMemo, useRef, useState } from "react";
import type { Frame } from "../api/frame";
import { decodeObservation } from "../game/observation";
import type { SectorRenderer } from "./adapter";
import { eventText, frameAction } from "./event-text";
import { PixiSectorView } from "./pixi/sector-view";
import { type RichnessOf, sceneOf } from "./scene";
import "./sector.css";

interface SectorProps {
  frame: Frame;
  /** the frame before, when this one was stepped to */
  before: Frame | null;
  phase: number;
  richnessOf: RichnessOf;
  onPick?: (slot: number) => void;
}

/** The sector as a picture, with what happened in words over it. */
export function Sector({ frame, before, phase, richnessOf, onPick }: SectorProps) {
  const host = useRef<HTMLDivElement>(null);
  const renderer = useRef<SectorRenderer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const scene = useMemo(() => sceneOf(frame, richnessOf), [frame, richnessOf]);
  const sceneBefore = useMemo(() => (before ? sceneOf(before, richnessOf) : null), [before, richnessOf]);

  useEffect(() => {
    if (!host.current) return;
    const view: SectorRenderer = new PixiSectorView();
    renderer.current = view;
    view.mount(host.current).catch((error: unknown) => {
      setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => {
      renderer.current = null;
      view.unmount();
    };
  }, []);

  useEffect(() => {
    renderer.current?.render({ scene, before: sceneBefore, phase });
  }, [scene, sceneBefore, phase]);

  const told = frame.events.filter((e) => e.type !== "travel").map(eventText);
  return (
    <figure className="sector">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: every asteroid has its own button and key in the action panel */}
      <div
        ref={host}
        className={onPick ? "canvas pick" : "canvas"}
        role="img"
        aria-label={`Node ${frame.node}, ${scene.nodeType}, ${scene.bodies.length} asteroids`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const slot = renderer.current?.slotAt(event.clientX - box.left, event.clientY - box.top);
          if (slot != null) onPick?.(slot);
        }}
      />
      <figcaption>
        <p className="now">{frameAction(frame)}</p>
        <ul>
          {told.map(({ text, tone }) => (
            <li key={text} className={tone}>
              {text}
            </li>
          ))}
        </ul>
      </figcaption>
      <p className="where">
        <Vitals frame={frame} />
        <span>
          Node {frame.node} · {scene.nodeType}
        </span>
      </p>
      {problem && (
        <p className="problem" role="alert">
          The picture cannot be drawn in this browser ({problem}). The readings beside it are complete.
        </p>
      )}
    </figure>
  );
}

/** The ship in one line, where the gauges are too far from the picture to be seen with it. */
function Vitals({ frame }: { frame: Frame }) {
  const seen = decodeObservation(frame.observation);
  const readings: [name: string, value: number][] = [
    ["Fuel", seen.fuel],
    ["Hull", seen.hull],
    ["Heat", seen.heat],
    ["Alert", seen.alert],
    ["Hold", seen.cargoTotal],
  ];
  return (
    <span className="vitals" aria-hidden="true">
      {readings.map(([name, value]) => (
        <span key={name}>
          {name} <b>{Math.round(value)}</b>
        </span>
      ))}
    </span>
  );
}
