import { Link } from "react-router";
import type { LiveConnection } from "../api/live";
import { useCompleteness, useReplays } from "../api/queries";
import type { Run, WindowRow } from "../api/records";
import { ago, fixed, integer, NONE, percent, short, telling } from "../theme/numbers";
import { TABLE } from "./metrics";

const CONNECTION: Record<LiveConnection, string> = {
  connecting: "Connecting…",
  live: "Live",
  "catching-up": "Catching up…",
  reconnecting: "Connection lost, trying again…",
  gone: "This run was deleted",
};

/** Whether what is seen is what is so. */
export function Connection({ state }: { state: LiveConnection }) {
  return (
    <span className={`connection ${state}`} role="status" data-testid="connection">
      {CONNECTION[state]}
    </span>
  );
}

export function KeyFigures({
  run,
  windows,
  loading,
}: {
  run: Run;
  windows: readonly WindowRow[];
  loading: boolean;
}) {
  const last = windows.at(-1);
  const latest = (key: keyof WindowRow) => {
    const row = windows.findLast((w) => w[key] != null);
    return row ? (row[key] as number) : null;
  };
  const windowsNote = last ? `last ${ago(last.created_at)}` : loading ? "loading…" : "none yet";
  const left = run.total_env_steps - run.env_steps_total;
  const eta = run.status === "running" && run.steps_per_second ? duration(left / run.steps_per_second) : NONE;
  const figures: [name: string, value: string, note: string][] = [
    ["Mean credits", integer(latest("credits_mean")), `best ${integer(run.best_credits)}`],
    ["Survival", percent(latest("survival_mean")), "of episodes"],
    ["Mean return", fixed(latest("return_mean"), 1), `best ${fixed(run.best_return, 1)}`],
    ["Speed", integer(run.steps_per_second), "steps a second"],
    ["Steps", short(run.env_steps_total), `of ${short(run.total_env_steps)}, ${percent(run.progress)}`],
    ["Windows", loading ? NONE : integer(windows.length), windowsNote],
    ["Time left", eta, run.status === "running" ? "at this speed" : run.status],
  ];
  return (
    <dl className="figures">
      {figures.map(([name, value, note]) => (
        <div className="panel" key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd className="dim small">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function LastWindows({ windows, loading }: { windows: readonly WindowRow[]; loading: boolean }) {
  const rows = windows.slice(-10).reverse();
  return (
    <section className="panel wide" aria-label="Last windows">
      <h2>Last 10 windows</h2>
      {rows.length === 0 ? (
        <p className="dim">{loading ? "Loading…" : "The first window is not finished yet."}</p>
      ) : (
        <div className="scroll-x">
          <table data-testid="last-windows">
            <thead>
              <tr>
                <th className="number">Window</th>
                <th className="number">Steps</th>
                {TABLE.map((metric) => (
                  <th key={metric.key} className="number" title={metric.meaning}>
                    {metric.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.window_id}>
                  <td className="number">{row.window_id}</td>
                  <td className="number">{integer(row.env_steps_total)}</td>
                  {TABLE.map((metric) => (
                    <td key={metric.key} className="number">
                      {telling(row[metric.key] as number | null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const SHOWN_REPLAYS = 12;

export function Replays({ run, revision }: { run: Run; revision: number }) {
  const replays = useReplays(run.id, revision);
  const items = replays.data?.items ?? [];
  return (
    <section className="panel" aria-label="Replays">
      <h2 className="row">
        Replays
        <span className="spacer" />
        <span className="plain">{replays.data ? `${integer(replays.data.count)} in all` : ""}</span>
      </h2>
      {replays.isError && <p className="bad">The replays cannot be loaded: {replays.error.message}</p>}
      {replays.data && items.length === 0 && <p className="dim">No replay was recorded yet.</p>}
      {items.length > 0 && (
        <div className="scroll-x">
          <table>
            <thead>
              <tr>
                <th>Replay</th>
                <th className="number">Return</th>
                <th className="number">Credits</th>
                <th className="number">Steps</th>
                <th>End</th>
              </tr>
            </thead>
            <tbody>
              {items.slice(0, SHOWN_REPLAYS).map((replay) => (
                <tr key={replay.id}>
                  <td>
                    <Link to={`/?run=${run.id}&replay=${replay.id}`}>Window {replay.window_id ?? NONE}</Link>
                    {replay.tags.includes("best_so_far") && <span title="Best return so far"> ★</span>}
                  </td>
                  <td className="number">{fixed(replay.return, 1)}</td>
                  <td className="number">{integer(replay.credits)}</td>
                  <td className="number">{integer(replay.steps)}</td>
                  <td>{replay.end_reason.replace("_", " ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function Completeness({ run, revision }: { run: Run; revision: number }) {
  const rows = useCompleteness(run.id, revision);
  return (
    <section className="panel" aria-label="Completeness">
      <h2>Completeness</h2>
      {rows.isError && <p className="bad">It cannot be loaded: {rows.error.message}</p>}
      {rows.data && (
        <div className="scroll-x">
          <table>
            <thead>
              <tr>
                <th>Source</th>
                <th>Status</th>
                <th className="number">Count</th>
                <th className="number">Last</th>
                <th>Detail</th>
              </tr>
            </thead>
            <tbody>
              {rows.data.items.map((row) => (
                <tr key={row.source}>
                  <td>{row.source}</td>
                  <td>
                    <span className={`status ${row.status}`}>{row.status}</span>
                  </td>
                  <td className="number">{integer(row.count)}</td>
                  <td className="number">{ago(row.last_at)}</td>
                  <td className="dim">{row.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
