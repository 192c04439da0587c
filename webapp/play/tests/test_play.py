"""Play sessions, over HTTP and websocket."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connection
from django.test import Client
from django.utils import timezone
from pydantic import TypeAdapter

from abp.episodes.episode import Episode
from abp.episodes.frame import Frame
from base.errors import ConflictError
from base.reaper import reap
from base.responses import to_json
from config.asgi import application
from config.schema import MESSAGES
from play import services
from play.models import PlaySession
from play.schemas import PlayOpened

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/play/session{path}", json.dumps(body or {}), content_type="application/json")


def test_a_session_plays_the_very_episode_of_its_seed(client: Client) -> None:
    episode = Episode.start(11, 500.0)
    answer = post(client, "", {"seed": 11, "time_max": 500})
    PlayOpened.model_validate_json(answer.content)
    opened = answer.json()
    TypeAdapter(Frame).validate_python(opened["frame"])
    assert opened["seed"] == 11
    assert to_json(opened["frame"]) == to_json(json.loads(to_json(episode.frame)))
    for action in (8, 12, 29, 0, 11, 6, 42):
        expect = episode.frame_index
        answer = post(client, f"/{opened['session_id']}/step", {"action": action, "expect": expect}).json()
        assert answer["frame"] == json.loads(to_json(episode.step(action)))
        assert answer["expires_at"] > opened["expires_at"]


def test_a_step_on_another_frame_or_after_the_end_is_a_409(client: Client) -> None:
    session = post(client, "", {"seed": 1}).json()["session_id"]
    assert post(client, f"/{session}/step", {"action": 6, "expect": 1}).status_code == 409
    assert post(client, f"/{session}/step", {"action": 6, "expect": 0}).status_code == 200
    assert post(client, f"/{session}/step", {"action": 6, "expect": 0}).status_code == 409
    assert post(client, f"/{session}/step", {"action": 68, "expect": 1}).json()["frame"]["terminated"]
    assert post(client, f"/{session}/step", {"action": 6, "expect": 2}).status_code == 409
    again = post(client, f"/{session}/reset").json()
    assert (again["seed"], again["frame"]["frame_index"]) == (1, 0)
    assert post(client, f"/{session}/reset", {"seed": 2}).json()["seed"] == 2
    assert post(client, f"/{session}/step", {"action": 6, "expect": 0}).status_code == 200


def test_without_a_body_the_world_is_a_random_one(client: Client) -> None:
    first, second = (client.generic("POST", "/api/play/session") for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json()["seed"] != second.json()["seed"]


def test_an_ended_or_expired_session_is_unknown(client: Client) -> None:
    session = post(client, "").json()["session_id"]
    assert client.delete(f"/api/play/session/{session}").status_code == 204
    assert client.delete(f"/api/play/session/{session}").status_code == 404
    late = post(client, "").json()["session_id"]
    PlaySession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert post(client, f"/{late}/step", {"action": 6, "expect": 0}).status_code == 404
    kept = post(client, "").json()["session_id"]
    reap()
    assert [str(pk) for pk in PlaySession.objects.values_list("pk", flat=True)] == [kept]


def test_sessions_are_bounded_and_idle_ones_make_room(client: Client, settings: Any) -> None:
    settings.ABP_PLAY_MAX_SESSIONS = 2
    first = post(client, "").json()["session_id"]
    assert post(client, "").status_code == 201
    assert post(client, "").status_code == 429
    PlaySession.objects.filter(pk=first).update(used_at=timezone.now() - services.IDLE - timedelta(seconds=1))
    assert post(client, "").status_code == 201
    assert not PlaySession.objects.filter(pk=first).exists()
    assert PlaySession.objects.count() == 2


def test_of_idle_sessions_the_one_that_rested_longest_makes_room(client: Client, settings: Any) -> None:
    settings.ABP_PLAY_MAX_SESSIONS = 3
    rested = {post(client, "").json()["session_id"]: minutes for minutes in (5, 30, 20)}
    for session, minutes in rested.items():
        used_at = timezone.now() - services.IDLE - timedelta(minutes=minutes)
        PlaySession.objects.filter(pk=session).update(used_at=used_at)
    assert post(client, "").status_code == 201
    left = {str(pk) for pk in PlaySession.objects.values_list("pk", flat=True)}
    assert {minutes for session, minutes in rested.items() if session in left} == {5, 20}


@pytest.mark.django_db(transaction=True)
def test_of_steps_at_the_same_time_with_the_same_expect_one_wins() -> None:
    session, _ = services.start_session(seed=1)
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def step() -> None:
        together.wait()
        try:
            services.step_session(session_id=session.pk, action=6, expect=0)
            outcomes.append("stepped")
        except ConflictError:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "stepped"]
    session.refresh_from_db()
    assert session.frame_index == 1


@pytest.mark.django_db(transaction=True)
async def test_the_websocket_steps_and_resets_the_same_session() -> None:
    session, _ = await sync_to_async(services.start_session)(seed=1)
    socket = WebsocketCommunicator(application, f"/ws/play/{session.pk}")
    assert (await socket.connect())[0]

    async def ask(message: dict[str, Any]) -> dict[str, Any]:
        await socket.send_json_to(message)
        return await socket.receive_json_from(timeout=5)

    stepped = await ask({"type": "step", "action": 8, "expect": 0})
    assert stepped["frame"]["frame_index"] == 1
    MESSAGES["PlayMessage"].validate_python(stepped)
    TypeAdapter(Frame).validate_python(stepped["frame"])
    for message, named in (
        ({"type": "step", "action": 8}, "expect: Field required"),
        ({"type": "step", "action": 8.0, "expect": 1}, "action: Input should be a valid integer"),
        ({"type": "step", "action": 8, "expect": 1, "more": 2}, "more: Extra inputs are not permitted"),
        ({"type": "reset", "seed": "x"}, "seed: Input should be a valid integer"),
        ({"type": "leave"}, "type: Input tag 'leave'"),
    ):
        answer = await ask(message)
        MESSAGES["PlayMessage"].validate_python(answer)
        assert answer["message"].startswith(named)
    for message, status in (
        ({"type": "step", "action": 8, "expect": 0}, 409),
        ({"type": "step", "action": 69, "expect": 1}, 422),
        ({"type": "step", "action": 8}, 422),
        ({"type": "reset", "seed": -1}, 422),
        ({"type": "leave"}, 422),
    ):
        answer = await ask(message)
        assert (answer["type"], answer["status"]) == ("error", status)
    assert (await ask({"type": "reset"}))["frame"]["frame_index"] == 0
    there = (await ask({"type": "reset", "seed": 3}))["frame"]
    assert there == json.loads(to_json(Episode.start(3).frame))
    await session.arefresh_from_db()
    assert (session.seed, session.frame_index) == (3, 0)
    await socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_the_websocket_of_an_unknown_session_is_closed() -> None:
    socket = WebsocketCommunicator(application, "/ws/play/00000000-0000-4000-8000-000000000000")
    await socket.connect()
    assert (await socket.receive_json_from(timeout=5))["status"] == 404
    assert (await socket.receive_output(timeout=5))["code"] == 4404
