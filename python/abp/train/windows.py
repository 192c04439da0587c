"""The metrics of a window: ``window_env_steps`` transitions, summed over all environments."""

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from abp.rules import INFO_FIELDS
from abp.runs.window import WindowRow

EPISODE_FIELDS = tuple(name for name in INFO_FIELDS if f"{name}_mean" in WindowRow.model_fields)
"""Info fields (rules, section 7) of which a window has the mean over its finished episodes."""

END_FIELDS = tuple(
    name.removeprefix("episodes_")
    for name in WindowRow.model_fields
    if name.startswith("episodes_") and name != "episodes_completed"
)
"""How an episode may end."""

LOSS_FIELDS = (
    "policy_loss",
    "value_loss",
    "entropy",
    "approx_kl",
    "clip_fraction",
    "explained_variance",
    "reward_mean",
)
"""What an update measures; a window has the mean."""

TIMED = ("env", "inference", "learning")
"""What the seconds of a window are spent on; the rest is "other"."""


class Tally:
    """What some environments counted: transitions and the episodes that finished."""

    def __init__(self) -> None:
        self.env_steps = 0
        self.ticks = 0
        self.invalid_actions = 0
        self.returns: list[float] = []
        self.ends = dict.fromkeys(END_FIELDS, 0)
        self.sums = dict.fromkeys(EPISODE_FIELDS, 0.0)

    def add_step(self, dt: npt.NDArray[np.int32], invalid: npt.NDArray[np.bool_]) -> None:
        """Count one transition of every environment, its ticks int32[n] and whether its action was invalid, bool[n]."""
        self.env_steps += len(dt)
        self.ticks += int(dt.sum())
        self.invalid_actions += int(np.count_nonzero(invalid))

    def add_episodes(
        self,
        returns: npt.NDArray[np.float64],
        fields: Mapping[str, npt.NDArray[Any]],
        ends: Mapping[str, npt.NDArray[np.bool_]],
    ) -> None:
        """Count k finished episodes: frozen returns [k], EPISODE_FIELDS each [k], END_FIELDS each bool[k]."""
        self.returns.extend(returns.tolist())
        totals = np.array([fields[name] for name in EPISODE_FIELDS], dtype=np.float64).sum(1)
        for name, total in zip(EPISODE_FIELDS, totals.tolist(), strict=True):
            self.sums[name] += total
        for name in END_FIELDS:
            self.ends[name] += int(np.count_nonzero(ends[name]))

    def add(self, other: "Tally") -> None:
        """Count what ``other`` counted."""
        self.env_steps += other.env_steps
        self.ticks += other.ticks
        self.invalid_actions += other.invalid_actions
        self.returns.extend(other.returns)
        for name in END_FIELDS:
            self.ends[name] += other.ends[name]
        for name in EPISODE_FIELDS:
            self.sums[name] += other.sums[name]


class Window(Tally):
    """Collects a window while it runs.

    ``row()`` is what leaves the trainer; the state goes into checkpoints.
    """

    def __init__(self, window_id: int) -> None:
        super().__init__()
        self.window_id = window_id
        self.losses: dict[str, list[float]] = {name: [] for name in LOSS_FIELDS}
        self.times = dict.fromkeys(TIMED, 0.0)
        self.wall_time_before = 0.0
        """Seconds that this window took before the trainer was interrupted."""
        self._started = time.monotonic()

    @property
    def wall_time(self) -> float:
        """Seconds spent on this window so far."""
        return self.wall_time_before + time.monotonic() - self._started

    def add_times(self, *, env: float, inference: float, learning: float) -> None:
        """Seconds of wall time that an iteration spent on each."""
        for name, seconds in zip(TIMED, (env, inference, learning), strict=True):
            self.times[name] += seconds

    def add_update(self, losses: Mapping[str, float]) -> None:
        """Note the LOSS_FIELDS of one PPO update."""
        for name in LOSS_FIELDS:
            self.losses[name].append(losses[name])

    def row(self, *, env_steps_total: int, wall_time_total: float, learning_rate: float) -> WindowRow:
        """The window's row. A mean over no episodes, or one that isn't finite, is None."""
        episodes = len(self.returns)
        wall_time = self.wall_time
        returns = np.array(self.returns, dtype=np.float64)
        fields: dict[str, float | None] = {
            **{f"{name}_time_s": round(seconds, 4) for name, seconds in self.times.items()},
            **{f"episodes_{name}": count for name, count in self.ends.items()},
            **{f"{name}_mean": total / episodes if episodes else None for name, total in self.sums.items()},
            **{name: _mean(values) for name, values in self.losses.items()},
        }
        return WindowRow.model_validate(
            {
                **fields,
                "window_id": self.window_id,
                "env_steps_total": env_steps_total,
                "ticks": self.ticks,
                "wall_time_s": round(wall_time_total, 3),
                "steps_per_second": round(self.env_steps / max(wall_time, 1e-9), 1),
                "other_time_s": round(max(wall_time - sum(self.times.values()), 0.0), 4),
                "episodes_completed": episodes,
                "return_mean": float(returns.mean()) if episodes else None,
                "return_median": float(np.median(returns)) if episodes else None,
                "return_std": float(returns.std()) if episodes else None,
                "invalid_action_rate": self.invalid_actions / self.env_steps if self.env_steps else None,
                "learning_rate": learning_rate,
            }
        )

    def state_dict(self) -> dict[str, Any]:
        """Plain values, for a checkpoint in the middle of a window."""
        state = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {**state, "wall_time_before": self.wall_time}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Window":
        """Go on with a window that ``state_dict`` kept."""
        window = cls(state["window_id"])
        for name, value in state.items():
            setattr(window, name, value)
        return window


def _mean(values: list[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else None
