"""What people do with runs: create, stop, resume, clone, delete."""

import logging
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from base import artifacts
from base.errors import ConflictError, InvalidError, NotFoundError
from benchmarks.models import Benchmark
from replays.models import Replay
from runs import live
from runs.models import RESUMABLE, Checkpoint, Run, RunStatus
from runs.train_config import validated_config

log = logging.getLogger(__name__)

NAME_LENGTH = Run._meta.get_field("name").max_length


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
    if not name or len(name) > NAME_LENGTH:
        raise InvalidError(f"a name of 1 to {NAME_LENGTH} characters is needed, not {len(name)}", field="name")
    with transaction.atomic():
        run = Run.objects.create(name=name, config=config, parent=parent)
        dispatch(run=run)
        live.publish(run=run, events=[])
    return run


def clone_run(*, run_id: uuid.UUID, config: dict[str, Any] | None = None, name: str | None = None) -> Run:
    """A new run with the config of another, changed by the keys in `config`."""
    parent = Run.objects.filter(pk=run_id).first()
    if parent is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    merged = {**parent.config, "name": f"{parent.name} (clone)"[:NAME_LENGTH], **(config or {})}
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
    live.publish(run=run, events=[])
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
    live.publish(run=run, events=[])
    return run


@transaction.atomic
def delete_run(*, run_id: uuid.UUID) -> None:
    """Deletes a run that nobody supervises, with its windows, checkpoints, replays, benchmarks and files."""
    run = locked_run(run_id=run_id)
    if run.status in (RunStatus.RUNNING, RunStatus.STOPPING):
        raise ConflictError(f"run {run.id} is {run.status}: stop it before deleting it")
    names = [
        *Checkpoint.objects.filter(run=run).values_list("path", flat=True),
        *Replay.objects.filter(run=run).values_list("path", flat=True),
        *Benchmark.objects.filter(run=run).values_list("path", flat=True),
    ]
    run.delete()
    transaction.on_commit(lambda: artifacts.delete_all(run_id=run_id, names=names))


def dispatch(*, run: Run) -> None:
    """Sends the run's supervising task once the transaction commits.

    A task that the broker loses, or that can't be sent at all, is sent again by the reaper.
    """
    run.dispatched_at = timezone.now()
    run.save(update_fields=["dispatched_at"])

    def send() -> None:
        from runs.tasks import supervise_run

        try:
            supervise_run.delay(str(run.pk))
        except Exception:
            log.warning("run %s stays queued: the broker does not answer", run.pk, exc_info=True)

    transaction.on_commit(send)
