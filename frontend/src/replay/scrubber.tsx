import { memo } from "react";
import type { SourceView } from "../player/frame-source";
import type { Marker, MarkerKind } from "../player/markers";
import type { PlayerCommand, PlayerState } from "../player/player";

interface ScrubberProps {
  state: PlayerState;
  view: SourceView;
  send: (command: PlayerCommand) => void;
}

/** The place in the replay, with a tick for every event: gains above the line, losses below it. */
export function Scrubber({ state, view, send }: ScrubberProps) {
  const last = Math.max(1, state.total - 1);
  return (
    <div className="scrubber">
      <Ticks markers={view.markers} last={last} />
      <div className="loaded" aria-hidden="true">
        {view.loaded.map(([from, to]) => (
          <span
            key={from}
            style={{
              left: `${(from / last) * 100}%`,
              width: `${((Math.min(to, last) - from) / last) * 100}%`,
            }}
          />
        ))}
        <span className="done" style={{ left: 0, width: `${(state.index / last) * 100}%` }} />
      </div>
      <input
        type="range"
        aria-label="Frame"
        min={0}
        max={last}
        step={1}
        value={state.index}
        onChange={(event) => send({ type: "seek", index: Number(event.target.value) })}
      />
    </div>
  );
}

const LOSSES: ReadonlySet<MarkerKind> = new Set(["pirate", "fracture", "overheat", "death"]);

const Ticks = memo(function Ticks({ markers, last }: { markers: readonly Marker[]; last: number }) {
  const paths = new Map<MarkerKind, string>();
  for (const { kind, index } of markers) {
    const y = LOSSES.has(kind) ? 24 : 2;
    paths.set(kind, `${paths.get(kind) ?? ""}M${index} ${y}v8`);
  }
  return (
    <svg className="ticks" viewBox={`0 0 ${last} 34`} preserveAspectRatio="none" aria-hidden="true">
      {[...paths].map(([kind, path]) => (
        <path key={kind} d={path} className={kind} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
});
