"""What a Celery worker process does beside tasks: it reaps from its start, and tells its supervisors when it ends."""

from typing import Any

from celery.signals import worker_ready, worker_shutting_down

from runs.reaper import Reaper
from runs.supervisor import worker_shutdown


@worker_ready.connect
def start_reaper(**_: Any) -> None:
    Reaper(worker_shutdown).start()


@worker_shutting_down.connect
def end_supervisors(**_: Any) -> None:
    worker_shutdown.set()
