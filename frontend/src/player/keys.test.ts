import { expect, it } from "vitest";
import { type KeyPress, replayKey } from "./keys";

const press = (key: string, over: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...over,
});

it("steps by one, or by ten with shift", () => {
  expect(replayKey(press("ArrowRight"))).toEqual({ type: "step", by: 1 });
  expect(replayKey(press("ArrowLeft", { shiftKey: true }))).toEqual({ type: "step", by: -10 });
});

it("leaves the browser its own shortcuts", () => {
  expect(replayKey(press("c", { ctrlKey: true }))).toBeNull();
  expect(replayKey(press("ArrowLeft", { altKey: true }))).toBeNull();
});

it("knows nothing of other keys", () => {
  expect(replayKey(press("q"))).toBeNull();
});
