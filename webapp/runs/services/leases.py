"""Who may supervise a run. A lease is a fencing token and an expiry time. Each new owner gets a higher token, and every
write by a supervisor carries its token. So a supervisor that was taken for dead can't overwrite its successor's work.
"""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from base.errors import NotFoundError
from base.leases import expiry
from runs import live
from runs.models import SUPERVISED, Run, RunStatus
from runs.services.lifecycle import dispatch, locked_run


class LeaseLostError(Exception):
    """Another supervisor owns the run (or it was deleted); this one must stop and write nothing more."""


@dataclass(frozen=True)
class Lease:
    """Proof of owning a run until somebody gets a higher token."""

    run_id: uuid.UUID
    token: int


def lease_expiry() -> datetime:
    return expiry(seconds=settings.ABP_LEASE_SECONDS)


def acquire_lease(*, run_id: uuid.UUID, worker: str) -> Lease | None:
    """Takes a queued run, or one whose owner's lease has run out; None if another supervisor has it.

    One conditional UPDATE decides which of several supervisors gets it.
    """
    expired = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=timezone.now())
    free = Q(status=RunStatus.QUEUED) | Q(status__in=SUPERVISED)
    with transaction.atomic():
        taken = Run.objects.filter(free, expired, pk=run_id).update(
            fencing_token=F("fencing_token") + 1, lease_expires_at=lease_expiry(), worker=worker
        )
        if not taken:
            return None
        run = locked_run(run_id=run_id)
        if run.status == RunStatus.QUEUED:
            run.status = RunStatus.RUNNING
        run.started_at = run.started_at or timezone.now()
        run.save(update_fields=["status", "started_at"])
        live.publish(run=run)
        return Lease(run_id=run_id, token=run.fencing_token)


def renew_lease(*, lease: Lease) -> RunStatus:
    """Extends the lease and returns the run's status (stopping: somebody asked to stop). LeaseLostError if fenced."""
    with transaction.atomic():
        owned = Run.objects.filter(pk=lease.run_id, fencing_token=lease.token, status__in=SUPERVISED)
        if not owned.update(lease_expires_at=lease_expiry()):
            raise LeaseLostError(f"run {lease.run_id}: token {lease.token} is not the owner's any more")
        return RunStatus(Run.objects.values_list("status", flat=True).get(pk=lease.run_id))


def owned_run(*, lease: Lease) -> Run:
    """The run's row, locked until the transaction ends. LeaseLostError if `lease` is not the newest."""
    run = Run.objects.select_for_update().filter(pk=lease.run_id).first()
    if run is None or run.fencing_token != lease.token or run.status not in SUPERVISED:
        raise LeaseLostError(f"run {lease.run_id}: token {lease.token} is not the owner's any more")
    return run


@transaction.atomic
def record_process(*, lease: Lease, host: str, pid: int | None, pid_started: str = "") -> None:
    """Notes the trainer's process (None: gone), so that a later supervisor can make sure that it is dead."""
    run = owned_run(lease=lease)
    run.host, run.pid, run.pid_started = host, pid, pid_started
    run.save(update_fields=["host", "pid", "pid_started"])


@transaction.atomic
def end_run(*, lease: Lease, status: RunStatus, error: str = "") -> None:
    """The run is over: finished, stopped or failed. Gives the lease back."""
    run = owned_run(lease=lease)
    run.status = status
    run.error = error
    run.finished_at = timezone.now()
    _give_back(run)


@transaction.atomic
def hand_over(*, lease: Lease) -> None:
    """The worker is shutting down: the run goes back to the queue for the next worker (a stop asked for holds)."""
    run = owned_run(lease=lease)
    if run.status == RunStatus.STOPPING:
        run.status = RunStatus.STOPPED
        run.finished_at = timezone.now()
    else:
        run.status = RunStatus.QUEUED
        run.dispatched_at = None
    _give_back(run)


def _give_back(run: Run) -> None:
    run.lease_expires_at = None
    run.worker = ""
    run.pid = None
    run.pid_started = ""
    run.save()
    live.publish(run=run)


@transaction.atomic
def count_restart(*, lease: Lease, reason: str) -> bool:
    """Notes that the trainer died. True: start it again; False: it made no new window in too many starts."""
    run = owned_run(lease=lease)
    run.restarts += 1
    run.error = f"restart {run.restarts} of {settings.ABP_MAX_RESTARTS}: {reason}"
    run.save(update_fields=["restarts", "error"])
    live.publish(run=run)
    return run.restarts <= settings.ABP_MAX_RESTARTS


def send_again(*, sent_before: datetime) -> int:
    """Sends the tasks of runs whose worker is lost, and those sent by `sent_before` that no worker took.

    Returns how many.
    """
    lost = Run.objects.filter(status__in=SUPERVISED, lease_expires_at__lt=timezone.now())
    unsent = Q(dispatched_at__isnull=True) | Q(dispatched_at__lte=sent_before)
    waiting = Run.objects.filter(
        unsent, Q(status=RunStatus.QUEUED) | Q(status__in=SUPERVISED, lease_expires_at__isnull=True)
    )
    count = 0
    for run_id in lost.values_list("pk", flat=True):
        with contextlib.suppress(NotFoundError):
            count += requeue_expired(run_id=run_id)
    for run_id in waiting.order_by("created_at").values_list("pk", flat=True):
        with contextlib.suppress(NotFoundError):
            count += redispatch(run_id=run_id, sent_before=sent_before)
    return count


@transaction.atomic
def requeue_expired(*, run_id: uuid.UUID) -> bool:
    """If the run's lease ran out, its worker is lost: sends its task again, or fails a run that loses every worker.

    Returns whether anything changed.
    """
    run = locked_run(run_id=run_id)
    if run.status not in SUPERVISED or run.lease_expires_at is None or run.lease_expires_at > timezone.now():
        return False
    run.restarts += 1
    if run.status == RunStatus.RUNNING and run.restarts > settings.ABP_MAX_RESTARTS:
        run.status = RunStatus.FAILED
        run.error = f"its worker was lost {run.restarts} times without a new window in between (last: {run.worker})"
        run.finished_at = timezone.now()
    elif run.status == RunStatus.RUNNING:
        run.status = RunStatus.QUEUED
    run.lease_expires_at = None
    run.save()
    if run.status != RunStatus.FAILED:
        dispatch(run=run)
    live.publish(run=run)
    return True


@transaction.atomic
def redispatch(*, run_id: uuid.UUID, sent_before: datetime) -> bool:
    """Sends the task of a run again that nobody took since `sent_before`."""
    run = locked_run(run_id=run_id)
    waiting = run.status == RunStatus.QUEUED or (run.status in SUPERVISED and run.lease_expires_at is None)
    if not waiting or (run.dispatched_at is not None and run.dispatched_at > sent_before):
        return False
    dispatch(run=run)
    return True
