"""The base of all records that leave a run: events, windows, replays."""

import math
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails


class Record(BaseModel):
    """Unknown fields, missing fields, other types and numbers that are not finite are errors that name the field."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


Time = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, return_type=str, when_used="json")]
"""A moment with its time zone; in JSON the ISO 8601 text of it."""


def _null_unless_finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Figure = Annotated[float | None, BeforeValidator(_null_unless_finite)]
"""A number that a record may lack. NaN and infinity count as no number: they become None."""


def unit(name: str) -> Any:
    """Annotates a field with its unit, for the table in docs/metrics.md and the browser app."""
    return Field(json_schema_extra={"unit": name})


def problems(error: ValidationError, *, union: bool = False) -> list[tuple[str, str]]:
    """What is wrong, as (field, message).

    A field of a field is dotted: ``window.ticks``. The field of the record as a whole is "". ``union``: the record was
    one of several, told apart by their ``type``.
    """
    return [(_field(item, union), item["msg"].removeprefix("Value error, ")) for item in error.errors()]


def _field(item: ErrorDetails, union: bool) -> str:
    if item["type"].startswith("union_tag"):
        return "type"
    # Pydantic begins the place with the record's type.
    return ".".join(str(part) for part in item["loc"][union:])
