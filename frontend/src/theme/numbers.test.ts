import { expect, it } from "vitest";
import { ago, fixed, integer, signed, signedInteger, telling } from "./numbers";

it("writes a missing value as a dash, never as zero", () => {
  expect([fixed(null), telling(undefined), telling(Number.NaN)]).toEqual(["–", "–", "–"]);
});

it("has no negative zero and a true minus", () => {
  expect(fixed(-0.001)).toBe("0.00");
  expect(fixed(-1.5)).toBe("−1.50");
  expect(signed(0.001)).toBe("0.00");
  expect(signed(2)).toBe("+2.00");
  expect([-0.4, -1234, 1234].map(integer)).toEqual(["0", "−1,234", "1,234"]);
  expect([-0.4, -1234, 1234].map(signedInteger)).toEqual(["0", "−1,234", "+1,234"]);
});

it("keeps the digits that tell", () => {
  expect([123456, 4321, 3.125, 0.01234, 0.00001234].map(telling)).toEqual([
    "123.5K",
    "4,321",
    "3.13",
    "0.0123",
    "1.2e−5",
  ]);
});

it("writes whole numbers whole", () => {
  expect([0, 3, -7].map(telling)).toEqual(["0", "3", "−7"]);
});

it("says how long ago", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(ago("2026-01-01T11:59:30Z", now)).toBe("30 s ago");
  expect(ago("2026-01-01T10:00:00Z", now)).toBe("2 h ago");
  expect(ago(null, now)).toBe("–");
});
