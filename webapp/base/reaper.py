"""The reaper: finds what nobody looks after, because its worker is lost or the broker lost its task.

A thread of every worker does this, from its start on. It needs no message to arrive. Apps register what they look for
in their `AppConfig.ready()`. Any number of workers may reap at once, so each service changes a row under its lock, and
only if the row still is as it was seen.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

log = logging.getLogger(__name__)


class SendAgain(Protocol):
    """Sends tasks again: of a lost worker, or sent by `sent_before` and not taken. Returns how many it sent."""

    def __call__(self, *, sent_before: datetime) -> int: ...


_senders: list[SendAgain] = []
_purges: list[Callable[[], object]] = []


def register_sender(send_again: SendAgain) -> None:
    """Has every round call `send_again`."""
    _senders.append(send_again)


def register_purge(purge: Callable[[], object]) -> None:
    """Has every round call `purge`, which deletes what has expired."""
    _purges.append(purge)


def reap(*, at_start: bool = False) -> int:
    """One round; returns how many tasks were sent. `at_start`: the worker has just come up, and what was sent
    before then counts as lost (an embedded broker starts empty)."""
    now = timezone.now()
    sent_before = now if at_start else now - timedelta(seconds=settings.ABP_REDISPATCH_SECONDS)
    count = sum(send_again(sent_before=sent_before) for send_again in _senders)
    for purge in _purges:
        purge()
    return count


class Reaper(threading.Thread):
    """Reaps every few seconds until `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(name="reaper", daemon=True)
        self._stop_event = stop

    def run(self) -> None:
        at_start = True
        while not self._stop_event.is_set():
            try:
                if count := reap(at_start=at_start):
                    log.info("sent %d waiting or lost task(s) to the workers", count)
                at_start = False
            except DatabaseError:
                log.warning("the database does not answer", exc_info=True)
            finally:
                close_old_connections()
            self._stop_event.wait(settings.ABP_LEASE_SECONDS / 3)
