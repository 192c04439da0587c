"""The state blob (rules 8) read into named arrays: for tests, tools and the map of a replay.

The layout is said in crates/prospector-reference/csrc/state.c. Reading here is for looking: only the core, which checks
every value, puts a blob back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_SHIP = np.dtype(
    [
        ("magic", "S4"), ("version", "<u2"), ("reserved", "<u2"), ("length", "<u4"),
        ("time_max", "<f4"), ("seed", "<u8"), ("rng_state", "<u8"), ("rng_inc", "<u8"),
        ("ticks", "<u4"), ("overheat_ticks", "<u4"), ("pirate_encounters", "<u4"), ("scan_count", "<u4"),
        ("mining_ticks", "<u4"),
        ("node", "u1"), ("selected", "u1"), ("node_count", "u1"), ("flags", "u1"),
        ("repair_kits", "u1"), ("stabilizers", "u1"), ("decoys", "u1"), ("escape_buff", "u1"),
        ("stabilize_buff", "u1", 16),
        ("fuel", "<f4"), ("hull", "<f4"), ("heat", "<f4"), ("tool", "<f4"), ("alert", "<f4"), ("credits", "<f4"),
        ("time_remaining", "<f4"), ("total_spend", "<f4"), ("value_lost", "<f4"), ("utilization_sum", "<f4"),
        ("cargo", "<f4", 6),
        ("inventory", "<f4", 6), ("phase", "<f4", 6), ("period", "<f4", 6), ("amp", "<f4", 6), ("price", "<f4", 6),
        ("prev_price", "<f4", 6), ("recent_sales", "<f4", 6),
    ]
)  # fmt: skip

_EDGE = np.dtype(
    [
        ("to", "u1"), ("time", "u1"), ("reserved", "<u2"), ("fuel", "<f4"), ("threat", "<f4"),
        ("threat_estimate", "<f4"),
    ]
)  # fmt: skip

_NODE = np.dtype(
    [
        ("type", "u1"), ("steps_to_station", "u1"), ("asteroid_count", "u1"), ("reserved", "u1"),
        ("hazard", "<f4"), ("pirate", "<f4"), ("edges", _EDGE, 6),
    ]
)  # fmt: skip

_ASTEROID = np.dtype(
    [
        ("true_comp", "<f4", 6), ("comp_est", "<f4", 6), ("richness", "<f4"), ("stability", "<f4"), ("noise", "<f4"),
        ("stability_est", "<f4"), ("scan_conf", "<f4"), ("depletion", "<f4"),
    ]
)  # fmt: skip

#: ``edges["to"]`` of an empty neighbor slot, ``ship["selected"]`` without a selection.
NONE = 255


@dataclass(frozen=True)
class EpisodeState:
    """Structured arrays over the bytes of a blob; field names as in the layout.

    Attributes:
        ship: one record: the ship, the counters and the market.
        nodes: ``(node_count,)`` records; ``nodes["edges"]`` is ``(node_count, 6)``.
        asteroids: for each node its records ``(asteroid_count,)``.
    """

    ship: Any
    nodes: npt.NDArray[Any]
    asteroids: tuple[npt.NDArray[Any], ...]


def parse(blob: bytes) -> EpisodeState:
    """Reads a blob of ``BatchCore.state``.

    Raises:
        ValueError: it is not as long as its counts say, or not a version 1 blob.
    """
    if len(blob) < _SHIP.itemsize or blob[:4] != b"ABPS":
        raise ValueError("blob is no episode: it does not begin with a complete ABPS header")
    ship = np.frombuffer(blob, _SHIP, 1)[0]
    if ship["version"] != 1:
        raise ValueError(f"blob has version {ship['version']}; allowed: 1")
    try:
        nodes = np.frombuffer(blob, _NODE, int(ship["node_count"]), _SHIP.itemsize)
        at = _SHIP.itemsize + nodes.nbytes
        asteroids = []
        for count in nodes["asteroid_count"].tolist():
            asteroids.append(np.frombuffer(blob, _ASTEROID, count, at) if count else np.zeros(0, _ASTEROID))
            at += count * _ASTEROID.itemsize
    except ValueError as error:
        raise ValueError("blob is cut off: it is shorter than its counts say") from error
    if at + 8 != len(blob):
        raise ValueError(f"blob has {len(blob)} bytes; its counts say {at + 8}")
    return EpisodeState(ship, nodes, tuple(asteroids))
