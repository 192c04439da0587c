/** Commodities in the order of the rules (game.md, notation and section 2). */
export const COMMODITIES = ["iron", "nickel", "water_ice", "pge", "rare_isotopes", "volatiles"] as const;
export type Commodity = (typeof COMMODITIES)[number];

export const COMMODITY_LABEL: Record<Commodity, string> = {
  iron: "Iron",
  nickel: "Nickel",
  water_ice: "Water ice",
  pge: "Platinum group",
  rare_isotopes: "Rare isotopes",
  volatiles: "Volatiles",
};

export const BASE_PRICE: readonly number[] = [45, 55, 85, 145, 210, 120];

/** Body colours of the sector view, one a commodity; told apart by lightness as well as by hue. */
export const COMMODITY_COLOR: readonly number[] = [
  0xc1694f, 0x9fb0c3, 0x63c5ee, 0xf0cf65, 0xb884f5, 0x6fd39a,
];

export function cssColor(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, "0")}`;
}
