import type { Frame } from "../api/frame";
import { decodeObservation } from "../game/observation";
import { CARGO_MAX, type MineMode } from "../game/rules";

/**
 * An asteroid's richness is never shown to the ship. What was mined tells it: the yield of docs/rules.md, section 4.2, with its
 * noise left out, solved for richness.
 */
const MULTIPLIER: Record<MineMode, number> = { conservative: 0.8, standard: 1.15, aggressive: 1.55 };

export interface RichnessEstimate {
  node: number;
  slot: number;
  richness: number;
}

export function estimateRichness(before: Frame, after: Frame): RichnessEstimate | null {
  const mined = after.events.find((e) => e.type === "mine");
  if (!mined || mined.total <= 0) return null;
  const ship = decodeObservation(before.observation);
  const target = ship.asteroids.find((a) => a.slot === mined.slot);
  // A full hold cuts the yield, so it says nothing.
  if (!target || ship.cargoTotal + mined.total >= CARGO_MAX - 0.5) return null;
  const tool = 0.4 + 0.6 * (ship.tool / 100);
  const hot = ship.heat / 100;
  const heat = hot <= 0.7 ? 1 : Math.max(0.1, 1 - (hot - 0.7) / 0.3);
  const share = (1 - target.depletion) * tool * heat * MULTIPLIER[mined.mode];
  if (share < 0.01) return null;
  const richness = Math.min(4, Math.max(0.2, mined.total / share));
  return { node: before.node, slot: target.slot, richness };
}
