"""JSON over HTTP: bodies by orjson, errors in one shape."""

from typing import Any

import orjson
from django.http import HttpResponse

JSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def to_json(payload: Any) -> bytes:
    """JSON bytes; numpy arrays and scalars as shortest exact numbers, NaN and infinities as null."""
    return orjson.dumps(payload, option=JSON_OPTIONS)


def json_response(payload: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(payload), status=status, content_type="application/json")


def error_body(*, code: str, message: str, field: str | None = None) -> dict[str, Any]:
    error = {"code": code, "message": message}
    if field is not None:
        error["field"] = field
    return {"error": error}


def error_response(*, status: int, code: str, message: str, field: str | None = None) -> HttpResponse:
    return json_response(error_body(code=code, message=message, field=field), status=status)
