"""What every router of the HTTP API shares: how bodies are read, parameters of lists, the check of a permission."""

from typing import Annotated, Any

import orjson
from django.http import HttpRequest
from ninja import Query
from ninja.parser import Parser

from base.errors import ForbiddenError

Limit = Annotated[int, Query(ge=1, le=1000)]
# The bound is how far a database counts. Past the end a list is just empty.
Offset = Annotated[int, Query(ge=0, le=2**53)]


class StrictJsonParser(Parser):
    """JSON as the standard has it: no NaN, no infinities, no lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)


def require(request: HttpRequest, permission: str) -> None:
    """ForbiddenError unless the session's user has `permission`."""
    if not request.user.has_perm(permission):
        raise ForbiddenError(f"{request.user} lacks the permission {permission}")
