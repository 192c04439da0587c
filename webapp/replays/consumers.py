"""The replay websocket: frames in chunks, as many as the client has given credit for."""

import asyncio
import contextlib
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from base.errors import InvalidError, ServiceError
from base.websocket import JsonConsumer
from replays import playback, selectors
from replays.messages import (
    INITIAL_CREDIT,
    MAX_CREDIT,
    STREAM_COMMAND,
    CompleteMessage,
    CreditCommand,
    InitMessage,
    SeekCommand,
    StopCommand,
    StreamQuery,
)
from replays.playback import Playback
from replays.stream import chunks


class FramesConsumer(JsonConsumer):
    """`init`, then `frames` chunks while there is credit, then `complete`.

    One chunk is simulated at a time and only when it may be sent, so a slow reader holds up nothing but itself.
    `credit` gives more chunks, `seek` goes on from another frame, `stop` ends the stream and the connection.
    """

    accepts = STREAM_COMMAND

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._streaming: asyncio.Task[None] | None = None
        self._credit = INITIAL_CREDIT
        self._credited = asyncio.Event()

    async def opened(self) -> None:
        self._query = query = self.query(StreamQuery)
        ids: dict[str, uuid.UUID] = self.scope["url_route"]["kwargs"]
        replay, self._playback = await database_sync_to_async(_open)(**ids)
        self._check(query.offset)
        await self.send_message(
            InitMessage(replay=selectors.replay_out(replay), total=self._playback.total, offset=query.offset)
        )
        self._stream_from(query.offset)

    async def closed(self) -> None:
        await self._end_stream()

    async def received(self, message: CreditCommand | SeekCommand | StopCommand) -> None:
        match message:
            case CreditCommand():
                self._credit = min(MAX_CREDIT, self._credit + message.n)
                self._credited.set()
            case SeekCommand():
                self._check(message.offset)
                await self._end_stream()
                self._stream_from(message.offset)
            case StopCommand():
                await self._end_stream()
                await self.close()

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
        source = chunks(self._playback, self._query, offset=offset)
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
            if batches % self._query.yield_every_batches == 0:
                await asyncio.sleep(0)
        await self.send_message(CompleteMessage(sent=sent))


def _open(*, run_id: uuid.UUID, replay_id: uuid.UUID) -> tuple[Any, Playback]:
    replay = selectors.get_replay(run_id=run_id, replay_id=replay_id)
    return replay, playback.cache.get(replay)
