"""Episode seeds: which world an environment plays next.

Every episode of a batch of environments has a seed that depends only on the batch's seed, the environment's
index and the number of the episode in that environment. It never depends on the order in which episodes end,
so a batch replays identically for any autoreset mode, thread count or vectorisation.
"""

import numpy as np
import numpy.typing as npt

SEED_BITS = 53
"""Episode seeds are below 2**53, so that they survive JSON numbers and signed 64-bit database columns."""


def episode_seeds(
    seed: int | npt.NDArray[np.uint64],
    env_index: int | npt.NDArray[np.int64],
    episode_index: int | npt.NDArray[np.int64],
) -> npt.NDArray[np.uint64]:
    """The seed of an episode: splitmix64 chained over (seed, env_index, episode_index), its top 53 bits.

    The arguments broadcast against each other; each is taken modulo 2**64. Returns uint64 of the broadcast
    shape.
    """
    h = _splitmix64(_as_u64(seed))
    h = _splitmix64(h ^ _as_u64(env_index))
    h = _splitmix64(h ^ _as_u64(episode_index))
    return np.asarray(h >> np.uint64(64 - SEED_BITS), dtype=np.uint64)


def _as_u64(value: int | npt.NDArray[np.uint64] | npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    if isinstance(value, int):
        return np.array([value % 2**64], dtype=np.uint64)
    return np.atleast_1d(value).astype(np.uint64)


def _splitmix64(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One output of Steele, Lea and Flood's splitmix64 from state ``x`` (array arithmetic wraps silently)."""
    z = x + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
