"""JSON over HTTP: bodies by orjson, errors in one shape."""

from typing import Any

import orjson
from django.http import HttpResponse
from pydantic import BaseModel

from base.messages import Error, ErrorOut

JSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def to_json(payload: Any) -> bytes:
    """JSON bytes; records by field, numpy arrays and scalars as shortest exact numbers, NaN and infinities as null."""
    return orjson.dumps(payload, default=_fields, option=JSON_OPTIONS)


def _fields(value: Any) -> dict[str, Any]:
    """A record as orjson goes on with it: its fields as they are, so that frames are neither checked nor copied."""
    if not isinstance(value, BaseModel):
        raise TypeError(f"{type(value).__name__} is not JSON")
    fields = type(value).model_fields
    return {fields[name].serialization_alias or name: held for name, held in value}


def json_response(payload: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(payload), status=status, content_type="application/json")


def error_response(*, status: int, code: str, message: str, field: str | None = None) -> HttpResponse:
    body = ErrorOut(error=Error(code=code, message=message, field=field))
    return json_response(body.model_dump(exclude_none=True), status=status)
