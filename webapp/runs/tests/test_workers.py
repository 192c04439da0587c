"""Real Celery workers, a real broker and the real trainer; anything may be killed."""

import hashlib
import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from celery import Signature
from kombu import Connection

from abp.system.broker import EmbeddedBroker
from abp.system.processes import ProcessIdentity
from base import artifacts, task_queue
from base.tests.waiting import wait_until
from replays import playback
from replays.models import Replay
from runs import directory
from runs.models import Checkpoint, Run, RunStatus, Window
from runs.services import lifecycle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# A trainer imports torch first, on a machine that may have better things to do.
START = 60.0


@pytest.fixture(autouse=True)
def sent_to_the_broker(broker: EmbeddedBroker, sent_tasks: list, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own process sends to the broker that the workers listen to."""

    def send(task: Signature, *, waiting: str) -> None:
        with Connection(broker.url) as connection:
            task.apply_async(connection=connection)

    monkeypatch.setattr(task_queue, "send", send)


def trainer_of(run: Run) -> ProcessIdentity | None:
    run.refresh_from_db()
    return ProcessIdentity(run.pid, run.pid_started) if run.pid else None


def wait_for_other_trainer(run: Run, than: ProcessIdentity) -> None:
    wait_until(lambda: trainer_of(run) not in (None, than), seconds=START, what=f"another trainer of {run}")


def windows_of(run: Run) -> list[int]:
    return [*Window.objects.filter(run=run).order_by("window_id").values_list("window_id", flat=True)]


def wait_for_windows(run: Run, count: int) -> None:
    wait_until(lambda: len(windows_of(run)) >= count, seconds=START, what=f"{count} windows of {run}")


def wait_for_status(run: Run, status: RunStatus) -> None:
    def reached() -> bool:
        run.refresh_from_db()
        return run.status == status

    wait_until(reached, seconds=START, what=f"{run} to be {status}")


def assert_nothing_lost_or_doubled(run: Run) -> None:
    """Every window that any trainer reported is a row, with what was last reported of it; none is missing between."""
    lines = (directory.run_directory(run.pk).events).read_text().splitlines()
    reported = {e["window"]["window_id"]: e["window"] for e in map(json.loads, lines) if e["type"] == "window"}
    rows = {window.window_id: window.row for window in Window.objects.filter(run=run)}
    assert rows == reported
    assert [*sorted(rows)] == [*range(1, len(rows) + 1)]


def assert_checkpoints_are_what_is_there(run: Run) -> None:
    """One row for every checkpoint in the run's directory, with its hash; the trainer removes all but a few."""
    stored = artifacts.root()
    files = {
        str(path.relative_to(stored)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (directory.run_directory(run.pk).checkpoints).glob("*.pt")
    }
    assert dict(Checkpoint.objects.filter(run=run).values_list("path", "sha256")) == files
    assert len(files) <= run.config["keep_checkpoints"] + 1


def test_a_killed_trainer_goes_on_stop_and_resume_are_obeyed_and_a_run_finishes_by_itself(
    start_worker: Callable[[], Any], tiny_config: dict[str, Any]
) -> None:
    run = lifecycle.create_run(config=tiny_config)
    short = lifecycle.create_run(config={**tiny_config, "total_env_steps": 4 * 2048})
    start_worker()
    wait_for_windows(run, 4)
    killed = trainer_of(run)
    os.kill(killed.pid, signal.SIGKILL)
    wait_for_other_trainer(run, killed)
    wait_for_windows(run, max(windows_of(run)) + 3)
    lifecycle.stop_run(run_id=run.pk)
    wait_for_status(run, RunStatus.STOPPED)
    assert_nothing_lost_or_doubled(run)
    lines = (directory.run_directory(run.pk).events).read_text().splitlines()
    starts = [event["resumed_from"] for event in map(json.loads, lines) if event["type"] == "started"]
    assert starts[0] is None
    assert starts[1].startswith("checkpoints/window-")
    assert_checkpoints_are_what_is_there(run)
    replay = Replay.objects.filter(run=run).first()
    assert playback.cache.get(replay).total == replay.steps + 1

    stopped_at = max(windows_of(run))
    lifecycle.resume_run(run_id=run.pk)
    wait_for_windows(run, stopped_at + 2)
    lifecycle.stop_run(run_id=run.pk)
    wait_for_status(run, RunStatus.STOPPED)
    assert_nothing_lost_or_doubled(run)

    assert_checkpoints_are_what_is_there(run)

    wait_for_status(short, RunStatus.FINISHED)
    assert_nothing_lost_or_doubled(short)
    assert (windows_of(short), short.error, short.progress) == ([1, 2, 3, 4], "", 1.0)


def test_a_killed_workers_runs_are_taken_over_by_another(
    start_worker: Callable[[], Any], tiny_config: dict[str, Any]
) -> None:
    runs = [lifecycle.create_run(config={**tiny_config, "seed": seed}) for seed in (1, 2)]
    first = start_worker()
    for run in runs:
        wait_for_windows(run, 3)
    orphans = [trainer_of(run) for run in runs]
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = start_worker()
    for run, orphan in zip(runs, orphans, strict=True):
        wait_for_other_trainer(run, orphan)
        assert not orphan.alive()
        wait_for_windows(run, max(windows_of(run)) + 2)
    # Both at once under one worker; now it is asked to end.
    trainers = [trainer_of(run) for run in runs]
    second.send_signal(signal.SIGTERM)
    assert second.wait(40) == 0
    for run, trainer in zip(runs, trainers, strict=True):
        run.refresh_from_db()
        assert (run.status, run.lease_expires_at, run.pid) == (RunStatus.QUEUED, None, None)
        assert not trainer.alive()
        assert_nothing_lost_or_doubled(run)
