import { describe, expect, it } from "vitest";
import { parseFrame } from "../api/frame";
import { rawFrame } from "../api/frame-fixture";
import { ApiError } from "../api/http";
import { type Game, isEnded, NO_GAME, reduceGame } from "./game";

const frame = (over: Record<string, unknown>) => parseFrame(rawFrame(over));

const started: Game = reduceGame(NO_GAME, {
  type: "started",
  session: { sessionId: "s", seed: 7, expiresAt: "2026-01-01T00:00:00Z", frame: frame({}) },
});

function act(
  game: Game,
  action: number,
  result: { frame?: ReturnType<typeof frame>; error?: unknown },
): Game {
  const acting = reduceGame(game, { type: "acting", action });
  expect(acting.pending).toBe(action);
  return result.frame
    ? reduceGame(acting, { type: "stepped", frame: result.frame, expiresAt: null })
    : reduceGame(acting, { type: "failed", error: result.error });
}

describe("a game", () => {
  it("adds up rewards and keeps the frame before", () => {
    let game = act(started, 6, { frame: frame({ frame_index: 1, reward: 0.5 }) });
    game = act(game, 6, { frame: frame({ frame_index: 2, reward: -0.2 }) });
    expect(game.total).toBeCloseTo(0.3, 9);
    expect(game.before?.index).toBe(1);
    expect(game.log.map((f) => f.index)).toEqual([2, 1]);
    expect(game.pending).toBeNull();
  });

  it("sees its end", () => {
    expect(isEnded(started.frame)).toBe(false);
    expect(isEnded(frame({ terminated: true }))).toBe(true);
    expect(isEnded(frame({ truncated: true }))).toBe(true);
  });

  it("tells an expired game, one that moved on elsewhere, and a server that is away", () => {
    const kind = (status: number) => act(started, 6, { error: new ApiError(status, "x", "words") }).trouble;
    expect(kind(404)).toEqual({ kind: "expired", message: "words", action: null });
    expect(kind(409)).toEqual({ kind: "moved", message: "words", action: null });
    expect(kind(0)).toEqual({ kind: "unreachable", message: "words", action: 6 });
    expect(kind(503)).toEqual({ kind: "unreachable", message: "words", action: 6 });
    expect(kind(422)).toEqual({ kind: "refused", message: "words", action: null });
  });

  it("keeps the game on the screen through trouble and forgets it with a new game", () => {
    const troubled = act(started, 6, { error: new ApiError(409, "x", "words") });
    expect(troubled.session?.seed).toBe(7);
    expect(troubled.frame).toBe(started.frame);
    expect(reduceGame(troubled, { type: "starting" })).toMatchObject({
      session: null,
      trouble: null,
      total: 0,
    });
  });
});
