"""Three players that follow a rule of thumb.

They see one observation and remember nothing: ``float32[n, 260] -> uint8[n]``, a row at a time the same answer
whatever the other rows are. Where two slots or edges are equally good the first is taken; where no slot is left to
mine they go home.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from abp import rules
from abp.players.bots import observation as o
from abp.players.bots.observation import Actions, Flags, Floats, Ints

WORTH_SELLING = 0.01
"""Share of the hold above which a commodity is sold."""


class Glance:
    """A rule of thumb as a ``Player``."""

    def __init__(self, rule: Callable[[Floats], Actions]) -> None:
        self._rule = rule

    def start(self, seeds: npt.NDArray[np.uint64], time_max: float) -> None:
        """There is nothing to forget."""

    def act(self, rows: Ints, obs: Floats, mask: npt.NDArray[np.uint8]) -> Actions:
        """What the rule says to each of ``obs`` float32[k, 260]."""
        return self._rule(obs)


def greedy_miner(obs: Floats) -> Actions:
    """Digs hard into what looks richest and sells everything at once."""
    station = _first_that_applies(
        (_holds_any(obs), _sell(_first_held(obs), rules.ALL)),
        (_short(obs, rules.OBS_FUEL, 0.40) & _affords(obs, rules.FUEL_LARGE), rules.BUY[rules.FUEL_LARGE]),
        otherwise=_leave(obs),
    )
    best, found = _best_slot(obs, _worth(obs) * _stability(obs))
    field = _first_that_applies(
        (
            (obs[:, rules.OBS_CARGO_TOTAL] > 0.85)
            | (obs[:, rules.OBS_HEAT] > 0.80)
            | (obs[:, rules.OBS_HULL] < 0.40)
            | ~found,
            _home(obs),
        ),
        (~_is_selected(obs, best), rules.SELECT[0] + best),
        ((obs[:, rules.OBS_TOOL] > 0.60) & (obs[:, rules.OBS_HEAT] < 0.60), rules.MINE[rules.AGGRESSIVE]),
        otherwise=rules.MINE[rules.STANDARD],
    )
    return _by_place(obs, station, field)


def cautious_scanner(obs: Floats) -> Actions:
    """Looks before it digs, digs gently, and goes home early."""
    station = _first_that_applies(
        (_holds_any(obs), _sell(_first_held(obs), rules.HALF)),
        (_short(obs, rules.OBS_REPAIR_KITS, 0.30) & _affords(obs, rules.REPAIR_KIT), rules.BUY[rules.REPAIR_KIT]),
        (_short(obs, rules.OBS_FUEL, 0.50) & _affords(obs, rules.FUEL_MED), rules.BUY[rules.FUEL_MED]),
        otherwise=_leave(obs),
    )
    slots = o.slots(obs)
    exists, confidence = slots[:, :, rules.ASTEROID_EXISTS] > 0, slots[:, :, rules.ASTEROID_CONFIDENCE]
    mean_confidence = confidence.sum(1) / np.maximum(exists.sum(1), 1)
    best, found = _best_slot(obs, _worth(obs) * _stability(obs) * _trust(obs))
    rows = np.arange(len(obs))
    field = _first_that_applies(
        (
            (obs[:, rules.OBS_CARGO_TOTAL] > 0.70) | (obs[:, rules.OBS_HEAT] > 0.75) | (obs[:, rules.OBS_HULL] < 0.55),
            _home(obs),
        ),
        (exists.any(1) & (mean_confidence < 0.35), rules.SCAN[rules.WIDE]),
        (~found, _home(obs)),
        (~_is_selected(obs, best), rules.SELECT[0] + best),
        (confidence[rows, best] < 0.60, rules.SCAN[rules.DEEP]),
        ((_stability(obs)[rows, best] < 0.40) & (obs[:, rules.OBS_STABILIZERS] > 0), rules.STABILIZE),
        otherwise=rules.MINE[rules.CONSERVATIVE],
    )
    return _by_place(obs, station, field)


def market_timer(obs: Floats, target: str = "pge") -> Actions:
    """Digs for one commodity and sells it while its price rises.

    Raises ValueError for a ``target`` that is no commodity.
    """
    if target not in rules.COMMODITIES:
        raise ValueError(f"target is {target!r}; allowed: {', '.join(rules.COMMODITIES)}")
    c = rules.COMMODITIES.index(target)
    price, delta = obs[:, rules.OBS_PRICE][:, c], obs[:, rules.OBS_PRICE_CHANGE][:, c]
    rising = (delta > 0.02) & (price > 0.6) & (obs[:, rules.OBS_CARGO][:, c] > WORTH_SELLING)
    station = _first_that_applies(
        (rising, rules.SELL[c][rules.QUARTER]),
        ((obs[:, rules.OBS_CARGO_TOTAL] > 0.5) & _holds_any(obs), _sell(_first_held(obs), rules.QUARTER)),
        (_short(obs, rules.OBS_FUEL, 0.50) & _affords(obs, rules.FUEL_MED), rules.BUY[rules.FUEL_MED]),
        otherwise=_leave(obs),
    )
    heat = obs[:, rules.OBS_HEAT]
    falling = delta < -0.02
    full = (obs[:, rules.OBS_CARGO_TOTAL] > 0.85) | (heat > 0.80)
    best, found = _best_slot(
        obs, o.slots(obs)[:, :, rules.ASTEROID_COMPOSITION][:, :, c] * _trust(obs) * _stability(obs)
    )
    field = _first_that_applies(
        (falling & (heat > 0.6), rules.COOL),
        (falling, _home(obs)),
        (full & (heat > 0.7), rules.COOL),
        (full | ~found, _home(obs)),
        (~_is_selected(obs, best), rules.SELECT[0] + best),
        (heat < 0.6, rules.MINE[rules.STANDARD]),
        otherwise=rules.MINE[rules.CONSERVATIVE],
    )
    return _by_place(obs, station, field)


def _first_that_applies(*cases: tuple[Flags, Ints | int], otherwise: Ints | int) -> Ints:
    actions: Ints = np.select([where for where, _ in cases], [action for _, action in cases], otherwise)
    return actions


def _by_place(obs: Floats, station: Ints, field: Ints) -> Actions:
    return np.where(obs[:, rules.OBS_AT_STATION] > 0, station, field).astype(np.uint8)


def _short(obs: Floats, what: int, share: float) -> Flags:
    return obs[:, what] < share


def _affords(obs: Floats, item: int) -> Flags:
    return o.credits_of(obs) >= rules.PURCHASE_COST[item]


def _holds_any(obs: Floats) -> Flags:
    any_held: Flags = np.any(obs[:, rules.OBS_CARGO] > WORTH_SELLING, axis=1)
    return any_held


def _first_held(obs: Floats) -> Ints:
    """Index of the first commodity worth selling; 0 where there is none."""
    first: Ints = (obs[:, rules.OBS_CARGO] > WORTH_SELLING).argmax(1)
    return first


def _sell(commodity: Ints, share: int) -> Ints:
    codes: Ints = np.array(rules.SELL)[commodity, share]
    return codes


def _leave(obs: Floats) -> Ints:
    """To the neighbor that is no station and costs the least fuel; drift where there is none."""
    edges = o.edges(obs)
    usable = (edges[:, :, rules.EDGE_EXISTS] > 0) & (edges[:, :, o.IS_STATION] == 0)
    fuel = np.where(usable, edges[:, :, rules.EDGE_FUEL], np.inf)
    return np.where(usable.any(1), fuel.argmin(1), rules.HOLD)


def _home(obs: Floats) -> Ints:
    """Travel to the station where an edge leads there, else by the first edge; drift where there is none."""
    edges = o.edges(obs)
    exists, station = edges[:, :, rules.EDGE_EXISTS] > 0, edges[:, :, o.IS_STATION] > 0
    return np.where(station.any(1), station.argmax(1), np.where(exists.any(1), exists.argmax(1), rules.HOLD))


def _worth(obs: Floats) -> Floats:
    """float32[n, 16]: credits of a unit of each asteroid by its estimated composition; the observation shows no
    price above its base.
    """
    prices = obs[:, rules.OBS_PRICE] * o.BASE
    worth: Floats = (o.slots(obs)[:, :, rules.ASTEROID_COMPOSITION] * prices[:, None, :]).sum(2)
    return worth


def _stability(obs: Floats) -> Floats:
    return o.slots(obs)[:, :, rules.ASTEROID_STABILITY]


def _trust(obs: Floats) -> Floats:
    return np.float32(0.5) + np.float32(0.5) * o.slots(obs)[:, :, rules.ASTEROID_CONFIDENCE]


def _best_slot(obs: Floats, score: Floats) -> tuple[Ints, Flags]:
    """The slot with the highest ``score`` times what is left of it, and whether there is any to mine."""
    slots = o.slots(obs)
    left = 1 - slots[:, :, rules.ASTEROID_DEPLETION]
    minable = (slots[:, :, rules.ASTEROID_EXISTS] > 0) & (left > 0)
    best: Ints = np.where(minable, score * left, -1.0).argmax(1)
    found: Flags = np.asarray(minable.any(1))
    return best, found


def _is_selected(obs: Floats, slot: Ints) -> Flags:
    is_selected: Flags = o.slots(obs)[np.arange(len(obs)), slot, rules.ASTEROID_SELECTED] > 0
    return is_selected
