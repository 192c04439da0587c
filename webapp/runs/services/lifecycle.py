"""What people do with runs: create, stop, resume, clone, delete."""

import uuid
from typing import Any

from celery import signature
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from base.errors import ConflictError, InvalidError, NotFoundError
from base.task_queue import send_on_commit
from runs import directory, extensions, live
from runs.models import RESUMABLE, Checkpoint, Run, RunStatus
from runs.train_config import validated_config

SUPERVISE_RUN = "runs.supervise"
"""The name of the supervising task: sent from here, defined in `runs.tasks`."""


def locked_run(*, run_id: uuid.UUID) -> Run:
    """The run's row, locked until the transaction ends; NotFoundError if there is none."""
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    return run


def create_run(*, config: dict[str, Any] | None = None, name: str | None = None, parent: Run | None = None) -> Run:
    """A queued run. `name` also replaces the config's; InvalidError names the field that is wrong."""
    config = dict(config or {})
    if name is not None:
        config["name"] = name
    config = validated_config(config)
    name = config["name"].strip()
    if not name or len(name) > Run.NAME_LENGTH:
        raise InvalidError(f"a name of 1 to {Run.NAME_LENGTH} characters is needed, not {len(name)}", field="name")
    with transaction.atomic():
        run = Run.objects.create(name=name, config=config, parent=parent)
        dispatch(run=run)
        live.publish(run=run)
    return run


def clone_run(*, run_id: uuid.UUID, config: dict[str, Any] | None = None, name: str | None = None) -> Run:
    """A new run with the config of another, changed by the keys in `config`."""
    parent = Run.objects.filter(pk=run_id).first()
    if parent is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    merged = {**parent.config, "name": f"{parent.name} (clone)"[: Run.NAME_LENGTH], **(config or {})}
    return create_run(config=merged, name=name, parent=parent)


@transaction.atomic
def stop_run(*, run_id: uuid.UUID) -> Run:
    """Asks the supervisor to stop the trainer with a checkpoint; a queued run is stopped at once."""
    run = locked_run(run_id=run_id)
    if run.status == RunStatus.RUNNING:
        run.status = RunStatus.STOPPING
    elif run.status == RunStatus.QUEUED:
        run.status = RunStatus.STOPPED
        run.finished_at = timezone.now()
    elif run.status != RunStatus.STOPPING:
        raise ConflictError(f"run {run.id} is {run.status}: only a queued or running run can be stopped")
    run.save(update_fields=["status", "finished_at"])
    live.publish(run=run)
    return run


@transaction.atomic
def resume_run(*, run_id: uuid.UUID) -> Run:
    """Queues a stopped or failed run again; its trainer goes on from the last checkpoint."""
    run = locked_run(run_id=run_id)
    if run.status not in RESUMABLE:
        raise ConflictError(f"run {run.id} is {run.status}: only a stopped or failed run can be resumed")
    run.status = RunStatus.QUEUED
    run.error = ""
    run.restarts = 0
    run.finished_at = None
    run.save(update_fields=["status", "error", "restarts", "finished_at"])
    dispatch(run=run)
    live.publish(run=run)
    return run


@transaction.atomic
def delete_run(*, run_id: uuid.UUID) -> None:
    """Deletes a run that nobody supervises, with all that it produced, rows and files."""
    run = locked_run(run_id=run_id)
    if run.status in (RunStatus.RUNNING, RunStatus.STOPPING):
        raise ConflictError(f"run {run.id} is {run.status}: stop it before deleting it")
    products: list[type[Model]] = [Checkpoint, *extensions.products()]
    names = [
        path for model in products for path in model._default_manager.filter(run=run).values_list("path", flat=True)
    ]
    run.delete()
    transaction.on_commit(lambda: directory.delete_all(run_id=run_id, names=names))


def dispatch(*, run: Run) -> None:
    """Sends the run's supervising task once the transaction commits."""
    run.dispatched_at = timezone.now()
    run.save(update_fields=["dispatched_at"])
    send_on_commit(signature(SUPERVISE_RUN, args=(str(run.pk),)), waiting=f"run {run.pk}")
