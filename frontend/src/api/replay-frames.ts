import { type Frame, parseFrame } from "./frame";
import { query, request } from "./http";
import type { FramePage } from "./records";

/** Where the frames of one replay come from. Each transport is an implementation. */
export interface FramePages {
  /** Loads at most `limit` frames from `offset` on; `total` is the number of frames in the replay. */
  load(offset: number, limit: number, signal: AbortSignal): Promise<{ total: number; frames: Frame[] }>;
}

/** Frames of a replay by page over HTTP. */
export function httpFramePages(runId: string, replayId: string): FramePages {
  return {
    async load(offset, limit, signal) {
      const path = `/api/runs/${runId}/replays/${replayId}/frames${query({ offset, limit })}`;
      const body = await request<FramePage>(path, { signal });
      return { total: body.total, frames: body.frames.map(parseFrame) };
    },
  };
}

/** Where a replay is downloaded from, one frame a line. */
export function downloadPath(runId: string, replayId: string): string {
  return `/api/runs/${runId}/replays/${replayId}/download`;
}
