"""What a ship knows of prices, and the sale to make next."""

import numpy as np

from abp import _core, rules
from abp.players.bots import observation as o
from abp.players.bots.observation import Floats, Ints

SOLD = np.float32(0.88)
"""Share of a price that ore brings after slippage, when it is sold in slices."""


class Market:
    """Prices of each of n episodes. The observation shows a price up to its base and, in full, how it changed: once a
    price has been seen below its base, the sum of its changes tells it ever after.
    """

    def __init__(self, n: int) -> None:
        self.price: Floats = np.tile(o.BASE, (n, 1))
        self.usual: Floats = np.tile(o.BASE, (n, 1))
        """A slow average of the price."""

    def note(self, rows: Ints, obs: Floats) -> None:
        """Note the prices that the ships ``rows`` int64[k] see in ``obs`` float32[k, 260]."""
        price = _core.follow_prices(self.price[rows], obs)
        self.price[rows] = price
        self.usual[rows] += np.float32(0.005) * (price - self.usual[rows])

    def ore_prices(self, rows: Ints) -> Floats:
        """float32[k, 6]: what a unit in the ground will bring, refined if that is better, after slippage."""
        prices: Floats = _core.ore_prices(self.usual[rows]) * SOLD
        return prices


def best_sale(hold: Floats, price: Floats, obs: Floats) -> tuple[Ints, Floats]:
    """The sale to make next: of the commodity that brings most, in the slice that is best for it.

    Args:
        hold: float32[k, 6], units.
        price: float32[k, 6].
        obs: float32[k, 260], which shows the station's inventory.

    Returns:
        The action int64[k], and the credits float32[k] of all of that commodity in one sale.
    """
    shares, credits = _core.best_sales(hold, price, obs)
    commodity = credits.argmax(1)
    r = np.arange(len(hold))
    return np.array(rules.SELL)[commodity, shares[r, commodity]], credits[r, commodity]
