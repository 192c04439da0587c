"""What people do with runs."""

from typing import Any

import pytest

from base.errors import ConflictError, InvalidError, NotFoundError
from runs import directory
from runs.models import Run, RunStatus
from runs.services import leases, lifecycle
from runs.tests.trainer_events import EventWriter

pytestmark = pytest.mark.django_db


def test_a_new_run_has_every_default_and_its_task_is_sent_once_committed(
    tiny_config: dict[str, Any], sent_tasks: list, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = lifecycle.create_run(config=tiny_config, name="my run")
        assert sent_tasks == []
    assert (run.name, run.config["name"], run.status) == ("my run", "my run", RunStatus.QUEUED)
    assert run.config["learning_rate"] > 0
    assert sent_tasks == [run.pk]


@pytest.mark.parametrize(
    ("config", "name", "field"),
    [
        ({"learning_rate": -1}, None, "config.learning_rate"),
        ({"learning_rate": float("nan")}, None, "config.learning_rate"),
        ({"no_such_key": 1}, None, "config.no_such_key"),
        ({"seed": 10**40}, None, "config.seed"),
        ({"num_envs": 3, "window_env_steps": 1000}, None, "config"),
        ({"name": "nul \0 inside"}, None, "config"),
        ({}, "x" * 500, "config.name"),
        ({}, "   ", "name"),
    ],
)
def test_a_wrong_config_is_refused_by_field(config: dict[str, Any], name: str | None, field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        lifecycle.create_run(config=config, name=name)
    assert refusal.value.field == field
    assert Run.objects.count() == 0


def test_a_clone_changes_only_the_keys_it_names(run: Run) -> None:
    clone = lifecycle.clone_run(run_id=run.pk, config={"seed": 5})
    assert clone.parent == run
    assert clone.config == {**run.config, "seed": 5, "name": clone.name}
    with pytest.raises(InvalidError):
        lifecycle.clone_run(run_id=run.pk, config={"seed": -5})


def test_stop_and_resume_follow_the_status(run: Run) -> None:
    with pytest.raises(ConflictError):
        lifecycle.resume_run(run_id=run.pk)
    assert lifecycle.stop_run(run_id=run.pk).status == RunStatus.STOPPED
    with pytest.raises(ConflictError):
        lifecycle.stop_run(run_id=run.pk)
    assert lifecycle.resume_run(run_id=run.pk).status == RunStatus.QUEUED
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    assert lease is not None
    assert lifecycle.stop_run(run_id=run.pk).status == RunStatus.STOPPING
    assert lifecycle.stop_run(run_id=run.pk).status == RunStatus.STOPPING
    with pytest.raises(ConflictError):
        lifecycle.resume_run(run_id=run.pk)


def test_every_change_raises_live_seq(run: Run) -> None:
    before = run.live_seq
    lifecycle.stop_run(run_id=run.pk)
    lifecycle.resume_run(run_id=run.pk)
    run.refresh_from_db()
    assert run.live_seq == before + 2


def test_deleting_takes_the_files_along_but_never_from_under_a_supervisor(
    run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    EventWriter(run).checkpoint(1)
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    with pytest.raises(ConflictError):
        lifecycle.delete_run(run_id=run.pk)
    leases.end_run(lease=lease, status=RunStatus.FINISHED)
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.delete_run(run_id=run.pk)
    assert not directory.run_directory(run.pk).path.exists()
    with pytest.raises(NotFoundError):
        lifecycle.delete_run(run_id=run.pk)
