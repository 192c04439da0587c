"""The live websocket: a snapshot and the events after it always make what a fresh snapshot says."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from pydantic import TypeAdapter

from base.responses import to_json
from config.asgi import application
from config.schema import MESSAGES
from runs import consumers, live, selectors
from runs.events_file import EventsFile
from runs.messages import Snapshot
from runs.models import Run
from runs.schemas import WindowOut
from runs.services import leases, lifecycle
from runs.tests.trainer_events import EventWriter, started

pytestmark = pytest.mark.django_db(transaction=True)


class LiveClient:
    """What a page does: start from the snapshot, apply each event, in order and without a gap."""

    def __init__(self, socket: WebsocketCommunicator, snapshot: dict[str, Any]) -> None:
        self.socket = socket
        self.seq = snapshot["seq"]
        self.run = snapshot["run"]
        self.windows = {row["window_id"]: row for row in snapshot["windows"]}
        self.kinds: list[str] = []

    async def catch_up(self, seq: int) -> None:
        while self.seq < seq:
            text = await self.socket.receive_from(timeout=5)
            MESSAGES["LiveMessage"].validate_json(text)
            event = json.loads(text)
            assert event["type"] == "event"
            assert event["seq"] == self.seq + 1
            self.seq = event["seq"]
            self.kinds.append(event["kind"])
            if event["kind"] == "run":
                self.run = event["data"]
            elif event["kind"] == "window":
                self.windows[event["data"]["window_id"]] = event["data"]

    def as_snapshot(self) -> dict[str, Any]:
        windows = [self.windows[window_id] for window_id in sorted(self.windows)]
        return {"type": "snapshot", "seq": self.seq, "run": self.run, "windows": windows}


@pytest.fixture
async def socket(run: Run) -> AsyncIterator[WebsocketCommunicator]:
    socket = WebsocketCommunicator(application, f"/ws/runs/{run.pk}/live")
    assert (await socket.connect())[0]
    yield socket
    await socket.disconnect()


def a_runs_life(run: Run) -> None:
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    assert lease is not None
    writer = EventWriter(run, token=lease.token)
    writer.append("started", **started())
    for window in (1, 2, 3):
        writer.window(window)
        writer.replay(window)
    writer.window(2, return_mean=5.0)
    writer.checkpoint(2)
    writer.checkpoint(3)
    writer.append("log", level="warning", message="careful")
    EventsFile.of(lease).record_new(seconds=60)
    writer.remove_checkpoint(2)
    EventsFile.of(lease).record_new(seconds=60)
    leases.count_restart(lease=lease, reason="died")
    lifecycle.stop_run(run_id=run.pk)
    leases.hand_over(lease=lease)
    lifecycle.resume_run(run_id=run.pk)


async def test_snapshot_and_events_equal_a_fresh_snapshot(run: Run, socket: WebsocketCommunicator) -> None:
    text = await socket.receive_from(timeout=5)
    MESSAGES["LiveMessage"].validate_json(text)
    client = LiveClient(socket, json.loads(text))
    assert client.windows == {}
    await sync_to_async(a_runs_life)(run)
    fresh = await sync_to_async(selectors.snapshot)(run_id=run.pk)
    await client.catch_up(fresh.seq)
    assert client.as_snapshot() == json.loads(to_json(fresh))
    TypeAdapter(list[WindowOut]).validate_json(to_json(fresh.windows))
    assert {*client.kinds} == {"run", "window", "checkpoint", "checkpoint_removed", "replay", "log"}
    assert await socket.receive_nothing()


async def test_an_event_that_the_channel_layer_lost_is_made_good(
    run: Run, socket: WebsocketCommunicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await socket.receive_json_from(timeout=5)
    monkeypatch.setattr(live, "_send", lambda group, messages: None)
    await sync_to_async(lifecycle.stop_run)(run_id=run.pk)
    again = await socket.receive_json_from(timeout=consumers.RESYNC_SECONDS * 3)
    assert (again["type"], again["seq"]) == ("snapshot", first["seq"] + 1)
    assert again["run"]["status"] == "stopped"


async def test_a_snapshot_has_the_latest_windows_only(run: Run) -> None:
    def record() -> Snapshot:
        lease = leases.acquire_lease(run_id=run.pk, worker="w")
        writer = EventWriter(run, token=lease.token)
        for window in range(1, 8):
            writer.window(window)
        EventsFile.of(lease).record_new(seconds=60)
        return selectors.snapshot(run_id=run.pk, windows=3)

    snapshot = await sync_to_async(record)()
    assert [row["window_id"] for row in json.loads(to_json(snapshot))["windows"]] == [5, 6, 7]
    assert snapshot.run.windows_count == 7


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ws/runs/00000000-0000-4000-8000-000000000000/live", 404),
        ("/ws/runs/not-a-uuid/live", 404),
        ("/ws/nothing/here", 404),
    ],
)
async def test_an_unknown_run_or_path_is_told_so(db: None, path: str, status: int) -> None:
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    message = await socket.receive_json_from(timeout=5)
    assert (message["type"], message["status"]) == ("error", status)
    assert (await socket.receive_output(timeout=5))["code"] == 4000 + status


async def test_another_sites_page_is_kept_out(run: Run) -> None:
    async def connects_from(origin: bytes) -> bool:
        headers = [(b"origin", origin)]
        socket = WebsocketCommunicator(application, f"/ws/runs/{run.pk}/live", headers=headers)
        connected = (await socket.connect())[0]
        await socket.disconnect()
        return connected

    assert await connects_from(b"http://localhost:8000")
    assert not await connects_from(b"http://evil.example")
