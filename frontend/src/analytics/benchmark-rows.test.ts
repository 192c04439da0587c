import { expect, it } from "vitest";
import type { Benchmark, BenchmarkResults, BenchmarkStatus } from "../api/records";
import { rowsOf, shownOf } from "./benchmark-rows";

const kpis = (profit: number) =>
  ({
    net_profit: { mean: profit, ci95: [profit - 1, profit + 1] },
    survival: { mean: 0.5, ci95: [0.4, 0.6] },
  }) as BenchmarkResults["players"][string]["kpis"];

it("ranks the players by what they earned and tells the policy's lead over each other", () => {
  const rows = rowsOf({
    subject: "policy",
    players: { policy: { kpis: kpis(5) }, miner: { kpis: kpis(2) }, veteran: { kpis: kpis(9) } },
    comparisons: {
      miner: { net_profit: { difference_mean: 3, difference_ci95: [2, 4], won: 1, tied: 0 } },
      veteran: { net_profit: { difference_mean: -4, difference_ci95: [-6, -2], won: 0.1, tied: 0 } },
    } as unknown as BenchmarkResults["comparisons"],
  });
  expect(rows.map((row) => [row.player, row.isSubject, row.lead?.mean])).toEqual([
    ["veteran", false, -4],
    ["policy", true, undefined],
    ["miner", false, 3],
  ]);
  expect(rows[0]).toMatchObject({
    profit: { mean: 9, interval: [8, 10] },
    survival: { mean: 0.5, interval: [0.4, 0.6] },
    lead: { interval: [-6, -2], won: 0.1 },
  });
});

const listed = (...statuses: BenchmarkStatus[]) =>
  statuses.map((status, index) => ({ id: String(index), status })) as Benchmark[];
const shown = (...statuses: BenchmarkStatus[]) => {
  const { finished, next } = shownOf(listed(...statuses));
  return [finished?.id ?? null, next?.id ?? null];
};

it("shows the newest that finished and the one under way after it", () => {
  expect(shown()).toEqual([null, null]);
  expect(shown("finished", "finished")).toEqual(["0", null]);
  expect(shown("queued", "running", "finished", "failed")).toEqual(["2", "1"]);
  expect(shown("running", "failed")).toEqual([null, "0"]);
});

it("shows a failure until a newer one finishes", () => {
  expect(shown("failed", "finished")).toEqual(["1", "0"]);
  expect(shown("finished", "failed")).toEqual(["0", null]);
});
