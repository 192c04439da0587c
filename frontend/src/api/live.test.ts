import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applyMessage, INITIAL_LIVE, LiveRun, type LiveState, mergeWindows, type Socket } from "./live";
import type { LiveMessage, Replay, Run, WindowRow } from "./records";

const row = (window_id: number, return_mean: number | null = null) =>
  ({ window_id, return_mean }) as WindowRow;
const run = { id: "r", status: "running" } as Run;
const ids = (state: LiveState) => state.windows.map((w) => w.window_id);

function told(...messages: Parameters<typeof applyMessage>[1][]): LiveState {
  return messages.reduce((state: LiveState, message) => {
    const next = applyMessage(state, message);
    if (next === "gap") throw new Error("gap");
    return next;
  }, INITIAL_LIVE);
}

describe("applyMessage", () => {
  it("takes the snapshot, then the events that follow it", () => {
    const state = told(
      { type: "snapshot", seq: 4, run, windows: [row(1), row(2)] },
      { type: "event", seq: 5, kind: "window", data: row(3) },
      { type: "event", seq: 6, kind: "log", data: { level: "info", message: "hello" } },
    );
    expect(state).toMatchObject({ connection: "live", seq: 6, run });
    expect(ids(state)).toEqual([1, 2, 3]);
  });

  it("ignores an event the snapshot already holds", () => {
    const state = told({ type: "snapshot", seq: 4, run, windows: [row(1)] });
    expect(applyMessage(state, { type: "event", seq: 4, kind: "window", data: row(1) })).toBe(state);
  });

  it("sees a missing event", () => {
    const state = told({ type: "snapshot", seq: 4, run, windows: [] });
    expect(applyMessage(state, { type: "event", seq: 6, kind: "window", data: row(1) })).toBe("gap");
  });

  it("takes a change of the run and the newest replay", () => {
    const stopped = { id: "r", status: "stopped" } as Run;
    const replay = { id: "p", window_id: 3 } as Replay;
    const state = told(
      { type: "snapshot", seq: 0, run, windows: [row(1)] },
      { type: "event", seq: 1, kind: "run", data: stopped },
      { type: "event", seq: 2, kind: "replay", data: replay },
    );
    expect(state).toMatchObject({ seq: 2, run: stopped, newestReplay: replay });
    expect(ids(state)).toEqual([1]);
  });

  it("counts what the lists beside the live state must be fetched anew for", () => {
    const snapshot: LiveMessage = { type: "snapshot", seq: 0, run, windows: [] };
    const counted = (kind: Extract<LiveMessage, { type: "event" }>["kind"]) =>
      told(snapshot, { type: "event", seq: 1, kind, data: {} } as LiveMessage).announced -
      told(snapshot).announced;
    expect(told(snapshot).announced).toBe(1);
    expect([counted("replay"), counted("checkpoint"), counted("checkpoint_removed")]).toEqual([1, 1, 1]);
    expect([counted("run"), counted("log")]).toEqual([0, 0]);
  });

  it("replaces a window that a resumed run tells again", () => {
    const state = told(
      { type: "snapshot", seq: 0, run, windows: [row(1), row(2, -5), row(3)] },
      { type: "event", seq: 1, kind: "window", data: row(2, -4) },
    );
    expect(ids(state)).toEqual([1, 2, 3]);
    expect(state.windows[1]?.return_mean).toBe(-4);
  });
});

it("keeps older windows when a snapshot holds only the latest", () => {
  expect(mergeWindows([row(1), row(2)], [row(2), row(3)]).map((w) => w.window_id)).toEqual([1, 2, 3]);
});

describe("LiveRun", () => {
  let sockets: (Socket & { closed: boolean })[];
  const connect = () => {
    const socket = {
      onmessage: null,
      onclose: null,
      closed: false,
      close: () => {
        socket.closed = true;
      },
    } as (typeof sockets)[number];
    sockets.push(socket);
    return socket;
  };
  const tell = (at: number, message: object) => sockets[at]?.onmessage?.({ data: JSON.stringify(message) });

  beforeEach(() => {
    sockets = [];
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  it("takes a fresh snapshot after a gap, at once", () => {
    const live = new LiveRun(connect);
    tell(0, { type: "snapshot", seq: 1, run, windows: [row(1)] });
    tell(0, { type: "event", seq: 3, kind: "window", data: row(3) });
    expect(live.snapshot().connection).toBe("catching-up");
    expect(sockets[0]?.closed).toBe(true);
    tell(1, { type: "snapshot", seq: 3, run, windows: [row(1), row(2), row(3)] });
    expect(live.snapshot()).toMatchObject({ connection: "live", seq: 3 });
    expect(ids(live.snapshot())).toEqual([1, 2, 3]);
    live.close();
  });

  it("reconnects with growing waits and keeps what it knows", () => {
    const live = new LiveRun(connect);
    tell(0, { type: "snapshot", seq: 1, run, windows: [row(1)] });
    sockets[0]?.onclose?.({ code: 1006 });
    expect(live.snapshot()).toMatchObject({ connection: "reconnecting", run });
    vi.advanceTimersByTime(700);
    expect(sockets).toHaveLength(2);
    sockets[1]?.onclose?.({ code: 1006 });
    vi.advanceTimersByTime(700);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(700);
    expect(sockets).toHaveLength(3);
    expect(ids(live.snapshot())).toEqual([1]);
    live.close();
  });

  it("waits shortly again once a connection has told something", () => {
    const live = new LiveRun(connect);
    for (const at of [0, 1, 2]) {
      sockets[at]?.onclose?.({ code: 1006 });
      vi.advanceTimersByTime(15_000);
    }
    tell(3, { type: "snapshot", seq: 1, run, windows: [] });
    sockets[3]?.onclose?.({ code: 1006 });
    vi.advanceTimersByTime(700);
    expect(sockets).toHaveLength(5);
    live.close();
  });

  it("tries at once when it is woken from its wait, and then only once", () => {
    const live = new LiveRun(connect);
    live.wake();
    expect(sockets).toHaveLength(1);
    sockets[0]?.onclose?.({ code: 1006 });
    live.wake();
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
    live.close();
  });

  it("keeps the live row of a window that the fetched history has too", () => {
    const live = new LiveRun(connect);
    tell(0, { type: "snapshot", seq: 1, run, windows: [row(2, -4)] });
    live.addHistory([row(1, -9), row(2, -5)]);
    expect(live.snapshot().windows).toEqual([row(1, -9), row(2, -4)]);
    live.close();
  });

  it("stops asking for a run that is gone", () => {
    const live = new LiveRun(connect);
    tell(0, { type: "error", status: 404, message: "no such run" });
    sockets[0]?.onclose?.({ code: 4404 });
    vi.advanceTimersByTime(60_000);
    expect(live.snapshot().connection).toBe("gone");
    expect(sockets).toHaveLength(1);
    live.close();
  });

  it("opens nothing after it was closed", () => {
    const live = new LiveRun(connect);
    sockets[0]?.onclose?.({ code: 1006 });
    live.close();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});
