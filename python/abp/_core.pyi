from collections.abc import Sequence
from typing import final

import numpy as np
import numpy.typing as npt

__all__ = ["INFO_FIELDS", "REFERENCE_LANGUAGE", "BatchCore", "EpisodeEndedError", "__version__"]

__version__: str
INFO_FIELDS: list[str]
REFERENCE_LANGUAGE: int

class EpisodeEndedError(RuntimeError): ...

@final
class BatchCore:
    def __new__(
        cls,
        num_envs: int,
        time_max: float,
        backend: str,
        record_events: bool,
        obs: npt.NDArray[np.float32],
        reward: npt.NDArray[np.float32],
        terminated: npt.NDArray[np.bool_],
        truncated: npt.NDArray[np.bool_],
        num_threads: int = 1,
    ) -> BatchCore: ...
    def reset(self, seeds: npt.NDArray[np.uint64], mask: npt.NDArray[np.bool_] | None) -> None: ...
    def step(self, actions: npt.NDArray[np.uint8], mask: npt.NDArray[np.bool_] | None) -> None: ...
    def fill_action_mask(self, out: npt.NDArray[np.uint8]) -> None: ...
    def last(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.bool_]]: ...
    def info(self, field: int) -> npt.NDArray[np.float32]: ...
    def cargo_value(self) -> npt.NDArray[np.float32]: ...
    def events(self, env: int) -> list[tuple[int, int, int, Sequence[float]]]: ...
    def state(self, env: int) -> bytes: ...
    def set_state(self, env: int, bytes: bytes) -> None: ...
