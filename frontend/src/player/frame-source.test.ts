import { describe, expect, it, vi } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import { ApiError } from "../api/http";
import type { FramePages } from "../api/replay-frames";
import { FrameSource, spans } from "./frame-source";

/** A replay of `total` frames; each page can be held back or made to fail. */
function replay(total: number) {
  const asked: number[] = [];
  let fail = 0;
  const pages: FramePages = {
    async load(offset, limit, signal) {
      asked.push(offset);
      if (fail > 0) {
        fail--;
        throw new Error("no network");
      }
      await Promise.resolve();
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
