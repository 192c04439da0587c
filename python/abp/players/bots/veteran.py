"""A player that knows the belt: it mines gently, stays unnoticed, comes home in time, and stops when it no longer pays.

What it goes by:

- Alert is what kills, and any jettison lowers it, even of nothing: after every few ticks of mining it throws out what
  it has least of.
- Pirates come for cargo. It goes home when a tick's expected loss to them eats up what the tick would mine.
- A tick of mining tells an asteroid's richness and composition exactly (``Survey``); the map grows by travelling
  (``Chart``).
- At the station it refines iron and nickel into rare isotopes, sells in slices, and overhauls ship and tool for a
  flat price.
- It remembers what trips to a place have brought (``Trips``) and cashes out when no trip should pay.

It sees the observation alone, keeps a memory for each episode, and draws no random numbers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from abp import _core, rules
from abp.players.bots import observation as o
from abp.players.bots.chart import UNKNOWN, Chart
from abp.players.bots.market import Market, best_sale
from abp.players.bots.observation import Actions, Flags, Floats, Ints
from abp.players.bots.survey import Survey
from abp.players.bots.trips import LEAST_YIELD, RESERVE, Trips

NOTICED: Final = np.float32(8.0)
"""Alert above which the ship calms down."""
CLOSING_TICKS: Final = 60.0
"""Ticks that should be left when the ship comes home for the last time."""


@dataclass(frozen=True)
class ShipView:
    """What k ships see, in the game's units: arrays [k], ``hold`` and ``price`` [k, 6]."""

    rows: Ints
    obs: Floats
    node: Ints
    docked: Flags
    fuel: Floats
    hull: Floats
    heat: Floats
    tool: Floats
    """0..1."""
    load: Floats
    """0..1."""
    alert: Floats
    left: Floats
    """Ticks."""
    kits: Floats
    credits: npt.NDArray[np.float64]
    hold: Floats
    price: Floats
    value: Floats
    """Credits that the hold is worth at current prices."""


class Choice:
    """The actions of k ships: the first that is taken for a ship stands."""

    def __init__(self, k: int) -> None:
        self.actions = np.full(k, UNKNOWN, dtype=np.int64)

    @property
    def open(self) -> Flags:
        """Where nothing has been chosen yet."""
        nothing: Flags = self.actions == UNKNOWN
        return nothing

    def take(self, where: Flags, action: Ints | int) -> None:
        """Choose ``action`` for the ships ``where`` nothing has been chosen yet."""
        np.copyto(self.actions, action, where=where & self.open)


class Veteran:
    """A ``Player``."""

    def start(self, seeds: npt.NDArray[np.uint64], time_max: float) -> None:
        """Begin n episodes; only their number matters, and the time they have."""
        n = len(seeds)
        self._time_max = np.float32(time_max)
        self._chart, self._survey, self._market, self._trips = Chart(n), Survey(n), Market(n), Trips(n)
        self._homing = np.zeros(n, dtype=np.bool_)
        self._into_the_unknown = np.zeros(n, dtype=np.bool_)
        """The last step took an edge whose end the ship did not know."""
        self._obs = np.zeros((n, rules.OBS_SIZE), dtype=np.float32)
        self._node = np.zeros(n, dtype=np.int64)
        self._action = np.full(n, rules.HOLD, dtype=np.int64)

    def act(self, rows: Ints, obs: Floats, mask: npt.NDArray[np.uint8]) -> Actions:
        """The actions uint8[k] of the episodes ``rows``; see ``Player``."""
        view = self._observe(rows, obs)
        choice = Choice(len(rows))
        self._serve_ship(view, choice)
        self._plan_trip(view, choice)
        self._work(view, choice)
        self._travel(view, choice)
        self._obs[rows], self._node[rows], self._action[rows] = obs, view.node, choice.actions
        return choice.actions.astype(np.uint8)

    def _observe(self, rows: Ints, obs: Floats) -> ShipView:
        """Learn from what the last step has shown."""
        node = np.rint(obs[:, rules.OBS_NODE] * (rules.NODES_MAX - 1)).astype(np.int64)
        before, action, origin = self._obs[rows], self._action[rows], self._node[rows]
        self._chart.note(rows, node, obs)
        self._survey.note(rows, node, obs)
        self._market.note(rows, obs)
        moved = (action < rules.TRAVEL.stop) & (node != origin)
        if moved.any():
            self._chart.arrive(rows[moved], origin[moved], action[moved], node[moved])
        new = rows[self._into_the_unknown[rows]]
        self._trips.target[new] = node[self._into_the_unknown[rows]]
        self._into_the_unknown[new] = False
        mined = action == rules.MINE[rules.CONSERVATIVE]
        if mined.any():
            slot = o.slots(before[mined])[:, :, rules.ASTEROID_SELECTED].argmax(1)
            self._survey.learn(rows[mined], node[mined], slot, before[mined], obs[mined])
        hold, price = obs[:, rules.OBS_CARGO] * rules.CARGO_MAX, self._market.price[rows]
        return ShipView(
            rows=rows,
            obs=obs,
            node=node,
            docked=obs[:, rules.OBS_AT_STATION] > 0,
            fuel=obs[:, rules.OBS_FUEL] * rules.FUEL_MAX,
            hull=obs[:, rules.OBS_HULL] * rules.HULL_MAX,
            heat=obs[:, rules.OBS_HEAT] * rules.HEAT_MAX,
            tool=np.ascontiguousarray(obs[:, rules.OBS_TOOL]),
            load=obs[:, rules.OBS_CARGO_TOTAL],
            alert=obs[:, rules.OBS_ALERT] * rules.ALERT_MAX,
            left=obs[:, rules.OBS_TIME] * self._time_max,
            kits=np.rint(obs[:, rules.OBS_REPAIR_KITS] * rules.CONSUMABLE_CAP),
            credits=o.credits_of(obs),
            hold=hold,
            price=price,
            value=(hold * price).sum(1),
        )

    def _serve_ship(self, view: ShipView, choice: Choice) -> None:
        """At the station: refine, sell, and at the end cash out; else fit the ship out and calm down."""
        docked, closing = view.docked, view.left < CLOSING_TICKS + 40
        gain = _core.refining_gain(view.hold, view.price)
        refining = (gain > _core.STATION_TICK) & (view.heat < 80) & (view.fuel > 60)
        choice.take(docked & refining & (view.left > 8), rules.REFINE)
        sale, proceeds = best_sale(view.hold, view.price, view.obs)
        choice.take(docked & (proceeds > np.where(closing, 1, _core.STATION_TICK)), sale)
        choice.take(docked & closing, rules.CASH_OUT)
        worn = (view.hull < 88) | (view.tool < 0.85)
        paid = view.credits >= rules.PURCHASE_COST[rules.OVERHAUL]
        choice.take(docked & worn & paid, rules.BUY[rules.OVERHAUL])
        choice.take(docked & (view.hull < 60) & (view.kits > 0), rules.PATCH)
        for below, item in ((600, rules.FUEL_LARGE), (400, rules.FUEL_MED), (300, rules.FUEL_SMALL)):
            paid = view.credits >= rules.PURCHASE_COST[item]
            choice.take(docked & (view.fuel < below) & paid, rules.BUY[item])
        choice.take(docked & (view.kits < 4) & (view.credits > 850), rules.BUY[rules.REPAIR_KIT])
        choice.take(docked & (view.alert > 3), rules.DOCK)

    def _plan_trip(self, view: ShipView, choice: Choice) -> None:
        """At the station with nothing left to do: choose where to go, or that it no longer pays."""
        ready = view.docked & choice.open
        if not ready.any():
            return
        rows = view.rows[ready]
        self._homing[rows] = False
        self._trips.evaluate(rows, view.credits[ready])
        pays = self._trips.choose(
            rows,
            self._chart,
            self._survey,
            self._market.ore_prices(rows),
            view.fuel[ready],
            view.left[ready],
            view.credits[ready],
        )
        ready[ready] = ~pays
        choice.take(ready, rules.CASH_OUT)

    def _work(self, view: ShipView, choice: Choice) -> None:
        """In the field: turn home when it is time; at the target calm down, look and mine."""
        rows, node, field = view.rows, view.node, ~view.docked
        slot, gain = self._best_slot(view)
        here = field & (node == self._trips.target[rows]) & (self._trips.via[rows] == UNKNOWN)
        enough = here & (gain - _core.expected_robbery(view.value, view.alert) < LEAST_YIELD)
        self._homing[rows] |= field & (self._in_danger(view) | enough | (view.load > 0.97))
        choice.take(field & (view.hull < 25) & (view.kits > 0), rules.PATCH)
        choice.take(field & self._homing[rows], self._chart.home[rows, node])

        choice.take(here & (view.tool < 0.6) & (view.kits > 1), rules.MAINTAIN)
        stake = view.hold * view.price
        least = stake.argmin(1)
        cheap = stake[np.arange(len(rows)), least] < 150
        choice.take(here & (view.alert > NOTICED) & cheap, rules.JETTISON[0] + least)
        choice.take(here & (view.alert > NOTICED + 15), rules.HOLD)
        choice.take(here & (view.heat > 75), rules.COOL)
        exists = self._survey.exists[rows, node]
        confidence = np.where(exists, self._survey.confidence[rows, node], 0).sum(1) / np.maximum(exists.sum(1), 1)
        choice.take(here & (confidence < 0.2) & (view.fuel > 150), rules.SCAN[rules.WIDE])
        selected = o.slots(view.obs)[np.arange(len(rows)), slot, rules.ASTEROID_SELECTED] > 0
        choice.take(here & ~selected, rules.SELECT[0] + slot)
        choice.take(here, rules.MINE[rules.CONSERVATIVE])

    def _travel(self, view: ShipView, choice: Choice) -> None:
        """Whoever has nothing else to do is on the way out, along the chart or off it."""
        rows, node = view.rows, view.node
        target, via = self._trips.target[rows], self._trips.via[rows]
        leaving = choice.open & (node == target) & (via != UNKNOWN)
        choice.take(leaving, via)
        self._into_the_unknown[rows[leaving]] = True
        self._trips.via[rows[leaving]] = UNKNOWN
        going = choice.open
        if going.any():
            out = self._chart.edge_towards(rows[going], node[going], target[going])
            home = self._chart.home[rows[going], node[going]]
            edge = np.full(len(rows), rules.HOLD, dtype=np.int64)
            edge[going] = np.where(out != UNKNOWN, out, np.where(home != UNKNOWN, home, rules.HOLD))
            choice.take(going, edge)

    def _best_slot(self, view: ShipView) -> tuple[Ints, Floats]:
        """The asteroid here that brings most credits in a tick of mining, and how many, fractures counted in."""
        rows, node, survey = view.rows, view.node, self._survey
        credits, _ = survey.forecast(rows, node, self._market.ore_prices(rows), view.tool)
        minable = survey.exists[rows, node] & (survey.left[rows, node] > 1e-4)
        a_tick = np.where(minable, credits, np.float32(-1e9))
        best = a_tick.argmax(1)
        return best, a_tick[np.arange(len(rows)), best]

    def _in_danger(self, view: ShipView) -> Flags:
        """Whether hull, fuel or time only just suffice to get home."""
        rows, node, chart = view.rows, view.node, self._chart
        hull = 25 + 10 * chart.home_hops[rows, node]
        fuel = chart.home_fuel[rows, node] * (1 + 0.5 * view.load) * 1.15 + RESERVE
        ticks = chart.home_ticks[rows, node] + CLOSING_TICKS
        danger: Flags = (view.hull < hull) | (view.fuel < fuel) | (view.left < ticks)
        return danger
