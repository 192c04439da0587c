"""Small runs that finish in seconds, and pieces to start them with."""

import pytest

from abp.runs.config import TrainConfig
from abp.runs.directory import RunDirectory
from abp.runs.event_log import EventLog
from abp.train.progress import SilentListener
from abp.train.ranks import Ranks
from abp.train.run import Run

TINY = {
    "name": "tiny",
    "num_envs": 8,
    "num_steps": 16,
    "window_env_steps": 256,
    "total_env_steps": 1280,
    "checkpoint_every_windows": 2,
    "num_minibatches": 2,
    "hidden_size": 16,
    "time_max": 60.0,
}
"""Two rollouts a window, five windows; episodes end by death and by time within a window."""


@pytest.fixture(scope="session")
def tiny():
    return TrainConfig(**TINY)


@pytest.fixture(scope="session")
def train():
    """Runs a config in a directory, perhaps only for ``stop_after`` iterations. Returns the Run and why it ended."""

    def start(config, path, *, resume=False, stop_after=None):
        directory = RunDirectory(path)
        directory.take()
        asked = iter(range(10**9))
        events = EventLog(directory.events)
        try:
            run = Run(
                config,
                directory,
                events=events,
                listener=SilentListener(),
                ranks=Ranks(stop_requested=lambda: stop_after is not None and next(asked) >= stop_after),
            )
            return run, run.train(resume=resume)
        finally:
            events.close()
            directory.close()

    return start
