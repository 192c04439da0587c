import type { FramePages } from "../player/frame-source";
import { parseFrame } from "./frame";
import { query, request } from "./http";

/** Frames of a replay by page over HTTP. */
export function httpFramePages(runId: string, replayId: string): FramePages {
  return {
    async load(offset, limit, signal) {
      const path = `/api/runs/${runId}/replays/${replayId}/frames${query({ offset, limit })}`;
      const body = await request<{ total: number; frames: unknown[] }>(path, { signal });
      return { total: body.total, frames: body.frames.map(parseFrame) };
    },
  };
}

/** Where a replay is downloaded from, one frame a line. */
export function downloadPath(runId: string, replayId: string): string {
  return `/api/runs/${runId}/replays/${replayId}/download`;
}
