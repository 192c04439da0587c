import { Link } from "react-router";
import { useLiveRun } from "../api/queries";
import type { Run } from "../api/records";
import { Pickers } from "./pickers";
import "./replay.css";
import { useOpenedReplay } from "./use-opened-replay";
import { Viewer } from "./viewer";

/** `/`: watch what an agent did. */
export default function ReplayPage() {
  const { runs, opened, runId, open } = useOpenedReplay();
  const live = useLiveRun(runId);
  const run = live.run ?? runs.data?.items.find((r) => r.id === runId) ?? null;

  if (runs.isError && !runs.data) {
    return (
      <div className="notice" role="alert">
        <h1>The runs cannot be loaded</h1>
        <p className="dim">{runs.error.message}. This page tries again by itself.</p>
      </div>
    );
  }
  if (!runs.data) return <p className="notice dim">Loading…</p>;
  if (!opened) return <NothingYet run={run ?? runs.data.items[0] ?? null} />;

  const newer = live.newestReplay && live.newestReplay.id !== opened.replayId ? live.newestReplay : null;
  return (
    <div className="replay-page">
      <h1 className="visually-hidden">Replay</h1>
      <Pickers runs={runs.data.items} opened={opened} revision={live.announced} newer={newer} onOpen={open} />
      <Viewer key={`${opened.runId} ${opened.replayId} ${opened.frame}`} opened={opened} />
    </div>
  );
}

/** What to do while there is nothing to watch. */
function NothingYet({ run }: { run: Run | null }) {
  if (run && (run.status === "running" || run.status === "queued")) {
    return (
      <div className="notice" role="status">
        <h1>The first replay is on its way</h1>
        <p>
          Run “{run.name}” is {run.status}. A replay is recorded at the end of every window; this page opens
          the first one as soon as it is there.
        </p>
        <progress value={run.progress} max={1} aria-label="Progress of the run" />
        <p className="row">
          <Link className="button primary" to={`/analytics?run=${run.id}`}>
            Watch its curves
          </Link>
          <Link className="button" to="/play">
            Play meanwhile
          </Link>
        </p>
      </div>
    );
  }
  return (
    <div className="notice">
      <h1>{run ? "No replay was recorded yet" : "No run yet"}</h1>
      <p>
        {run
          ? `The newest run, “${run.name}”, is ${run.status} and left no replay${run.error ? `: ${run.error}` : "."}`
          : "Agents appear here when a training run has recorded its first replay."}
      </p>
      <p>
        Start a run in the admin (Runs, Add), or start the whole demo with <code>make run</code>.
      </p>
      <p className="row">
        <a className="button primary" href="/admin/">
          Open the admin
        </a>
        <Link className="button" to="/play">
          Play the game yourself
        </Link>
      </p>
    </div>
  );
}
