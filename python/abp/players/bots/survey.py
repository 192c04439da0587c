"""What a ship remembers of the asteroids: what scans said, and what a tick of mining proved.

Mining takes every commodity in the asteroid's true proportions and wears it by the amount taken (rules, 4.2), so one
tick shows composition exactly and richness within its noise of 5 %.
"""

import numpy as np

from abp import _core, rules
from abp.players.bots import observation as o
from abp.players.bots.chart import NODES
from abp.players.bots.observation import Floats, Ints

TYPICAL_RICHNESS = np.float32(1.0)


class Survey:
    """The asteroids of every node for each of n episodes.

    ``rows`` int64[k] are episodes, the other arguments are theirs.
    """

    def __init__(self, n: int) -> None:
        shape = (n, NODES, rules.ASTEROID_SLOTS)
        self.exists = np.zeros(shape, dtype=np.bool_)
        self.left = np.zeros(shape, dtype=np.float32)
        """1 - depletion; 0 once fractured."""
        self.stability = np.full(shape, 0.5, dtype=np.float32)
        self.confidence = np.zeros(shape, dtype=np.float32)
        self.composition = np.zeros((*shape, 6), dtype=np.float32)
        self.richness = np.full(shape, TYPICAL_RICHNESS, dtype=np.float32)
        self.proved = np.zeros(shape, dtype=np.bool_)
        """Whether the ship has mined there."""

    def note(self, rows: Ints, node: Ints, obs: Floats) -> None:
        """Note the asteroids of the node that the ship is at."""
        slots = o.slots(obs)
        self.exists[rows, node] = slots[:, :, rules.ASTEROID_EXISTS] > 0
        self.left[rows, node] = np.where(
            slots[:, :, rules.ASTEROID_EXISTS] > 0, 1 - slots[:, :, rules.ASTEROID_DEPLETION], 0
        )
        self.stability[rows, node] = slots[:, :, rules.ASTEROID_STABILITY]
        self.confidence[rows, node] = slots[:, :, rules.ASTEROID_CONFIDENCE]
        proved = self.proved[rows, node][:, :, None]
        self.composition[rows, node] = np.where(
            proved, self.composition[rows, node], slots[:, :, rules.ASTEROID_COMPOSITION]
        )

    def learn(self, rows: Ints, node: Ints, slot: Ints, before: Floats, after: Floats) -> None:
        """The ship has mined ``slot`` conservatively between two observations."""
        r = np.arange(len(rows))
        depletion, depleted = (
            o.slots(before)[r, slot, rules.ASTEROID_DEPLETION],
            o.slots(after)[r, slot, rules.ASTEROID_DEPLETION],
        )
        taken = (after[:, rules.OBS_CARGO] - before[:, rules.OBS_CARGO]) * rules.CARGO_MAX
        total = taken.sum(1)
        # A tick shows nothing if the ship was robbed, the asteroid broke, or there was no room.
        clear = (
            (taken.min(1) >= 0)
            & (total > 0.02)
            & (depleted < 1)
            & (depletion < 1)
            & (after[:, rules.OBS_CARGO_TOTAL] < 0.999)
        )
        rows, node, slot = rows[clear], node[clear], slot[clear]
        known = np.where(self.proved[rows, node, slot], self.richness[rows, node, slot], np.float32(0))
        richness = _core.mined_richness(known, before[clear, rules.OBS_TOOL], depletion[clear], depleted[clear])
        self.richness[rows, node, slot] = richness
        self.composition[rows, node, slot] = taken[clear] / total[clear, None]
        self.proved[rows, node, slot] = True

    def forecast(self, rows: Ints, node: Ints, ore_prices: Floats, tool: Floats) -> tuple[Floats, Floats]:
        """What a tick of mining should bring from the asteroids of a node.

        Args:
            rows, node: int64[k], the episodes and a node of each.
            ore_prices: float32[k, 6], credits of a unit in the ground.
            tool: float32[k], share of a whole tool.

        Returns:
            Credits float32[k, 16], 0 where there is no asteroid, and the chance that the tick ends it, float32[k, 16].
        """
        trust = np.where(self.proved[rows, node], np.float32(1), self.confidence[rows, node])
        credits, ends = _core.forecast_mining(
            ore_prices,
            self.composition[rows, node],
            trust,
            self.richness[rows, node],
            self.left[rows, node],
            self.stability[rows, node],
            tool,
        )
        minable = self.exists[rows, node] & (self.left[rows, node] > 0)
        return np.where(minable, credits, np.float32(0)), ends
