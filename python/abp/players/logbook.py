"""What a ship can know from all that it has seen, beyond its present observation, and which actions can serve it.

A policy that has a logbook gets its features beside the observation, and chooses among the actions that it leaves.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp import _core

LOGBOOK_SIZE: Final = _core.LOGBOOK_SIZE
"""108 numbers, most of them in [0, 1] (docs/training.md says which)."""

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.uint8]


class Logbook:
    """The logs of n episodes, as a ship's log: written from their observations alone.

    Args:
        n: episodes.
        kept: whether there are logs at all; otherwise ``features`` has no columns and nothing is pruned, so that one
            code serves policies with a logbook and without.

    Attributes:
        features: float32[n, 108], after the last observations.
    """

    def __init__(self, n: int, *, kept: bool = True) -> None:
        self.kept = kept
        self.features: Floats = np.zeros((n, LOGBOOK_SIZE if kept else 0), dtype=np.float32)
        self._logs = _core.Logbook(n if kept else 0)
        self._everyone = np.arange(n)
        self._nobody = np.zeros(n, dtype=np.bool_)

    def begin(self, obs: Floats, where: Flags | None = None) -> None:
        """Episodes, all or those ``where`` bool[n], begin with their rows of ``obs`` float32[n, 260]."""
        rows = self._everyone if where is None else np.flatnonzero(where)
        self.features[rows] = self._note(
            rows, np.zeros(len(rows), dtype=np.uint8), np.ones(len(rows), dtype=np.bool_), obs[rows]
        )

    def note(self, actions: npt.NDArray[np.uint8], obs: Floats, first: Flags | None = None) -> None:
        """``actions`` uint8[n] have led to ``obs`` float32[n, 260]; where ``first`` bool[n] a new episode begins."""
        if self.kept:
            self._logs.note(self._everyone, actions, self._nobody if first is None else first, obs, self.features)

    def note_rows(self, rows: Rows, actions: npt.NDArray[np.uint8], obs: Floats) -> Floats:
        """Note as ``note`` does, for the episodes ``rows`` int64[k] alone. Returns their features float32[k, 108]."""
        return self._note(rows, actions, np.zeros(len(rows), dtype=np.bool_), obs)

    def _note(self, rows: Rows, actions: npt.NDArray[np.uint8], first: Flags, obs: Floats) -> Floats:
        features = np.zeros((len(rows), self.features.shape[1]), dtype=np.float32)
        if self.kept:
            self._logs.note(np.ascontiguousarray(rows), actions, first, np.ascontiguousarray(obs), features)
        return features

    def prune_actions(self, obs: Floats, mask: Mask, rows: Rows | None = None) -> Mask:
        """Remove what is pointless from an action mask.

        Args:
            obs: float32[n, 260], the observations that were noted last.
            mask: uint8[n, 69], the valid actions at ``obs``. It is changed in place.
            rows: int64[k]; if given, the other arguments are of those episodes alone.

        Returns:
            The pruned ``mask``; at least one action stays in each row.
        """
        if self.kept:
            self._logs.prune_actions(self._everyone if rows is None else rows, np.ascontiguousarray(obs), mask)
        return mask

    def steps_since_high(self) -> Rows:
        """int64[n]: steps since each episode's credits were at their highest so far; zeros without logs."""
        return self._logs.since_high() if self.kept else np.zeros(len(self._everyone), dtype=np.int64)

    def state(self) -> npt.NDArray[np.uint32]:
        """All that the logs hold, uint32[n, w], for a checkpoint."""
        return self._logs.state()

    def restore(self, state: npt.NDArray[np.uint32], features: Floats) -> None:
        """Go on with what ``state`` gave and the ``features`` of then. Raises ValueError for what is no such state."""
        self._logs.restore(state)
        self.features[:] = features
