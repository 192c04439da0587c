"""The replay websocket: frames in chunks, as many as the client has given credit for."""

import asyncio
import contextlib
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from base.errors import InvalidError, ServiceError
from base.websocket import JsonConsumer, whole_number
from replays import playback, selectors
from replays.playback import Playback
from replays.stream import ChunkSize, chunks

INITIAL_CREDIT = 4
MAX_CREDIT = 1000


class FramesConsumer(JsonConsumer):
    """`init`, then `frames` chunks while there is credit, then `complete`.

    One chunk is simulated at a time and only when it may be sent, so a slow reader holds up nothing but itself.
    `credit` gives more chunks, `seek` goes on from another frame, `stop` ends the stream and the connection.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._streaming: asyncio.Task[None] | None = None
        self._credit = INITIAL_CREDIT
        self._credited = asyncio.Event()

    async def opened(self) -> None:
        query = self.query()
        offset = whole_number(query.get("offset"), name="offset", least=0, most=2**31, default=0)
        self._limit = whole_number(query.get("limit"), name="limit", least=1, most=2**31, default=2**31)
        self._yield_every = whole_number(
            query.get("yield_every_batches"), name="yield_every_batches", least=1, most=1000, default=8
        )
        self._size = ChunkSize.from_query(query)
        ids: dict[str, uuid.UUID] = self.scope["url_route"]["kwargs"]
        replay, self._playback = await database_sync_to_async(_open)(**ids)
        self._check(offset)
        await self.send_json(
            {
                "type": "init",
                "replay": selectors.replay_payload(replay),
                "total": self._playback.total,
                "offset": offset,
            }
        )
        self._stream_from(offset)

    async def closed(self) -> None:
        await self._end_stream()

    async def received(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "credit":
                more = whole_number(message.get("n"), name="n", least=1, most=MAX_CREDIT)
                self._credit = min(MAX_CREDIT, self._credit + more)
                self._credited.set()
            case "seek":
                offset = whole_number(message.get("offset"), name="offset", least=0, most=2**31)
                self._check(offset)
                await self._end_stream()
                self._stream_from(offset)
            case "stop":
                await self._end_stream()
                await self.close()
            case other:
                raise InvalidError(f"type is {other!r}: credit, seek or stop is needed", field="type")

    def _check(self, offset: int) -> None:
        if offset >= self._playback.total:
            raise InvalidError(f"offset is {offset}: frames 0..{self._playback.total - 1} exist", field="offset")

    def _stream_from(self, offset: int) -> None:
        self._streaming = asyncio.create_task(self._stream(offset))

    async def _end_stream(self) -> None:
        if self._streaming is not None:
            self._streaming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._streaming
            self._streaming = None

    async def _stream(self, offset: int) -> None:
        try:
            await self._send_chunks(offset)
        except ServiceError as error:
            await self.close_with_error(error)

    async def _send_chunks(self, offset: int) -> None:
        source = chunks(self._playback, offset=offset, limit=self._limit, size=self._size)
        sent = batches = 0
        while True:
            while self._credit == 0:
                self._credited.clear()
                await self._credited.wait()
            chunk = await sync_to_async(lambda: next(source, None), thread_sensitive=False)()
            if chunk is None:
                break
            self._credit -= 1
            await self.send(text_data=chunk.text)
            sent += chunk.count
            batches += 1
            if batches % self._yield_every == 0:
                await asyncio.sleep(0)
        await self.send_json({"type": "complete", "sent": sent})


def _open(*, run_id: uuid.UUID, replay_id: uuid.UUID) -> tuple[Any, Playback]:
    replay = selectors.get_replay(run_id=run_id, replay_id=replay_id)
    return replay, playback.cache.get(replay)
