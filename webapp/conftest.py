"""What all tests of the web side share: a data directory of their own, and no broker unless they start one."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from runs import tasks
from runs.models import Run
from runs.services import lifecycle

TINY = {
    "name": "tiny",
    "total_env_steps": 4_000_000,
    "num_envs": 8,
    "num_steps": 32,
    "window_env_steps": 2048,
    "checkpoint_every_windows": 2,
    "num_minibatches": 1,
    "hidden_size": 8,
    "time_max": 200.0,
    "num_threads": 1,
}


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """A fresh data directory, and a channel layer in memory."""
    settings.ABP_DATA_DIR = tmp_path
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


@pytest.fixture(autouse=True)
def sent_tasks(monkeypatch: pytest.MonkeyPatch) -> list[uuid.UUID]:
    """The ids of runs whose supervising task was sent; nothing reaches a broker."""
    sent: list[uuid.UUID] = []
    monkeypatch.setattr(tasks.supervise_run, "delay", lambda run_id: sent.append(uuid.UUID(run_id)))
    return sent


@pytest.fixture
def tiny_config() -> dict[str, Any]:
    """A config that makes a window in a fraction of a second."""
    return dict(TINY)


@pytest.fixture
def run(db: None, tiny_config: dict[str, Any]) -> Run:
    """A queued run."""
    return lifecycle.create_run(config=tiny_config)
