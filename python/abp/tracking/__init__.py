"""Telling an experiment tracker about a run: Weights & Biases or TensorBoard event files.

A tracker hears the events that go into ``events.jsonl`` and decides what of them to show. What it can't do is stop the
training: see ``guard``. Only a choice that can't work is an error, at the start.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from abp.runs.config import TrackerName
from abp.runs.events import RunEvent


class TrackingError(ValueError):
    """The tracker that was chosen can't be used; the message says what to do."""


class Tracker(Protocol):
    """Hears a run's events."""

    def hear(self, event: RunEvent) -> None:
        """One event, as it is in ``events.jsonl``. May raise anything."""

    def close(self, *, failed: bool) -> None:
        """The run has ended. May raise anything."""


class Untracked:
    """Tells nobody."""

    def hear(self, event: RunEvent) -> None:
        pass

    def close(self, *, failed: bool) -> None:
        pass


def open_tracker(name: TrackerName, run_dir: Path, config: dict[str, Any], *, warn: Callable[[str], None]) -> Tracker:
    """The tracker ``name`` for the run in ``run_dir``, which goes on where an earlier one of that run stopped.

    ``warn`` is told what is not as it was asked for; a tracker that fails here is one that hears nothing.
    Raises TrackingError for a choice that can't work: a package or a key is missing.
    """
    try:
        if name == "wandb":
            from abp.tracking.wandb_run import WandbTracker

            return WandbTracker(run_dir, config, warn=warn)
        if name == "tensorboard":
            from abp.tracking.event_files import EventFiles

            return EventFiles(run_dir)
    except TrackingError:
        raise
    except Exception as error:
        warn(f"the run is not tracked: {name} failed to start ({type(error).__name__}: {error}); training goes on")
    return Untracked()
