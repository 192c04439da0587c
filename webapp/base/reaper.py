"""Finding what nobody looks after: runs and parts of benchmarks of a lost worker, and those whose task the broker lost.

A thread of every worker does this, from its start on. It needs no message to arrive, and because each run or part is
changed under a row's lock and only if it still is as it was seen, any number of workers may do it at once.
"""

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from base.errors import NotFoundError
from benchmarks.services import claims
from play.services import purge_expired
from runs.models import SUPERVISED, Run, RunStatus
from runs.services import leases

log = logging.getLogger(__name__)


def reap(*, at_start: bool = False) -> int:
    """One round; returns how many tasks were sent. `at_start`: the worker has just come up, and what was sent
    before then counts as lost (an embedded broker starts empty)."""
    now = timezone.now()
    sent_before = now if at_start else now - timedelta(seconds=settings.ABP_REDISPATCH_SECONDS)
    lost = Run.objects.filter(status__in=SUPERVISED, lease_expires_at__lt=now)
    unsent = Q(dispatched_at__isnull=True) | Q(dispatched_at__lte=sent_before)
    waiting = Run.objects.filter(
        unsent, Q(status=RunStatus.QUEUED) | Q(status__in=SUPERVISED, lease_expires_at__isnull=True)
    )
    count = 0
    for run_id in lost.values_list("pk", flat=True):
        count += _one(leases.requeue_expired, run_id=run_id)
    for run_id in waiting.order_by("created_at").values_list("pk", flat=True):
        count += _one(leases.redispatch, run_id=run_id, sent_before=sent_before)
    count += claims.send_again(sent_before=sent_before)
    purge_expired()
    return count


def _one(service, **arguments) -> bool:
    try:
        return service(**arguments)
    except NotFoundError:
        return False


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
