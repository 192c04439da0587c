import { ACTION, ACTIONS, COMMODITIES, PURCHASES } from "../game/rules";
import type { KeyPress } from "../player/keys";

/**
 * Every action has a key. Some take two strokes: a letter for what to do (a chord), then a digit for what to do it with.
 */
export type Chord = "s" | "a" | "q" | "j" | "u";

export type Stroke = { type: "action"; action: number } | { type: "chord"; chord: Chord } | { type: "help" };

const SINGLE: Readonly<Record<string, number>> = {
  ...Object.fromEntries(ACTION.travel.map((action, slot) => [String(slot + 1), action])),
  ".": ACTION.hold,
  b: ACTION.burn,
  w: ACTION.scan.wide,
  f: ACTION.scan.focused,
  d: ACTION.scan.deep,
  l: ACTION.listen,
  z: ACTION.mine.conservative,
  x: ACTION.mine.standard,
  c: ACTION.mine.aggressive,
  v: ACTION.stabilize,
  r: ACTION.refine,
  o: ACTION.cool,
  t: ACTION.maintain,
  h: ACTION.patch,
  e: ACTION.dock,
};

const CHORDS: Readonly<Record<Chord, { says: string; actions: readonly number[] }>> = {
  s: { says: "Sell all of", actions: COMMODITIES.map((commodity) => ACTION.sell[commodity].all) },
  a: { says: "Sell half of", actions: COMMODITIES.map((commodity) => ACTION.sell[commodity].half) },
  q: { says: "Sell a quarter of", actions: COMMODITIES.map((commodity) => ACTION.sell[commodity].quarter) },
  j: { says: "Jettison", actions: COMMODITIES.map((commodity) => ACTION.jettison[commodity]) },
  u: { says: "Buy", actions: PURCHASES.map((item) => ACTION.buy[item]) },
};

export function chordPrompt(chord: Chord): string {
  const { says, actions } = CHORDS[chord];
  return `${says} … press 1 to ${actions.length}`;
}

/** What a key means, given the chord that was begun before it. */
export function hotkey(press: KeyPress & { code: string }, chord: Chord | null): Stroke | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (chord) {
    const action = CHORDS[chord].actions[Number(press.key) - 1];
    if (action !== undefined) return { type: "action", action };
  }
  if (press.key === "?") return { type: "help" };
  if (press.shiftKey) {
    if (press.key === "Enter") return { type: "action", action: ACTION.cashOut };
    const slot = press.code.startsWith("Key") ? press.code.charCodeAt(3) - 65 : -1;
    const action = ACTION.select[slot];
    return action === undefined ? null : { type: "action", action };
  }
  const key = press.key.toLowerCase();
  const action = SINGLE[key];
  if (action !== undefined) return { type: "action", action };
  return key in CHORDS ? { type: "chord", chord: key as Chord } : null;
}

/** How the key of an action is written on its button. */
export function keyOf(action: number): string {
  for (const [key, single] of Object.entries(SINGLE)) if (single === action) return key.toUpperCase();
  for (const [chord, { actions }] of Object.entries(CHORDS)) {
    const k = actions.indexOf(action);
    if (k >= 0) return `${chord.toUpperCase()} ${k + 1}`;
  }
  const { group, argument } = ACTIONS[action] ?? {};
  if (group === "select" && argument !== undefined) return `⇧${String.fromCharCode(65 + argument)}`;
  return action === ACTION.cashOut ? "⇧↵" : "";
}

export const PLAY_KEY_HELP: readonly (readonly [readonly string[], string])[] = [
  [["1", "…", "6"], "Travel by an edge"],
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
