"""What all tests of the web side share: a data directory of their own, and no broker unless they start one."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Signature
from django.conf import settings as django_settings

from abp.system.broker import EmbeddedBroker
from base import task_queue
from base.tests.waiting import wait_until
from runs.models import Run
from runs.services import lifecycle
from runs.services.lifecycle import SUPERVISE_RUN

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

    def send(task: Signature, *, waiting: str) -> None:
        if task.task == SUPERVISE_RUN:
            sent.append(uuid.UUID(task.args[0]))

    monkeypatch.setattr(task_queue, "send", send)
    return sent


@pytest.fixture
def tiny_config() -> dict[str, Any]:
    """A config that makes a window in a fraction of a second."""
    return dict(TINY)


@pytest.fixture
def run(db: None, tiny_config: dict[str, Any]) -> Run:
    """A queued run."""
    return lifecycle.create_run(config=tiny_config)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A real one."""
    broker = EmbeddedBroker.new()
    process = subprocess.Popen(broker.command(tmp_path_factory.mktemp("broker")), stdout=subprocess.DEVNULL)
    wait_until(broker.answers, seconds=20, what="the broker")
    yield broker
    process.terminate()
    process.wait(10)


@pytest.fixture
def start_worker(broker: EmbeddedBroker, data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts Celery workers on this test's database and broker; those that still live are ended with the test."""
    database = django_settings.DATABASES["default"]
    assert database["ENGINE"].endswith("sqlite3")
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database['NAME']}",
        "REDIS_URL": broker.url,
        "ABP_DATA_DIR": str(data_dir),
    }
    workers: list[subprocess.Popen[bytes]] = []

    def start(*options: str, lease_seconds: int = 4) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "INFO", "--concurrency", "2"]
        with (data_dir / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [*command, *options],
                cwd=django_settings.WEBAPP_DIR,
                env={**env, "ABP_LEASE_SECONDS": str(lease_seconds)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        worker.terminate()
    for worker in workers:
        try:
            worker.wait(45)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            raise
