import { Link, useSearchParams } from "react-router";
import { useLiveRun, useRuns } from "../api/queries";
import type { Run } from "../api/records";
import "./analytics.css";
import { BenchmarkPanel } from "./benchmark";
import { Chart } from "./chart";
import { CHARTS } from "./metrics";
import { Completeness, Connection, KeyFigures, LastWindows, Replays } from "./run-facts";
import { RunTable, Status } from "./run-table";

/** `/analytics`: how runs learn. */
export default function AnalyticsPage() {
  const [params] = useSearchParams();
  const runs = useRuns();
  const items = runs.data?.items ?? [];
  const selected = params.get("run") ?? items[0]?.id ?? null;

  if (runs.isError && !runs.data) {
    return (
      <div className="notice" role="alert">
        <h1>The runs cannot be loaded</h1>
        <p className="dim">{runs.error.message}. This page tries again by itself.</p>
      </div>
    );
  }
  if (!runs.data) return <p className="notice dim">Loading…</p>;
  if (items.length === 0) return <NoRuns />;
  const listed = items.find((r) => r.id === selected) ?? null;
  return (
    <div className="analytics-page">
      <h1 className="visually-hidden">Analytics</h1>
      <RunTable runs={items} selected={selected} />
      {listed ? (
        <RunView key={listed.id} listed={listed} />
      ) : (
        <p className="panel">
          The address names a run that is not in the list. <Link to="/analytics">Show the newest run</Link>
        </p>
      )}
    </div>
  );
}

function RunView({ listed }: { listed: Run }) {
  const live = useLiveRun(listed.id);
  const run = live.run ?? listed;
  const loading = live.run === null;
  return (
    <>
      <div className="row run-title">
        <h1>{run.name}</h1>
        <Status run={run} />
        <Connection state={live.connection} />
        <span className="spacer" />
        {run.latest_replay_id && (
          <Link className="button" to={`/?run=${run.id}&replay=${run.latest_replay_id}`}>
            Watch the newest replay
          </Link>
        )}
      </div>
      {run.error && <p className="panel bad">{run.error}</p>}
      <KeyFigures run={run} windows={live.windows} loading={loading} />
      <section className="charts" aria-label="Curves over environment steps">
        {CHARTS.map((metric) => (
          <Chart key={metric.key} metric={metric} windows={live.windows} loading={loading} />
        ))}
      </section>
      <div className="tables">
        <BenchmarkPanel runId={run.id} />
        <LastWindows windows={live.windows} loading={loading} />
        <Replays run={run} revision={live.announced} />
        <Completeness run={run} revision={live.announced} />
      </div>
    </>
  );
}

function NoRuns() {
  return (
    <div className="notice">
      <h1>No run yet</h1>
      <p>
        Curves appear here while a run trains. Start one in the admin (Runs, Add), or start the whole demo
        with <code>make run</code>.
      </p>
      <a className="button primary" href="/admin/">
        Open the admin
      </a>
    </div>
  );
}
