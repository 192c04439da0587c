/** Body colours of the sector view, one a commodity; told apart by lightness as well as by hue. */
export const COMMODITY_COLOR: readonly number[] = [
  0xc1694f, 0x9fb0c3, 0x63c5ee, 0xf0cf65, 0xb884f5, 0x6fd39a,
];

export function cssColor(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, "0")}`;
}
