import type { Frame, GameEvent } from "../api/frame";
import { actionLabel } from "../game/actions";
import { COMMODITIES, COMMODITY_LABEL } from "../game/commodities";
import { fixed, integer, percent } from "../theme/numbers";

const PURCHASE: Record<string, string> = {
  fuel_small: "fuel (120)",
  fuel_med: "fuel (260)",
  fuel_large: "fuel (480)",
  repair_kit: "a repair kit",
  stabilizer: "a stabilizer",
  decoy: "a decoy",
  overhaul: "a full overhaul",
};

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
        text: `Bought ${PURCHASE[event.item] ?? event.item} for ${integer(event.cost)} cr`,
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

/** What an action is called where it was taken: a lane by the node behind it. */
export function frameAction(frame: Frame): string {
  if (frame.action === null) return "Start";
  const travel = frame.events.find((e) => e.type === "travel");
  return travel ? `Travel to node ${travel.to}` : actionLabel(frame.action);
}

function mostly(amounts: Record<string, number>): string {
  const most = COMMODITIES.map((c) => [c, amounts[c] ?? 0] as const).sort((a, b) => b[1] - a[1])[0];
  return most && most[1] > 0 ? `, mostly ${label(most[0])}` : "";
}

function label(commodity: string): string {
  const known = COMMODITIES.find((c) => c === commodity);
  return known ? COMMODITY_LABEL[known].toLowerCase() : commodity;
}
