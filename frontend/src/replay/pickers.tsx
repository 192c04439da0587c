import { useReplays } from "../api/queries";
import type { Replay, Run } from "../api/records";
import { fixed, integer } from "../theme/numbers";
import type { Opened } from "./use-opened-replay";

const END: Record<Replay["end_reason"], string> = {
  cash_out: "cashed out",
  destroyed: "destroyed",
  stranded: "stranded",
  timeout: "time ran out",
};

interface PickersProps {
  runs: readonly Run[];
  opened: Opened;
  revision: number;
  newer: Replay | null;
  onOpen: (next: { runId: string; replayId?: string | null }) => void;
}

/** Which run and which of its replays is shown, and the way to a newer one. */
export function Pickers({ runs, opened, revision, newer, onOpen }: PickersProps) {
  const replays = useReplays(opened.runId, revision);
  const items = replays.data?.items ?? [];
  const current = items.find((r) => r.id === opened.replayId);
  return (
    <div className="pickers">
      <label>
        <span className="dim">Run</span>
        <select value={opened.runId} onChange={(event) => onOpen({ runId: event.target.value })}>
          {!runs.some((r) => r.id === opened.runId) && <option value={opened.runId}>Unknown run</option>}
          {runs.map((run) => (
            <option key={run.id} value={run.id} disabled={!run.latest_replay_id && run.id !== opened.runId}>
              {run.name} ({run.status}
              {run.latest_replay_id ? "" : ", no replay"})
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="dim">Replay</span>
        <select
          value={opened.replayId}
          onChange={(event) => onOpen({ runId: opened.runId, replayId: event.target.value })}
        >
          {!current && <option value={opened.replayId}>This replay</option>}
          {items.map((replay) => (
            <option key={replay.id} value={replay.id}>
              {replayName(replay)}
            </option>
          ))}
        </select>
      </label>
      {current && (
        <p className="facts dim">
          seed {current.seed} · {integer(current.steps)} steps · return {fixed(current.return, 1)} ·{" "}
          {END[current.end_reason]}
        </p>
      )}
      <span className="spacer" />
      <button
        type="button"
        className={newer ? "button primary newer" : "button newer"}
        disabled={!newer}
        onClick={() => newer && onOpen({ runId: opened.runId, replayId: newer.id })}
      >
        {newer ? `Newer replay: window ${newer.window_id ?? "?"}` : "No newer replay"}
      </button>
    </div>
  );
}

function replayName(replay: Replay): string {
  const best = replay.tags.includes("best_so_far") ? " ★ best return so far" : "";
  return `Window ${replay.window_id ?? "?"} · ${integer(replay.credits)} cr${best}`;
}
