import { describe, expect, it } from "vitest";
import { parseFrame } from "./frame";
import { rawFrame } from "./frame-fixture";

describe("parseFrame", () => {
  it("reads a frame of schema version 1", () => {
    const frame = parseFrame(rawFrame({ frame_index: 3, t: 7, dt: 2, action: 12, action_name: "any name" }));
    expect(frame).toMatchObject({ index: 3, t: 7, dt: 2, action: 12, actionName: "any name" });
    expect(frame.observation).toHaveLength(260);
    expect(frame.actionMask).toHaveLength(69);
    expect(frame.policy).toBeNull();
  });

  it("reads the reset frame, which has no action", () => {
    const frame = parseFrame(rawFrame({}));
    expect(frame).toMatchObject({ index: 0, action: null, actionName: null, dt: 0, reward: 0, events: [] });
  });

  it("names the schema version it does not know", () => {
    expect(() => parseFrame(rawFrame({ schema_version: 9 }))).toThrow(
      /schema_version is 9, this app reads 1/,
    );
  });

  it("names the field that is wrong", () => {
    expect(() => parseFrame(rawFrame({ reward: null }))).toThrow(/reward is null, a number is wanted/);
    expect(() => parseFrame(rawFrame({}, { observation: [1, 2] }))).toThrow(/observation has 2 entries, 260/);
    expect(() => parseFrame("x")).toThrow(/frame is "x", an object is wanted/);
  });
});
