"""Asteroid Belt Prospector: a fast, bit-reproducible reinforcement-learning environment."""

from typing import TYPE_CHECKING, Any

from abp._core import __version__
from abp.core import BatchCore, EpisodeEndedError
from abp.envs.env import ProspectorEnv
from abp.envs.vector import ProspectorVecEnv
from abp.rules import ACTION_NAMES, COMMODITIES, INFO_FIELDS, NUM_ACTIONS, OBS_SIZE, RULES_VERSION

if TYPE_CHECKING:
    from abp.envs.puffer import ProspectorPufferEnv

__all__ = [
    "ACTION_NAMES",
    "COMMODITIES",
    "INFO_FIELDS",
    "NUM_ACTIONS",
    "OBS_SIZE",
    "RULES_VERSION",
    "BatchCore",
    "EpisodeEndedError",
    "ProspectorEnv",
    "ProspectorPufferEnv",
    "ProspectorVecEnv",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # pufferlib comes with the extra `train`: importing abp must not need it.
    if name == "ProspectorPufferEnv":
        from abp.envs.puffer import ProspectorPufferEnv

        return ProspectorPufferEnv
    raise AttributeError(f"module 'abp' has no attribute {name!r}")
