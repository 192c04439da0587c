"""A batch of episodes, stepped in one call over numpy buffers the caller can see."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from abp import _core
from abp.rules import INFO_FIELDS, NUM_ACTIONS, OBS_SIZE, TIME_MAX, TIME_MAX_LIMIT, describe_event

Backend = Literal["native", "scalar", "reference"]
BACKENDS: tuple[Backend, ...] = ("native", "scalar", "reference")
EpisodeEndedError = _core.EpisodeEndedError

_BUFFER_DTYPES: dict[str, type[np.generic]] = {
    "obs": np.float32,
    "reward": np.float32,
    "terminated": np.bool_,
    "truncated": np.bool_,
}


class BatchCore:
    """``num_envs`` independent episodes of the rules, without autoreset.

    Args:
        num_envs: number of episodes, at least 1.
        time_max: time budget of each episode in ticks, 0 < time_max <= 16,777,216.
        backend: ``native`` (the fastest path of this machine, or the one that the environment variable ``ABP_SIMD``
            names: ``avx512``, ``avx2`` or ``portable``), ``scalar`` (its readable twin) or ``reference`` (the C
            reference). All give the same bits.
        num_threads: threads that step the batch, at least 1; ``native`` uses as many of them as the batch is worth, the
            others one. Results do not depend on it.
        record_events: whether steps keep their events for ``events``; a step costs nothing more without.
        buffers: arrays of the caller to fill in place of the core's own, by name: ``obs`` float32
            ``(num_envs, 260)``, ``reward`` float32, ``terminated`` and ``truncated`` bool ``(num_envs,)``;
            C-contiguous, writeable, none overlapping another.

    Attributes:
        obs: float32 ``(num_envs, 260)``, all in [-1, 1] (rules 6).
        reward: float32 ``(num_envs,)``, the frozen reward of the last step (rules 5).
        terminated, truncated: bool ``(num_envs,)`` (rules 4.7).

    The four arrays are the same objects for the core's life; every call overwrites them. They are to be read, not
    written: ``native`` leaves alone what a step did not change. A core serves one thread at a time; calls on 16 envs or
    more release the GIL. A process forked from this one steps with one thread.

    Raises:
        ValueError: a value that is not allowed; TypeError: a type or dtype that is not.
    """

    obs: npt.NDArray[np.float32]
    reward: npt.NDArray[np.float32]
    terminated: npt.NDArray[np.bool_]
    truncated: npt.NDArray[np.bool_]

    def __init__(
        self,
        num_envs: int,
        *,
        time_max: float = TIME_MAX,
        backend: Backend = "native",
        num_threads: int = 1,
        record_events: bool = False,
        buffers: Mapping[str, npt.NDArray[Any]] | None = None,
    ) -> None:
        self.num_envs = _whole("num_envs", num_envs)
        self.num_threads = _whole("num_threads", num_threads)
        self.time_max = _time_max(time_max)
        if backend not in BACKENDS:
            raise ValueError(f"backend is {backend!r}; allowed: {', '.join(BACKENDS)}")
        self.backend = backend
        if not isinstance(record_events, bool):
            raise TypeError(f"record_events is {record_events!r}; allowed: True, False")
        self.record_events = record_events
        given = dict(buffers or {})
        for name, dtype in _BUFFER_DTYPES.items():
            shape = (self.num_envs, OBS_SIZE) if name == "obs" else (self.num_envs,)
            buffer = given.pop(name, None)
            setattr(self, name, np.zeros(shape, dtype) if buffer is None else _buffer(name, buffer, shape, dtype))
        if given:
            raise ValueError(f"buffers has {sorted(given)}; allowed names: {', '.join(_BUFFER_DTYPES)}")
        self._action_mask = np.zeros((self.num_envs, NUM_ACTIONS), np.uint8)
        self._core = _core.BatchCore(
            self.num_envs,
            self.time_max,
            backend,
            record_events,
            self.obs,
            self.reward,
            self.terminated,
            self.truncated,
            self.num_threads,
        )
        self.info: Mapping[str, npt.NDArray[Any]] = _Info(self._core)

    def reset(self, seeds: npt.ArrayLike, mask: npt.NDArray[np.bool_] | None = None) -> None:
        """Starts an episode in each env (rules 3); with ``mask`` only where it is true.

        Args:
            seeds: integers ``(num_envs,)``, each 0 <= seed < 2**64.
            mask: bool ``(num_envs,)``. Envs outside it stay as they are, outputs too.
        """
        self._core.reset(self._seeds(seeds), mask)

    def step(self, actions: npt.NDArray[np.uint8], mask: npt.NDArray[np.bool_] | None = None) -> None:
        """Takes one action in each env (rules 4); with ``mask`` only where it is true.

        Args:
            actions: uint8 ``(num_envs,)``. A code of 69 or more is invalid by the rules and costs a tick.
            mask: bool ``(num_envs,)``. Envs outside it stay as they are, outputs too.

        Raises:
            EpisodeEndedError: an env to be stepped has ended, or was never reset. Nothing was stepped.
        """
        self._core.step(actions, mask)

    @property
    def action_mask(self) -> npt.NDArray[np.uint8]:
        """uint8 ``(num_envs, 69)``: 1 where the action would be valid now, all 0 once the episode has ended (rules 8).

        Computed when read, into one array that the next read overwrites.
        """
        self._core.fill_action_mask(self._action_mask)
        return self._action_mask

    @property
    def cargo_value(self) -> npt.NDArray[np.float32]:
        """float32 ``(num_envs,)``: the cargo at current prices, in credits. Computed when read."""
        return self._core.cargo_value()

    def info_row(self, env: int) -> dict[str, int | float | bool]:
        """Every field of ``info`` for one env, as Python numbers."""
        return self._core.info_row(self._index(env))

    def events(self, env: int) -> list[dict[str, Any]]:
        """Events of the last step of one env, in order (rules 8), as in docs/records.md.

        Raises:
            RuntimeError: the core was made without ``record_events=True``.
        """
        if not self.record_events:
            raise RuntimeError("this core keeps no events; make it with record_events=True")
        return [describe_event(*row) for row in self._core.events(self._index(env))]

    def state(self, env: int) -> bytes:
        """The whole episode of one env, generator included, as a versioned blob (rules 8)."""
        return self._core.state(self._index(env))

    def set_state(self, env: int, blob: bytes) -> None:
        """Puts an episode back; it goes on bit for bit. Its reward reads 0 and its dt 0 until the next step.

        Raises:
            ValueError: the blob is cut off, foreign, damaged, or of another ``time_max``; nothing changed.
        """
        if not isinstance(blob, bytes):
            raise TypeError(f"blob is {_describe(blob)}; allowed: bytes from BatchCore.state")
        self._core.set_state(self._index(env), blob)

    def _index(self, env: int) -> int:
        if not isinstance(env, (int, np.integer)) or isinstance(env, bool):
            raise TypeError(f"env index is {env!r}; allowed: an integer in 0..{self.num_envs - 1}")
        if not 0 <= env < self.num_envs:
            raise IndexError(f"env index is {env}; allowed: 0..{self.num_envs - 1}")
        return int(env)

    def _seeds(self, seeds: npt.ArrayLike) -> npt.NDArray[np.uint64]:
        array = np.asarray(seeds)
        if array.dtype.kind not in "iu":
            raise TypeError(f"seeds is {_describe(array)}; allowed: integers, 0 <= seed < 2**64")
        if array.shape != (self.num_envs,):
            raise ValueError(f"seeds has the shape {array.shape}; allowed: ({self.num_envs},)")
        if array.dtype.kind == "i" and (array < 0).any():
            raise ValueError(f"seeds has {array.min()}; allowed: 0 <= seed < 2**64")
        return np.ascontiguousarray(array, np.uint64)


class _Info(Mapping[str, npt.NDArray[Any]]):
    """Each field as an array ``(num_envs,)``, computed when it is read."""

    def __init__(self, core: _core.BatchCore) -> None:
        def column(index: int) -> Callable[[], npt.NDArray[Any]]:
            return lambda: core.info(index)

        self._fields: dict[str, Callable[[], npt.NDArray[Any]]] = {
            "dt": core.last_dt,
            "invalid_action": core.last_invalid,
            "action": core.last_action,
            **{name: column(index) for index, name in enumerate(_core.INFO_FIELDS)},
        }
        assert tuple(self._fields) == INFO_FIELDS

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._fields[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"a numpy array of {value.dtype}"
    return f"a {type(value).__name__}"


def _whole(name: str, value: int) -> int:
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; allowed: an integer of at least 1")
    if value < 1:
        raise ValueError(f"{name} is {value}; allowed: an integer of at least 1")
    return int(value)


def _time_max(value: float) -> float:
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        raise TypeError(f"time_max is {value!r}; allowed: a number, 0 < time_max <= {TIME_MAX_LIMIT:.0f}")
    rounded = float(np.float32(value)) if math.isfinite(value) and abs(value) < 1e30 else math.nan
    if not 0.0 < rounded <= TIME_MAX_LIMIT:
        raise ValueError(f"time_max is {value}; allowed: 0 < time_max <= {TIME_MAX_LIMIT:.0f}")
    return rounded


def _buffer(name: str, buffer: npt.NDArray[Any], shape: tuple[int, ...], dtype: type[np.generic]) -> npt.NDArray[Any]:
    if not isinstance(buffer, np.ndarray) or buffer.dtype != dtype:
        raise TypeError(f"buffers[{name!r}] is {_describe(buffer)}; allowed: a numpy array of {np.dtype(dtype)}")
    if buffer.shape != shape:
        raise ValueError(f"buffers[{name!r}] has the shape {buffer.shape}; allowed: {shape}")
    if not (buffer.flags.c_contiguous and buffer.flags.aligned and buffer.flags.writeable):
        raise ValueError(f"buffers[{name!r}] must be C-contiguous, aligned and writeable")
    return buffer
