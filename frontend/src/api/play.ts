import { type Frame, parseFrame } from "./frame";
import { request } from "./http";
import type { PlayOpened, PlayStepped } from "./records";

/** Calls of a game played by a person (records.md, "Play"). */
export interface PlaySession {
  sessionId: string;
  seed: number;
  expiresAt: string;
  frame: Frame;
}

function session(raw: PlayOpened): PlaySession {
  return {
    sessionId: raw.session_id,
    seed: raw.seed,
    expiresAt: raw.expires_at,
    frame: parseFrame(raw.frame),
  };
}

export async function startGame(seed: number | undefined): Promise<PlaySession> {
  const body = seed === undefined ? {} : { seed };
  return session(await request<PlayOpened>("/api/play/session", { method: "POST", body }));
}

/** `expect` is the index of the frame the player acted on; the server refuses (409) if the game has moved since. */
export async function stepGame(
  sessionId: string,
  action: number,
  expect: number,
): Promise<{ frame: Frame; expiresAt: string }> {
  const path = `/api/play/session/${sessionId}/step`;
  const raw = await request<PlayStepped>(path, { method: "POST", body: { action, expect } });
  return { frame: parseFrame(raw.frame), expiresAt: raw.expires_at };
}

export function endGame(sessionId: string): Promise<void> {
  return request<void>(`/api/play/session/${sessionId}`, { method: "DELETE" });
}
