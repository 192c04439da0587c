"""A curve the size of a word, as SVG."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 120, 24


def sparkline(values: Sequence[float | None]) -> SafeString:
    """The values from left to right, lowest at the bottom; a None is left out. Fewer than two: a dash."""
    known = [(position, value) for position, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return SafeString("-")
    low, high = min(value for _, value in known), max(value for _, value in known)
    across, up = WIDTH / (len(values) - 1), (HEIGHT - 2) / ((high - low) or 1.0)
    points = " ".join(f"{x * across:.1f},{HEIGHT - 1 - (y - low) * up:.1f}" for x, y in known)
    return format_html(
        '<svg width="{}" height="{}" role="img" aria-label="from {} to {}"><polyline points="{}" fill="none" '
        'stroke="currentColor" stroke-width="1.5"/></svg>',
        WIDTH,
        HEIGHT,
        f"{known[0][1]:.2f}",
        f"{known[-1][1]:.2f}",
        points,
    )
