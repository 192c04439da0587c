import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../api/http";
import { downloadPath } from "../api/replay-frames";
import { decodeObservation } from "../game/observation";
import { ownsKey, replayKey } from "../player/keys";
import { type MarkerKind, nextMarker } from "../player/markers";
import { usePlayer } from "../player/use-player";
import { Gauges, Market, PolicyReading, SelectedAsteroid, StepReading } from "../render/hud";
import { Minimap } from "../render/minimap";
import type { RichnessOf } from "../render/scene";
import { Sector } from "../render/sector";
import { useReducedMotion } from "../theme/reduced-motion";
import { KeyHelp } from "./key-help";
import { Transport } from "./transport";
import { useFrameSource } from "./use-frame-source";
import type { Opened } from "./use-opened-replay";

/** Plays one replay. */
export function Viewer({ opened }: { opened: Opened }) {
  const { runId, replayId } = opened;
  const { source, view } = useFrameSource(runId, replayId);
  const still = useReducedMotion();
  const isLoaded = useCallback((index: number) => source?.isLoaded(index) ?? false, [source]);
  const { state, send } = usePlayer(isLoaded, still);
  const [copied, setCopied] = useState(false);
  const help = useRef<HTMLDialogElement>(null);
  const { total } = view;

  const first = opened.frame ?? 0;
  useEffect(() => source?.want(first), [source, first]);
  useEffect(() => {
    // A link to a frame is shown at that frame; with reduced motion nothing starts by itself.
    if (total !== null) send({ type: "open", total, index: first, playing: opened.frame === null && !still });
  }, [total, first, opened.frame, still, send]);

  const ahead = state.playing && state.speed >= 16 ? 4 : 1;
  useEffect(() => {
    if (state.total > 0) source?.want(state.index, ahead);
  }, [source, state.index, state.total, ahead]);

  const jump = useCallback(
    (direction: 1 | -1, kind?: MarkerKind) => {
      const markers = kind ? view.markers.filter((m) => m.kind === kind) : view.markers;
      const target = nextMarker(markers, state.index, direction) ?? (kind ? markers[0] : undefined);
      if (!target) return;
      send({ type: "pause" });
      send({ type: "seek", index: target.index });
    },
    [view.markers, state.index, send],
  );

  const copyLink = useCallback(async () => {
    const address = new URLSearchParams({ run: runId, replay: replayId, frame: String(state.index) });
    const url = `${location.origin}/?${address}`;
    send({ type: "pause" });
    // The address bar gets it too: copying can be forbidden. The router is left out, for nothing is to be opened anew.
    history.replaceState(history.state, "", url);
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // In the address bar it can still be taken from there.
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  }, [runId, replayId, state.index, send]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (ownsKey(event.target, event.key) || help.current?.open) return;
      const press = replayKey(event);
      if (!press) return;
      event.preventDefault();
      if (press.type === "next-event") jump(1);
      else if (press.type === "previous-event") jump(-1);
      else if (press.type === "help") help.current?.showModal();
      else if (press.type === "link") void copyLink();
      else send(press);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [send, jump, copyLink]);

  const shown = source?.frame(state.index);
  const last = useRef(shown);
  if (shown) last.current = shown;
  const frame = shown ?? last.current;
  const before = (shown && source?.frame(state.index - 1)) ?? null;
  const seen = useMemo(() => (frame ? decodeObservation(frame.observation) : null), [frame]);

  const frameIndex = frame?.index ?? 0;
  const richnessOf: RichnessOf = useMemo(() => {
    const known = new Map<string, number>();
    for (const m of view.mined) if (m.index <= frameIndex) known.set(`${m.node} ${m.slot}`, m.richness);
    return (node, slot) => known.get(`${node} ${slot}`) ?? null;
  }, [view.mined, frameIndex]);

  if (!frame || !seen) {
    return (
      <div className="notice" role={view.error ? "alert" : "status"}>
        {view.error ? (
          <>
            <h1>
              {view.error instanceof ApiError && view.error.status === 404
                ? "There is no such replay"
                : "The replay cannot be loaded"}
            </h1>
            <p className="dim">{view.error.message}</p>
            <a className="button primary" href="/">
              To the newest replay
            </a>
          </>
        ) : (
          <p className="dim">Loading the replay…</p>
        )}
      </div>
    );
  }

  const selected = seen.asteroids.find((a) => a.selected)?.slot;
  return (
    <div className="viewer" data-testid="viewer" data-frame={frame.index} data-total={state.total}>
      <aside className="side left" aria-label="Decision">
        <StepReading frame={frame} />
        <PolicyReading frame={frame} />
        <Minimap graph={frame.graph} node={frame.node} />
      </aside>
      <Sector frame={frame} before={before} phase={still ? 1 : state.phase} richnessOf={richnessOf} />
      <aside className="side right" aria-label="Readings">
        <Gauges seen={seen} frame={frame} />
        <Market seen={seen} frame={frame} />
        <SelectedAsteroid
          seen={seen}
          richness={selected === undefined ? null : richnessOf(frame.node, selected)}
        />
      </aside>
      <Transport
        state={state}
        view={view}
        frame={frame}
        pending={!shown || state.waiting}
        copied={copied}
        download={downloadPath(runId, replayId)}
        send={send}
        onJump={jump}
        onLink={() => void copyLink()}
        onHelp={() => help.current?.showModal()}
      />
      <KeyHelp dialog={help} />
    </div>
  );
}
