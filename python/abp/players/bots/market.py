"""What a ship knows of prices, and how it sells (rules, 4.3 to 4.5)."""

from typing import Final

import numpy as np

from abp.players.bots import observation as o
from abp.players.bots.observation import Floats, Ints
from abp.rules import ACTION_NAMES, COMMODITIES

SELL: Final = ACTION_NAMES.index("SELL_IRON_25")
IRON, NICKEL, RARE = (COMMODITIES.index(name) for name in ("iron", "nickel", "rare_isotopes"))
SEEN_INVENTORIES: Final = tuple(COMMODITIES.index(name) for name in ("iron", "water_ice", "pge", "rare_isotopes"))
USUAL_INVENTORY: Final = 80.0
"""Of the commodities whose inventory the observation leaves out."""

REFINED: Final = 0.65
"""Rare isotopes from a unit of iron or nickel."""
SHARE_REFINED: Final = 0.15
"""Of iron and nickel, in one go."""
KEPT: Final = 0.85
"""Of a price after slippage, roughly."""
TICK: Final = 4.0
"""Credits that a tick at the station should bring."""


class Market:
    """Prices of each of n episodes. The observation shows a price up to its base and, in full, how it changed: once a
    price has been seen below its base, the sum of its changes tells it ever after.
    """

    def __init__(self, n: int) -> None:
        self.price: Floats = np.tile(o.BASE * np.float32(1.05), (n, 1))
        self.usual: Floats = np.tile(o.BASE, (n, 1))
        """A slow average of the price."""

    def look(self, rows: Ints, obs: Floats) -> None:
        """Note the prices that the ships ``rows`` int64[k] see in ``obs`` float32[k, 260]."""
        share = obs[:, o.PRICE]
        followed = np.maximum(o.BASE, self.price[rows] + obs[:, o.DELTA] * 100)
        price = np.where(share < 1, share * o.BASE, followed)
        self.price[rows] = price
        self.usual[rows] += np.float32(0.005) * (price - self.usual[rows])

    def worth(self, rows: Ints) -> Floats:
        """float32[k, 6]: what a unit in the asteroid will bring, refined if that is better, after slippage."""
        worth = self.usual[rows].copy()
        refined = worth[:, RARE] * np.float32(REFINED * 0.8)
        for low in (IRON, NICKEL):
            worth[:, low] = np.maximum(worth[:, low], refined)
        return worth * np.float32(0.88)


def refining_gain(hold: Floats, price: Floats) -> Floats:
    """float32[k]: credits that refining once adds to a hold, units [k, 6], at prices [k, 6]."""
    low = hold[:, IRON] + hold[:, NICKEL]
    now = hold[:, IRON] * price[:, IRON] + hold[:, NICKEL] * price[:, NICKEL]
    gain: Floats = SHARE_REFINED * KEPT * (low * REFINED * price[:, RARE] - now)
    return gain


def best_sale(hold: Floats, price: Floats, obs: Floats) -> tuple[Ints, Floats]:
    """The sale to make next of units [k, 6] at prices [k, 6]: action [k], and the credits [k] of all of its commodity.

    Slices slip less and cost ticks: a quarter or a half is sold where that pays for the ticks it adds.
    """
    inventory = np.full_like(hold, USUAL_INVENTORY)
    inventory[:, SEEN_INVENTORIES] = obs[:, 256:260] * 500
    at_once = _proceeds(hold, inventory) * price
    half = hold * np.float32(0.5)
    by_halves = (_proceeds(half, inventory) + _proceeds(half, inventory + half)) * price - TICK
    quarter, rest = hold * np.float32(0.25), hold * np.float32(0.375)
    by_quarters = _proceeds(quarter, inventory) + _proceeds(rest, inventory + quarter)
    by_quarters += _proceeds(rest, inventory + quarter + rest)
    by_quarters = by_quarters * price - 2 * TICK
    share = np.stack([by_quarters, by_halves, at_once], axis=2).argmax(2)
    commodity = at_once.argmax(1)
    r = np.arange(len(hold))
    return SELL + 3 * commodity + share[r, commodity], at_once[r, commodity]


def _proceeds(quantity: Floats, inventory: Floats) -> Floats:
    """Units that are paid for after slippage (rules, 4.4)."""
    ratio = quantity / np.maximum(1, inventory + quantity)
    slip = np.clip(0.25 * ratio + 0.2 * np.sqrt(ratio), 0, 0.7)
    paid: Floats = quantity * (1 - slip)
    return paid
