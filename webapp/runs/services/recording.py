"""Recording what a trainer reports. One event is one transaction, which also moves the offset up to which the file is
read. So reading continues at the right place after a crash at any point, and no event is lost or counted twice.
"""

import math
import uuid
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from runs import directory, extensions, live, selectors
from runs.extensions import Event, EventRecorder, LiveEvents
from runs.models import Checkpoint, Run, Window
from runs.services.leases import Lease, lease_expiry, owned_run

TERMINAL = ("finished", "failed")
BAD_EVENT = (KeyError, TypeError, ValueError, AttributeError, OSError, DataError, IntegrityError)


class BadEventError(ValueError):
    """The event lacks what its type needs; it is logged and skipped."""


def record_event(*, lease: Lease, event: Event, offset: int) -> bool:
    """Records one trainer event; `offset` is where the next one starts in the file.

    Windows and replays replace what was recorded for the same window, checkpoints what was recorded for the same file
    (a resumed trainer produces those after its checkpoint again). The supervisor decides how a run ends, so the
    terminal events only move the offset. Returns False for an event that was recorded before.
    Raises LeaseLostError if the lease is not the newest; BadEventError, with the offset moved, for a bad event.
    """
    try:
        recorder = _RECORDERS.get(event["type"]) or extensions.recorders().get(event["type"])
        stored = recorder.store(lease.run_id, event) if recorder and recorder.store else None
        with transaction.atomic():
            run = owned_run(lease=lease)
            seq = int(event["seq"])
            fresh = seq > run.events_seq
            events = recorder.record(run, event, stored) if recorder and fresh else None
            run.events_offset = offset
            run.events_seq = max(seq, run.events_seq)
            # An owner that writes is alive, however long it takes to catch up with a long file.
            run.lease_expires_at = lease_expiry()
            run.save()
            if events is not None:
                live.publish(run=run, events=events)
            return fresh
    except BAD_EVENT as error:
        skip_to(lease=lease, offset=offset)
        raise BadEventError(f"event {event.get('type')!r} (seq {event.get('seq')!r}): {error!r}") from error


@transaction.atomic
def skip_to(*, lease: Lease, offset: int) -> None:
    """Moves the offset up to which the file is read."""
    run = owned_run(lease=lease)
    run.events_offset = offset
    run.save(update_fields=["events_offset"])


def time_of(event: Event) -> datetime:
    """When the trainer wrote the event."""
    time = parse_datetime(event["time"])
    if time is None or time.tzinfo is None:
        raise ValueError(f"time {event['time']!r} is not an ISO 8601 time with its zone")
    return time


def _started(run: Run, event: Event, stored: str | None) -> LiveEvents:
    run.env_steps_total = int(event["env_steps_total"])
    return []


def _window(run: Run, event: Event, stored: str | None) -> LiveEvents:
    row = {key: _number_or_null(value) for key, value in event["window"].items()}
    window, created = Window.objects.update_or_create(
        run=run,
        window_id=row["window_id"],
        defaults={"env_steps_total": row["env_steps_total"], "row": row, "created_at": time_of(event)},
    )
    run.env_steps_total = row["env_steps_total"]
    run.steps_per_second = row["steps_per_second"]
    if created:
        run.restarts = 0
        run.error = ""
    return [("window", selectors.window_payload(window))]


def _number_or_null(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _stored_checkpoint(run_id: uuid.UUID, event: Event) -> str | None:
    """None for a checkpoint that is gone: a later event, not read yet, tells that the trainer removed it."""
    try:
        return directory.store(run_id=run_id, relative_path=event["path"])
    except FileNotFoundError:
        return None


def _checkpoint(run: Run, event: Event, stored: str | None) -> LiveEvents:
    if stored is None:
        return []
    checkpoint, _ = Checkpoint.objects.update_or_create(
        run=run,
        path=stored,
        defaults={
            "window_id": event["window_id"],
            "env_steps_total": event["env_steps_total"],
            "sha256": event["sha256"],
            "bytes": event["bytes"],
            "created_at": time_of(event),
        },
    )
    return [("checkpoint", selectors.checkpoint_payload(checkpoint))]


def _checkpoint_removed(run: Run, event: Event, stored: str | None) -> LiveEvents:
    name = directory.artifact_name(run_id=run.pk, relative_path=event["path"])
    Checkpoint.objects.filter(run=run, path=name).delete()
    # The row first: a file that nothing points at does less harm than a row that points at nothing.
    transaction.on_commit(lambda: directory.discard(name=name), robust=True)
    return [("checkpoint_removed", {"path": name, "reason": event["reason"]})]


def _log(run: Run, event: Event, stored: str | None) -> LiveEvents:
    return [("log", {"level": event["level"], "message": event["message"]})]


_RECORDERS = {
    "started": EventRecorder(_started),
    "window": EventRecorder(_window),
    "checkpoint": EventRecorder(_checkpoint, store=_stored_checkpoint),
    "checkpoint_removed": EventRecorder(_checkpoint_removed),
    "log": EventRecorder(_log),
}
