import type { WindowRow } from "../api/records";

/** What is drawn of a window: the field, its name and unit, and what it means. */
export interface Metric {
  key: keyof WindowRow;
  name: string;
  unit: string;
  meaning: string;
}

export const CHARTS: readonly Metric[] = [
  { key: "credits_mean", name: "Credits", unit: "cr", meaning: "Mean credits at the end of an episode" },
  {
    key: "survival_mean",
    name: "Survival",
    unit: "share",
    meaning: "Share of episodes that ended neither destroyed nor stranded",
  },
  {
    key: "return_mean",
    name: "Return",
    unit: "",
    meaning:
      "Mean return of the episodes that finished, by the frozen reward of the rules, whatever reward is trained on",
  },
  {
    key: "reward_mean",
    name: "Training reward",
    unit: "a step",
    meaning: "What the trainer is rewarded with, a mean over all steps of the window",
  },
  {
    key: "steps_per_second",
    name: "Speed",
    unit: "steps/s",
    meaning: "Environment steps a second, training included",
  },
  {
    key: "entropy",
    name: "Entropy",
    unit: "nats",
    meaning: "Mean entropy of the policy: how undecided it is",
  },
  { key: "approx_kl", name: "Approximate KL", unit: "nats", meaning: "How far an update moved the policy" },
  { key: "value_loss", name: "Value loss", unit: "", meaning: "Error of the value estimate" },
  {
    key: "explained_variance",
    name: "Explained variance",
    unit: "",
    meaning: "How much of the returns the value estimate explains; 1 is all",
  },
  {
    key: "pirate_encounters_mean",
    name: "Raids",
    unit: "an episode",
    meaning: "Mean pirate raids of an episode; long lives meet more of them",
  },
];

/** Columns of the table of the last windows, after the window's number and steps. */
export const TABLE: readonly Metric[] = [
  { key: "episodes_completed", name: "Episodes", unit: "", meaning: "Episodes that finished in the window" },
  { key: "return_mean", name: "Return", unit: "", meaning: "Mean return" },
  { key: "return_median", name: "Median", unit: "", meaning: "Median return" },
  { key: "credits_mean", name: "Credits", unit: "cr", meaning: "Mean credits" },
  { key: "survival_mean", name: "Survival", unit: "", meaning: "Share that survived" },
  { key: "pirate_encounters_mean", name: "Raids", unit: "", meaning: "Mean pirate raids an episode" },
  { key: "entropy", name: "Entropy", unit: "nats", meaning: "Entropy of the policy" },
  { key: "approx_kl", name: "KL", unit: "nats", meaning: "Approximate KL" },
  { key: "value_loss", name: "Value loss", unit: "", meaning: "Error of the value estimate" },
  { key: "steps_per_second", name: "Steps/s", unit: "", meaning: "Environment steps a second" },
];

export interface Series {
  x: number[];
  y: (number | null)[];
  /** how many values there are, gaps not counted */
  count: number;
  /** the last value there is */
  latest: number | null;
}

/**
 * A metric over environment steps. A window without a value and a window that is missing both stay a gap: the line is
 * broken there, never drawn through and never drawn as 0.
 */
export function seriesOf(windows: readonly WindowRow[], key: keyof WindowRow): Series {
  const x: number[] = [];
  const y: (number | null)[] = [];
  let count = 0;
  let latest: number | null = null;
  let before: WindowRow | undefined;
  for (const row of windows) {
    if (before && row.window_id > before.window_id + 1) {
      x.push((before.env_steps_total + row.env_steps_total) / 2);
      y.push(null);
    }
    const raw = row[key];
    const value = typeof raw === "number" && Number.isFinite(raw) ? raw : null;
    x.push(row.env_steps_total);
    y.push(value);
    if (value !== null) {
      count++;
      latest = value;
    }
    before = row;
  }
  return { x, y, count, latest };
}
