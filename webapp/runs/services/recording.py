"""Recording what a trainer reports. One event is one transaction, which also moves the offset up to which the file is
read. So reading continues at the right place after a crash at any point, and no event is lost or counted twice.
"""

import uuid
from typing import Any

from django.db import DataError, IntegrityError, transaction

from abp.runs.events import (
    BadEventError,
    CheckpointRemoved,
    CheckpointSaved,
    Event,
    LogMessage,
    RunEvent,
    Started,
    WindowClosed,
)
from runs import directory, extensions, live, selectors
from runs.extensions import Changes, EventRecorder
from runs.messages import (
    LiveCheckpoint,
    LiveCheckpointRemoved,
    LiveLog,
    LiveWindow,
    LogLine,
    RemovedCheckpoint,
)
from runs.models import Checkpoint, Run, Window
from runs.schemas import WindowOut
from runs.services.leases import Lease, lease_expiry, owned_run

BAD_EVENT = (ValueError, OSError, DataError, IntegrityError)
"""What recording an event may raise: a path that leads elsewhere, no file, a text that the database can't take."""


def record_event(*, lease: Lease, event: Event, offset: int) -> bool:
    """Records one trainer event; `offset` is where the next one starts in the file.

    Windows and replays replace what was recorded for the same window, checkpoints what was recorded for the same file
    (a resumed trainer produces those after its checkpoint again). The supervisor decides how a run ends, so the
    terminal events only move the offset. Returns False for an event that was recorded before.
    Raises LeaseLostError if the lease is not the newest; BadEventError, with the offset moved, for a bad event.
    """
    try:
        recorder = _RECORDERS.get(type(event)) or extensions.recorders().get(type(event))
        stored = recorder.store(lease.run_id, event) if recorder and recorder.store else None
        with transaction.atomic():
            run = owned_run(lease=lease)
            fresh = event.seq > run.events_seq
            changes = recorder.record(run, event, stored) if recorder and fresh else None
            run.events_offset = offset
            run.events_seq = max(event.seq, run.events_seq)
            # An owner that writes is alive, however long it takes to catch up with a long file.
            run.lease_expires_at = lease_expiry()
            run.save()
            if changes is not None:
                live.publish(run=run, changes=changes)
            return fresh
    except BAD_EVENT as error:
        skip_to(lease=lease, offset=offset)
        raise BadEventError(f"event {event.type} (seq {event.seq}): {error!r}") from error


@transaction.atomic
def skip_to(*, lease: Lease, offset: int) -> None:
    """Moves the offset up to which the file is read."""
    run = owned_run(lease=lease)
    run.events_offset = offset
    run.save(update_fields=["events_offset"])


def _started(run: Run, event: Started, stored: str | None) -> Changes:
    run.env_steps_total = event.env_steps_total
    return []


def _window(run: Run, event: WindowClosed, stored: str | None) -> Changes:
    row = event.window
    window, created = Window.objects.update_or_create(
        run=run,
        window_id=row.window_id,
        defaults={"env_steps_total": row.env_steps_total, "row": row.model_dump(), "created_at": event.time},
    )
    run.env_steps_total = row.env_steps_total
    run.steps_per_second = row.steps_per_second
    if created:
        run.restarts = 0
        run.error = ""
    return [(LiveWindow, WindowOut.model_validate(selectors.window_fields(window)))]


def _stored_checkpoint(run_id: uuid.UUID, event: CheckpointSaved) -> str | None:
    """None for a checkpoint that is gone: a later event, not read yet, tells that the trainer removed it."""
    try:
        return directory.store(run_id=run_id, relative_path=event.path)
    except FileNotFoundError:
        return None


def _checkpoint(run: Run, event: CheckpointSaved, stored: str | None) -> Changes:
    if stored is None:
        return []
    checkpoint, _ = Checkpoint.objects.update_or_create(
        run=run,
        path=stored,
        defaults={
            "window_id": event.window_id,
            "env_steps_total": event.env_steps_total,
            "sha256": event.sha256,
            "bytes": event.bytes,
            "created_at": event.time,
        },
    )
    return [(LiveCheckpoint, selectors.checkpoint_out(checkpoint))]


def _checkpoint_removed(run: Run, event: CheckpointRemoved, stored: str | None) -> Changes:
    name = directory.artifact_name(run_id=run.pk, relative_path=event.path)
    Checkpoint.objects.filter(run=run, path=name).delete()
    # The row first: a file that nothing points at does less harm than a row that points at nothing.
    transaction.on_commit(lambda: directory.discard(name=name), robust=True)
    return [(LiveCheckpointRemoved, RemovedCheckpoint(path=name, reason=event.reason))]


def _log(run: Run, event: LogMessage, stored: str | None) -> Changes:
    return [(LiveLog, LogLine(level=event.level, message=event.message))]


_RECORDERS: dict[type[RunEvent], EventRecorder[Any]] = {
    Started: EventRecorder(_started),
    WindowClosed: EventRecorder(_window),
    CheckpointSaved: EventRecorder(_checkpoint, store=_stored_checkpoint),
    CheckpointRemoved: EventRecorder(_checkpoint_removed),
    LogMessage: EventRecorder(_log),
}
