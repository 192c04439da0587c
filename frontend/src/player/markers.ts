import type { Frame } from "../api/frame";
import type { GameEvent } from "../game/rules";

/** What the scrubber marks. */
export type MarkerKind = "dock" | "sale" | "pirate" | "fracture" | "overheat" | "death" | "cash_out";

export interface Marker {
  index: number;
  kind: MarkerKind;
}

const KIND_OF_EVENT: Partial<Record<GameEvent["type"], MarkerKind>> = {
  dock: "dock",
  sell: "sale",
  pirate: "pirate",
  fracture: "fracture",
  overheat: "overheat",
  destroyed: "death",
  stranded: "death",
  cash_out: "cash_out",
};

export const MARKER_LABEL: Record<MarkerKind, string> = {
  dock: "Dock",
  sale: "Sale",
  pirate: "Pirates",
  fracture: "Fracture",
  overheat: "Overheat",
  death: "Lost",
  cash_out: "Cash out",
};

export function markersOf(frame: Frame): Marker[] {
  const kinds = new Set<MarkerKind>();
  for (const event of frame.events) {
    const kind = KIND_OF_EVENT[event.type];
    if (kind) kinds.add(kind);
  }
  return [...kinds].map((kind) => ({ index: frame.index, kind }));
}

/** The nearest marked frame before (-1) or after (+1) `from`; undefined when there is none. `markers` is sorted by index. */
export function nextMarker(markers: readonly Marker[], from: number, direction: 1 | -1): Marker | undefined {
  return direction === 1 ? markers.find((m) => m.index > from) : markers.findLast((m) => m.index < from);
}
