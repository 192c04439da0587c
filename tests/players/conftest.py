"""Hand-made observations, field by field, in the layout of the rules' section 6."""

import numpy as np
import pytest

from abp.rules import COMMODITIES

NODE_TYPES = ("station", "cluster", "hazard")


def observe(
    *,
    place="cluster",
    fuel=1.0,
    hull=1.0,
    heat=0.0,
    tool=1.0,
    alert=0.0,
    time=1.0,
    credits=0.0,
    hold=None,
    kits=3,
    stabilizers=2,
    decoys=1,
    edges=(("station", 3, 40.0),),
    rocks=(),
    prices=None,
    deltas=None,
    inventory=60,
):
    """float32[1, 260] of one ship.

    ``edges``: (node type, ticks, fuel) a neighbor slot, or None where it is empty; ``rocks``: dicts of composition (by
    commodity), stability, depletion, confidence, selected, or None where the slot is missing; ``hold``: units by
    commodity; ``prices``: as a share of the base price; ``deltas``: in hundreds of credits.
    """
    obs = np.zeros((1, 260), dtype=np.float32)
    load = hold or {}
    obs[0, 0:8] = [fuel, hull, heat, tool, sum(load.values()) / 200, alert, time, np.log1p(credits) / np.log1p(1e7)]
    obs[0, 8:14] = [load.get(name, 0) / 200 for name in COMMODITIES]
    obs[0, 14:17] = np.array([kits, stabilizers, decoys]) / 12
    obs[0, 17] = place == "station"
    obs[0, 19 + NODE_TYPES.index(place)] = 1
    for k, edge in enumerate(edges):
        if edge is not None:
            kind, ticks, cost = edge
            at = 24 + 7 * k
            obs[0, at] = 1
            obs[0, at + 1 + NODE_TYPES.index(kind)] = 1
            obs[0, at + 4 : at + 7] = [ticks / 8, cost / 160, 0.5]
    for a, rock in enumerate(rocks):
        if rock is not None:
            at = 68 + 11 * a
            composition = rock.get("composition", dict.fromkeys(COMMODITIES, 1 / 6))
            obs[0, at] = 1
            obs[0, at + 1 : at + 7] = [composition.get(name, 0.0) for name in COMMODITIES]
            obs[0, at + 7] = rock.get("stability", 0.5)
            obs[0, at + 8] = rock.get("depletion", 0.0)
            obs[0, at + 9] = rock.get("confidence", 0.1)
            obs[0, at + 10] = rock.get("selected", False)
            if rock.get("selected") and rock.get("depletion", 0.0) < 1:
                obs[0, 18] = 1
    obs[0, 244:250] = [(prices or {}).get(name, 1.0) for name in COMMODITIES]
    obs[0, 250:256] = [(deltas or {}).get(name, 0.0) for name in COMMODITIES]
    obs[0, 256:260] = inventory / 500
    return obs


@pytest.fixture
def see():
    """Makes an observation of keywords; see ``observe``."""
    return observe


@pytest.fixture
def choice():
    """What a rule of thumb does with an observation of keywords, by the action's code."""

    def decide(rule, **ship):
        return int(rule(observe(**ship))[0])

    return decide


@pytest.fixture
def counted():
    """Makes a class of players that count their choices, and those that the mask forbids."""

    def subclass(player):
        class Counted(player):
            chosen = forbidden = 0

            def act(self, rows, obs, mask):
                actions = super().act(rows, obs, mask)
                self.chosen += len(rows)
                self.forbidden += int((mask[np.arange(len(rows)), actions] != 1).sum())
                return actions

        return Counted

    return subclass
