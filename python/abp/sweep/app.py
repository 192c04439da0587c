"""The Celery application of sweeps: ``REDIS_URL=redis://... celery -A abp.sweep.app worker``."""

import os
import threading
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps

from abp.sweep.trial import run_trial

QUEUE = "abp-sweep"

# Without fixups: DJANGO_SETTINGS_MODULE, where it is set, is not for these workers.
app = Celery("abp-sweep", broker=os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0", fixups=())
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    # A message is a hint that a trial waits; its directory is the truth, and the command sends again what is lost. So
    # a message is acknowledged when the trial begins, and a worker takes none that would wait for a free slot.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    broker_transport_options={"socket_connect_timeout": 5},
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A trial is a process, which its task only waits for.
    worker_pool="threads",
    worker_concurrency=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)

_worker_ends = threading.Event()


class EndTrials(bootsteps.StartStopStep):  # type: ignore[misc]
    """Stopped before the pool, which waits for its tasks: they save what they train and end."""

    requires = ("celery.worker.components:Pool",)

    def stop(self, worker: Any) -> None:
        _worker_ends.set()

    terminate = stop


app.steps["worker"].add(EndTrials)


def _trial(directory: str) -> None:
    run_trial(Path(directory), worker_ends=_worker_ends.is_set)


trial = app.task(name="abp.sweep.trial")(_trial)
"""Runs the trial in ``directory``, an absolute path."""
