"""Celery tasks: thin, the work is in `runs.supervisor`."""

import uuid

from celery import shared_task

from runs.services.lifecycle import SUPERVISE_RUN
from runs.supervisor import supervise


@shared_task(name=SUPERVISE_RUN)
def supervise_run(run_id: str) -> None:
    """Supervises the run until it ends or this worker shuts down; returns at once if another supervisor has it."""
    supervise(run_id=uuid.UUID(run_id))
