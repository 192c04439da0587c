"""Sending Celery tasks. A task is a hint that a row waits for a worker: the row is the truth."""

import logging
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def send_on_commit(task: Any, *, waiting: str) -> None:
    """Sends `task` (a signature or a group of them) once the transaction commits.

    `waiting` names what waits for it in the log. A task that the broker does not take or loses is sent again by the
    reaper.
    """
    transaction.on_commit(lambda: send(task, waiting=waiting))


def send(task: Any, *, waiting: str) -> None:
    try:
        task.apply_async()
    except Exception:
        log.warning("%s: waits for the reaper, because the broker does not answer", waiting, exc_info=True)
