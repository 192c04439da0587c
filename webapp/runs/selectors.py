"""Reading runs, and the JSON of them that leaves the system."""

import uuid
from typing import Any, TypeAlias, TypedDict

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from base.errors import NotFoundError
from runs import extensions
from runs.models import Checkpoint, Run, Window


class Totals(TypedDict):
    windows_count: int
    last_window_id: int | None


RunWithTotals: TypeAlias = "WithAnnotations[Run, Totals]"


def runs_with_totals() -> QuerySet[RunWithTotals]:
    """Runs, newest first, annotated with what `run_json` needs beyond the row."""
    windows = Window.objects.filter(run=OuterRef("pk")).order_by().values("run")
    count = Subquery(windows.annotate(n=Count("pk")).values("n"))
    return Run.objects.annotate(
        windows_count=Coalesce(count, 0, output_field=IntegerField()),
        last_window_id=Subquery(windows.annotate(n=Max("window_id")).values("n")),
        **extensions.figures(),
    )


def get_run(*, run_id: uuid.UUID) -> Run:
    """NotFoundError if there is none."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    return run


def run_json(run: RunWithTotals) -> dict[str, Any]:
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
        **{name: _figure(getattr(run, name)) for name in extensions.figures()},
        "steps_per_second": run.steps_per_second,
        "error": run.error or None,
        "parent_id": run.parent_id and str(run.parent_id),
        "live_seq": run.live_seq,
    }


def _figure(value: Any) -> Any:
    """Live messages hold plain JSON values only."""
    return str(value) if isinstance(value, uuid.UUID) else value


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
