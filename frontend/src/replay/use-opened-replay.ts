import { useState } from "react";
import { useSearchParams } from "react-router";
import { useRuns } from "../api/queries";
import type { Run } from "../api/records";

export interface Opened {
  runId: string;
  replayId: string;
  /** the frame a link points at */
  frame: number | null;
}

/**
 * Which replay is on the page: what the address names, else the newest replay of the newest run that has one. What was
 * chosen for the visitor stays while newer replays arrive; those are offered, not forced.
 */
export function useOpenedReplay() {
  const [params, setParams] = useSearchParams();
  const runs = useRuns();
  const [automatic, setAutomatic] = useState<Opened | null>(null);

  const runId = params.get("run");
  const replayId = params.get("replay");
  const items = runs.data?.items ?? [];
  const fallback = newest(runId ? items.filter((r) => r.id === runId) : items);
  const keep = automatic && (runId === null || automatic.runId === runId) ? automatic : null;
  // Adopted during rendering, so that no frame is shown of what is about to be replaced.
  if (!keep && fallback && !(runId && replayId)) setAutomatic(fallback);

  const opened =
    runId && replayId ? { runId, replayId, frame: frameNumber(params.get("frame")) } : (keep ?? fallback);

  const open = (next: { runId: string; replayId?: string | null; frame?: number }) => {
    setAutomatic(null);
    const address = new URLSearchParams({ run: next.runId });
    if (next.replayId) address.set("replay", next.replayId);
    if (next.frame !== undefined) address.set("frame", String(next.frame));
    setParams(address);
  };

  return { runs, opened, runId: opened?.runId ?? runId, open };
}

function newest(runs: readonly Run[]): Opened | null {
  for (const run of runs) {
    if (run.latest_replay_id) return { runId: run.id, replayId: run.latest_replay_id, frame: null };
  }
  return null;
}

function frameNumber(text: string | null): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  return Number(text);
}
