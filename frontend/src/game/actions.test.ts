import { expect, it } from "vitest";
import { actionLabel } from "./actions";
import { NUM_ACTIONS } from "./rules";

it("names every action differently", () => {
  const labels = Array.from({ length: NUM_ACTIONS }, (_, action) => actionLabel(action));
  expect(new Set(labels).size).toBe(NUM_ACTIONS);
  expect(labels[0]).toBe("Travel by edge 1");
  expect(labels[27]).toBe("Select asteroid 16");
  expect(labels[43]).toBe("Sell 25% iron");
  expect(labels[60]).toBe("Sell 100% volatiles");
});

it("says that an unknown code runs as a hold", () => {
  expect(actionLabel(200)).toBe("Hold (code 200)");
});
