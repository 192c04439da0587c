import { WINDOW_METRICS } from "../api/metrics";
import type { WindowRow } from "../api/records";

/** A metric that is shown: its field of a window, and a short name. Unit and meaning are the window's own. */
export interface Metric {
  key: keyof typeof WINDOW_METRICS;
  name: string;
  unit: string;
  meaning: string;
}

const shown = (key: Metric["key"], name: string): Metric => ({ key, name, ...WINDOW_METRICS[key] });

export const CHARTS: readonly Metric[] = [
  shown("credits_mean", "Credits"),
  shown("survival_mean", "Survival"),
  shown("return_mean", "Return"),
  shown("reward_mean", "Training reward"),
  shown("steps_per_second", "Speed"),
  shown("entropy", "Entropy"),
  shown("approx_kl", "Approximate KL"),
  shown("value_loss", "Value loss"),
  shown("explained_variance", "Explained variance"),
  shown("pirate_encounters_mean", "Raids"),
];

/** Columns of the table of the last windows, after the window's number and steps. */
export const TABLE: readonly Metric[] = [
  shown("episodes_completed", "Episodes"),
  shown("return_mean", "Return"),
  shown("return_median", "Median"),
  shown("credits_mean", "Credits"),
  shown("survival_mean", "Survival"),
  shown("pirate_encounters_mean", "Raids"),
  shown("entropy", "Entropy"),
  shown("approx_kl", "KL"),
  shown("value_loss", "Value loss"),
  shown("steps_per_second", "Steps/s"),
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
