"""HTTP API of replays: lists, pages of frames, download. All of it is open to read."""

import uuid
from typing import Annotated

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from base.api import Limit, Offset
from base.errors import InvalidError
from base.responses import json_response
from replays import playback, selectors
from replays.schemas import FramePage, ReplayList, ReplayOut
from replays.stream import lines
from runs.api import WindowId
from runs.selectors import get_run

router = Router(tags=["replays"])

Tag = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Tags = Annotated[str | None, Query(max_length=1000, pattern=r"^[^\x00]*$", description="comma separated")]


def _split(tags: str | None) -> list[str]:
    return [tag for tag in (tags or "").split(",") if tag]


@router.get("/runs/{uuid:run_id}/replays", response=ReplayList)
def list_replays(
    request: HttpRequest,
    run_id: uuid.UUID,
    tag: Tag = None,
    tags_any: Tags = None,
    tags_all: Tags = None,
    window_id: WindowId = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> HttpResponse:
    """Newest first: those with `tag`, any of `tags_any` and all of `tags_all`."""
    get_run(run_id=run_id)
    replays = selectors.replays_of(
        run_id=run_id,
        tags_all=[*_split(tags_all), *([tag] if tag else [])],
        tags_any=_split(tags_any),
        window_id=window_id,
    )
    items = [selectors.replay_out(replay) for replay in replays[offset : offset + limit]]
    return json_response(ReplayList(items=items, count=replays.count()))


@router.get("/runs/{uuid:run_id}/replays/{uuid:replay_id}", response=ReplayOut)
def read_replay(request: HttpRequest, run_id: uuid.UUID, replay_id: uuid.UUID) -> HttpResponse:
    return json_response(selectors.replay_out(selectors.get_replay(run_id=run_id, replay_id=replay_id)))


@router.get("/runs/{uuid:run_id}/replays/{uuid:replay_id}/frames", response=FramePage)
def read_frames(
    request: HttpRequest, run_id: uuid.UUID, replay_id: uuid.UUID, offset: Offset = 0, limit: Limit = 200
) -> HttpResponse:
    """At most `limit` frames from `offset` on; 422 for an offset past the last one, 410 for a broken recording."""
    replay = selectors.get_replay(run_id=run_id, replay_id=replay_id)
    player = playback.cache.get(replay)
    if offset >= player.total:
        raise InvalidError(f"offset is {offset}: frames 0..{player.total - 1} exist", field="offset")
    frames = player.frames(offset=offset, limit=limit)
    return json_response(FramePage(replay_id=replay.pk, offset=offset, total=player.total, frames=frames))


@router.get("/runs/{uuid:run_id}/replays/{uuid:replay_id}/download")
def download(request: HttpRequest, run_id: uuid.UUID, replay_id: uuid.UUID) -> StreamingHttpResponse:
    """Every frame as one line of JSON."""
    replay = selectors.get_replay(run_id=run_id, replay_id=replay_id)
    player = playback.cache.get(replay)

    response = StreamingHttpResponse(lines(player), content_type="application/x-ndjson")
    filename = f"replay-{str(run_id)[:8]}-window-{replay.window_id:06d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
