"""The observation by name: what a scripted player reads of float32[n, 260] (rules, section 6)."""

from typing import Final

import numpy as np
import numpy.typing as npt

from abp.rules import BASE_PRICE, OBS_SIZE

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Actions = npt.NDArray[np.uint8]

FUEL, HULL, HEAT, TOOL, CARGO, ALERT, TIME, CREDITS = range(8)
HOLD: Final = slice(8, 14)
KITS, STABILIZERS, DECOYS = 14, 15, 16
AT_STATION = 17
NODE, STEPS_TO_STATION = 22, 23
PRICE: Final = slice(244, 250)
DELTA: Final = slice(250, 256)

NEIGHBORS, NEIGHBOR_FIELDS = 6, 7
EXISTS, IS_STATION, IS_CLUSTER, IS_HAZARD, TRAVEL_TIME, TRAVEL_FUEL, THREAT = range(NEIGHBOR_FIELDS)
_NEIGHBORS_AT = 24

SIZE = OBS_SIZE
SLOTS, SLOT_FIELDS = 16, 11
COMPOSITION: Final = slice(1, 7)
STABILITY, DEPLETION, CONFIDENCE, SELECTED = 7, 8, 9, 10
_SLOTS_AT = 68

BASE: Final = np.array(BASE_PRICE, dtype=np.float32)
_CREDIT_LOG: Final = float(np.log1p(1e7))


def neighbors(obs: Floats) -> Floats:
    """float32[n, 6, 7]: the ways out, by EXISTS .. THREAT."""
    return obs[:, _NEIGHBORS_AT : _NEIGHBORS_AT + NEIGHBORS * NEIGHBOR_FIELDS].reshape(-1, NEIGHBORS, NEIGHBOR_FIELDS)


def slots(obs: Floats) -> Floats:
    """float32[n, 16, 11]: the asteroids here, by EXISTS, COMPOSITION .. SELECTED."""
    return obs[:, _SLOTS_AT : _SLOTS_AT + SLOTS * SLOT_FIELDS].reshape(-1, SLOTS, SLOT_FIELDS)


def credits_of(obs: Floats) -> npt.NDArray[np.float64]:
    """float64[n], the credits behind the log scale, to about a millionth (float32), rounded down by as much:
    what is within that of a price may be too little to pay it.
    """
    credits: npt.NDArray[np.float64] = np.expm1(obs[:, CREDITS].astype(np.float64) * _CREDIT_LOG)
    return credits * (1.0 - 2e-6)
