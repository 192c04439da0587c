import { describe, expect, it } from "vitest";
import { advancePlayer, INITIAL_PLAYER, type PlayerState, reducePlayer, SPEEDS } from "./player";

const everything = () => true;
const opened = (over: Partial<PlayerState> = {}): PlayerState => ({
  ...reducePlayer(INITIAL_PLAYER, { type: "open", total: 100, index: 0, playing: true }),
  ...over,
});

describe("time", () => {
  it("shows four frames a second at speed 1", () => {
    const state = advancePlayer(opened({ phase: 0 }), 1000, everything);
    expect(state.index).toBe(4);
    expect(state.phase).toBeCloseTo(0, 9);
  });

  it("goes as far in many small ticks as in one big one", () => {
    let state = opened({ phase: 0, speed: 8 });
    for (let i = 0; i < 60; i++) state = advancePlayer(state, 1000 / 60, everything);
    expect(state.index + state.phase).toBeCloseTo(32, 6);
  });

  it("skips frames at speed 64 and never passes the end", () => {
    const state = advancePlayer(opened({ phase: 0, speed: 64 }), 10_000, everything);
    expect(state).toMatchObject({ index: 99, phase: 1, playing: false });
  });

  it("starts over when it loops", () => {
    const state = advancePlayer(opened({ index: 99, phase: 0.5, loop: true }), 250, everything);
    expect(state).toMatchObject({ index: 0, playing: true });
    expect(state.phase).toBeCloseTo(0.5, 9);
  });

  it("waits before a frame that is not loaded and goes on when it is", () => {
    const stalled = advancePlayer(opened({ index: 9, phase: 0.9 }), 5000, (i) => i < 10);
    expect(stalled).toMatchObject({ index: 9, phase: 1, waiting: true, playing: true });
    expect(advancePlayer(stalled, 16, everything)).toMatchObject({ index: 10, waiting: false });
  });

  it("finishes the step it shows when paused, then rests", () => {
    const stepped = reducePlayer(opened({ index: 5 }), { type: "step", by: 1 });
    expect(stepped).toMatchObject({ index: 6, phase: 0, playing: false });
    const settled = advancePlayer(stepped, 5000, everything);
    expect(settled).toMatchObject({ index: 6, phase: 1 });
    expect(advancePlayer(settled, 16, everything)).toBe(settled);
  });
});

describe("commands", () => {
  it("clamps a seek and a step to the replay", () => {
    expect(reducePlayer(opened(), { type: "seek", index: 5000 }).index).toBe(99);
    expect(reducePlayer(opened(), { type: "seek", index: Number.NaN }).index).toBe(0);
    expect(reducePlayer(opened({ index: 2 }), { type: "step", by: -10 }).index).toBe(0);
  });

  it("shows a step by one as it comes about, and any other jump settled", () => {
    const ahead = reducePlayer(opened({ index: 5 }), { type: "step", by: 1 });
    expect(ahead).toMatchObject({ index: 6, phase: 0 });
    const back = reducePlayer(opened({ index: 5, phase: 0.5 }), { type: "step", by: -1 });
    expect(back).toMatchObject({ index: 4, phase: 1 });
    const stays = reducePlayer(opened({ index: 99, phase: 0.5 }), { type: "step", by: 1 });
    expect(stays).toMatchObject({ index: 99, phase: 1 });
  });

  it("waits no longer when it is paused", () => {
    const paused = reducePlayer(opened({ index: 9, waiting: true }), { type: "pause" });
    expect(paused).toMatchObject({ index: 9, playing: false, waiting: false });
  });

  it("keeps playing through a seek", () => {
    expect(reducePlayer(opened(), { type: "seek", index: 40 })).toMatchObject({ index: 40, playing: true });
  });

  it("plays from the start when play is pressed at the end", () => {
    const ended = opened({ index: 99, phase: 0.5, playing: false });
    expect(reducePlayer(ended, { type: "toggle" })).toMatchObject({ index: 0, phase: 1, playing: true });
    const paused = opened({ index: 50, phase: 0.5, playing: false });
    expect(reducePlayer(paused, { type: "play" })).toMatchObject({ index: 50, phase: 0.5, playing: true });
  });

  it("does not play what has no second frame", () => {
    const empty = reducePlayer(INITIAL_PLAYER, { type: "open", total: 1, index: 0, playing: true });
    expect(empty.playing).toBe(false);
    expect(reducePlayer(empty, { type: "play" }).playing).toBe(false);
  });

  it("moves through the speeds and stops at both ends", () => {
    let state = opened({ speed: 64 });
    expect(reducePlayer(state, { type: "faster" }).speed).toBe(64);
    for (const speed of SPEEDS.slice(0, -1).reverse()) {
      state = reducePlayer(state, { type: "slower" });
      expect(state.speed).toBe(speed);
    }
    expect(reducePlayer(state, { type: "slower" }).speed).toBe(0.25);
  });

  it("ignores a speed that is not offered", () => {
    expect(reducePlayer(opened(), { type: "speed", speed: 3 }).speed).toBe(1);
  });
});
