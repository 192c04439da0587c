"""A batch whose episodes start again as they end, in the call that steps it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from abp import _core
from abp.core import BatchCore

Mode = Literal["NextStep", "SameStep", "Disabled"]


class Autoreset:
    """Steps a ``BatchCore`` and starts its episodes; nobody else may step or reset that core.

    The k-th episode of env i plays world ``abp.seeds.episode_seeds(seed, first_env + i, k)``, in whatever order
    episodes end.

    Args:
        core: the batch.
        mode: what happens to an env whose episode ends (Gymnasium's values). ``NextStep``: the next step restarts it
            and ignores its action; its reward is 0 then. ``SameStep``: it is restarted at once; the core's ``obs`` is
            the new episode's, its ``reward``, ``terminated`` and ``truncated`` are the old one's. ``Disabled``: the
            caller starts it.
        seed: integer, 0 <= seed < 2**64.
        first_env: what env 0 counts as in the seeds.

    Attributes: arrays that every step overwrites, the same objects for life. The last three may be written, to go on
    from states that were kept; the others are read-only.
        ended: bool ``(num_envs,)``, whose episode the last step ended.
        final_obs: float32 ``(num_envs, 260)`` in mode SameStep, else ``(0, 260)``: the last observations of those
            episodes. Rows of other envs mean nothing.
        endings: what those episodes came to, ``(num_envs,)`` by name, 0 for other envs: every info field (rules,
            section 7; ``dt``, ``invalid_action`` and ``action`` of the last step), ``cargo_value`` float32,
            ``episode_return`` float64 (the sum of the rewards) and ``episode_length`` int64 (in steps).
        episodes: int64 ``(num_envs,)``, the number of each env's episode; -1 before the first.
        returns: float64 ``(num_envs,)``, the sum of its rewards so far.
        lengths: int64 ``(num_envs,)``, its steps so far.

    Raises:
        ValueError: a mode that is not allowed; OverflowError: a seed or index that is not.
    """

    def __init__(self, core: BatchCore, mode: Mode, *, seed: int, first_env: int = 0) -> None:
        self.core = core
        self._autoreset = _core.Autoreset(core._core, mode, seed, first_env)
        self.ended: npt.NDArray[np.bool_] = read_only(self._autoreset.ended)
        self.final_obs: npt.NDArray[np.float32] = read_only(self._autoreset.final_obs)
        self.endings: Mapping[str, npt.NDArray[Any]] = {
            name: read_only(column) for name, column in self._autoreset.endings.items()
        }
        self.episodes: npt.NDArray[np.int64] = self._autoreset.episodes
        self.returns: npt.NDArray[np.float64] = self._autoreset.returns
        self.lengths: npt.NDArray[np.int64] = self._autoreset.lengths

    def start(
        self,
        mask: npt.NDArray[np.bool_] | None = None,
        *,
        seed: int | None = None,
        worlds: Sequence[int | None] | None = None,
    ) -> None:
        """Starts the next episode in each env, or where ``mask`` bool ``(num_envs,)`` is true.

        Args:
            seed: begin again with the first episode of this seed.
            worlds: one an env: None for its next episode, or the world to play first (0 <= world < 2**64), which is
                also the seed of the env's later episodes.

        Raises TypeError or ValueError for what doesn't fit; nothing has changed then.
        """
        self._autoreset.start(mask, seed, worlds)

    def step(self, actions: npt.NDArray[np.integer[Any]]) -> int:
        """Takes one action in each env, and restarts as the mode has it.

        ``actions``: integers ``(num_envs,)``; those outside 0..255 become 255, invalid by the rules as every code above
        68. Returns how many episodes the step ended.

        Raises:
            EpisodeEndedError: an env to be stepped has no running episode. TypeError, ValueError: actions that don't
                fit. Nothing has changed then.
        """
        return self._autoreset.step(actions)


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that can't be written through."""
    view = array.view()
    view.flags.writeable = False
    return view
