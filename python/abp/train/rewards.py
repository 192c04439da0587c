"""What the learner is rewarded for.

Reports always use the environment's own reward, whatever is trained on.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from abp import rules
from abp.envs.autoreset import Autoreset

Rewards = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


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
        now = self._now()
        reward: Rewards = (now - self._worth) * self.SCALE
        ended = np.flatnonzero(self._autoreset.ended)
        if len(ended):
            endings = self._autoreset.endings
            reached = self._net_worth(endings["credits"][ended], self._last_cargo_value(ended))
            reward[ended] = (reached - self._worth[ended]) * self.SCALE - self._penalty(ended)
        self._worth[:] = now
        return reward

    def _penalty(self, ended: Rows) -> Rewards:
        """What the way costs in which the episodes of these environments ended."""
        dead = self._autoreset.endings["survival"][ended] == 0
        penalty: Rewards = self.DEATH * dead
        return penalty

    def _now(self) -> Rewards:
        return self._net_worth(self._core.info["credits"], self._cargo_value())

    def _cargo_value(self) -> Rewards:
        """Credits that the cargo of each running episode is worth."""
        return self._core.cargo_value

    def _last_cargo_value(self, ended: Rows) -> Rewards:
        """Credits that the cargo was worth in the episodes that ended in these environments."""
        value: Rewards = self._autoreset.endings["cargo_value"][ended]
        return value

    def _net_worth(self, credits: Rewards, cargo_value: Rewards) -> Rewards:
        worth: Rewards = credits + self.CARGO_WEIGHT * cargo_value
        return worth

    def state(self) -> Rewards:
        return self._worth.copy()

    def restore(self, state: Rewards) -> None:
        self._worth[:] = state


class BaseWorth(NetWorth):
    """As ``NetWorth``, with the cargo at base prices, iron and nickel at what they bring refined, 100 less for a death,
    and 20 less for cashing out poor.

    Prices have a noise of 3 % in every tick: on a full hold that is more than the tick's mining, and it would drown
    what the action has earned. To give up early is the first thing that a policy learns which is afraid of dying.
    """

    REFINED = 0.52
    """Rare isotopes from a unit of iron or nickel: 0.65 (rules, 4.3), a fifth less for those that are not refined."""
    PRICES = np.array(rules.BASE_PRICE, dtype=np.float32) * np.float32(rules.CARGO_MAX)
    """Credits of a whole hold of each commodity."""
    PRICES[[rules.IRON, rules.NICKEL]] = PRICES[rules.RARE_ISOTOPES] * np.float32(REFINED)
    DEATH = np.float32(100.0)
    GIVEN_UP = np.float32(20.0)
    FORTUNE = 1000.0
    """Credits below which a ship is poor."""

    def _penalty(self, ended: Rows) -> Rewards:
        endings = self._autoreset.endings
        gave_up = (endings["action"][ended] == rules.CASH_OUT) & (endings["credits"][ended] < self.FORTUNE)
        penalty: Rewards = super()._penalty(ended) + self.GIVEN_UP * gave_up
        return penalty

    def _cargo_value(self) -> Rewards:
        value: Rewards = self._core.obs[:, rules.OBS_CARGO] @ self.PRICES
        return value

    def _last_cargo_value(self, ended: Rows) -> Rewards:
        value: Rewards = self._autoreset.final_obs[ended, rules.OBS_CARGO] @ self.PRICES
        return value


class Sparse(NetWorth):
    """Profit when it is made and nothing before: the change of ``credits``, in hundreds, less 40 for a death.

    A sale pays what it brought, a purchase costs what it cost, and ore in the hold is worth nothing. The sum over an
    episode is the final net profit: this is the goal itself, with no hint on how to get there.
    """

    def _net_worth(self, credits: Rewards, cargo_value: Rewards) -> Rewards:
        return credits


PROFILES: dict[str, type[RewardProfile]] = {
    "base_worth": BaseWorth,
    "net_worth": NetWorth,
    "sparse": Sparse,
    "frozen_v1": FrozenV1,
}


def reward_profile(name: str, autoreset: Autoreset) -> RewardProfile:
    """The profile called ``name`` in the config."""
    return PROFILES[name](autoreset)
