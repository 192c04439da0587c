import type { Benchmark, BenchmarkResults, Interval } from "../api/records";

export interface Estimate {
  mean: number;
  interval: Interval;
}

/** A player's row of the table. */
export interface BenchmarkRow {
  player: string;
  /** the policy itself */
  isSubject: boolean;
  profit: Estimate;
  survival: Estimate;
  /** the policy's net profit less this player's, a seed at a time; null for the policy */
  lead: (Estimate & { won: number }) | null;
}

/** The players of a finished benchmark, the one that earned the most first. */
export function rowsOf(
  results: Pick<BenchmarkResults, "subject" | "players" | "comparisons">,
): BenchmarkRow[] {
  const rows = Object.entries(results.players).map(([player, { kpis }]) => {
    const lead = results.comparisons[player]?.net_profit;
    return {
      player,
      isSubject: player === results.subject,
      profit: { mean: kpis.net_profit.mean, interval: kpis.net_profit.ci95 },
      survival: { mean: kpis.survival.mean, interval: kpis.survival.ci95 },
      lead: lead ? { mean: lead.difference_mean, interval: lead.difference_ci95, won: lead.won } : null,
    };
  });
  return rows.sort((a, b) => b.profit.mean - a.profit.mean);
}

/** The newest benchmark of a run that finished, and the one that came after it (under way, or failed). Takes them newest first. */
export function shownOf(benchmarks: readonly Benchmark[]): {
  finished: Benchmark | null;
  next: Benchmark | null;
} {
  const at = benchmarks.findIndex((each) => each.status === "finished");
  const newer = at < 0 ? benchmarks : benchmarks.slice(0, at);
  const underWay = newer.findLast((each) => each.status === "running" || each.status === "queued");
  return { finished: benchmarks[at] ?? null, next: underWay ?? newer[0] ?? null };
}
