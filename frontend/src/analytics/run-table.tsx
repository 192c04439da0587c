import { Link } from "react-router";
import type { Run } from "../api/records";
import { ago, integer, percent, short } from "../theme/numbers";

interface RunTableProps {
  runs: readonly Run[];
  selected: string | null;
}

/** All runs, newest first; one is looked at. */
export function RunTable({ runs, selected }: RunTableProps) {
  return (
    <section className="panel" aria-label="Runs">
      <h2>Runs</h2>
      <div className="scroll-x">
        <table className="runs">
          <thead>
            <tr>
              <th>Name</th>
              <th>Status</th>
              <th className="number">Steps</th>
              <th>Progress</th>
              <th className="number">Steps/s</th>
              <th className="number">Windows</th>
              <th className="number">Best replay, cr</th>
              <th className="number">Created</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id} className={run.id === selected ? "selected" : ""}>
                <td className="run-name">
                  <Link to={`?run=${run.id}`} aria-current={run.id === selected ? "true" : undefined}>
                    {run.name}
                  </Link>
                </td>
                <td>
                  <Status run={run} />
                </td>
                <td className="number">{short(run.env_steps_total)}</td>
                <td>
                  <span className="row progress">
                    <progress value={run.progress} max={1} aria-label="Progress" />
                    <span className="number">{percent(run.progress)}</span>
                  </span>
                </td>
                <td className="number">{integer(run.steps_per_second)}</td>
                <td className="number">{integer(run.windows_count)}</td>
                <td className="number">{integer(run.best_credits)}</td>
                <td className="number">{ago(run.created_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function Status({ run }: { run: Run }) {
  return (
    <span className={`status ${run.status}`} title={run.error ?? undefined}>
      {run.status}
    </span>
  );
}
