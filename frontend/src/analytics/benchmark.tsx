import { useBenchmarks, useFinishedBenchmark } from "../api/queries";
import type { Benchmark } from "../api/records";
import { integer, percent, short, signedInteger } from "../theme/numbers";
import { type Estimate, rowsOf, shownOf } from "./benchmark-rows";

/** The run's policy beside the scripted players on the same seeds; nothing for a run without a benchmark. */
export function BenchmarkPanel({ runId }: { runId: string }) {
  const benchmarks = useBenchmarks(runId);
  const { finished, next } = shownOf(benchmarks.data?.items ?? []);
  if (!finished && !next) return null;
  return (
    <section className="panel wide benchmark" aria-label="Benchmark">
      <h2 className="row">
        Benchmark
        <span className="spacer" />
        {finished && <Protocol benchmark={finished} />}
      </h2>
      {next && <Next benchmark={next} />}
      {finished && <Players benchmark={finished} />}
    </section>
  );
}

function Protocol({ benchmark }: { benchmark: Benchmark }) {
  const path = `/api/benchmarks/${benchmark.id}`;
  return (
    <span className="plain">
      {integer(benchmark.episodes)} episodes of {integer(benchmark.time_max)} ticks, policy after{" "}
      {short(benchmark.env_steps_total)} steps{benchmark.greedy ? ", greedy" : ""} ·{" "}
      <a href={`${path}/report.md`}>report</a> · <a href={`${path}/results.json`}>results</a>
    </span>
  );
}

/** One that is under way, or that failed. */
function Next({ benchmark }: { benchmark: Benchmark }) {
  return (
    <div className="row next">
      <span className={`status ${benchmark.status}`}>{benchmark.status}</span>
      {benchmark.status === "failed" ? (
        <span className="bad">{benchmark.error}</span>
      ) : (
        <>
          <progress value={benchmark.progress} max={1} aria-label="Progress of the benchmark" />
          <span>
            {benchmark.parts_finished} of {benchmark.parts} parts, policy after{" "}
            {short(benchmark.env_steps_total)} steps
          </span>
        </>
      )}
    </div>
  );
}

function Players({ benchmark }: { benchmark: Benchmark }) {
  const detail = useFinishedBenchmark(benchmark.id);
  if (detail.isError) return <p className="bad">The results cannot be loaded: {detail.error.message}</p>;
  if (!detail.data?.results) return <p className="dim">Loading…</p>;
  return (
    <div className="scroll-x">
      <table data-testid="benchmark">
        <thead>
          <tr>
            <th>Player</th>
            <th className="number" title="Mean credits at the end of an episode, and its 95 % interval">
              Net profit
            </th>
            <th
              className="number"
              title="Share of episodes that ended neither destroyed nor stranded, and its 95 % interval"
            >
              Survival
            </th>
            <th
              className="number"
              title="The policy's net profit less this player's on the same seed: mean, and its 95 % interval"
            >
              Policy's lead
            </th>
            <th className="number" title="Share of seeds on which the policy earned more">
              Seeds won
            </th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(detail.data.results).map((row) => (
            <tr key={row.player} className={row.isSubject ? "subject" : ""}>
              <th scope="row">{row.player}</th>
              <Cell estimate={row.profit} text={integer} />
              <Cell estimate={row.survival} text={(share) => percent(share, 1)} />
              <Cell estimate={row.lead} text={signedInteger} />
              <td className="number">{row.lead && percent(row.lead.won, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ estimate, text }: { estimate: Estimate | null; text: (value: number) => string }) {
  if (!estimate) return <td />;
  const [low, high] = estimate.interval;
  return (
    <td className="number">
      {text(estimate.mean)}
      <span className="interval">
        {text(low)} to {text(high)}
      </span>
    </td>
  );
}
