"""A run with a checkpoint of a policy that has learned nothing, saved as the trainer saves one."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from celery import Signature
from django.utils import timezone

from abp.cli import main
from abp.players.network import Policy
from abp.runs.config import TrainConfig
from abp.train import checkpoint
from base import task_queue
from runs.directory import run_directory, store
from runs.models import Checkpoint, Run
from runs.services.lifecycle import SUPERVISE_RUN


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every group or task of benchmarks that was sent; nothing reaches a broker."""
    sent: list[Any] = []

    def send(task: Signature, *, waiting: str) -> None:
        if task.task != SUPERVISE_RUN:
            sent.append(task)

    monkeypatch.setattr(task_queue, "send", send)
    return sent


@pytest.fixture
def save_checkpoint(run: Run) -> Callable[..., Checkpoint]:
    """Saves a policy after so many windows, and records it."""

    def save(windows: int = 1) -> Checkpoint:
        checkpoints = run_directory(run.pk).checkpoints
        checkpoints.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(windows)
        config = TrainConfig.model_validate(run.config)
        policy = Policy(config.hidden_size, config.inputs)
        with torch.no_grad():
            # It doesn't cash out: its episodes last.
            policy.actor.bias[68] = -1e4
        state = {"config": run.config, "learner": {"policy": policy.state_dict(), "env_steps": windows * 1000}}
        saved = checkpoint.save(checkpoints, state, windows=windows, steps_into_window=0)
        return Checkpoint.objects.create(
            run=run,
            window_id=windows,
            env_steps_total=windows * 1000,
            path=store(run_id=run.pk, relative_path=f"checkpoints/{saved.path.name}"),
            sha256=saved.sha256,
            bytes=saved.bytes,
            created_at=timezone.now(),
        )

    return save


@pytest.fixture
def trained(run: Run, save_checkpoint: Callable[..., Checkpoint]) -> Run:
    """A run with two checkpoints."""
    save_checkpoint(1)
    save_checkpoint(2)
    return run


@pytest.fixture
def by_command(tmp_path: Any) -> Callable[..., tuple[bytes, str]]:
    """results.json and report.md of one `abp benchmark`."""

    def run_command(run: Run, *words: object) -> tuple[bytes, str]:
        out = tmp_path / "by-command"
        assert (
            main(["benchmark", "--run-dir", str(run_directory(run.pk).path), "--out", str(out), *map(str, words)]) == 0
        )
        return (out / "results.json").read_bytes(), (out / "report.md").read_text()

    return run_command
