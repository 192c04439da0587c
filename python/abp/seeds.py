"""Episode seeds: which world an environment plays next.

Every episode of a batch of environments has a seed that depends only on the batch's seed, the environment's
index and the number of the episode in that environment. It never depends on the order in which episodes end,
so a batch replays identically for any autoreset mode, thread count or vectorisation.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp import _core

SEED_BITS: Final = _core.SEED_BITS
"""53: episode seeds are below 2**53, so that they survive JSON numbers and signed 64-bit database columns."""


def episode_seeds(
    seed: int | npt.NDArray[np.uint64],
    env_index: int | npt.NDArray[np.int64],
    episode_index: int | npt.NDArray[np.int64],
) -> npt.NDArray[np.uint64]:
    """The seed of an episode: splitmix64 chained over (seed, env_index, episode_index), its top 53 bits.

    The arguments broadcast against each other; each is taken modulo 2**64. Returns uint64 of the broadcast
    shape, at least one-dimensional.
    """
    parts = np.broadcast_arrays(_as_u64(seed), _as_u64(env_index), _as_u64(episode_index))
    flat = (part.ravel() for part in parts)
    return _core.episode_seeds(*flat).reshape(parts[0].shape)


def _as_u64(value: int | npt.NDArray[np.uint64] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    if isinstance(value, int):
        return np.array([value % 2**64], dtype=np.uint64)
    return np.atleast_1d(value).astype(np.uint64, copy=False)
