"""The files of a sweep and of its trials: what the command and its workers know of each other."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from abp.runs.config import TrainConfig
from abp.runs.directory import RunDirectory
from abp.sweep.space import Space
from abp.system.files import write_atomically
from abp.system.lock import held


class SweepError(RuntimeError):
    """The sweep can't begin or go on; the message says what to do."""


class SweepSettings(BaseModel):
    """What a sweep is: it can't change while the sweep goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    config: TrainConfig
    """What every trial starts from."""
    space: Space
    objective: Literal["credits", "return_mean", "survival_rate"]
    episodes: int
    seed_base: int
    prune: bool

    def differences(self, other: "SweepSettings") -> list[str]:
        """The names of what is not the same."""
        mine, others = self.model_dump(), other.model_dump()
        names = [f"config.{name}" for name in mine["config"] if mine["config"][name] != others["config"][name]]
        return names + [name for name in mine if name != "config" and mine[name] != others[name]]


class SweepDirectory:
    """``lock`` is held by the command while it runs: when it is gone, workers save what they train and stop."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.lock = self.path / "lock"
        self.settings_file = self.path / "sweep.json"
        self.study = self.path / "study.db"
        self.trials = self.path / "trials"
        self.logs = self.path / "logs"

    def trial(self, number: int) -> "TrialDirectory":
        return TrialDirectory(self.trials / f"{number:04d}")

    def settings(self) -> SweepSettings | None:
        """Those of the sweep that is here; None if there is none. Raises SweepError."""
        try:
            return SweepSettings.model_validate_json(self.settings_file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise SweepError(f"{self.settings_file} can't be read; name another directory") from error


class TrialDirectory:
    """The directory of a trial's run, as any other run's (``run``), with more files.

    ``claim`` is locked by the worker that has the trial, ``prune`` asks it to end the trial early, and ``result.json``
    says how the trial ended.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run = RunDirectory(path)
        self.claim = path / "claim"
        self.prune = path / "prune"
        self.evaluation = path / "evaluation.log"
        self._result = path / "result.json"

    @property
    def sweep(self) -> SweepDirectory:
        return SweepDirectory(self.path.parent.parent)

    def create(self, config: TrainConfig) -> None:
        """Raises OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_json(self.run.requested_config, config.model_dump())

    def config(self) -> dict[str, Any] | None:
        """The fields of the trial's config; None if there is no such trial here."""
        try:
            config: dict[str, Any] = json.loads(self.run.requested_config.read_bytes())
        except FileNotFoundError:
            return None
        return config

    def claimed(self) -> bool:
        """Whether a worker has the trial."""
        return held(self.claim)

    def result(self) -> dict[str, Any] | None:
        """``outcome`` ("complete", "pruned" or "failed"), ``reason`` and ``evaluation``; None before the end."""
        try:
            result: dict[str, Any] = json.loads(self._result.read_bytes())
        except FileNotFoundError:
            return None
        return result

    def finish(self, outcome: str, *, reason: str | None = None, evaluation: dict[str, Any] | None = None) -> None:
        """Write the result, whole and for good. Raises OSError."""
        write_json(self._result, {"outcome": outcome, "reason": reason, "evaluation": evaluation})


def write_json(path: Path, content: Any) -> None:
    """Write ``content``, atomically. Raises OSError."""
    text = json.dumps(content, indent=2) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))
