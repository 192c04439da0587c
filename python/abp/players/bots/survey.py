"""What a ship remembers of the asteroids: what scans said, and what a tick of mining proved.

Mining takes every commodity in the asteroid's true proportions and wears it by the amount taken (rules, 4.2), so one
tick shows composition exactly and richness within its noise of 5 %.
"""

import numpy as np

from abp.players.bots import observation as o
from abp.players.bots.chart import NODES
from abp.players.bots.observation import Floats, Ints

TYPICAL_RICHNESS = np.float32(1.0)


class Survey:
    """The asteroids of every node for each of n episodes. ``rows`` int64[k] are episodes, the rest theirs, [k]."""

    def __init__(self, n: int) -> None:
        shape = (n, NODES, o.SLOTS)
        self.exists = np.zeros(shape, dtype=np.bool_)
        self.left = np.zeros(shape, dtype=np.float32)
        """1 - depletion; 0 once fractured."""
        self.stability = np.full(shape, 0.5, dtype=np.float32)
        self.confidence = np.zeros(shape, dtype=np.float32)
        self.composition = np.zeros((*shape, 6), dtype=np.float32)
        self.richness = np.full(shape, TYPICAL_RICHNESS, dtype=np.float32)
        self.proved = np.zeros(shape, dtype=np.bool_)
        """Whether the ship has mined there."""

    def look(self, rows: Ints, node: Ints, obs: Floats) -> None:
        """Note the asteroids of the node that the ship is at."""
        slots = o.slots(obs)
        self.exists[rows, node] = slots[:, :, o.EXISTS] > 0
        self.left[rows, node] = np.where(slots[:, :, o.EXISTS] > 0, 1 - slots[:, :, o.DEPLETION], 0)
        self.stability[rows, node] = slots[:, :, o.STABILITY]
        self.confidence[rows, node] = slots[:, :, o.CONFIDENCE]
        proved = self.proved[rows, node][:, :, None]
        self.composition[rows, node] = np.where(proved, self.composition[rows, node], slots[:, :, o.COMPOSITION])

    def learn(self, rows: Ints, node: Ints, slot: Ints, before: Floats, after: Floats, yield_factor: Floats) -> None:
        """The ship has mined ``slot`` at ``yield_factor`` (mode and tool) between two observations."""
        r = np.arange(len(rows))
        left = 1 - o.slots(before)[r, slot, o.DEPLETION]
        worn = o.slots(after)[r, slot, o.DEPLETION] - o.slots(before)[r, slot, o.DEPLETION]
        taken = (after[:, o.HOLD] - before[:, o.HOLD]) * 200
        total = taken.sum(1)
        # Robbed or fractured in the same tick, or no room: shows nothing.
        clear = (taken.min(1) >= 0) & (total > 0.02) & (o.slots(after)[r, slot, o.DEPLETION] < 1) & (left > 0)
        clear &= after[:, o.CARGO] < 0.999
        rows, node, slot = rows[clear], node[clear], slot[clear]
        richness = (worn * 100 / np.maximum(left * yield_factor, 1e-6))[clear]
        known = self.proved[rows, node, slot]
        old = self.richness[rows, node, slot]
        self.richness[rows, node, slot] = np.where(known, 0.8 * old + 0.2 * richness, richness)
        self.composition[rows, node, slot] = taken[clear] / total[clear, None]
        self.proved[rows, node, slot] = True
