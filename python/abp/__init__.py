"""Asteroid Belt Prospector: a fast, bit-reproducible reinforcement-learning environment."""

from abp._core import __version__
from abp.constants import ACTION_NAMES, COMMODITIES, INFO_FIELDS, NUM_ACTIONS, OBS_SIZE, RULES_VERSION
from abp.core import BatchCore, EpisodeEndedError

__all__ = [
    "ACTION_NAMES",
    "COMMODITIES",
    "INFO_FIELDS",
    "NUM_ACTIONS",
    "OBS_SIZE",
    "RULES_VERSION",
    "BatchCore",
    "EpisodeEndedError",
    "__version__",
]
