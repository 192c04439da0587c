import { ACTION } from "../game/actions";
import type { KeyPress } from "../player/keys";

/**
 * Every action has a key. Some take two strokes: a letter for what to do (a chord), then a digit for what to do it with.
 */
export type Chord = "s" | "a" | "q" | "j" | "u";

export type Stroke = { type: "action"; action: number } | { type: "chord"; chord: Chord } | { type: "help" };

const SINGLE: Readonly<Record<string, number>> = {
  "1": 0,
  "2": 1,
  "3": 2,
  "4": 3,
  "5": 4,
  "6": 5,
  ".": ACTION.hold,
  b: ACTION.burn,
  w: ACTION.wideScan,
  f: ACTION.focusedScan,
  d: ACTION.deepScan,
  l: ACTION.listen,
  z: ACTION.mineConservative,
  x: ACTION.mineStandard,
  c: ACTION.mineAggressive,
  v: ACTION.stabilize,
  r: ACTION.refine,
  o: ACTION.cooldown,
  t: ACTION.toolMaintenance,
  h: ACTION.hullPatch,
  e: ACTION.dock,
};

const CHORDS: Readonly<Record<Chord, { says: string; digits: number; action: (k: number) => number }>> = {
  s: { says: "Sell all of", digits: 6, action: (k) => ACTION.sell + 3 * k + 2 },
  a: { says: "Sell half of", digits: 6, action: (k) => ACTION.sell + 3 * k + 1 },
  q: { says: "Sell a quarter of", digits: 6, action: (k) => ACTION.sell + 3 * k },
  j: { says: "Jettison", digits: 6, action: (k) => ACTION.jettison + k },
  u: { says: "Buy", digits: 7, action: (k) => ACTION.buyFuelSmall + k },
};

export function chordPrompt(chord: Chord): string {
  const { says, digits } = CHORDS[chord];
  return `${says} … press 1 to ${digits}`;
}

/** What a key means, given the chord that was begun before it. */
export function hotkey(press: KeyPress & { code: string }, chord: Chord | null): Stroke | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (chord) {
    const { digits, action } = CHORDS[chord];
    const digit = Number(press.key);
    if (Number.isInteger(digit) && digit >= 1 && digit <= digits) {
      return { type: "action", action: action(digit - 1) };
    }
  }
  if (press.key === "?") return { type: "help" };
  if (press.shiftKey) {
    if (press.key === "Enter") return { type: "action", action: ACTION.cashOut };
    const slot = press.code.startsWith("Key") ? press.code.charCodeAt(3) - 65 : -1;
    return slot >= 0 && slot < 16 ? { type: "action", action: ACTION.select + slot } : null;
  }
  const key = press.key.toLowerCase();
  const action = SINGLE[key];
  if (action !== undefined) return { type: "action", action };
  return key in CHORDS ? { type: "chord", chord: key as Chord } : null;
}

/** How the key of an action is written on its button. */
export function keyOf(action: number): string {
  for (const [key, single] of Object.entries(SINGLE)) if (single === action) return key.toUpperCase();
  for (const [chord, { digits, action: of }] of Object.entries(CHORDS)) {
    for (let k = 0; k < digits; k++) if (of(k) === action) return `${chord.toUpperCase()} ${k + 1}`;
  }
  if (action >= ACTION.select && action < ACTION.mineConservative) {
    return `⇧${String.fromCharCode(65 + action - ACTION.select)}`;
  }
  return action === ACTION.cashOut ? "⇧↵" : "";
}

export const PLAY_KEY_HELP: readonly (readonly [readonly string[], string])[] = [
  [["1", "…", "6"], "Travel by a lane"],
  [["⇧A", "…", "⇧P"], "Select asteroid 1 to 16"],
  [["W", "F", "D"], "Scan wide, focused, deep"],
  [["Z", "X", "C"], "Mine gently, normally, hard"],
  [["V"], "Stabilize the selected asteroid"],
  [["."], "Hold and drift"],
  [["L", "B"], "Listen for threats, emergency burn"],
  [["O", "R"], "Cool down, refine"],
  [["T", "H"], "Service the tool, patch the hull"],
  [["E"], "Dock"],
  [["S", "A", "Q"], "then 1–6: sell all, half, a quarter"],
  [["U"], "then 1–7: buy"],
  [["J"], "then 1–6: jettison"],
  [["⇧↵"], "Cash out (twice)"],
];
