"""Where to mine next: what a trip to each known place should bring, corrected by what trips there have brought."""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp import _core, rules
from abp.players.bots import observation as o
from abp.players.bots.chart import NODES, UNKNOWN, Chart
from abp.players.bots.observation import Flags, Floats, Ints
from abp.players.bots.survey import Survey

Credits = npt.NDArray[np.float64]

LEAST_YIELD: Final = np.float32(_core.LEAST_YIELD)
MINING_TICKS: Final = np.float32(_core.MINING_TICKS)
UNSEEN_GAIN: Final = np.float32(_core.UNSEEN_GAIN)

HAZARD_NODE: Final = np.float32(0.75)
"""What an unknown hazard node brings, as a share of what an unknown cluster does."""
STATION_TICKS: Final = np.float32(30.0)
"""Ticks that a trip spends at the station."""
BUSY: Final = np.float32(1.35)
"""Ticks at the asteroids for one of mining: choosing, calming down."""
RESERVE: Final = np.float32(80.0)
"""Fuel to have left on arrival."""
RETURN_TICKS: Final = np.float32(80.0)
"""Ticks that should be left at the end of a trip."""
LEARNING: Final = 0.3
"""Weight of the last trip in what trips to a place have brought."""
USUAL_TOOL: Final = np.float32(0.8)


class Trips:
    """The trips of each of n episodes: where to, through which unknown edge, and what was expected of it."""

    def __init__(self, n: int) -> None:
        self.target = np.zeros(n, dtype=np.int64)
        """Node to mine at, or from which to take the edge ``via``."""
        self.via = np.full(n, UNKNOWN, dtype=np.int64)
        """Edge to a place that the ship has not seen; UNKNOWN when the target is known."""
        self._trust = np.ones((n, NODES), dtype=np.float32)
        """What trips have brought, as a share of what was expected."""
        self._place = np.full(n, UNKNOWN, dtype=np.int64)
        self._expected = np.zeros(n)
        self._cost = np.zeros(n)
        self._credits = np.zeros(n)

    def evaluate(self, rows: Ints, credits: Credits) -> None:
        """The ships ``rows`` int64[k] are back, sold out and fitted out again: learn from the ``credits`` they have."""
        known = self._place[rows] != UNKNOWN
        rows, credits = rows[known], credits[known]
        brought = credits - self._credits[rows] + self._cost[rows]
        share = np.clip(brought / np.maximum(self._expected[rows], 200), 0, 1.5)
        place = self._place[rows]
        self._trust[rows, place] += LEARNING * (share - self._trust[rows, place])
        self._place[rows] = UNKNOWN

    def choose(
        self, rows: Ints, chart: Chart, survey: Survey, ore_prices: Floats, fuel: Floats, left: Floats, credits: Credits
    ) -> Flags:
        """Choose the next trip of ships at the station.

        Args:
            rows: int64[k], the episodes.
            chart, survey: what their ships know.
            ore_prices: float32[k, 6], credits of a unit in the ground.
            fuel, left: float32[k], units of fuel and ticks that are left.
            credits: float64[k].

        Returns:
            Where there is a trip that should pay, bool[k].
        """
        k, r = len(rows), np.arange(len(rows))
        home, home_fuel = chart.home_ticks[rows], chart.home_fuel[rows]
        gain, mining = _mining(rows, survey, ore_prices)
        profit = _core.trip_profit(gain * self._trust[rows], home, home_fuel)
        reachable = chart.visited[rows] & (chart.home_hops[rows] > 0)
        reachable &= _in_reach(home, home_fuel, fuel[:, None], left[:, None])
        rate = np.where(reachable, profit / (2 * home + BUSY * mining + STATION_TICKS), -1)

        edges = chart.edges[rows]
        new_home = home[:, :, None] + edges[..., rules.EDGE_TIME] * 8
        new_fuel = home_fuel[:, :, None] + edges[..., rules.EDGE_FUEL] * 160
        new = (edges[..., rules.EDGE_EXISTS] > 0) & (edges[..., o.IS_STATION] == 0) & (chart.to[rows] == UNKNOWN)
        new &= _in_reach(new_home, new_fuel + 26, fuel[:, None, None], left[:, None, None])
        new_gain = UNSEEN_GAIN * np.where(edges[..., o.IS_HAZARD] > 0, HAZARD_NODE, np.float32(1))
        new_profit = _core.trip_profit(new_gain, new_home, new_fuel)
        new_rate = np.where(new, new_profit / (2 * new_home + BUSY * MINING_TICKS + STATION_TICKS), -1).reshape(k, -1)

        best, best_new = rate.argmax(1), new_rate.argmax(1)
        explore = new_rate[r, best_new] > rate[r, best]
        self.target[rows] = np.where(explore, best_new // rules.EDGE_SLOTS, best)
        self.via[rows] = np.where(explore, best_new % rules.EDGE_SLOTS, UNKNOWN)
        self._place[rows] = np.where(explore, UNKNOWN, best)
        home, home_fuel = home[r, best], home_fuel[r, best]
        self._cost[rows] = -_core.trip_profit(np.zeros(k, dtype=np.float32), home, home_fuel)
        self._expected[rows] = _core.trip_profit(gain[r, best], home, home_fuel) + self._cost[rows]
        self._credits[rows] = credits
        pays: Flags = np.maximum(new_rate[r, best_new], rate[r, best]) > 0
        return pays


def _in_reach(home: Floats, home_fuel: Floats, fuel: Floats, left: Floats) -> Flags:
    """Whether ``fuel`` and the ticks ``left`` suffice for there and back."""
    reach: Flags = (2.3 * home_fuel + RESERVE < fuel) & (2 * home + RETURN_TICKS < left)
    return reach


def _mining(rows: Ints, survey: Survey, ore_prices: Floats) -> tuple[Floats, Floats]:
    """Credits and ticks float32[k, 32] of mining each place's best asteroids, each as long as it should last."""
    k = len(rows)
    places = np.repeat(rows, NODES), np.tile(np.arange(NODES), k)
    tool = np.full(k * NODES, USUAL_TOOL)
    credits, end_chance = survey.forecast(*places, np.repeat(ore_prices, NODES, axis=0), tool)
    good = credits > LEAST_YIELD
    credits, lasts = np.where(good, credits, 0), np.where(good, 1 / end_chance, 0)
    order = np.argsort(-credits, axis=1, kind="stable")
    credits, lasts = np.take_along_axis(credits, order, 1), np.take_along_axis(lasts, order, 1)
    spent = np.clip(MINING_TICKS - (lasts.cumsum(1) - lasts), 0, lasts)
    gain: Floats = (credits * spent).sum(1).reshape(k, NODES).astype(np.float32)
    ticks: Floats = spent.sum(1).reshape(k, NODES).astype(np.float32)
    return gain, ticks
