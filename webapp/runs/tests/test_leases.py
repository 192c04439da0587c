"""Who may supervise a run, and what a supervisor that lost it may not do."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from abp.runs.events import Event, read_event
from base.reaper import reap
from runs.models import Run, RunStatus, Window
from runs.services import leases, lifecycle
from runs.services.leases import Lease, LeaseLostError
from runs.services.recording import record_event
from runs.tests.trainer_events import EventWriter

pytestmark = pytest.mark.django_db


def acquire(run: Run, worker: str = "w") -> Lease:
    lease = leases.acquire_lease(run_id=run.pk, worker=worker)
    assert lease is not None
    return lease


def told(writer: EventWriter, window_id: int) -> Event:
    """A window, as it is read from the trainer's file."""
    return read_event(json.dumps(writer.window(window_id)).encode())


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_a_run_has_one_supervisor_and_a_second_task_finds_nothing_to_do(run: Run) -> None:
    lease = acquire(run)
    assert leases.acquire_lease(run_id=run.pk, worker="other") is None
    run.refresh_from_db()
    assert (run.status, run.fencing_token, run.worker) == (RunStatus.RUNNING, lease.token, "w")


@pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED])
def test_a_run_that_is_over_is_not_to_be_had(run: Run, status: RunStatus) -> None:
    leases.end_run(lease=acquire(run), status=status)
    assert leases.acquire_lease(run_id=run.pk, worker="w") is None


def test_a_supervisor_taken_for_dead_can_write_nothing(run: Run) -> None:
    old = acquire(run)
    expire(run)
    new = acquire(run, "other")
    assert new.token == old.token + 1
    event = told(EventWriter(run), 1)
    for write in (
        lambda: leases.renew_lease(lease=old),
        lambda: leases.record_process(lease=old, host="h", pid=1),
        lambda: leases.end_run(lease=old, status=RunStatus.FAILED),
        lambda: leases.hand_over(lease=old),
        lambda: leases.count_restart(lease=old, reason="r"),
        lambda: record_event(lease=old, event=event, offset=10),
    ):
        with pytest.raises(LeaseLostError):
            write()
    run.refresh_from_db()
    assert (run.status, run.worker, run.events_offset) == (RunStatus.RUNNING, "other", 0)
    assert Window.objects.count() == 0


def test_a_supervisor_whose_run_is_over_can_write_nothing(run: Run) -> None:
    lease = acquire(run)
    leases.end_run(lease=lease, status=RunStatus.FAILED, error="why")
    event = told(EventWriter(run, token=lease.token), 1)
    for write in (
        lambda: leases.renew_lease(lease=lease),
        lambda: leases.end_run(lease=lease, status=RunStatus.FINISHED),
        lambda: leases.hand_over(lease=lease),
        lambda: record_event(lease=lease, event=event, offset=10),
    ):
        with pytest.raises(LeaseLostError):
            write()
    run.refresh_from_db()
    assert (run.status, run.error, run.events_offset, run.lease_expires_at) == (RunStatus.FAILED, "why", 0, None)
    assert Window.objects.count() == 0


def test_a_supervisor_that_records_is_alive(run: Run) -> None:
    lease = acquire(run)
    expire(run)
    record_event(lease=lease, event=told(EventWriter(run, token=lease.token), 1), offset=10)
    run.refresh_from_db()
    assert run.lease_expires_at > timezone.now()
    assert reap() == 0


def test_a_run_that_was_being_stopped_when_its_worker_was_lost_is_still_to_be_stopped(run: Run) -> None:
    acquire(run)
    lifecycle.stop_run(run_id=run.pk)
    expire(run)
    assert reap() == 1
    run.refresh_from_db()
    assert (run.status, run.lease_expires_at) == (RunStatus.STOPPING, None)


def test_a_run_began_when_its_first_supervisor_took_it(run: Run) -> None:
    lease = acquire(run)
    run.refresh_from_db()
    began = run.started_at
    leases.hand_over(lease=lease)
    acquire(run)
    run.refresh_from_db()
    assert run.started_at == began is not None


def test_a_heartbeat_tells_that_a_stop_was_asked_for(run: Run) -> None:
    lease = acquire(run)
    assert leases.renew_lease(lease=lease) == RunStatus.RUNNING
    lifecycle.stop_run(run_id=run.pk)
    assert leases.renew_lease(lease=lease) == RunStatus.STOPPING


def test_the_reaper_queues_a_lost_workers_run_again(
    run: Run, sent_tasks: list, django_capture_on_commit_callbacks: Any
) -> None:
    acquire(run)
    assert reap() == 0
    expire(run)
    with django_capture_on_commit_callbacks(execute=True):
        assert reap() == 1
    run.refresh_from_db()
    assert (run.status, sent_tasks) == (RunStatus.QUEUED, [run.pk])


def test_a_run_that_loses_every_worker_fails_with_the_reason(run: Run, settings: Any) -> None:
    for _ in range(settings.ABP_MAX_RESTARTS + 1):
        acquire(run, "doomed:1")
        expire(run)
        reap()
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "doomed:1" in run.error


def test_the_reaper_sends_a_task_again_that_the_broker_lost(
    run: Run, sent_tasks: list, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert reap() == 0
        long_ago = timezone.now() - timedelta(seconds=settings.ABP_REDISPATCH_SECONDS + 1)
        Run.objects.filter(pk=run.pk).update(dispatched_at=long_ago)
        assert reap() == 1
    assert sent_tasks == [run.pk]


def test_what_another_reaper_saw_to_meanwhile_is_left_alone(run: Run, settings: Any) -> None:
    long_ago = timezone.now() - timedelta(seconds=settings.ABP_REDISPATCH_SECONDS)
    assert not leases.redispatch(run_id=run.pk, sent_before=long_ago), "it was sent since"
    assert leases.redispatch(run_id=run.pk, sent_before=timezone.now())
    acquire(run)
    assert not leases.redispatch(run_id=run.pk, sent_before=timezone.now()), "a worker has it"
    assert not leases.requeue_expired(run_id=run.pk), "its lease is good"
    expire(run)
    assert leases.requeue_expired(run_id=run.pk)
    assert not leases.requeue_expired(run_id=run.pk), "it waits already"


def test_a_worker_that_comes_up_sends_all_that_waits(
    run: Run, sent_tasks: list, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert reap(at_start=True) == 1
    assert sent_tasks == [run.pk]


def test_a_run_handed_over_waits_for_the_next_worker_and_a_stop_asked_for_holds(run: Run) -> None:
    leases.hand_over(lease=acquire(run))
    run.refresh_from_db()
    assert (run.status, run.lease_expires_at, run.pid) == (RunStatus.QUEUED, None, None)
    assert run.dispatched_at is None
    lease = acquire(run)
    lifecycle.stop_run(run_id=run.pk)
    leases.hand_over(lease=lease)
    run.refresh_from_db()
    assert run.status == RunStatus.STOPPED


def test_a_new_window_clears_the_count_of_restarts(run: Run, settings: Any) -> None:
    lease, writer = acquire(run), EventWriter(run)
    for window in (1, 2):
        for _ in range(settings.ABP_MAX_RESTARTS):
            assert leases.count_restart(lease=lease, reason="died")
        assert not leases.count_restart(lease=lease, reason="died")
        record_event(lease=lease, event=told(writer, window), offset=window)
    run.refresh_from_db()
    assert (run.restarts, run.error) == (0, "")


def test_a_window_made_again_leaves_the_count_of_restarts(run: Run) -> None:
    lease, writer = acquire(run), EventWriter(run)
    record_event(lease=lease, event=told(writer, 1), offset=1)
    leases.count_restart(lease=lease, reason="died")
    record_event(lease=lease, event=told(writer, 1), offset=2)
    run.refresh_from_db()
    assert run.restarts == 1
    assert run.error.endswith("died")
