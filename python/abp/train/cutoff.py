"""After how many steps training leaves an episode."""

import numpy as np
import numpy.typing as npt

from abp.runs.config import TrainConfig
from abp.seeds import SEED_BITS, episode_seeds

_DRAW = -3
"""What the draws count as among those of a seed: no environment's index."""


class EpisodeCutoff:
    """Tells which episodes training leaves before their end.

    An episode takes some ten thousand steps. Episodes that begin together stay in step, and a learner that sees only
    their late hours forgets the early ones. So each episode is left after a number of steps of its own, between
    ``min_cutoff_steps`` and ``time_max``. The number is drawn from (seed, env index, episode index), its logarithm
    evenly: every hour is seen at any time, the early ones more often. The value of what would have come later is
    estimated, as at a truncation.
    """

    def __init__(self, config: TrainConfig, first_env: int, n: int) -> None:
        self._min_steps = config.min_cutoff_steps
        self._draws = episode_seeds(config.seed, _DRAW, 0)
        self._max_steps = max(config.time_max, self._min_steps)
        self._envs = np.arange(first_env, first_env + n)
        self._episodes = np.full(n, -1)
        self._cutoffs = np.zeros(n)

    def is_over(self, episodes: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """bool[n]: where the episode, of those numbers and of so many steps, has been seen for long enough."""
        if not self._min_steps:
            return np.zeros(len(lengths), dtype=np.bool_)
        new = episodes != self._episodes
        if new.any():
            self._episodes[new] = episodes[new]
            draws = episode_seeds(self._draws, self._envs[new], episodes[new]) / 2.0**SEED_BITS
            self._cutoffs[new] = self._min_steps * (self._max_steps / self._min_steps) ** draws
        over: npt.NDArray[np.bool_] = lengths >= self._cutoffs
        return over
