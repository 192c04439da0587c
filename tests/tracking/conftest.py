"""A tiny run as a process, tracked, and what it wrote into its own files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = {
    "name": "tracked",
    "num_envs": 8,
    "num_steps": 16,
    "window_env_steps": 512,
    "total_env_steps": 1536,
    "checkpoint_every_windows": 1,
    "num_minibatches": 2,
    "hidden_size": 16,
    "time_max": 60.0,
    "anneal_lr": False,
}
"""Three windows, a checkpoint after each."""


class TrackedRun:
    """A run directory, the trainers that worked in it, and its events."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "run"
        self._config = directory / "config.json"
        self._config.write_text(json.dumps(CONFIG))

    def train(self, *arguments, prelude="", **environment):
        """``abp train`` as a process; ``prelude`` is Python that runs before it. Returns the finished process."""
        words = ["--config", str(self._config), "--run-dir", str(self.path), *arguments]
        return self._abp("train", *words, prelude=prelude, **environment)

    def benchmark(self, *arguments, **environment):
        """``abp benchmark`` of the run's newest checkpoint, on two short episodes."""
        words = ["--run-dir", str(self.path), "--episodes", "2", "--time-max", "100"]
        return self._abp("benchmark", *words, *arguments, **environment)

    def _abp(self, *words, prelude="", **environment):
        code = f"import sys; from abp import cli\n{prelude}\nsys.exit(cli.main(sys.argv[1:]))"
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("WANDB_", "ABP_WANDB_"))}
        return subprocess.run(
            [sys.executable, "-c", code, *words], env={**clean, **environment}, capture_output=True, text=True
        )

    def lose_last_checkpoint(self):
        """As a kill before it was saved would have."""
        max((self.path / "checkpoints").glob("*.pt")).unlink()

    def events(self, kind):
        lines = [json.loads(line) for line in (self.path / "events.jsonl").read_text().splitlines()]
        return [event for event in lines if event["type"] == kind]


@pytest.fixture
def run(tmp_path):
    return TrackedRun(tmp_path)


@pytest.fixture(scope="module")
def lasting_run(tmp_path_factory):
    """For all tests of a module."""
    return TrackedRun(tmp_path_factory.mktemp("lasting"))
