"""What a Celery worker does beside tasks: it reaps while it is up, and tells its supervisors when it ends."""

from typing import Any

from celery import bootsteps

from base.reaper import Reaper
from runs.supervisor import worker_shutdown


class Supervision(bootsteps.StartStopStep):
    """Started after the pool and so stopped before it, whatever ends the worker: a signal, or an error in its consumer.

    The pool waits for its tasks; supervisors end when `worker_shutdown` is set.
    """

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        Reaper(worker_shutdown).start()

    def stop(self, worker: Any) -> None:
        worker_shutdown.set()

    terminate = stop
