"""Reading replays, and the JSON of them that leaves the system."""

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from abp.runs.replay_summary import ReplaySummary
from base.errors import NotFoundError
from replays.models import Replay, ReplayTag
from replays.schemas import ReplayOut


def replays_of(
    *, run_id: uuid.UUID, tags_all: Sequence[str] = (), tags_any: Sequence[str] = (), window_id: int | None = None
) -> QuerySet[Replay]:
    """The run's replays, newest window first, that have all of `tags_all` and, if given, one of `tags_any`."""
    replays = Replay.objects.filter(run_id=run_id).prefetch_related("tags").order_by("-window_id", "-created_at")
    if window_id is not None:
        replays = replays.filter(window_id=window_id)
    if tags_any:
        replays = replays.filter(pk__in=ReplayTag.objects.filter(tag__in=tags_any).values("replay"))
    for tag in tags_all:
        replays = replays.filter(pk__in=ReplayTag.objects.filter(tag=tag).values("replay"))
    return replays


def get_replay(*, run_id: uuid.UUID, replay_id: uuid.UUID) -> Replay:
    """NotFoundError if the run has no such replay."""
    replay = Replay.objects.filter(run_id=run_id, pk=replay_id).prefetch_related("tags").first()
    if replay is None:
        raise NotFoundError(f"run {run_id} has no replay {replay_id}", field="replay_id")
    return replay


def replay_out(replay: Replay) -> ReplayOut:
    same = ReplaySummary.model_fields.keys() - {"return_total", "tags"}
    return ReplayOut.model_validate(
        {
            **{name: getattr(replay, name) for name in same},
            "id": replay.id,
            "run_id": replay.run_id,
            "return": replay.return_total,
            "tags": [tag.tag for tag in replay.tags.all()],
            "created_at": replay.created_at,
        }
    )
