import { expect, it } from "vitest";
import { NUM_ACTIONS } from "../game/rules";
import { type Chord, hotkey, keyOf } from "./hotkeys";

const press = (key: string, over: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => ({
  key,
  code: `Key${key.toUpperCase()}`,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...over,
});

it("gives every action a key of its own", () => {
  const keys = Array.from({ length: NUM_ACTIONS }, (_, action) => keyOf(action));
  expect(keys.every((key) => key !== "")).toBe(true);
  expect(new Set(keys).size).toBe(NUM_ACTIONS);
});

it("takes each action by the key that is written on it", () => {
  for (let action = 0; action < NUM_ACTIONS; action++) {
    const written = keyOf(action);
    let chord: Chord | null = null;
    let stroke = null;
    if (written === "⇧↵") stroke = hotkey(press("Enter", { shiftKey: true }), null);
    else if (written.startsWith("⇧")) stroke = hotkey(press(written.slice(1), { shiftKey: true }), null);
    else {
      for (const key of written.toLowerCase().split(" ")) {
        stroke = hotkey(press(key), chord);
        chord = stroke?.type === "chord" ? stroke.chord : null;
      }
    }
    expect(stroke, written).toEqual({ type: "action", action });
  }
});

it("leaves the browser its own shortcuts", () => {
  expect(hotkey(press("r", { ctrlKey: true }), null)).toBeNull();
});

it("forgets a chord when another key follows", () => {
  expect(hotkey(press("x"), "s")).toEqual({ type: "action", action: 29 });
});
