import { expect, it } from "vitest";
import { decodeObservation } from "../game/observation";
import { ACTION, OBS_SIZE } from "../game/rules";
import { whyNot } from "./why-not";

function ship(values: Record<number, number>) {
  const obs = new Array(OBS_SIZE).fill(0);
  Object.assign(obs, values);
  return decodeObservation(obs);
}

const credits = (amount: number) => Math.log1p(amount) / Math.log1p(1e7);
const slot3 = 68 + 11 * 3;

it("names the place, the price or the cap that forbids a purchase", () => {
  expect(whyNot(ACTION.buy.repair_kit, ship({}))).toBe("Only at the station");
  expect(whyNot(ACTION.buy.fuel_large, ship({ 17: 1, 7: credits(12.9) }))).toBe(
    "Costs 210 credits, there are 12",
  );
  expect(whyNot(ACTION.buy.decoy, ship({ 17: 1, 7: credits(900), 16: 1 }))).toBe("The ship holds 12 at most");
});

it("tells an empty slot from one that is used up", () => {
  expect(whyNot(ACTION.select[3], ship({}))).toBe("No asteroid here");
  expect(whyNot(ACTION.select[3], ship({ [slot3]: 1, [slot3 + 8]: 1 }))).toBe(
    "Nothing is left of this asteroid",
  );
});

it("asks for a selection where one is wanted", () => {
  expect(whyNot(ACTION.mine.standard, ship({}))).toBe("Select an asteroid first");
  expect(whyNot(ACTION.scan.deep, ship({ [slot3]: 1, [slot3 + 10]: 1 }))).toBe(
    "Nothing is left of the selected asteroid",
  );
  expect(whyNot(ACTION.stabilize, ship({ 15: 0 }))).toBe("No stabilizers on board");
});
