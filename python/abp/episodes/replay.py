"""A replay is a recipe: a seed and a byte a step. Frames are simulated again from it and proved by a hash."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from abp.core import EpisodeEndedError
from abp.episodes.episode import Episode
from abp.episodes.frame import Frame, PolicyReading
from abp.rules import ACTION_NAMES, NUM_ACTIONS, RULES_VERSION
from abp.system.files import write_atomically

SCHEMA_VERSION = 1
TOP = 5
"""How many of the policy's actions a recipe keeps for each step."""

END_REASONS = ("cash_out", "destroyed", "stranded", "timeout")

_ARRAYS: dict[str, tuple[type[np.generic], tuple[int, ...]]] = {
    "actions": (np.uint8, ()),
    "values": (np.float32, ()),
    "top_actions": (np.uint8, (TOP,)),
    "top_probs": (np.float32, (TOP,)),
}
"""Name to dtype and shape after the first axis, which is the step."""


_META_TYPES: dict[str, type | tuple[type, ...]] = {
    "rules_version": str,
    "package_version": str,
    "seed": int,
    "time_max": (int, float),
    "return_total": (int, float),
    "credits": (int, float),
    "net_profit": (int, float),
    "survival": (int, float),
    "ticks": int,
    "end_reason": str,
    "final_state_hash": str,
    "config": dict,
    "tags": list,
}


class ReplayFormatError(ValueError):
    """The file is not a replay recipe that this version reads."""


class ReplayMismatchError(RuntimeError):
    """The recipe, simulated again, does not end as recorded."""


@dataclass(kw_only=True)
class ReplayRecipe:
    """A finished episode (docs/records.md). T = number of steps; step k leads to frame k+1."""

    rules_version: str
    package_version: str
    seed: int
    time_max: float
    actions: npt.NDArray[np.uint8]
    """uint8[T], as given to the environment (codes over 68 are invalid actions)."""
    values: npt.NDArray[np.float32]
    """float32[T], the policy's value before the step, in units of the training reward."""
    top_actions: npt.NDArray[np.uint8]
    """uint8[T, 5], the most probable actions, best first."""
    top_probs: npt.NDArray[np.float32]
    """float32[T, 5], their probabilities."""
    return_total: float
    """Sum of the frozen reward (rules, section 5)."""
    credits: float
    net_profit: float
    survival: float
    ticks: int
    end_reason: str
    """One of END_REASONS; a ship that is destroyed and stranded at once counts as destroyed."""
    final_state_hash: str
    """sha256 (hex) of the state bytes after the last step."""
    config: dict[str, Any] = field(default_factory=dict)
    """Config of the run that recorded it."""
    tags: list[str] = field(default_factory=list)
    window_id: int | None = None
    checkpoint: str | None = None
    """The run's newest checkpoint when this was recorded; it may have been removed since."""
    schema_version: int = SCHEMA_VERSION

    @property
    def steps(self) -> int:
        """T, the number of actions; the replay has T + 1 frames."""
        return len(self.actions)

    def summary(self) -> dict[str, Any]:
        """Everything but the arrays and the config, as JSON values."""
        skip = {*_ARRAYS, "config"}
        return {
            "steps": self.steps,
            **{f.name: getattr(self, f.name) for f in fields(self) if f.name not in skip},
        }

    def save(self, path: str | Path) -> None:
        """Write a compressed .npz without pickles, atomically. Raises OSError."""
        meta = json.dumps({**self.summary(), "config": self.config}).encode()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        write_atomically(
            Path(path),
            lambda file: np.savez_compressed(file, meta=np.frombuffer(meta, dtype=np.uint8), **arrays),
        )

    @classmethod
    def load(cls, source: str | Path | BinaryIO) -> "ReplayRecipe":
        """Read what ``save`` wrote.

        Raises ReplayFormatError for anything else, OSError if there is no such file.
        """
        if isinstance(source, str | Path):
            with open(source, "rb") as file:
                return cls._read(file, str(source))
        return cls._read(source, "the file")

    @classmethod
    def _read(cls, file: BinaryIO, name: str) -> "ReplayRecipe":
        try:
            with np.load(file, allow_pickle=False) as archive:
                meta = json.loads(archive["meta"].tobytes())
                arrays = {key: archive[key] for key in _ARRAYS}
        except Exception as error:  # numpy, zipfile and zlib raise a dozen kinds for a damaged file
            raise ReplayFormatError(f"{name} is not a replay recipe: {error}") from error
        return _checked(meta, arrays, name)


def iter_frames(recipe: ReplayRecipe, offset: int = 0) -> Iterator[Frame]:
    """Frames ``offset``..T of the recipe, simulated again one by one.

    Raises ReplayMismatchError where they can't be.
    """
    if not 0 <= offset <= recipe.steps:
        raise ValueError(f"offset must be in 0..{recipe.steps}, got {offset}")
    _check_rules(recipe)
    try:
        episode = Episode.start(recipe.seed, recipe.time_max)
        if offset == 0:
            yield episode.frame
        else:
            episode.skip(recipe.actions[: offset - 1])
        for step in range(max(offset, 1) - 1, recipe.steps):
            yield episode.step(int(recipe.actions[step]), policy_at(recipe, step))
    except EpisodeEndedError as error:
        raise ReplayMismatchError(f"the episode ends before its {recipe.steps} recorded actions") from error


def frames(recipe: ReplayRecipe, offset: int, limit: int) -> list[Frame]:
    """At most ``limit`` frames from ``offset`` on; there are T + 1. An offset past the end gives none.

    Raises ValueError for a negative offset or limit.
    """
    if offset < 0 or limit < 0:
        raise ValueError(f"offset and limit must be at least 0, got {offset} and {limit}")
    if offset > recipe.steps:
        return []
    return list(islice(iter_frames(recipe, offset), limit))


def verify(recipe: ReplayRecipe) -> None:
    """Simulate the recipe again. Raises ReplayMismatchError unless it ends in the recorded state."""
    _check_rules(recipe)
    episode = Episode.start(recipe.seed, recipe.time_max)
    try:
        episode.skip(recipe.actions)
    except EpisodeEndedError as error:
        raise ReplayMismatchError(f"the episode ends before its {recipe.steps} recorded actions") from error
    if not episode.ended:
        raise ReplayMismatchError(f"the episode goes on after its {recipe.steps} recorded actions")
    found = state_hash(episode.state())
    if found != recipe.final_state_hash:
        raise ReplayMismatchError(f"the final state has hash {found}, recorded is {recipe.final_state_hash}")


def state_hash(state: bytes) -> str:
    """sha256 (hex) of state bytes."""
    return hashlib.sha256(state).hexdigest()


def end_reason(*, truncated: bool, survived: bool, hull_damage: float) -> str:
    """One of END_REASONS, from the last step's flags and info (rules, sections 4.7 and 7)."""
    if truncated:
        return "timeout"
    if survived:
        return "cash_out"
    return "destroyed" if hull_damage >= 100.0 else "stranded"


def policy_at(recipe: ReplayRecipe, step: int) -> PolicyReading:
    top = zip(recipe.top_actions[step].tolist(), recipe.top_probs[step].tolist(), strict=True)
    return {
        "value": float(recipe.values[step]),
        "top": [{"action": a, "name": ACTION_NAMES[a], "p": p} for a, p in top if p > 0],
    }


def _check_rules(recipe: ReplayRecipe) -> None:
    if recipe.rules_version != RULES_VERSION:
        raise ReplayMismatchError(
            f"recorded under rules {recipe.rules_version!r}, this installation has {RULES_VERSION!r}"
        )


def _checked(meta: Any, arrays: dict[str, Any], name: str) -> ReplayRecipe:
    """The recipe of a file's parts, or ReplayFormatError that names the part that is wrong."""

    def require(ok: bool, what: str) -> None:
        if not ok:
            raise ReplayFormatError(f"{name} is not a replay recipe: {what}")

    require(isinstance(meta, dict), "meta is not an object")
    require(meta.get("schema_version") == SCHEMA_VERSION, f"schema_version must be {SCHEMA_VERSION}")
    steps = meta.pop("steps", None)
    for key, (dtype, tail) in _ARRAYS.items():
        array = arrays[key]
        require(array.dtype == dtype, f"{key} has dtype {array.dtype}, must be {np.dtype(dtype)}")
        require(array.shape == (steps, *tail), f"{key} has shape {array.shape}, must be {(steps, *tail)}")
    require(bool(np.all(arrays["top_actions"] < NUM_ACTIONS)), "top_actions has codes over 68")
    for key, kind in _META_TYPES.items():
        value = meta.get(key)
        require(isinstance(value, kind) and not isinstance(value, bool), f"{key} is {value!r}")
    require(0 <= meta["seed"] < 2**64, f"seed is {meta['seed']}")
    require(meta["time_max"] > 0, f"time_max is {meta['time_max']}")
    require(meta["end_reason"] in END_REASONS, f"end_reason is {meta['end_reason']!r}")
    unknown = set(meta) - {f.name for f in fields(ReplayRecipe)}
    require(not unknown, f"unknown fields {sorted(unknown)}")
    return ReplayRecipe(**meta, **arrays)


def top_actions(
    probabilities: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The TOP most probable actions of each row of float32[T, 69], and their probabilities, best first."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    return order.astype(np.uint8), np.take_along_axis(probabilities, order, axis=1)
