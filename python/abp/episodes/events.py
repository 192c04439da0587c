"""Events of a step (rules 8) as the objects that frames carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from abp.constants import BUY_ITEMS, COMMODITIES, MINE_MODES, SCAN_MODES

_Amounts = dict[str, Any]
_Describe = Callable[[int, int, Sequence[float]], _Amounts]


def _nothing(a: int, b: int, v: Sequence[float]) -> _Amounts:
    return {}


def _mine(a: int, b: int, v: Sequence[float]) -> _Amounts:
    amounts = dict(zip(COMMODITIES, v, strict=False))
    return {"mode": MINE_MODES[a], "slot": b, "amounts": amounts, "total": v[6]}


#: By event type, in the order of the core's codes.
_TYPES: tuple[tuple[str, _Describe], ...] = (
    ("travel", lambda a, b, v: {"from": a, "to": b, "time": int(v[0]), "fuel": v[1], "threat": v[2]}),
    ("dock", _nothing),
    ("sell", lambda a, b, v: {"commodity": COMMODITIES[a], "quantity": v[0], "credits": v[1]}),
    ("buy", lambda a, b, v: {"item": BUY_ITEMS[a], "cost": v[0]}),
    ("scan", lambda a, b, v: {"mode": SCAN_MODES[a], "slots": b}),
    ("mine", _mine),
    ("fracture", lambda a, b, v: {"slot": a, "severity": v[0], "hull": v[1]}),
    ("pirate", lambda a, b, v: {"loss": v[0], "value": v[1], "decoy_used": bool(a)}),
    ("overheat", lambda a, b, v: {"hull": v[0]}),
    ("invalid", lambda a, b, v: {"action": a}),
    ("stranded", _nothing),
    ("destroyed", _nothing),
    ("cash_out", lambda a, b, v: {"credits": v[0]}),
    ("timeout", _nothing),
)

EVENT_TYPES = tuple(name for name, _ in _TYPES)


def describe_event(kind: int, a: int, b: int, values: Sequence[float]) -> dict[str, Any]:
    """An event of the core as ``{"type": ..., amounts}``; quantities in units of cargo, money in credits."""
    name, amounts = _TYPES[kind]
    return {"type": name, **amounts(a, b, values)}
