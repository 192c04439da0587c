"""What the learner is rewarded for.

Reports always use the environment's own reward, whatever is trained on.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from abp.core import BatchCore

Rewards = npt.NDArray[np.float32]


class RewardProfile(Protocol):
    """Turns each step of a BatchCore into training rewards, float32[n]."""

    def start(self, mask: npt.NDArray[np.bool_]) -> None:
        """Episodes have been reset where ``mask``."""

    def reward(self) -> Rewards:
        """Rewards of the step just taken by all environments."""

    def state(self) -> Rewards:
        """What it remembers of each running episode, float32[n], for a checkpoint."""

    def restore(self, state: Rewards) -> None:
        """Go on with what ``state`` remembered."""


class FrozenV1:
    """The environment's own reward (rules, section 5)."""

    def __init__(self, core: BatchCore) -> None:
        self._core = core

    def start(self, mask: npt.NDArray[np.bool_]) -> None:
        pass

    def reward(self) -> Rewards:
        return self._core.reward

    def state(self) -> Rewards:
        return np.zeros(self._core.num_envs, dtype=np.float32)

    def restore(self, state: Rewards) -> None:
        pass


class NetWorth:
    """Potential-based: the change of ``credits + 0.8 * cargo value``, in hundreds, less 40 for a death.

    Under the frozen reward alone, cashing out on the first tick is what plain PPO learns: mining pays nothing
    until it is sold. Here ore is worth something when it is mined, and selling it well is worth more.
    """

    CARGO_WEIGHT = np.float32(0.8)
    SCALE = np.float32(0.01)
    DEATH = np.float32(40.0)

    def __init__(self, core: BatchCore) -> None:
        self._core = core
        self._worth = np.zeros(core.num_envs, dtype=np.float32)

    def start(self, mask: npt.NDArray[np.bool_]) -> None:
        self._worth[mask] = 0.0

    def reward(self) -> Rewards:
        worth: Rewards = self._core.info["credits"] + self.CARGO_WEIGHT * self._core.cargo_value
        reward: Rewards = (worth - self._worth) * self.SCALE
        self._worth[:] = worth
        if self._core.terminated.any():
            reward[self._core.info["survival"] == 0] -= self.DEATH
        return reward

    def state(self) -> Rewards:
        return self._worth.copy()

    def restore(self, state: Rewards) -> None:
        self._worth[:] = state


def reward_profile(name: str, core: BatchCore) -> RewardProfile:
    """The profile called ``name`` in the config: "net_worth" or "frozen_v1"."""
    profiles: dict[str, type[NetWorth] | type[FrozenV1]] = {"net_worth": NetWorth, "frozen_v1": FrozenV1}
    return profiles[name](core)
