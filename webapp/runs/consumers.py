"""The live websocket of a run: a snapshot, then what changes."""

import asyncio
import contextlib
import uuid
from typing import Any

import redis
from channels.db import database_sync_to_async

from base.errors import NotFoundError
from base.responses import to_json
from base.websocket import CLOSE_BASE, TRY_AGAIN_LATER, JsonConsumer
from runs import selectors
from runs.live import group_name
from runs.models import Run

RESYNC_SECONDS = 5.0


class LiveConsumer(JsonConsumer):
    """Sends `snapshot`, then each `event` with a seq above the snapshot's, in the order they come.

    Events are hints: the channel layer may drop one, or lose the group when the broker restarts. So every few
    seconds the run's live_seq is compared with what was sent, and a client that is behind gets a new snapshot.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seq = -1
        self._sending = asyncio.Lock()
        self._resync: asyncio.Task[None] | None = None

    async def opened(self) -> None:
        self.run_id: uuid.UUID = self.scope["url_route"]["kwargs"]["run_id"]
        # The group first: what changes before the snapshot is read arrives as an event that its seq shows to be old.
        await self.channel_layer.group_add(group_name(self.run_id), self.channel_name)
        await self._send_snapshot()
        self._resync = asyncio.create_task(self._keep_in_step())

    async def closed(self) -> None:
        if self._resync is not None:
            self._resync.cancel()
            with contextlib.suppress(asyncio.CancelledError, redis.RedisError):
                await self._resync
            with contextlib.suppress(redis.RedisError):
                await self.channel_layer.group_discard(group_name(self.run_id), self.channel_name)

    async def live_event(self, message: dict[str, Any]) -> None:
        """One message of the run's group (`runs.live`)."""
        async with self._sending:
            event = message["message"]
            if event["seq"] > self.seq:
                self.seq = event["seq"]
                await self.send(text_data=to_json(event).decode())

    async def _send_snapshot(self) -> None:
        async with self._sending:
            snapshot = await database_sync_to_async(selectors.snapshot)(run_id=self.run_id)
            self.seq = snapshot.seq
            await self.send_message(snapshot)

    async def _keep_in_step(self) -> None:
        while True:
            sent = self.seq
            await asyncio.sleep(RESYNC_SECONDS)
            try:
                await self.channel_layer.group_add(group_name(self.run_id), self.channel_name)
                # Behind what the database had told a whole period ago, so the event will not come any more.
                if await database_sync_to_async(_live_seq)(self.run_id) > self.seq == sent:
                    await self._send_snapshot()
            except NotFoundError:
                await self.close(code=CLOSE_BASE + 404)
                return
            except redis.RedisError:
                await self.close(code=TRY_AGAIN_LATER)
                return


def _live_seq(run_id: uuid.UUID) -> int:
    seq = Run.objects.filter(pk=run_id).values_list("live_seq", flat=True).first()
    if seq is None:
        raise NotFoundError(f"run {run_id} was deleted")
    return seq
