import { expect, it } from "vitest";
import { ACTION } from "../game/actions";
import { decodeObservation, OBS_SIZE } from "../game/observation";
import { whyNot } from "./why-not";

function ship(values: Record<number, number>) {
  const obs = new Array(OBS_SIZE).fill(0);
  Object.assign(obs, values);
  return decodeObservation(obs);
}

const credits = (amount: number) => Math.log1p(amount) / Math.log1p(1e7);
const slot3 = 68 + 11 * 3;

it("names the place, the price or the cap that forbids a purchase", () => {
  expect(whyNot(ACTION.buyKit, ship({}))).toBe("Only at the station");
  expect(whyNot(ACTION.buyFuelLarge, ship({ 17: 1, 7: credits(12.9) }))).toBe(
    "Costs 210 credits, there are 12",
  );
  expect(whyNot(ACTION.buyDecoy, ship({ 17: 1, 7: credits(900), 16: 1 }))).toBe("The ship holds 12 at most");
});

it("tells an empty slot from one that is used up", () => {
  expect(whyNot(ACTION.select + 3, ship({}))).toBe("No asteroid here");
  expect(whyNot(ACTION.select + 3, ship({ [slot3]: 1, [slot3 + 8]: 1 }))).toBe(
    "Nothing is left of this asteroid",
  );
});

it("asks for a selection where one is wanted", () => {
  expect(whyNot(ACTION.mineStandard, ship({}))).toBe("Select an asteroid first");
  expect(whyNot(ACTION.deepScan, ship({ [slot3]: 1, [slot3 + 10]: 1 }))).toBe(
    "Nothing is left of the selected asteroid",
  );
  expect(whyNot(ACTION.stabilize, ship({ 15: 0 }))).toBe("No stabilizers on board");
});
