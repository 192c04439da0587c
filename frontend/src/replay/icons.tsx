/** Transport icons as shapes: glyphs would be drawn as emoji on some systems. */
const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z",
  stepBack: "M5 5h3v14H5zM19 5v14l-10-7z",
  stepOn: "M16 5h3v14h-3zM5 5l10 7-10 7z",
  previousEvent: "M12 6v12l-8-6zM20 6v12l-8-6z",
  nextEvent: "M4 6l8 6-8 6zM12 6l8 6-8 6z",
  loop: "M17 3l4 4-4 4V8.5H8A3.5 3.5 0 0 0 4.5 12H2a6 6 0 0 1 6-6h9zM7 21l-4-4 4-4v2.5h9a3.5 3.5 0 0 0 3.5-3.5H22a6 6 0 0 1-6 6H7z",
  link: "M10.5 13.5a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1 1.5 1.5 1-1a2 2 0 0 1 2.8 2.8l-3 3a2 2 0 0 1-2.8 0zM13.5 10.500a4 4 0 0 0-5.700 0l-3 3a4 4 0 0 0 5.700 5.700l1-1-1.500-1.500-1 1a2 2 0 0 1-2.800-2.800l3-3a2 2 0 0 1 2.800 0z",
  download: "M11 3h2v9l3.500-3.500L18 10l-6 6-6-6 1.500-1.500L11 12zM4 18h16v2.500H4z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" fill="currentColor" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
