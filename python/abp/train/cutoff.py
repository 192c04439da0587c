"""How long the training stays with an episode."""

import numpy as np
import numpy.typing as npt

from abp.runs.config import TrainConfig
from abp.seeds import SEED_BITS, episode_seeds

_DRAW = -3
"""What the draws count as among those of a seed: no environment's index."""


class Patience:
    """Tells which episodes to leave for the next ones.

    An episode takes some ten thousand steps. Those that begin together stay in step, and a learner that sees nothing
    but late hours forgets the early ones. So each is left after a number of steps of its own, drawn from (seed, env
    index, episode index), with a logarithm that is spread evenly: every hour is seen at any time, the early ones more
    often. What would have come later is estimated, as at a truncation.
    """

    def __init__(self, config: TrainConfig, first_env: int, n: int) -> None:
        self._shortest = config.shortest_stay
        self._draws = episode_seeds(config.seed, _DRAW, 0)
        self._longest = max(config.time_max, self._shortest)
        self._envs = np.arange(first_env, first_env + n)
        self._episodes = np.full(n, -1)
        self._stays = np.zeros(n)

    def is_over(self, episodes: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """bool[n]: where the episode, of those numbers and of so many steps, has been seen for long enough."""
        if not self._shortest:
            return np.zeros(len(lengths), dtype=np.bool_)
        new = episodes != self._episodes
        if new.any():
            self._episodes[new] = episodes[new]
            draws = episode_seeds(self._draws, self._envs[new], episodes[new]) / 2.0**SEED_BITS
            self._stays[new] = self._shortest * (self._longest / self._shortest) ** draws
        over: npt.NDArray[np.bool_] = lengths >= self._stays
        return over
