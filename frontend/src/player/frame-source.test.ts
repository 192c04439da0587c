import { describe, expect, it, vi } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import { ApiError } from "../api/http";
import type { FramePages } from "../api/replay-frames";
import { FrameSource, spans } from "./frame-source";

/** A replay of `total` frames; pages can be held back or made to fail. */
function replay(total: number) {
  const asked: number[] = [];
  const aborted: number[] = [];
  let fail = 0;
  let held: Promise<void> | null = null;
  const pages: FramePages = {
    async load(offset, limit, signal) {
      asked.push(offset);
      if (fail > 0) {
        fail--;
        throw new Error("no network");
      }
      signal.addEventListener("abort", () => aborted.push(offset));
      await held;
      if (signal.aborted) throw new Error("aborted");
      const frames = [];
      for (let i = offset; i < Math.min(total, offset + limit); i++) {
        frames.push(
          parseFrame(rawFrame({ frame_index: i, events: i % 150 === 149 ? [{ type: "dock" }] : [] })),
        );
      }
      return { total, frames };
    },
  };
  return {
    pages,
    asked,
    aborted,
    /** Lets no page come until the function returned is called. */
    hold: () => {
      let release = () => {};
      held = new Promise<void>((resolve) => {
        release = resolve;
      });
      return release;
    },
    failNext: (n: number) => {
      fail = n;
    },
  };
}

describe("FrameSource", () => {
  it("loads the page that is looked at first, then the rest of a small replay", async () => {
    const { pages, asked } = replay(350);
    const source = new FrameSource(pages);
    source.want(120);
    await vi.waitFor(() => expect(source.isLoaded(120)).toBe(true));
    expect(asked[0]).toBe(100);
    expect(source.snapshot().total).toBe(350);
    source.want(120);
    await vi.waitFor(() => expect(source.snapshot().loaded).toEqual([[0, 350]]));
    expect(source.snapshot().markers.map((m) => m.index)).toEqual([149, 299]);
    expect(source.frame(349)?.index).toBe(349);
    expect(source.frame(350)).toBeUndefined();
    expect(asked).toHaveLength(4);
  });

  it("loads only around the place in a long replay", async () => {
    const { pages, asked } = replay(20_000);
    const source = new FrameSource(pages);
    source.want(15_050);
    await vi.waitFor(() => expect(source.isLoaded(15_050)).toBe(true));
    source.want(15_050, 1);
    await vi.waitFor(() => expect(source.isLoaded(15_150)).toBe(true));
    expect(asked.sort()).toEqual([15_000, 15_100]);
  });

  it("loads two pages at a time, and drops what is not wanted any more", async () => {
    const { pages, asked, aborted, hold } = replay(20_000);
    const source = new FrameSource(pages);
    source.want(0);
    await vi.waitFor(() => expect(source.isLoaded(0)).toBe(true));
    const release = hold();
    source.want(1000, 5);
    expect(asked).toEqual([0, 1000, 1100]);
    source.want(1100, 1);
    expect(aborted).toEqual([1000]);
    source.want(5000, 0);
    expect(aborted).toEqual([1000, 1100]);
    release();
    await vi.waitFor(() => expect(source.isLoaded(5000)).toBe(true));
    expect([source.isLoaded(1000), source.isLoaded(1100)]).toEqual([false, false]);
    expect(asked).toEqual([0, 1000, 1100, 5000]);
  });

  it("keeps the 60 pages that were looked at last", async () => {
    const { pages, asked } = replay(20_000);
    const source = new FrameSource(pages);
    const look = async (page: number) => {
      source.want(page * 100, 0);
      await vi.waitFor(() => expect(source.isLoaded(page * 100)).toBe(true), { interval: 1 });
    };
    for (let page = 0; page < 60; page++) await look(page);
    await look(0);
    expect(asked).toHaveLength(60);
    await look(60);
    const kept = [0, 1, 2, 60].map((page) => source.isLoaded(page * 100));
    expect(kept).toEqual([true, false, true, true]);
    expect(source.snapshot().loaded).toEqual([
      [0, 100],
      [200, 6100],
    ]);
    // What happened in a page that made room stays marked.
    expect(source.snapshot().markers.map((marker) => marker.index)).toContain(149);
  });

  it("waits twice as long after each failure in a row, and shortly again after a page has come", async () => {
    vi.useFakeTimers();
    try {
      const { pages, asked, failNext } = replay(20_000);
      failNext(3);
      const source = new FrameSource(pages, 200);
      source.want(0, 0);
      const after: number[] = [];
      for (const ms of [190, 20, 380, 30, 770, 30]) {
        await vi.advanceTimersByTimeAsync(ms);
        after.push(asked.length);
      }
      expect(after).toEqual([1, 2, 2, 3, 3, 4]);
      expect(source.isLoaded(0)).toBe(true);
      failNext(1);
      source.want(300, 0);
      await vi.advanceTimersByTimeAsync(210);
      expect(source.isLoaded(300)).toBe(true);
      source.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("says what failed and tries again", async () => {
    const { pages, failNext } = replay(50);
    failNext(1);
    const source = new FrameSource(pages, 200);
    source.want(0);
    await vi.waitFor(() => expect(source.snapshot().error?.message).toBe("no network"));
    await vi.waitFor(() => expect(source.isLoaded(0)).toBe(true));
    expect(source.snapshot().error).toBeNull();
  });

  it("does not ask again for what the server refuses", async () => {
    const load = vi.fn(async () => {
      throw new ApiError(404, "not_found", "no such replay");
    });
    const source = new FrameSource({ load }, 1);
    source.want(0);
    await vi.waitFor(() => expect(source.snapshot().error?.message).toBe("no such replay"));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(load).toHaveBeenCalledTimes(1);
  });
});

it("joins spans that touch and keeps gaps", () => {
  expect(
    spans([
      [200, 300],
      [0, 100],
      [100, 200],
      [500, 550],
    ]),
  ).toEqual([
    [0, 300],
    [500, 550],
  ]);
});
