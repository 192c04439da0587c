"""Reading runs, and what the API says of them."""

import uuid
from typing import Any, TypeAlias, TypedDict

from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from base.errors import NotFoundError
from runs import extensions
from runs.messages import Snapshot
from runs.models import Checkpoint, Run, Window
from runs.schemas import CheckpointOut, RunOut


class Totals(TypedDict):
    windows_count: int
    last_window_id: int | None


RunWithTotals: TypeAlias = "WithAnnotations[Run, Totals]"


def runs_with_totals() -> QuerySet[RunWithTotals]:
    """Runs, newest first, annotated with what `run_out` needs beyond the row."""
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


def run_out(run: RunWithTotals) -> RunOut:
    """What the API says of a run that came from `runs_with_totals`."""
    other = {
        "seed": run.config["seed"],
        "error": run.error or None,
    }
    return RunOut.model_validate({**{name: getattr(run, name) for name in _SAME_OUT}, **other})


_SAME_OUT = RunOut.model_fields.keys() - {"seed", "error"}


def read_run(*, run_id: uuid.UUID) -> RunOut:
    """NotFoundError if there is none."""
    run = runs_with_totals().filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(f"no run {run_id}", field="run_id")
    return run_out(run)


def window_fields(window: Window) -> dict[str, Any]:
    """The fields of a `WindowOut`. Lists of a thousand are sent as such: the rows were checked when they came."""
    return {**window.row, "created_at": window.created_at}


def checkpoint_out(checkpoint: Checkpoint) -> CheckpointOut:
    return CheckpointOut.model_validate({name: getattr(checkpoint, name) for name in CheckpointOut.model_fields})


def windows_of(*, run_id: uuid.UUID, after: int | None = None, descending: bool = False) -> QuerySet[Window]:
    windows = Window.objects.filter(run_id=run_id).order_by("-window_id" if descending else "window_id")
    return windows if after is None else windows.filter(window_id__gt=after)


def snapshot(*, run_id: uuid.UUID, windows: int = 1000) -> Snapshot:
    """What a live client starts from: the run and its latest windows (ascending), as of `seq`.

    Read without a lock: if a change lands between the two reads they are read again. Should that never settle, the
    windows may be newer than `seq`, which the events that follow put right (they replace by window_id).
    """
    for _ in range(5):
        run = read_run(run_id=run_id)
        latest = [*windows_of(run_id=run_id, descending=True)[:windows]]
        if Run.objects.filter(pk=run_id, live_seq=run.live_seq).exists():
            break
    rows = [window_fields(window) for window in reversed(latest)]
    return Snapshot.model_validate({"seq": run.live_seq, "run": run, "windows": rows})
