"""Draws the learning curves of runs into an SVG: python benchmarks/curves.py RUN_DIR... --out docs/strong.svg

Of each window: the mean credits of the episodes that finished in it, and the mean training reward of a step.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 360, 220, 44
COLOURS = ("#2f6fed", "#d9822b", "#2a9d5c", "#9b51e0", "#c0392b")

Panel = tuple[str, str, float | None]
"""A column of the rows, the title above its chart, and its lowest y; None: the lowest value that it has."""

PANELS: tuple[Panel, ...] = (
    # What is below nothing, in the first windows, is drawn as nothing.
    ("credits_mean", "credits at the end of an episode", 0.0),
    ("reward_mean", "training reward of a step", 0.0),
)


def windows(run: Path) -> list[dict[str, float]]:
    """The window rows of a run."""
    with open(run / "events.jsonl") as lines:
        events = (json.loads(line) for line in lines)
        return [event["window"] for event in events if event["type"] == "window"]


def chart(left: int, panel: Panel, runs: list[list[dict[str, float]]], colours: Sequence[str]) -> str:
    """One chart, its left edge at ``left``: a line for each run, in its colour."""
    field, title, lowest = panel
    points = [[(row["env_steps_total"] / 1e6, row[field]) for row in rows if row[field] is not None] for rows in runs]
    most_x = max(x for curve in points for x, _ in curve)
    values = [y for curve in points for _, y in curve]
    low, high = min(values) if lowest is None else lowest, max(values)

    def at(x: float, y: float) -> str:
        across = left + MARGIN + x / most_x * (WIDTH - MARGIN - 12)
        up = HEIGHT - MARGIN + 12 - (max(y, low) - low) / (high - low) * (HEIGHT - 2 * MARGIN)
        return f"{across:.1f},{up:.1f}"

    parts = [f'<text x="{left + MARGIN}" y="20" font-weight="bold">{title}</text>']
    for share in (0.0, 0.5, 1.0):
        y = low + share * (high - low)
        (x1, y1), (x2, _) = (at(x, y).split(",") for x in (0.0, most_x))
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y1}" stroke="#8886" />')
        label = f"{y:,.0f}" if high > 10 else f"{y:.2f}"
        parts.append(f'<text x="{float(x1) - 6}" y="{float(y1) + 4}" text-anchor="end">{label}</text>')
        x, bottom = at(share * most_x, low).split(",")
        anchor = "end" if share == 1.0 else "middle"
        text = f"{share * most_x:.2g} million steps" if share == 1.0 else f"{share * most_x:.2g}"
        parts.append(f'<text x="{x}" y="{float(bottom) + 18}" text-anchor="{anchor}">{text}</text>')
    for curve, colour in zip(points, colours, strict=False):
        line = " ".join(at(x, y) for x, y in curve)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5" />')
    return "\n".join(parts)


def picture(
    runs: list[list[dict[str, float]]],
    colours: Sequence[str] = COLOURS,
    panels: Sequence[Panel] = PANELS,
    legend: Mapping[str, str] | None = None,
) -> str:
    """An SVG of two charts. ``legend``: what a colour means, by its name."""
    charts = [chart(i * (WIDTH + 24), panel, runs, colours) for i, panel in enumerate(panels)]
    for i, (name, colour) in enumerate((legend or {}).items()):
        at = f'x="{WIDTH - 12}" y="{HEIGHT - MARGIN - 20 + 14 * i}" text-anchor="end"'
        charts.append(f'<text {at} fill="{colour}">{name}</text>')
    size = f'width="{2 * WIDTH + 24}" height="{HEIGHT}"'
    style = 'font-family="sans-serif" font-size="11" fill="#888"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n' + "\n".join(charts) + "\n</svg>\n"


def main() -> None:
    """Read the runs, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN_DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.svg")
    args = parser.parse_args()
    args.out.write_text(picture([windows(run) for run in args.runs]))


if __name__ == "__main__":
    main()
