import { expect, it } from "vitest";
import type { WindowRow } from "../api/records";
import { seriesOf } from "./metrics";

const row = (window_id: number, return_mean: number | null) =>
  ({ window_id, env_steps_total: window_id * 100, return_mean }) as WindowRow;

it("draws one point a window over environment steps", () => {
  expect(seriesOf([row(1, -3), row(2, -2)], "return_mean")).toEqual({
    x: [100, 200],
    y: [-3, -2],
    count: 2,
    latest: -2,
  });
});

it("keeps a window without a value as a gap", () => {
  const series = seriesOf([row(1, null), row(2, 0), row(3, null)], "return_mean");
  expect(series.y).toEqual([null, 0, null]);
  expect(series).toMatchObject({ count: 1, latest: 0 });
});

it("breaks the line where windows are missing", () => {
  const series = seriesOf([row(1, 5), row(4, 6)], "return_mean");
  expect(series.x).toEqual([100, 250, 400]);
  expect(series.y).toEqual([5, null, 6]);
});

it("takes what is not a finite number as no value", () => {
  expect(seriesOf([row(1, Number.NaN), row(2, Number.POSITIVE_INFINITY)], "return_mean").count).toBe(0);
});
