"""The observation by name: what a scripted player reads of float32[n, 260] (rules, section 6)."""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp import rules

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Actions = npt.NDArray[np.uint8]

IS_STATION: Final = rules.EDGE_TYPE.start + rules.STATION
IS_HAZARD: Final = rules.EDGE_TYPE.start + rules.HAZARD

BASE: Final = np.array(rules.BASE_PRICE, dtype=np.float32)
_CREDIT_LOG: Final = float(np.log1p(rules.CREDITS_SHOWN_MAX))


def edges(obs: Floats) -> Floats:
    """float32[n, 6, 7]: the edges of the node, by ``rules.EDGE_EXISTS`` .. ``rules.EDGE_THREAT``."""
    return obs[:, rules.OBS_EDGES].reshape(-1, rules.EDGE_SLOTS, rules.EDGE_SIZE)


def slots(obs: Floats) -> Floats:
    """float32[n, 16, 11]: the asteroids of the node, by ``rules.ASTEROID_EXISTS`` .. ``rules.ASTEROID_SELECTED``."""
    return obs[:, rules.OBS_ASTEROIDS].reshape(-1, rules.ASTEROID_SLOTS, rules.ASTEROID_SIZE)


def credits_of(obs: Floats) -> npt.NDArray[np.float64]:
    """float64[n], the credits behind the log scale, to about a millionth (float32), rounded down by as much:
    what is within that of a price may be too little to pay it.
    """
    credits: npt.NDArray[np.float64] = np.expm1(obs[:, rules.OBS_CREDITS].astype(np.float64) * _CREDIT_LOG)
    return credits * (1.0 - 2e-6)
