"""The interface of a player."""

from typing import Protocol

import numpy as np
import numpy.typing as npt


class Player(Protocol):
    """Chooses actions from what a player of the game sees: the observation and the mask of valid actions."""

    def start(self, seeds: npt.NDArray[np.uint64], time_max: float) -> None:
        """Begin new episodes and forget the old ones.

        Args:
            seeds: uint64[n], of the episodes' worlds. A seed may only serve to draw random numbers of one's own.
            time_max: ticks that each episode has.
        """

    def act(
        self, rows: npt.NDArray[np.int64], obs: npt.NDArray[np.float32], mask: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint8]:
        """Choose the next action of some of the episodes.

        Args:
            rows: int64[k], indices of the episodes, 0 to n - 1, rising.
            obs: float32[k, 260], their observations.
            mask: uint8[k, 69], 1 where an action is valid.

        Returns:
            uint8[k], an action code each.
        """
