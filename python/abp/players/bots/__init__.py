"""Scripted players: three rules of thumb and a veteran, made by name."""

from collections.abc import Callable

from abp.players.bots.rules_of_thumb import Glance, cautious_scanner, greedy_miner, market_timer
from abp.players.bots.veteran import Veteran
from abp.players.protocol import Player

BOTS: dict[str, Callable[[], Player]] = {
    "greedy_miner": lambda: Glance(greedy_miner),
    "cautious_scanner": lambda: Glance(cautious_scanner),
    "market_timer": lambda: Glance(market_timer),
    "veteran": Veteran,
}
