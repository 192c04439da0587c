"""The play websocket: steps and resets of one session, the same services as over HTTP."""

from typing import Any

from channels.db import database_sync_to_async

from base.errors import InvalidError
from base.websocket import JsonConsumer, whole_number
from play import services
from play.selectors import get_session


class PlayConsumer(JsonConsumer):
    """Answers each `step` or `reset` with a `frame` or an `error`. The session outlives the connection."""

    async def opened(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        await database_sync_to_async(get_session)(session_id=self.session_id)

    async def received(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "step":
                action = whole_number(message.get("action"), name="action", least=0, most=68)
                expect = whole_number(message.get("expect"), name="expect", least=0, most=2**31 - 1)
                _, frame = await database_sync_to_async(services.step_session)(
                    session_id=self.session_id, action=action, expect=expect
                )
            case "reset":
                seed = message.get("seed")
                if seed is not None:
                    seed = whole_number(seed, name="seed", least=0, most=services.MAX_SEED)
                _, frame = await database_sync_to_async(services.reset_session)(session_id=self.session_id, seed=seed)
            case other:
                raise InvalidError(f"type is {other!r}: step or reset is needed", field="type")
        await self.send_json({"type": "frame", "frame": frame})
