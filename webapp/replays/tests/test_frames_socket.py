"""The replay websocket: chunks for credit, seek, stop, and errors told."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from pydantic import TypeAdapter

from abp.episodes.frame import Frame
from config.asgi import application
from config.schema import MESSAGES
from replays.consumers import INITIAL_CREDIT
from replays.models import Replay
from replays.tests.test_playback import stored_replay
from runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def replay(run: Run) -> Replay:
    return await sync_to_async(stored_replay)(run)


async def opened(replay: Replay, query: str = "") -> WebsocketCommunicator:
    path = f"/ws/runs/{replay.run_id}/replays/{replay.pk}/frames?{query}"
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    return socket


async def messages(socket: WebsocketCommunicator, count: int) -> list[dict[str, Any]]:
    return [await socket.receive_json_from(timeout=10) for _ in range(count)]


async def test_no_chunk_comes_without_credit(replay: Replay) -> None:
    socket = await opened(replay, "batch_size=10")
    init, *chunks = await messages(socket, 1 + INITIAL_CREDIT)
    assert (init["type"], init["total"], init["offset"]) == ("init", replay.steps + 1, 0)
    assert init["replay"]["id"] == str(replay.pk)
    assert [chunk["offset"] for chunk in chunks] == [0, 10, 20, 30]
    assert await socket.receive_nothing(timeout=0.3)
    await socket.send_json_to({"type": "credit", "n": 2})
    assert [chunk["offset"] for chunk in await messages(socket, 2)] == [40, 50]
    assert await socket.receive_nothing(timeout=0.3)
    await socket.disconnect()


async def test_with_enough_credit_every_frame_comes_once_and_then_complete(replay: Replay) -> None:
    socket = await opened(replay, "offset=7&batch_size=100&yield_every_batches=1")
    await socket.send_json_to({"type": "credit", "n": 1000})
    await socket.receive_json_from(timeout=10)
    indices: list[int] = []
    while (message := await socket.receive_json_from(timeout=10))["type"] == "frames":
        assert message["offset"] == message["frames"][0]["frame_index"]
        indices += [frame["frame_index"] for frame in message["frames"]]
    assert indices == [*range(7, replay.steps + 1)]
    assert message == {"type": "complete", "sent": len(indices)}
    await socket.disconnect()


async def test_every_message_is_of_the_schema(replay: Replay) -> None:
    socket = await opened(replay, "batch_size=20")
    await socket.send_json_to({"type": "credit", "n": 1000})
    await socket.send_json_to({"type": "dance"})
    kinds = set()
    while "complete" not in kinds:
        text = await socket.receive_from(timeout=10)
        kinds.add(MESSAGES["StreamMessage"].validate_json(text).type)
        if text.startswith('{"type":"frames"'):
            TypeAdapter(list[Frame]).validate_json(json.dumps(json.loads(text)["frames"]))
    assert kinds == {"init", "frames", "complete", "error"}
    await socket.disconnect()


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"type": "credit"}, "n: Field required"),
        ({"type": "credit", "n": "1"}, "n: Input should be a valid integer"),
        ({"type": "credit", "n": 1, "more": 2}, "more: Extra inputs are not permitted"),
        ({"type": "seek", "offset": None}, "offset: Input should be a valid integer"),
        ({"type": "stop", "now": True}, "now: Extra inputs are not permitted"),
        ({"type": "dance"}, "type: Input tag 'dance'"),
        ({"n": 1}, "type: Unable to extract tag"),
    ],
)
async def test_a_wrong_field_of_a_message_is_named(replay: Replay, message: dict[str, Any], named: str) -> None:
    socket = await opened(replay, "limit=1")
    await messages(socket, 3)
    await socket.send_json_to(message)
    assert (await socket.receive_json_from(timeout=5))["message"].startswith(named)
    await socket.disconnect()


async def test_a_chunk_keeps_to_its_bytes(replay: Replay) -> None:
    socket = await opened(replay, "batch_size=1000&max_chunk_bytes=65536&limit=60")
    await socket.send_json_to({"type": "credit", "n": 100})
    await socket.receive_from(timeout=10)
    count = chunks = 0
    while (text := await socket.receive_from(timeout=10)).startswith('{"type":"frames"'):
        assert len(text.encode()) <= 65536
        count += len(json.loads(text)["frames"])
        chunks += 1
    assert count == 60
    assert 1 < chunks < 60
    await socket.disconnect()


async def test_seek_goes_on_from_another_frame(replay: Replay) -> None:
    socket = await opened(replay, "batch_size=10")
    await messages(socket, 1 + INITIAL_CREDIT)
    await socket.send_json_to({"type": "seek", "offset": replay.steps})
    await socket.send_json_to({"type": "credit", "n": 5})
    chunk, complete = await messages(socket, 2)
    assert (chunk["offset"], len(chunk["frames"])) == (replay.steps, 1)
    assert complete == {"type": "complete", "sent": 1}
    await socket.send_json_to({"type": "stop"})
    assert (await socket.receive_output(timeout=5))["type"] == "websocket.close"


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1",
        "offset=999999",
        "offset=x",
        "limit=0",
        "batch_size=0",
        "batch_size=1001",
        "max_chunk_bytes=10",
        "max_chunk_bytes=99999999999999999999999",
        "yield_every_batches=0",
    ],
)
async def test_a_bad_query_is_told_and_closed(replay: Replay, query: str) -> None:
    socket = await opened(replay, query)
    message = await socket.receive_json_from(timeout=5)
    assert (message["type"], message["status"]) == ("error", 422)
    assert query.split("=")[0] in message["message"]
    assert (await socket.receive_output(timeout=5))["code"] == 4422


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"type": "dance"}',
        '{"type": "credit"}',
        '{"type": "credit", "n": -1}',
        '{"type": "credit", "n": true}',
        '{"type": "seek", "offset": 1e400}',
        '{"type": "seek", "offset": 999999}',
        "x" * 5000,
    ],
)
async def test_a_bad_message_is_told_and_the_stream_goes_on(replay: Replay, text: str) -> None:
    socket = await opened(replay, "batch_size=5")
    await messages(socket, 1 + INITIAL_CREDIT)
    await socket.send_to(text_data=text)
    message = await socket.receive_json_from(timeout=5)
    assert (message["type"], message["status"]) == ("error", 422)
    await socket.send_json_to({"type": "credit", "n": 1})
    assert (await socket.receive_json_from(timeout=5))["offset"] == 5 * INITIAL_CREDIT
    await socket.disconnect()


async def test_an_unknown_replay_is_told_and_closed(replay: Replay) -> None:
    path = f"/ws/runs/{replay.run_id}/replays/{replay.run_id}/frames"
    socket = WebsocketCommunicator(application, path)
    await socket.connect()
    assert (await socket.receive_json_from(timeout=5))["status"] == 404
    assert (await socket.receive_output(timeout=5))["code"] == 4404
