import { type Frame, FrameFormatError, type KnownGraph } from "../api/frame";
import { ApiError } from "../api/http";
import type { FramePages } from "../api/replay-frames";
import { type Marker, markersOf } from "./markers";
import { estimateRichness, type RichnessEstimate } from "./richness";

export interface SourceView {
  /** frames in the replay, null until the first page is here */
  total: number | null;
  markers: readonly Marker[];
  /** what mining told about asteroids, with the frame that told it, sorted */
  mined: readonly (RichnessEstimate & { index: number })[];
  /** loaded spans [from, to), in frames, sorted */
  loaded: readonly [number, number][];
  error: Error | null;
}

const PAGE = 100;
const CACHE_PAGES = 60;
const PARALLEL = 2;
const LONGEST_RETRY_MS = 30_000;
/** A replay that fits the cache is loaded to its end in the background, so that all its events get marked. */
const WHOLE_PAGES = 30;

/** The frames of one replay. `want` says which frames are looked at; they arrive later, and `subscribe` tells when. */
export class FrameSource {
  private pages = new Map<number, Frame[]>();
  private digests = new Map<number, Digest>();
  private loading = new Map<number, AbortController>();
  private listeners = new Set<() => void>();
  private queue: number[] = [];
  private view: SourceView = { total: null, markers: [], mined: [], loaded: [], error: null };
  private retry: ReturnType<typeof setTimeout> | null = null;
  private retryMs: number;
  private closed = false;

  constructor(
    private readonly from: FramePages,
    private readonly firstRetryMs = 1000,
  ) {
    this.retryMs = firstRetryMs;
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  snapshot = (): SourceView => this.view;

  frame(index: number): Frame | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  isLoaded = (index: number): boolean => this.frame(index) !== undefined;

  /** Loads what is shown at `index` first, then `ahead` pages after it, then (small replays) the rest. */
  want(index: number, ahead = 1): void {
    if (this.closed) return;
    const here = Math.floor(index / PAGE);
    const wanted: number[] = [];
    for (let page = here; page <= here + ahead; page++) wanted.push(page);
    const total = this.view.total;
    const count = total === null ? 1 : Math.ceil(total / PAGE);
    if (total !== null && count <= WHOLE_PAGES) for (let page = 0; page < count; page++) wanted.push(page);
    this.queue = wanted.filter((page) => page >= 0 && (total === null ? page === here : page < count));
    // What was asked for and is not wanted any more makes way for what is.
    for (const [page, abort] of this.loading) if (!this.queue.includes(page)) abort.abort();
    this.touch(here);
    this.pump();
  }

  close(): void {
    this.closed = true;
    if (this.retry !== null) clearTimeout(this.retry);
    for (const abort of this.loading.values()) abort.abort();
    this.listeners.clear();
  }

  private pump(): void {
    while (!this.closed && this.loading.size < PARALLEL && this.retry === null) {
      const page = this.queue.find((p) => !this.pages.has(p) && !this.loading.has(p));
      if (page === undefined) return;
      void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const abort = new AbortController();
    this.loading.set(page, abort);
    try {
      const { total, frames } = await this.from.load(page * PAGE, PAGE, abort.signal);
      if (this.closed) return;
      shareGraphs(frames);
      this.pages.set(page, frames);
      this.digests.set(page, digest(frames));
      this.evict(page);
      this.retryMs = this.firstRetryMs;
      this.publish({ total, error: null });
    } catch (error) {
      if (abort.signal.aborted || this.closed) return;
      this.publish({ error: error instanceof Error ? error : new Error(String(error)) });
      if (isFinal(error)) {
        this.closed = true;
        return;
      }
      this.again();
    } finally {
      this.loading.delete(page);
      this.pump();
    }
  }

  /** Tries again after a wait that doubles with every failure in a row. */
  private again(): void {
    if (this.retry !== null) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.pump();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  /** Moves a page to the young end of the cache. */
  private touch(page: number): void {
    const frames = this.pages.get(page);
    if (!frames) return;
    this.pages.delete(page);
    this.pages.set(page, frames);
  }

  private evict(keep: number): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= CACHE_PAGES) return;
      if (page !== keep) this.pages.delete(page);
    }
  }

  private publish(change: Partial<SourceView>): void {
    const inOrder = [...this.digests.entries()].sort((a, b) => a[0] - b[0]).map(([, kept]) => kept);
    this.view = {
      ...this.view,
      ...change,
      markers: inOrder.flatMap((kept) => kept.markers),
      mined: inOrder.flatMap((kept) => kept.mined),
      loaded: spans([...this.pages.entries()].map(([page, f]) => [page * PAGE, page * PAGE + f.length])),
    };
    for (const listener of this.listeners) listener();
  }
}

/** What is kept of a page after its frames have left the cache. */
type Digest = Pick<SourceView, "markers" | "mined">;

function digest(frames: Frame[]): Digest {
  const mined = frames.flatMap((frame, k) => {
    const before = frames[k - 1];
    const estimate = before && estimateRichness(before, frame);
    return estimate ? [{ ...estimate, index: frame.index }] : [];
  });
  return { markers: frames.flatMap(markersOf), mined };
}

/** Joins spans that touch. */
export function spans(parts: [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [from, to] of parts.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Frames in a row mostly know the same graph: keeping one object saves most of the memory and redraws nothing. */
function shareGraphs(frames: Frame[]): void {
  let shared: KnownGraph | null = null;
  for (const frame of frames) {
    if (shared && sameGraph(shared, frame.graph)) frame.graph = shared;
    else shared = frame.graph;
  }
}

function sameGraph(a: KnownGraph, b: KnownGraph): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.edges.length === b.edges.length &&
    a.nodes.every((n, i) => n.id === b.nodes[i]?.id && n.visited === b.nodes[i]?.visited) &&
    a.edges.every((e, i) => e.to === b.edges[i]?.to && e.threat_estimate === b.edges[i]?.threat_estimate)
  );
}

/** Asking again cannot help: the server refuses, or the answer is one this app cannot read. */
function isFinal(error: unknown): boolean {
  if (error instanceof FrameFormatError) return true;
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
