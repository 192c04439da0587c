"""What every websocket of the project shares: who may connect, JSON frames by orjson, one shape for errors."""

import logging
from typing import Any, ClassVar, TypeVar
from urllib.parse import ParseResult, parse_qs

import redis
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import OriginValidator
from django.urls import re_path
from pydantic import BaseModel, TypeAdapter, ValidationError

from abp.runs.record import problems
from base.errors import InvalidError, ServiceError
from base.messages import ErrorMessage
from base.responses import to_json

log = logging.getLogger(__name__)

# Close codes: 4000 + the HTTP status that would have said it.
CLOSE_BASE = 4000
TRY_AGAIN_LATER = 1013
MAX_MESSAGE_BYTES = 4096

Query = TypeVar("Query", bound=BaseModel)


class BrowserOriginValidator(OriginValidator):
    """Refuses pages of other sites. A client without an Origin is no browser, and all that is served is public."""

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        return parsed_origin is None or super().valid_origin(parsed_origin)


class JsonConsumer(AsyncWebsocketConsumer):
    """Text frames holding one JSON object each way. Subclasses define `opened`, `received` and `closed`."""

    accepts: ClassVar[TypeAdapter[Any]] = TypeAdapter(dict[str, Any])
    """What clients may send: a union of records that their `type` tells apart."""

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

    async def received(self, message: Any) -> None:
        """Called for each message, one of `accepts`. A ServiceError raised here is sent to the client."""

    async def closed(self) -> None:
        """Called once, however the connection ended, also if `opened` did not come to its end."""

    async def send_message(self, message: BaseModel) -> None:
        await self.send(text_data=to_json(message).decode())

    async def send_error(self, error: ServiceError) -> None:
        await self.send_message(ErrorMessage(status=error.status, message=error.message))

    async def close_with_error(self, error: ServiceError) -> None:
        await self.send_error(error)
        await self.close(code=CLOSE_BASE + error.status)

    def query(self, form: type[Query]) -> Query:
        """The query parameters, the last value of each, as a `form`; InvalidError names the one that is wrong."""
        query = self.scope.get("query_string", b"").decode("utf-8", errors="replace")
        values = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        try:
            return form.model_validate(values)
        except ValidationError as error:
            raise _invalid(error, union=False) from error

    def _parse(self, text: str | None) -> Any:
        if text is None or len(text) > MAX_MESSAGE_BYTES:
            raise InvalidError(f"a message is a JSON object in a text frame of at most {MAX_MESSAGE_BYTES} characters")
        try:
            return self.accepts.validate_json(text)
        except ValidationError as error:
            raise _invalid(error, union=True) from error


def _invalid(error: ValidationError, *, union: bool) -> InvalidError:
    field, message = problems(error, union=union)[0]
    return InvalidError(f"{field}: {message}" if field else message, field=field or None)


class UnknownPath(JsonConsumer):
    """Any other websocket path: says so and closes."""

    async def opened(self) -> None:
        await self.send_message(ErrorMessage(status=404, message=f"no websocket at {self.scope['path']}"))
        await self.close(code=CLOSE_BASE + 404)


unknown_path = re_path(r"", UnknownPath.as_asgi())
