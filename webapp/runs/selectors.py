"""Reading runs, and the JSON of them that leaves the system."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from base.errors import NotFoundError
from replays.models import Replay
from runs.models import SUPERVISED, Checkpoint, Run, Window


def runs_with_totals() -> QuerySet[Run]:
    """Runs, newest first, annotated with what `run_json` needs beyond the row."""

    def of_run(queryset: QuerySet, **aggregate: Any) -> Subquery:
        (name,) = aggregate
        grouped = queryset.filter(run=OuterRef("pk")).order_by().values("run")
        return Subquery(grouped.annotate(**aggregate).values(name))

    latest = Replay.objects.filter(run=OuterRef("pk")).order_by("-window_id").values("id")[:1]
    return Run.objects.annotate(
        windows_count=Coalesce(of_run(Window.objects.all(), n=Count("pk")), 0, output_field=IntegerField()),
        last_window_id=of_run(Window.objects.all(), n=Max("window_id")),
        best_return=of_run(Replay.objects.all(), n=Max("return_total")),
        best_credits=of_run(Replay.objects.all(), n=Max("credits")),
        latest_replay_id=Subquery(latest),
    )


def get_run(*, run_id: uuid.UUID) -> Run:
    """NotFoundError if there is none."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    return run


def run_json(run: Run) -> dict[str, Any]:
    """The JSON of a run that came from `runs_with_totals`."""
    return {
        "id": str(run.id),
        "name": run.name,
        "status": run.status,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at and run.started_at.isoformat(),
        "finished_at": run.finished_at and run.finished_at.isoformat(),
        "config": run.config,
        "seed": run.config["seed"],
        "env_steps_total": run.env_steps_total,
        "total_env_steps": run.total_env_steps,
        "progress": run.progress,
        "windows_count": run.windows_count,
        "last_window_id": run.last_window_id,
        "latest_replay_id": run.latest_replay_id and str(run.latest_replay_id),
        "best_return": run.best_return,
        "best_credits": run.best_credits,
        "steps_per_second": run.steps_per_second,
        "error": run.error or None,
        "parent_id": run.parent_id and str(run.parent_id),
        "live_seq": run.live_seq,
    }


def run_payload(*, run_id: uuid.UUID) -> dict[str, Any]:
    """NotFoundError if there is none."""
    run = runs_with_totals().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    return run_json(run)


def window_payload(window: Window) -> dict[str, Any]:
    return {**window.row, "created_at": window.created_at.isoformat()}


def checkpoint_payload(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "window_id": checkpoint.window_id,
        "env_steps_total": checkpoint.env_steps_total,
        "path": checkpoint.path,
        "sha256": checkpoint.sha256,
        "bytes": checkpoint.bytes,
        "created_at": checkpoint.created_at.isoformat(),
    }


def windows_of(*, run_id: uuid.UUID, after: int | None = None, descending: bool = False) -> QuerySet[Window]:
    windows = Window.objects.filter(run_id=run_id).order_by("-window_id" if descending else "window_id")
    return windows if after is None else windows.filter(window_id__gt=after)


def snapshot(*, run_id: uuid.UUID, windows: int = 1000) -> dict[str, Any]:
    """What a live client starts from: the run and its latest windows (ascending), as of `seq`.

    Read without a lock: if a change lands between the two reads they are read again. Should that never settle, the
    windows may be newer than `seq`, which the events that follow put right (they replace by window_id).
    """
    for _ in range(5):
        run = run_payload(run_id=run_id)
        latest = [*windows_of(run_id=run_id, descending=True)[:windows]]
        if Run.objects.filter(pk=run_id, live_seq=run["live_seq"]).exists():
            break
    rows = [window_payload(window) for window in reversed(latest)]
    return {"type": "snapshot", "seq": run["live_seq"], "run": run, "windows": rows}


def completeness(*, run_id: uuid.UUID) -> list[dict[str, Any]]:
    """For each thing a run should produce: how much is there, and is it what the windows promise?

    missing: nothing yet. stale: the run is training and nothing came for ten windows' time (at least 5 minutes).
    error: there are gaps, counted in `detail`.
    """
    run = get_run(run_id=run_id)
    last_window = windows_of(run_id=run_id).aggregate(n=Max("window_id"))["n"] or 0
    every = max(1, int(run.config.get("checkpoint_every_windows", 1)))
    # The trainer keeps the newest few (and the best, which may be one of them).
    checkpoints = min(last_window // every, max(1, int(run.config.get("keep_checkpoints", 1))))
    expected = {"windows": last_window, "checkpoints": checkpoints, "replays": last_window}
    sources = {"windows": Window, "checkpoints": Checkpoint, "replays": Replay}
    return [_source_row(run, source, sources[source], count) for source, count in expected.items()]


def _source_row(run: Run, source: str, model: type, expected: int) -> dict[str, Any]:
    found = model.objects.filter(run=run).aggregate(count=Count("pk"), last_at=Max("created_at"))
    count, last_at = found["count"], found["last_at"]
    pace = run.config["window_env_steps"] / max(1.0, run.steps_per_second or 1.0)
    every = run.config.get("checkpoint_every_windows", 1) if source == "checkpoints" else 1
    patience = timedelta(seconds=max(300.0, 10 * pace * every))
    if count == 0:
        status, detail = "missing", "none yet"
    elif count < expected:
        status, detail = "error", f"{expected - count} of {expected} missing"
    elif run.status in SUPERVISED and timezone.now() - last_at > patience:
        status, detail = "stale", f"nothing new since {last_at.isoformat()}"
    else:
        status, detail = "ok", f"{count} recorded"
    return {
        "source": source,
        "status": status,
        "count": count,
        "last_at": last_at and last_at.isoformat(),
        "detail": detail,
    }
