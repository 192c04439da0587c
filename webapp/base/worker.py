"""What a Celery worker does beside tasks: it reaps while it is up, and tells its tasks when it ends."""

import threading
from typing import Any

from celery import bootsteps

from base.reaper import Reaper

worker_shutdown = threading.Event()
"""Set when this worker process is asked to end: every task in it gives back what it owns and returns."""


class WorkerStep(bootsteps.StartStopStep):
    """Started after the pool and so stopped before it, whatever ends the worker: a signal, or an error in its consumer.

    The pool waits for its tasks; they end when `worker_shutdown` is set.
    """

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        Reaper(worker_shutdown).start()

    def stop(self, parent: Any) -> None:
        worker_shutdown.set()

    def terminate(self, parent: Any) -> None:
        worker_shutdown.set()
