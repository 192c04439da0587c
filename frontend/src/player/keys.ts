import type { PlayerCommand } from "./player";

/** What a key does on the replay page: a command to the player, or something the page does itself. */
export type ReplayKey =
  | PlayerCommand
  | { type: "next-event" }
  | { type: "previous-event" }
  | { type: "help" }
  | { type: "link" };

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export function replayKey(press: KeyPress): ReplayKey | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const far = press.shiftKey ? 10 : 1;
  switch (press.key) {
    case " ":
    case "k":
      return { type: "toggle" };
    case "ArrowRight":
      return { type: "step", by: far };
    case "ArrowLeft":
      return { type: "step", by: -far };
    case "ArrowUp":
    case "+":
      return { type: "faster" };
    case "ArrowDown":
    case "-":
      return { type: "slower" };
    case "Home":
      return { type: "seek", index: 0 };
    case "End":
      return { type: "seek", index: Number.MAX_SAFE_INTEGER };
    case "]":
      return { type: "next-event" };
    case "[":
      return { type: "previous-event" };
    case "l":
      return { type: "loop" };
    case "c":
      return { type: "link" };
    case "?":
      return { type: "help" };
    default:
      return null;
  }
}

export const REPLAY_KEY_HELP: readonly [keys: string[], does: string][] = [
  [["Space", "K"], "Play or pause"],
  [["←", "→"], "One frame back or on"],
  [["Shift ←", "Shift →"], "Ten frames back or on"],
  [["[", "]"], "Previous or next event"],
  [["↓", "↑"], "Slower or faster"],
  [["Home", "End"], "First or last frame"],
  [["L"], "Loop"],
  [["C"], "Copy a link to this frame"],
  [["?"], "This help"],
];

/** True where a key belongs to the element itself (typing, a slider, an open list, a pressed button). */
export function ownsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)) return true;
  return key === " " && ["BUTTON", "A", "SUMMARY"].includes(target.tagName);
}
