import type { LiveMessage, Replay, Run, WindowRow } from "./records";

/**
 * The live websocket of one run. The database is the truth and messages are hints: a snapshot starts it, events follow
 * with a sequence number rising by one, and after a gap or a lost connection the client takes a fresh snapshot.
 */
export type LiveConnection = "connecting" | "live" | "catching-up" | "reconnecting" | "gone";

export interface LiveState {
  connection: LiveConnection;
  seq: number;
  run: Run | null;
  /** by window_id, ascending; a window told twice (after a resume) is replaced */
  windows: readonly WindowRow[];
  newestReplay: Replay | null;
  /** counts announced checkpoints and replays, so that lists know when to refetch */
  announced: number;
}

export const INITIAL_LIVE: LiveState = {
  connection: "connecting",
  seq: -1,
  run: null,
  windows: [],
  newestReplay: null,
  announced: 0,
};

/** The state after a message, or "gap" when an event is missing before it. */
export function applyMessage(state: LiveState, message: LiveMessage): LiveState | "gap" {
  // The close that follows says what to do about it.
  if (message.type === "error") return state;
  if (message.type === "snapshot") {
    return {
      ...state,
      connection: "live",
      seq: message.seq,
      run: message.run,
      windows: mergeWindows(state.windows, message.windows),
      announced: state.announced + 1,
    };
  }
  if (message.seq <= state.seq) return state;
  if (message.seq > state.seq + 1) return "gap";
  const next = { ...state, seq: message.seq };
  switch (message.kind) {
    case "run":
      return { ...next, run: message.data };
    case "window":
      return { ...next, windows: mergeWindows(state.windows, [message.data]) };
    case "replay":
      return { ...next, newestReplay: message.data, announced: state.announced + 1 };
    case "checkpoint":
    case "checkpoint_removed":
      return { ...next, announced: state.announced + 1 };
    default:
      return next;
  }
}

/** Both lists as one, ascending by window_id; where both have a window, the newer telling wins. */
export function mergeWindows(known: readonly WindowRow[], told: readonly WindowRow[]): readonly WindowRow[] {
  if (told.length === 0) return known;
  const last = known.at(-1);
  const only = told.length === 1 ? told[0] : undefined;
  if (only && (!last || only.window_id > last.window_id)) return [...known, only];
  const byId = new Map(known.map((row) => [row.window_id, row]));
  for (const row of told) byId.set(row.window_id, row);
  return [...byId.values()].sort((a, b) => a.window_id - b.window_id);
}

/** The part of `WebSocket` that is used, so that tests can stand in for it. */
export interface Socket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close(): void;
}

/** The server closes with 4000 + the HTTP status that would have said it. */
const NO_SUCH_RUN = 4404;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15000];

export class LiveRun {
  private state: LiveState = INITIAL_LIVE;
  private socket: Socket | null = null;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private listeners = new Set<() => void>();

  constructor(private readonly connect: () => Socket) {
    this.open();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  snapshot = (): LiveState => this.state;

  /** Adds windows older than a snapshot carries, fetched over HTTP. */
  addHistory(rows: readonly WindowRow[]): void {
    this.set({ ...this.state, windows: mergeWindows(rows, this.state.windows) });
  }

  /** Tries at once instead of when the wait is over (the network came back, the tab is looked at again). */
  wake(): void {
    if (this.timer === null || this.closed) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.open();
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.drop();
    this.listeners.clear();
  }

  private open(): void {
    const socket = this.connect();
    this.socket = socket;
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = ({ code }) => {
      if (this.socket !== socket || this.closed) return;
      this.socket = null;
      if (code === NO_SUCH_RUN) {
        this.set({ ...this.state, connection: "gone" });
        return;
      }
      this.set({ ...this.state, connection: "reconnecting" });
      const wait = BACKOFF_MS[Math.min(this.attempts, BACKOFF_MS.length - 1)] ?? 15000;
      this.attempts++;
      this.timer = setTimeout(
        () => {
          this.timer = null;
          this.open();
        },
        wait * (0.75 + Math.random() / 2),
      );
    };
  }

  private receive(text: string): void {
    const next = applyMessage(this.state, JSON.parse(text) as LiveMessage);
    if (next === "gap") {
      this.set({ ...this.state, connection: "catching-up" });
      this.drop();
      this.open();
      return;
    }
    this.attempts = 0;
    this.set(next);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private set(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

export function liveSocket(runId: string): Socket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/ws/runs/${runId}/live`) as unknown as Socket;
}
