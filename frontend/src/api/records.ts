/** What the HTTP API and the live websocket hand out (runs, windows, replays, benchmarks), as documented in the API docs. */
export type RunStatus = "queued" | "running" | "stopping" | "finished" | "stopped" | "failed";

export interface Run {
  id: string;
  name: string;
  status: RunStatus;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  config: Record<string, unknown>;
  seed: number;
  env_steps_total: number;
  total_env_steps: number;
  /** 0..1 */
  progress: number;
  windows_count: number;
  last_window_id: number | null;
  latest_replay_id: string | null;
  best_return: number | null;
  best_credits: number | null;
  steps_per_second: number | null;
  error: string | null;
  parent_id: string | null;
  live_seq: number;
}

/** Metrics of a window; null where the window has no value (no finished episode). */
export interface WindowRow {
  window_id: number;
  env_steps_total: number;
  ticks: number;
  wall_time_s: number;
  steps_per_second: number | null;
  env_time_s: number;
  inference_time_s: number;
  learning_time_s: number;
  other_time_s: number;
  episodes_completed: number;
  episodes_terminated: number;
  episodes_truncated: number;
  episodes_destroyed: number;
  episodes_stranded: number;
  episodes_cashed_out: number;
  return_mean: number | null;
  return_median: number | null;
  return_std: number | null;
  invalid_action_rate: number | null;
  credits_mean: number | null;
  net_profit_mean: number | null;
  profit_per_tick_mean: number | null;
  survival_mean: number | null;
  overheat_ticks_mean: number | null;
  pirate_encounters_mean: number | null;
  value_lost_to_pirates_mean: number | null;
  fuel_used_mean: number | null;
  hull_damage_mean: number | null;
  tool_wear_mean: number | null;
  scan_count_mean: number | null;
  mining_ticks_mean: number | null;
  cargo_utilization_avg_mean: number | null;
  policy_loss: number | null;
  value_loss: number | null;
  entropy: number | null;
  approx_kl: number | null;
  clip_fraction: number | null;
  explained_variance: number | null;
  reward_mean: number | null;
  learning_rate: number | null;
  created_at?: string;
}

export type EndReason = "cash_out" | "destroyed" | "stranded" | "timeout";

export interface Replay {
  id: string;
  run_id: string;
  window_id: number | null;
  env_steps_total: number | null;
  seed: number;
  time_max: number;
  tags: string[];
  return: number;
  credits: number;
  net_profit: number;
  survival: number;
  steps: number;
  ticks: number;
  end_reason: EndReason;
  final_state_hash: string;
  rules_version: string;
  created_at: string;
}

export interface Page<T> {
  items: T[];
  count: number;
}

export interface CompletenessRow {
  source: "windows" | "checkpoints" | "replays";
  status: "ok" | "stale" | "missing" | "error";
  count: number;
  last_at: string | null;
  detail: string | null;
}

export type BenchmarkStatus = "queued" | "running" | "finished" | "failed";

export interface Benchmark {
  id: string;
  run_id: string;
  status: BenchmarkStatus;
  error: string | null;
  checkpoint: string;
  sha256: string;
  env_steps_total: number;
  seed_base: number;
  episodes: number;
  time_max: number;
  greedy: boolean;
  sampling_seed: number;
  parts: number;
  parts_finished: number;
  /** 0..1 */
  progress: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export type Kpi = "net_profit" | "survival" | "profit_per_tick" | "overheat_ticks" | "pirate_encounters";
export type Interval = [low: number, high: number];

export interface BenchmarkResults {
  /** the player that the others are compared with: the policy */
  subject: string;
  players: Record<string, { kpis: Record<Kpi, { mean: number; ci95: Interval }> }>;
  /** subject less the other player, a seed at a time; shares of seeds won and tied */
  comparisons: Record<
    string,
    Record<Kpi, { difference_mean: number; difference_ci95: Interval; won: number; tied: number }>
  >;
}

export interface BenchmarkDetail extends Benchmark {
  results: BenchmarkResults | null;
}
