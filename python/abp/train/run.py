"""A training run in its directory: windows, checkpoints, replays and events, from start to end."""

import hashlib
import json
import logging
import os
import socket
from pathlib import Path
from typing import Any, Literal, Protocol

import torch

from abp._core import __version__
from abp.rules import RULES_VERSION
from abp.runs import checkpoint_names
from abp.runs.config import RESUMABLE_FIELDS, TrainConfig
from abp.runs.directory import RunDirectory
from abp.runs.event_log import EventLog
from abp.runs.events import (
    CheckpointRemoved,
    CheckpointSaved,
    Finished,
    LogMessage,
    ReplayRecorded,
    Started,
    Versions,
    WindowClosed,
)
from abp.runs.replay_summary import ReplaySummary
from abp.runs.window import WindowRow
from abp.seeds import episode_seeds
from abp.system.files import write_atomically
from abp.train import checkpoint
from abp.train.checkpoint import CheckpointError
from abp.train.evaluation import record_episode
from abp.train.ppo import PPO
from abp.train.ranks import Ranks
from abp.train.replay_tags import ReplayTags
from abp.train.retention import Retention
from abp.train.windows import Window

log = logging.getLogger("abp.train")


class UsageError(RuntimeError):
    """What was asked for can't be done: a bad config, or a run directory that holds another run."""


class Listener(Protocol):
    """Shows a run to whoever started it."""

    def started(self, config: TrainConfig, env_steps: int) -> None: ...

    def iterated(self, env_steps: int) -> None: ...

    def window(self, row: WindowRow) -> None: ...

    def message(self, text: str) -> None: ...


class Run:
    """The trainer's main loop around PPO. ``ranks`` are asked before every iteration whether to stop."""

    def __init__(
        self,
        config: TrainConfig,
        directory: RunDirectory,
        *,
        events: EventLog,
        listener: Listener,
        ranks: Ranks,
    ) -> None:
        self.config = config
        self.directory = directory
        self.learner = PPO(config, ranks)
        self.window = Window(1)
        self.wall_time = 0.0
        """Seconds of all whole windows, over all resumes."""
        self.replay_tags = ReplayTags()
        self.retention = Retention(directory.checkpoints, config.keep_checkpoints)
        self._credits: float | None = None
        """An episode's mean in the window that closed since the last checkpoint."""
        self._events = events
        self._listener = listener
        self._checkpoint_path: str | None = None

    def train(self, *, resume: bool) -> str:
        """Train to the end, "completed", or until asked to stop, "stopped"; a checkpoint is there then."""
        if resume:
            self._restore_latest()
        write_config(self.directory.config, self.config)
        self._events.append(
            Started,
            pid=os.getpid(),
            host=socket.gethostname(),
            config=self.config,
            versions=Versions(abp=__version__, rules=RULES_VERSION, torch=str(torch.__version__)),
            resumed_from=self._checkpoint_path,
            env_steps_total=self.learner.env_steps,
        )
        self._listener.started(self.config, self.learner.env_steps)
        reason = self._loop()
        self.learner.dismiss()
        self._events.append(Finished, reason=reason, env_steps_total=self.learner.env_steps)
        return reason

    def _loop(self) -> str:
        saved_at = self.learner.env_steps if self._checkpoint_path else -1
        while self.window.window_id <= self.config.total_windows:
            if self.learner.ranks.stop_requested():
                if saved_at != self.learner.env_steps:
                    self._save()
                return "stopped"
            self.learner.iteration(self.window)
            self._listener.iterated(self.learner.env_steps)
            if self.window.env_steps < self.config.window_env_steps:
                continue
            done = self._close_window()
            if done % self.config.checkpoint_every_windows == 0 or done >= self.config.total_windows:
                self._save()
                saved_at = self.learner.env_steps
        return "completed"

    def _close_window(self) -> int:
        """Report the window, record its replay and open the next. Returns the id of the one closed."""
        window = self.window
        self.wall_time += window.wall_time
        row = window.row(
            env_steps_total=self.learner.env_steps,
            wall_time_total=self.wall_time,
            learning_rate=self.learner.optimizer.param_groups[0]["lr"],
        )
        self.window = Window(window.window_id + 1)
        self._credits = row.credits_mean
        self._events.append(WindowClosed, window=row)
        self._listener.window(row)
        self._record_replay(window.window_id)
        return window.window_id

    def _record_replay(self, window_id: int) -> None:
        config = self.config
        recipe = record_episode(
            *self.learner.player(),
            seed=config.eval_seed,
            sampling_seed=int(episode_seeds(config.eval_seed, 0, window_id)[0]),
            time_max=config.time_max,
            backend=config.backend,
            config=config.model_dump(),
        )
        recipe.window_id = window_id
        recipe.checkpoint = self._checkpoint_path
        recipe.tags = self.replay_tags.of(recipe)
        path = self.directory.replay(window_id)
        recipe.save(path)
        self._events.append(
            ReplayRecorded,
            path=self._relative(path),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            bytes=path.stat().st_size,
            replay=ReplaySummary.of(recipe, env_steps_total=self.learner.env_steps),
        )

    def _save(self) -> None:
        windows = self.window.window_id - 1
        name = checkpoint_names.file_name(windows, self.window.env_steps)
        best = self.retention.consider(name, self._credits)
        self._credits = None
        saved = checkpoint.save(
            self.directory.checkpoints,
            {
                "config": self.config.model_dump(),
                "learner": self.learner.state_dict(),
                "window": self.window.state_dict(),
                "wall_time": self.wall_time,
                "replay_tags": self.replay_tags.state_dict(),
                "retention": self.retention.state_dict(),
            },
            windows=windows,
            steps_into_window=self.window.env_steps,
        )
        self._checkpoint_path = self._relative(saved.path)
        self._events.append(
            CheckpointSaved,
            path=self._checkpoint_path,
            sha256=saved.sha256,
            bytes=saved.bytes,
            window_id=windows,
            env_steps_total=self.learner.env_steps,
            best=best,
        )
        for path in self.retention.surplus():
            self._tell_removed(path, "pruned")
            path.unlink(missing_ok=True)

    def _tell_removed(self, path: Path, reason: Literal["pruned", "damaged"]) -> None:
        """Before the file goes: whoever reads the events may know less than there is, never more."""
        self._events.append(CheckpointRemoved, path=self._relative(path), reason=reason)

    def _restore_latest(self) -> None:
        """Go on from the checkpoint that got furthest and is whole, or from the start if there is none at all."""
        paths = checkpoint_names.in_order(self.directory.checkpoints)
        damaged: list[Path] = []
        for path in paths:
            try:
                state = checkpoint.load(path)
            except CheckpointError as error:
                self._warn(f"{error}; trying the one before")
                damaged.append(path)
                continue
            self._check_config(state["config"], path)
            self._check_device(state["learner"]["device"], path)
            self._check_workers(len(state["learner"]["workers"]), path)
            self._restore(state)
            self._checkpoint_path = self._relative(path)
            for other in damaged:
                self._tell_removed(other, "damaged")
                checkpoint.set_aside(other)
            return
        if paths:
            raise CheckpointError(f"none of the {len(paths)} checkpoints in {self.directory.checkpoints} can be read")
        self._warn("no checkpoint yet: starting from the beginning")

    def _restore(self, state: dict[str, Any]) -> None:
        self.learner.load_state_dict(state["learner"])
        self.window = Window.from_state(state["window"])
        self.wall_time = state["wall_time"]
        self.replay_tags.load_state_dict(state["replay_tags"])
        self.retention.load_state_dict(state["retention"])

    def _relative(self, path: Path) -> str:
        return str(path.relative_to(self.directory.path))

    def _check_config(self, saved: dict[str, Any], path: Path) -> None:
        current = self.config.model_dump()
        changed = sorted(k for k in current if k not in RESUMABLE_FIELDS and saved.get(k) != current[k])
        if changed:
            raise UsageError(
                f"{path.name} was trained with another {', '.join(changed)}; "
                f"resume with the saved config, or start a new run"
            )

    def _check_device(self, saved: str, path: Path) -> None:
        """Another kind of device rounds otherwise, and draws for other shares of the environments."""
        if saved != self.learner.device.type:
            raise UsageError(
                f"{path.name} was trained on {saved}, this is {self.learner.device.type}; resume with device {saved}"
            )

    def _check_workers(self, saved: int, path: Path) -> None:
        """A worker draws for its own environments: with other shares of them it would go on with other numbers."""
        processes = self.learner.ranks.size
        if saved != processes * len(self.learner.workers):
            raise UsageError(
                f"{path.name} was trained by {saved} threads in all, these are {processes} processes of "
                f"{len(self.learner.workers)}; resume with as many processes as before"
            )

    def _warn(self, text: str) -> None:
        log.warning(text)
        self._events.append(LogMessage, level="warning", message=text)
        self._listener.message(text)


def write_config(path: Path, config: TrainConfig) -> None:
    """Write ``config`` as JSON, atomically."""
    content = json.dumps(config.model_dump(), indent=2).encode() + b"\n"
    write_atomically(path, lambda file: file.write(content))
