/**
 * The replay clock: which frame is shown, how far into it, whether time runs and how fast. Pure: a state, commands and
 * elapsed time in, a new state out. It knows nothing of React, frames' content or the network.
 */
export interface PlayerState {
  /** frames in the replay; 0 until known */
  total: number;
  /** frame shown, 0..total-1 */
  index: number;
  /** progress of the step that led to this frame, 0..1; 1 is settled */
  phase: number;
  playing: boolean;
  speed: number;
  loop: boolean;
  /** time should run but the next frame is not here yet */
  waiting: boolean;
}

export type PlayerCommand =
  | { type: "open"; total: number; index: number; playing: boolean }
  | { type: "play" }
  | { type: "pause" }
  | { type: "toggle" }
  | { type: "step"; by: number }
  | { type: "seek"; index: number }
  | { type: "speed"; speed: number }
  | { type: "faster" }
  | { type: "slower" }
  | { type: "loop" };

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

/** Frames a second at speed 1. */
export const BASE_RATE = 4;

export const INITIAL_PLAYER: PlayerState = {
  total: 0,
  index: 0,
  phase: 1,
  playing: false,
  speed: 1,
  loop: false,
  waiting: false,
};

export function reducePlayer(state: PlayerState, command: PlayerCommand): PlayerState {
  switch (command.type) {
    case "open":
      return {
        ...state,
        total: command.total,
        index: clampIndex(command.index, command.total),
        phase: 1,
        playing: command.playing && command.total > 1,
        waiting: false,
      };
    case "play": {
      if (state.total < 2) return state;
      const restart = state.index >= state.total - 1;
      return {
        ...state,
        playing: true,
        index: restart ? 0 : state.index,
        phase: restart ? 1 : state.phase,
      };
    }
    case "pause":
      return { ...state, playing: false, waiting: false };
    case "toggle":
      return reducePlayer(state, { type: state.playing ? "pause" : "play" });
    case "step": {
      const index = clampIndex(state.index + command.by, state.total);
      // Going on by one shows how it came about; any other jump is shown settled.
      const phase = command.by === 1 && index !== state.index ? 0 : 1;
      return { ...state, index, phase, playing: false, waiting: false };
    }
    case "seek":
      return { ...state, index: clampIndex(command.index, state.total), phase: 1, waiting: false };
    case "speed":
      return SPEEDS.includes(command.speed) ? { ...state, speed: command.speed } : state;
    case "faster":
      return { ...state, speed: SPEEDS.find((s) => s > state.speed) ?? state.speed };
    case "slower":
      return { ...state, speed: SPEEDS.findLast((s) => s < state.speed) ?? state.speed };
    case "loop":
      return { ...state, loop: !state.loop };
  }
}

/**
 * Lets `elapsedMs` of real time pass. Time stops before the first frame that `isLoaded` denies. A paused player only
 * finishes the step it shows. Returns the same object when nothing changed.
 */
export function advancePlayer(
  state: PlayerState,
  elapsedMs: number,
  isLoaded: (index: number) => boolean,
): PlayerState {
  if (!state.playing) {
    if (state.phase >= 1) return state;
    return { ...state, phase: Math.min(1, state.phase + (elapsedMs / 1000) * BASE_RATE) };
  }
  let { index } = state;
  let phase = state.phase + (elapsedMs / 1000) * BASE_RATE * state.speed;
  while (phase >= 1) {
    const last = index >= state.total - 1;
    if (last && !state.loop) return { ...state, index, phase: 1, playing: false, waiting: false };
    const next = last ? 0 : index + 1;
    if (!isLoaded(next)) return { ...state, index, phase: 1, waiting: true };
    index = next;
    phase -= 1;
  }
  return { ...state, index, phase, waiting: false };
}

function clampIndex(index: number, total: number): number {
  if (!Number.isFinite(index)) return 0;
  return Math.max(0, Math.min(Math.floor(index), Math.max(0, total - 1)));
}
