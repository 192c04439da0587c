import type { Frame } from "../api/frame";
import { ApiError } from "../api/http";
import type { PlaySession } from "../api/play";
import { estimateRichness } from "../player/richness";

/** A game in the browser: what the server told so far. Pure; the server alone knows the rules. */
export interface Game {
  session: { id: string; seed: number; expiresAt: string } | null;
  frame: Frame | null;
  before: Frame | null;
  /** the action under way, null when the player may act */
  pending: number | null;
  /** sum of rewards */
  total: number;
  richness: ReadonlyMap<string, number>;
  /** frames so far that had something to tell, newest first */
  log: readonly Frame[];
  trouble: Trouble | null;
}

export interface Trouble {
  kind: "expired" | "moved" | "unreachable" | "refused";
  message: string;
  /** the action that may be sent again */
  action: number | null;
}

export type GameEvent =
  | { type: "starting" }
  | { type: "started"; session: PlaySession }
  | { type: "acting"; action: number }
  | { type: "stepped"; frame: Frame; expiresAt: string | null }
  | { type: "failed"; error: unknown };

export const NO_GAME: Game = {
  session: null,
  frame: null,
  before: null,
  pending: null,
  total: 0,
  richness: new Map(),
  log: [],
  trouble: null,
};

const LOG_LENGTH = 60;

export function reduceGame(game: Game, event: GameEvent): Game {
  switch (event.type) {
    case "starting":
      // The old picture stays until the new one is here.
      return { ...NO_GAME, frame: game.frame };
    case "started": {
      const { sessionId, seed, expiresAt, frame } = event.session;
      return { ...NO_GAME, session: { id: sessionId, seed, expiresAt }, frame };
    }
    case "acting":
      return { ...game, pending: event.action, trouble: null };
    case "stepped":
      return stepped(game, event.frame, event.expiresAt);
    case "failed":
      return { ...game, pending: null, trouble: troubleOf(event.error, game.pending) };
  }
}

export function isEnded(frame: Frame | null): boolean {
  return frame !== null && (frame.terminated || frame.truncated);
}

function stepped(game: Game, frame: Frame, expiresAt: string | null): Game {
  const estimate = game.frame && estimateRichness(game.frame, frame);
  const richness = estimate
    ? new Map(game.richness).set(`${estimate.node} ${estimate.slot}`, estimate.richness)
    : game.richness;
  return {
    ...game,
    session: game.session && { ...game.session, expiresAt: expiresAt ?? game.session.expiresAt },
    before: game.frame,
    frame,
    pending: null,
    total: game.total + frame.reward,
    richness,
    log: [frame, ...game.log].slice(0, LOG_LENGTH),
    trouble: null,
  };
}

function troubleOf(error: unknown, action: number | null): Trouble {
  if (!(error instanceof ApiError)) {
    return { kind: "refused", message: error instanceof Error ? error.message : String(error), action: null };
  }
  if (error.status === 404) return { kind: "expired", message: error.message, action: null };
  if (error.status === 409) return { kind: "moved", message: error.message, action: null };
  if (error.status === 0 || error.status >= 500)
    return { kind: "unreachable", message: error.message, action };
  return { kind: "refused", message: error.message, action: null };
}
