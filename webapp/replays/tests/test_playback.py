"""Frames of a stored replay: any page, at the same cost, equal to playing it from the start."""

import json
import time
from typing import Any

import pytest
from django.test import AsyncClient, Client

from abp.episodes.replay import ReplayRecipe, frames
from abp.rules import ACTION_NAMES
from base import artifacts
from base.responses import to_json
from replays import playback
from replays.models import Replay
from runs.events_file import EventsFile
from runs.models import Run
from runs.services import leases
from runs.tests.trainer_events import EventWriter, recorded_episode


def stored_replay(run: Run, *, time_max: float = 900.0) -> Replay:
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    EventWriter(run, token=lease.token).replay(3, time_max=time_max)
    EventsFile.of(lease).record_new(seconds=60)
    return run.replays.get()


@pytest.fixture
def replay(run: Run) -> Replay:
    return stored_replay(run)


def test_any_page_equals_playing_from_the_start() -> None:
    recipe = recorded_episode(seed=3, time_max=900.0)
    assert recipe.steps > 2 * playback.SNAPSHOT_EVERY
    player = playback.Playback(recipe)
    every = playback.SNAPSHOT_EVERY
    whole = frames(recipe, 0, recipe.steps + 1)
    assert player.total == len(whole)
    for offset in (0, 1, every - 1, every, every + 1, 2 * every, recipe.steps - 1, recipe.steps):
        page = player.frames(offset=offset, limit=3)
        assert to_json(page) == to_json(whole[offset : offset + 3])
    assert player.frames(offset=recipe.steps + 1, limit=3) == []


def test_a_seek_in_a_long_replay_is_quick() -> None:
    recipe = recorded_episode(seed=3, time_max=20_000.0)
    player = playback.Playback(recipe)
    took = []
    for offset in range(1, recipe.steps, max(1, recipe.steps // 20)):
        began = time.perf_counter()
        player.frames(offset=offset, limit=1)
        took.append(time.perf_counter() - began)
    # The median, as this machine may be busy with something else.
    assert sorted(took)[len(took) // 2] < 0.1


@pytest.mark.django_db
def test_pages_over_http(replay: Replay, client: Client) -> None:
    base = f"/api/runs/{replay.run_id}/replays/{replay.pk}"
    page = client.get(f"{base}/frames?offset=5&limit=2").json()
    assert (page["replay_id"], page["offset"], page["total"]) == (str(replay.pk), 5, replay.steps + 1)
    assert [frame["frame_index"] for frame in page["frames"]] == [5, 6]
    assert page["frames"][0]["policy"]["top"][0] == {"action": 0, "name": ACTION_NAMES[0], "p": 0.5}
    assert len(page["frames"][0]["render_state"]["observation"]) == 260
    last = client.get(f"{base}/frames?offset={replay.steps}").json()["frames"]
    assert [frame["frame_index"] for frame in last] == [replay.steps]


@pytest.mark.django_db(transaction=True)
async def test_the_download_has_every_frame_on_a_line(run: Run, async_client: AsyncClient) -> None:
    from asgiref.sync import sync_to_async

    replay = await sync_to_async(stored_replay)(run)
    answer = await async_client.get(f"/api/runs/{run.pk}/replays/{replay.pk}/download")
    assert answer["Content-Type"] == "application/x-ndjson"
    body = b"".join([part async for part in answer.streaming_content])
    assert body.endswith(b"\n")
    lines = [json.loads(line) for line in body.splitlines()]
    recipe = recorded_episode(seed=3, time_max=900.0)
    assert lines == [json.loads(to_json(frame)) for frame in frames(recipe, 0, recipe.steps + 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["gone", "cut", "foreign", "other"])
def test_a_broken_recording_is_a_410_that_says_why(replay: Replay, client: Client, damage: str) -> None:
    path = artifacts.root() / replay.path
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    elif damage == "foreign":
        path.write_bytes(b"no replay at all")
    else:
        recipe = ReplayRecipe.load(path)
        recipe.actions[0] = 8
        recipe.save(path)
    answer = client.get(f"/api/runs/{replay.run_id}/replays/{replay.pk}/frames")
    assert answer.status_code == 410
    assert answer.json()["error"]["code"] == "broken_artifact"


@pytest.mark.django_db
def test_a_replay_recorded_again_is_read_anew(replay: Replay, client: Client) -> None:
    url = f"/api/runs/{replay.run_id}/replays/{replay.pk}/frames"
    before: dict[str, Any] = client.get(url).json()
    path = artifacts.root() / replay.path
    recipe = recorded_episode(seed=8, time_max=50.0)
    recipe.save(path)
    Replay.objects.update(final_state_hash=recipe.final_state_hash, sha256="other", steps=recipe.steps)
    assert client.get(url).json()["total"] == recipe.steps + 1 != before["total"]


def test_the_cache_keeps_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "_opened", lambda replay: object())
    cache = playback.PlaybackCache(size=2)
    replays = [Replay(sha256=str(n)) for n in range(3)]
    first = cache.get(replays[0])
    cache.get(replays[1])
    assert cache.get(replays[0]) is first
    cache.get(replays[2])
    assert cache.get(replays[0]) is first
    assert len(cache._kept) == 2
