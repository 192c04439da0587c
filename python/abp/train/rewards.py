"""What the learner is rewarded for.

Reports always use the environment's own reward, whatever is trained on.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from abp.autoreset import Autoreset

Rewards = npt.NDArray[np.float32]


class RewardProfile(Protocol):
    """Turns each step of a batch that restarts within the step (mode SameStep) into training rewards, float32[n]."""

    def __init__(self, autoreset: Autoreset) -> None: ...

    def start(self) -> None:
        """All environments have started an episode."""

    def reward(self) -> Rewards:
        """Rewards of the step just taken by all environments."""

    def state(self) -> Rewards:
        """What it remembers of each running episode, float32[n], for a checkpoint."""

    def restore(self, state: Rewards) -> None:
        """Go on with what ``state`` remembered."""


class FrozenV1:
    """The environment's own reward (rules, section 5)."""

    def __init__(self, autoreset: Autoreset) -> None:
        self._core = autoreset.core

    def start(self) -> None:
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

    def __init__(self, autoreset: Autoreset) -> None:
        self._core, self._autoreset = autoreset.core, autoreset
        self._worth = np.zeros(autoreset.core.num_envs, dtype=np.float32)

    def start(self) -> None:
        self._worth[:] = self._now()

    def reward(self) -> Rewards:
        ended, endings, now = self._autoreset.ended, self._autoreset.endings, self._now()
        reached = np.where(ended, self._net_worth(endings["credits"], endings["cargo_value"]), now)
        reward: Rewards = (reached - self._worth) * self.SCALE
        reward[ended & (endings["survival"] == 0)] -= self.DEATH
        self._worth[:] = now
        return reward

    def _now(self) -> Rewards:
        return self._net_worth(self._core.info["credits"], self._core.cargo_value)

    def _net_worth(self, credits: Rewards, cargo_value: Rewards) -> Rewards:
        worth: Rewards = credits + self.CARGO_WEIGHT * cargo_value
        return worth

    def state(self) -> Rewards:
        return self._worth.copy()

    def restore(self, state: Rewards) -> None:
        self._worth[:] = state


class Sparse(NetWorth):
    """Profit when it is made and nothing before: the change of ``credits``, in hundreds, less 40 for a death.

    A sale pays what it brought, a purchase costs what it cost, and ore in the hold is worth nothing. The sum over an
    episode is the final net profit: this is the goal itself, with no hint on how to get there.
    """

    def _net_worth(self, credits: Rewards, cargo_value: Rewards) -> Rewards:
        return credits


PROFILES: dict[str, type[RewardProfile]] = {"net_worth": NetWorth, "sparse": Sparse, "frozen_v1": FrozenV1}


def reward_profile(name: str, autoreset: Autoreset) -> RewardProfile:
    """The profile called ``name`` in the config."""
    return PROFILES[name](autoreset)
