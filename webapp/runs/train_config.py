"""Validation of a run's config by the trainer's own model, with the errors as (field, message) or InvalidError."""

from typing import Any

import pydantic

from abp.runs.config import TrainConfig
from abp.runs.record import problems
from base.errors import InvalidError


def config_errors(config: Any) -> list[tuple[str, str]]:
    """(field, message) of each error in `config`; empty if it is valid."""
    try:
        TrainConfig.model_validate(config)
    except pydantic.ValidationError as error:
        return problems(error)
    return [("", "text may not hold a NUL character")] if "\0" in _texts(config) else []


def validated_config(config: Any) -> dict[str, Any]:
    """`config` with every default filled in; InvalidError naming the first wrong field."""
    for field, message in config_errors(config):
        raise InvalidError(message, field=f"config.{field}" if field else "config")
    return TrainConfig.model_validate(config).model_dump(mode="json")


def _texts(value: Any) -> str:
    """All strings in a JSON value: PostgreSQL can't store a NUL in any of them."""
    if isinstance(value, dict):
        return "".join(_texts(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return "".join(_texts(item) for item in value)
    return value if isinstance(value, str) else ""
