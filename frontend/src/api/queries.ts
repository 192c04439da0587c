import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { query, request } from "./http";
import { INITIAL_LIVE, LiveRun, type LiveState, liveSocket } from "./live";
import type {
  BenchmarkDetail,
  BenchmarkList,
  Completeness,
  Replay,
  ReplayList,
  RunList,
  WindowList,
  WindowRow,
} from "./records";

/** Reads of the API as hooks; TanStack Query keeps, shares and refreshes the answers. */
const RUNS_POLL_MS = 5000;

export function useRuns() {
  return useQuery({
    queryKey: ["runs"],
    queryFn: ({ signal }) => request<RunList>(`/api/runs${query({ limit: 100 })}`, { signal }),
    refetchInterval: RUNS_POLL_MS,
  });
}

export function useReplays(runId: string | null, revision = 0) {
  return useQuery({
    queryKey: ["replays", runId, revision],
    queryFn: ({ signal }) =>
      request<ReplayList>(`/api/runs/${runId}/replays${query({ limit: 200 })}`, { signal }),
    enabled: runId !== null,
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[1] === runId ? previous : undefined,
  });
}

export function useReplay(runId: string | null, replayId: string | null) {
  return useQuery({
    queryKey: ["replay", runId, replayId],
    queryFn: ({ signal }) => request<Replay>(`/api/runs/${runId}/replays/${replayId}`, { signal }),
    enabled: runId !== null && replayId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useCompleteness(runId: string | null, revision = 0) {
  return useQuery({
    queryKey: ["completeness", runId, revision],
    queryFn: ({ signal }) => request<Completeness>(`/api/runs/${runId}/analytics/completeness`, { signal }),
    enabled: runId !== null,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}

export function useBenchmarks(runId: string) {
  return useQuery({
    queryKey: ["benchmarks", runId],
    queryFn: ({ signal }) =>
      request<BenchmarkList>(`/api/benchmarks${query({ run_id: runId, limit: 20 })}`, { signal }),
    refetchInterval: 5000,
  });
}

/** A finished one: it stays as it is. */
export function useFinishedBenchmark(benchmarkId: string | null) {
  return useQuery({
    queryKey: ["benchmark", benchmarkId],
    queryFn: ({ signal }) => request<BenchmarkDetail>(`/api/benchmarks/${benchmarkId}`, { signal }),
    enabled: benchmarkId !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const HISTORY_PAGE = 1000;

/** Windows before `before`, oldest first; a snapshot carries only the latest 1000. */
async function loadHistory(runId: string, before: number, signal: AbortSignal): Promise<WindowRow[]> {
  const rows: WindowRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.window_id ?? 0;
    const path = `/api/runs/${runId}/metrics/windows${query({ limit: HISTORY_PAGE, order: "asc", after })}`;
    const page = await request<WindowList>(path, { signal });
    rows.push(...page.items);
    const last = page.items.at(-1);
    if (!last || page.items.length < HISTORY_PAGE || last.window_id >= before - 1) return rows;
  }
}

const noSubscription = () => () => undefined;
const initialLive = () => INITIAL_LIVE;

/** The live state of a run while the component is on the page. */
export function useLiveRun(runId: string | null): LiveState {
  const [live, setLive] = useState<LiveRun | null>(null);
  useEffect(() => {
    if (runId === null) return;
    const connection = new LiveRun(() => liveSocket(runId));
    setLive(connection);
    const wake = () => connection.wake();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      connection.close();
      setLive(null);
    };
  }, [runId]);
  const state = useSyncExternalStore(live?.subscribe ?? noSubscription, live?.snapshot ?? initialLive);

  const first = state.windows[0]?.window_id ?? 1;
  useEffect(() => {
    if (!live || runId === null || first <= 1) return;
    const abort = new AbortController();
    loadHistory(runId, first, abort.signal).then(
      (rows) => live.addHistory(rows),
      // Left out, the curve starts later: the next snapshot brings another try.
      () => undefined,
    );
    return () => abort.abort();
  }, [live, runId, first]);
  return state;
}
