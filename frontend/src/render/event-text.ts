import type { Frame } from "../api/frame";
import { actionLabel } from "../game/actions";
import {
  COMMODITIES,
  COMMODITY_LABEL,
  type Commodity,
  type GameEvent,
  PURCHASE_FUEL,
  type Purchase,
} from "../game/rules";
import { fixed, integer, percent } from "../theme/numbers";

const PURCHASE: Readonly<Record<Purchase, string>> = {
  fuel_small: fuel("fuel_small"),
  fuel_med: fuel("fuel_med"),
  fuel_large: fuel("fuel_large"),
  repair_kit: "a repair kit",
  stabilizer: "a stabilizer",
  decoy: "a decoy",
  overhaul: "a full overhaul",
};

function fuel(size: Purchase): string {
  return `fuel (${PURCHASE_FUEL[size]})`;
}

export type Tone = "plain" | "good" | "bad";

/** An event in words. */
export function eventText(event: GameEvent): { text: string; tone: Tone } {
  switch (event.type) {
    case "travel":
      return { text: `Travelled to node ${event.to}`, tone: "plain" };
    case "dock":
      return { text: "Docked", tone: "plain" };
    case "sell":
      return {
        text: `Sold ${fixed(event.quantity, 1)} ${label(event.commodity)} for ${integer(event.credits)} cr`,
        tone: "good",
      };
    case "buy":
      return {
        text: `Bought ${PURCHASE[event.item]} for ${integer(event.cost)} cr`,
        tone: "plain",
      };
    case "scan":
      return { text: `Read ${event.slots} ${event.slots === 1 ? "asteroid" : "asteroids"}`, tone: "plain" };
    case "mine":
      return { text: `Mined ${fixed(event.total, 2)}${mostly(event.amounts)}`, tone: "good" };
    case "fracture":
      return { text: `Asteroid ${event.slot + 1} fractured, hull −${fixed(event.hull, 1)}`, tone: "bad" };
    case "pirate":
      return {
        text: `Pirates took ${percent(event.loss)} of the cargo${event.decoy_used ? "; a decoy softened it" : ""}`,
        tone: "bad",
      };
    case "overheat":
      return { text: `Overheated, hull −${fixed(event.hull, 1)}`, tone: "bad" };
    case "invalid":
      return { text: `${actionLabel(event.action)} was not possible`, tone: "bad" };
    case "stranded":
      return { text: "Out of fuel: stranded", tone: "bad" };
    case "destroyed":
      return { text: "The ship was destroyed", tone: "bad" };
    case "cash_out":
      return { text: `Cashed out with ${integer(event.credits)} cr`, tone: "good" };
    case "timeout":
      return { text: "Time ran out", tone: "plain" };
  }
}

/** What an action is called where it was taken: an edge by the node behind it. */
export function frameAction(frame: Frame): string {
  if (frame.action === null) return "Start";
  const travel = frame.events.find((e) => e.type === "travel");
  return travel ? `Travel to node ${travel.to}` : actionLabel(frame.action);
}

function mostly(amounts: Readonly<Partial<Record<Commodity, number>>>): string {
  const most = COMMODITIES.map((c) => [c, amounts[c] ?? 0] as const).sort((a, b) => b[1] - a[1])[0];
  return most && most[1] > 0 ? `, mostly ${label(most[0])}` : "";
}

function label(commodity: Commodity): string {
  return COMMODITY_LABEL[commodity].toLowerCase();
}
