"""What every websocket of the project shares: who may connect, JSON frames by orjson, one shape for errors."""

import logging
import re
from typing import Any
from urllib.parse import ParseResult, parse_qs

import orjson
import redis
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import OriginValidator
from django.urls import re_path

from base.errors import InvalidError, ServiceError
from base.responses import to_json

log = logging.getLogger(__name__)

# Close codes: 4000 + the HTTP status that would have said it.
CLOSE_BASE = 4000
TRY_AGAIN_LATER = 1013
MAX_MESSAGE_BYTES = 4096


class BrowserOriginValidator(OriginValidator):
    """Refuses pages of other sites. A client without an Origin is no browser, and all that is served is public."""

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        return parsed_origin is None or super().valid_origin(parsed_origin)


class JsonConsumer(AsyncWebsocketConsumer):
    """Text frames holding one JSON object each way. Subclasses define `opened`, `received` and `closed`."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        except redis.RedisError:
            log.warning("websocket %s closed: the channel layer does not answer", scope["path"], exc_info=True)
            await self.close(code=TRY_AGAIN_LATER)
        finally:
            await self.closed()

    async def connect(self) -> None:
        await self.accept()
        try:
            await self.opened()
        except ServiceError as error:
            await self.close_with_error(error)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            await self.received(self._parse(text_data))
        except ServiceError as error:
            await self.send_error(error)

    async def opened(self) -> None:
        """Called once, after the handshake. A ServiceError raised here is sent and closes the connection."""

    async def received(self, message: dict[str, Any]) -> None:
        """Called for each message. A ServiceError raised here is sent to the client."""

    async def closed(self) -> None:
        """Called once, however the connection ended, also if `opened` did not come to its end."""

    async def send_json(self, payload: dict[str, Any]) -> None:
        await self.send(text_data=to_json(payload).decode())

    async def send_error(self, error: ServiceError) -> None:
        await self.send_json({"type": "error", "status": error.status, "message": error.message})

    async def close_with_error(self, error: ServiceError) -> None:
        await self.send_error(error)
        await self.close(code=CLOSE_BASE + error.status)

    def query(self) -> dict[str, str]:
        """The last value of each query parameter."""
        query = self.scope.get("query_string", b"").decode("utf-8", errors="replace")
        return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}

    @staticmethod
    def _parse(text: str | None) -> dict[str, Any]:
        if text is None or len(text) > MAX_MESSAGE_BYTES:
            raise InvalidError(f"a message is a JSON object in a text frame of at most {MAX_MESSAGE_BYTES} characters")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidError(f"the message is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise InvalidError(f"a message is a JSON object, not {type(message).__name__}")
        return message


def whole_number(value: Any, *, name: str, least: int, most: int, default: int | None = None) -> int:
    """`value` (a JSON number or a query string) as an int in least..most; InvalidError otherwise."""
    if value is None and default is not None:
        return default
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidError(f"{name} is {value!r}: a whole number from {least} to {most} is needed", field=name)
    return value


class UnknownPath(JsonConsumer):
    """Any other websocket path: says so and closes."""

    async def opened(self) -> None:
        await self.send_json({"type": "error", "status": 404, "message": f"no websocket at {self.scope['path']}"})
        await self.close(code=CLOSE_BASE + 404)


unknown_path = re_path(r"", UnknownPath.as_asgi())
