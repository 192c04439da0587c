"""What replays add to a run: the recording of the trainer's replay events, figures of the run, and files."""

import uuid
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from abp.runs.events import ReplayRecorded
from replays.models import Replay
from replays.schemas import LiveReplay
from replays.selectors import replay_out
from replays.services import record_replay
from runs import directory
from runs.extensions import Changes, EventRecorder, RunExtension, Source
from runs.models import Run


def _store(run_id: uuid.UUID, event: ReplayRecorded) -> str:
    return directory.store(run_id=run_id, relative_path=event.path)


def _record(run: Run, event: ReplayRecorded, stored: Any) -> Changes:
    replay = record_replay(run=run, path=stored, event=event)
    return [(LiveReplay, replay_out(replay))]


def _best(field: str) -> Subquery:
    of_run = Replay.objects.filter(run=OuterRef("pk")).order_by().values("run")
    return Subquery(of_run.annotate(best=Max(field)).values("best"))


EXTENSION = RunExtension(
    recorders={ReplayRecorded: EventRecorder(_record, store=_store)},
    figures={
        "latest_replay_id": Subquery(Replay.objects.filter(run=OuterRef("pk")).order_by("-window_id").values("id")[:1]),
        "best_return": _best("return_total"),
        "best_credits": _best("credits"),
    },
    sources=(Source("replays", Replay, expected=lambda run, last_window: last_window),),
    products=(Replay,),
)
