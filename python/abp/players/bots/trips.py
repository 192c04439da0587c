"""Where to mine next: what a trip to each known place should bring, corrected by what trips there have brought."""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp.players.bots import observation as o
from abp.players.bots.chart import NODES, UNKNOWN, Chart
from abp.players.bots.observation import Flags, Floats, Ints
from abp.players.bots.survey import Survey

Credits = npt.NDArray[np.float64]

LEAST_YIELD: Final = np.float32(12.0)
"""Credits a tick under which mining is not worth its dangers."""
HULL_CREDITS: Final = np.float32(5.0)
"""A point of hull: an overhaul, and the trips cut short."""
FRACTURE_HULL: Final = np.float32(9.0)
"""Lost in a fracture, on average."""
MINING_TICKS: Final = np.float32(35.0)
"""Of a trip, before pirates make the hold too dangerous to fill further."""
NEW_PLACE: Final = np.float32(110.0)
"""Credits a tick that an unknown cluster is taken to yield; a hazard node three quarters of it."""
TRIP_COST: Final = np.float32(300.0)
"""Overhaul and such."""
FUEL_COST: Final = np.float32(0.9)
"""Of a unit of fuel on the way home: there and back."""
TRAVEL_TICK_COST: Final = np.float32(3.0)
LOST_A_HOP: Final = np.float32(0.10)
"""Share of the hold that pirates take on each hop after the first."""
STATION_TICKS: Final = np.float32(30.0)
BUSY: Final = np.float32(1.35)
"""Ticks at the asteroids for one of mining: choosing, calming down."""
RESERVE: Final = np.float32(80.0)
"""Fuel to have left on arrival."""
RETURN_TICKS: Final = np.float32(80.0)
"""To have left at the end of a trip."""
LEARNING: Final = 0.3

USUAL_TOOL: Final = np.float32(0.8)
CONSERVATIVE: Final = np.float32(0.80)
"""Yield of conservative mining."""


def fracture_chance(stability: Floats, tool: Floats | np.float32) -> Floats:
    """Of a tick of conservative mining with a cool tool (rules, 4.2)."""
    against = 3.8 - 2.5 * (1 - stability) - 1.5 * (1 - tool)
    chance: Floats = (1 / (1 + np.exp(against))).astype(np.float32)
    return chance


def tool_factor(tool: Floats | np.float32) -> Floats:
    """What a tool of 0..1 leaves of a yield (rules, 4.2)."""
    factor: Floats = np.asarray(0.4 + 0.6 * tool, dtype=np.float32)
    return factor


class Trips:
    """The trips of each of n episodes: where to, through which unknown way, and what was expected of it."""

    def __init__(self, n: int) -> None:
        self.target = np.zeros(n, dtype=np.int64)
        """Node to mine at, or from which to take the way ``via``."""
        self.via = np.full(n, UNKNOWN, dtype=np.int64)
        """Way to a place the ship has not seen; UNKNOWN when the target is known."""
        self._trust = np.ones((n, NODES), dtype=np.float32)
        """What trips have brought, as a share of what was expected."""
        self._place = np.full(n, UNKNOWN, dtype=np.int64)
        self._expected = np.zeros(n)
        self._cost = np.zeros(n)
        self._credits = np.zeros(n)

    def settle(self, rows: Ints, credits: Credits) -> None:
        """The ships ``rows`` int64[k] are back, sold out and fitted out again: learn from the ``credits`` they have."""
        known = self._place[rows] != UNKNOWN
        rows, credits = rows[known], credits[known]
        brought = credits - self._credits[rows] + self._cost[rows]
        share = np.clip(brought / np.maximum(self._expected[rows], 200), 0, 1.5)
        place = self._place[rows]
        self._trust[rows, place] += LEARNING * (share - self._trust[rows, place])
        self._place[rows] = UNKNOWN

    def choose(
        self, rows: Ints, chart: Chart, survey: Survey, worth: Floats, fuel: Floats, left: Floats, credits: Credits
    ) -> Flags:
        """Choose the next trip of ships at the station, by ``worth`` float32[k, 6] of a unit, ``fuel`` and ticks
        ``left``. Returns where there is one that should pay, bool[k].
        """
        k = len(rows)
        hops, home, home_fuel = chart.home_hops[rows], chart.home_ticks[rows], chart.home_fuel[rows]
        gain, mining = _mining(rows, survey, worth)
        gain = gain * _kept(hops - 1)
        cost = TRIP_COST + FUEL_COST * home_fuel + 2 * TRAVEL_TICK_COST * home
        reachable = chart.visited[rows] & (hops > 0) & _in_reach(home, home_fuel, fuel[:, None], left[:, None])
        rate = (gain * self._trust[rows] - cost) / (2 * home + BUSY * mining + STATION_TICKS)
        rate = np.where(reachable, rate, -1)

        ways = chart.ways[rows]
        new_home = home[:, :, None] + ways[..., o.TRAVEL_TIME] * 8
        new_fuel = home_fuel[:, :, None] + ways[..., o.TRAVEL_FUEL] * 160
        new = (ways[..., o.EXISTS] > 0) & (ways[..., o.IS_STATION] == 0) & (chart.to[rows] == UNKNOWN)
        new &= _in_reach(new_home, new_fuel + 26, fuel[:, None, None], left[:, None, None])
        new_gain = NEW_PLACE * MINING_TICKS * (1 - 0.25 * ways[..., o.IS_HAZARD])
        new_gain = new_gain * _kept(hops)[:, :, None]
        new_cost = TRIP_COST + FUEL_COST * new_fuel + 2 * TRAVEL_TICK_COST * new_home
        new_rate = (new_gain - new_cost) / (2 * new_home + BUSY * MINING_TICKS + STATION_TICKS)
        new_rate = np.where(new, new_rate, -1).reshape(k, -1)

        r = np.arange(k)
        best, best_new = rate.argmax(1), new_rate.argmax(1)
        explore = new_rate[r, best_new] > rate[r, best]
        self.target[rows] = np.where(explore, best_new // o.NEIGHBORS, best)
        self.via[rows] = np.where(explore, best_new % o.NEIGHBORS, UNKNOWN)
        self._place[rows] = np.where(explore, UNKNOWN, best)
        self._expected[rows], self._cost[rows], self._credits[rows] = gain[r, best], cost[r, best], credits
        pays: Flags = np.maximum(new_rate[r, best_new], rate[r, best]) > 0
        return pays


def _kept(hops: Ints) -> Floats:
    """Share of the hold that is left after so many hops, not counting one that ends at the station."""
    kept: Floats = ((1 - LOST_A_HOP) ** np.clip(hops, 0, NODES)).astype(np.float32)
    return kept


def _in_reach(home: Floats, home_fuel: Floats, fuel: Floats, left: Floats) -> Flags:
    """Whether ``fuel`` and the ticks ``left`` suffice for there and back."""
    reach: Flags = (2.3 * home_fuel + RESERVE < fuel) & (2 * home + RETURN_TICKS < left)
    return reach


def _mining(rows: Ints, survey: Survey, worth: Floats) -> tuple[Floats, Floats]:
    """Credits and ticks float32[k, 32] of mining each place's best asteroids, each as long as it should last."""
    richness = survey.richness[rows]
    worths = (survey.composition[rows] * worth[:, None, None, :]).sum(3)
    fracture = fracture_chance(survey.stability[rows], USUAL_TOOL)
    a_tick = richness * survey.left[rows] * (CONSERVATIVE * tool_factor(USUAL_TOOL)) * worths
    a_tick = a_tick - fracture * FRACTURE_HULL * HULL_CREDITS
    good = survey.exists[rows] & (a_tick > LEAST_YIELD)
    a_tick = np.where(good, a_tick, 0)
    lasts = np.where(good, 1 / (fracture + 0.01 * CONSERVATIVE * richness), 0)
    order = np.argsort(-a_tick, axis=2, kind="stable")
    a_tick, lasts = np.take_along_axis(a_tick, order, 2), np.take_along_axis(lasts, order, 2)
    spent = np.clip(MINING_TICKS - (lasts.cumsum(2) - lasts), 0, lasts)
    gain: Floats = (a_tick * spent).sum(2).astype(np.float32)
    ticks: Floats = spent.sum(2).astype(np.float32)
    return gain, ticks
