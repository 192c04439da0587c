"""Whether a run has produced what it should have: one row a source (windows, checkpoints, sources of extensions)."""

import uuid
from datetime import timedelta

from django.db.models import Count, Max
from django.utils import timezone

from runs import extensions
from runs.extensions import Source
from runs.models import SUPERVISED, Checkpoint, Run, Window
from runs.schemas import CompletenessOut, CompletenessRow
from runs.selectors import get_run, windows_of


def _checkpoint_every(run: Run) -> int:
    return max(1, int(run.config.get("checkpoint_every_windows", 1)))


def _checkpoints_kept(run: Run, last_window: int) -> int:
    """The trainer keeps the newest few (and the best, which may be one of them)."""
    return min(last_window // _checkpoint_every(run), max(1, int(run.config.get("keep_checkpoints", 1))))


_SOURCES = (
    Source("windows", Window, expected=lambda run, last_window: last_window),
    Source("checkpoints", Checkpoint, expected=_checkpoints_kept, every_windows=_checkpoint_every),
)


def completeness(*, run_id: uuid.UUID) -> CompletenessOut:
    """For each source: how many rows there are, and a status.

    missing: no row yet. stale: the run is training and no row came for ten windows' time (at least 5 minutes).
    error: rows are missing; `detail` counts them.
    """
    run = get_run(run_id=run_id)
    last_window = windows_of(run_id=run_id).aggregate(n=Max("window_id"))["n"] or 0
    sources = (*_SOURCES, *extensions.sources())
    return CompletenessOut(items=[_row(run, source, source.expected(run, last_window)) for source in sources])


def _row(run: Run, source: Source, expected: int) -> CompletenessRow:
    found = source.model._default_manager.filter(run=run).aggregate(count=Count("pk"), last_at=Max("created_at"))
    count, last_at = found["count"], found["last_at"]
    window_seconds = run.config["window_env_steps"] / max(1.0, run.steps_per_second or 1.0)
    timeout = timedelta(seconds=max(300.0, 10 * window_seconds * source.every_windows(run)))
    if count == 0:
        status, detail = "missing", "none yet"
    elif count < expected:
        status, detail = "error", f"{expected - count} of {expected} missing"
    elif run.status in SUPERVISED and timezone.now() - last_at > timeout:
        status, detail = "stale", f"nothing new since {last_at.isoformat()}"
    else:
        status, detail = "ok", f"{count} recorded"
    return CompletenessRow.model_validate(
        {"source": source.name, "status": status, "count": count, "last_at": last_at, "detail": detail}
    )
