"""Where a run's config comes from: a preset, a file and single fields, each over the one before, validated once."""

import argparse
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from abp.runs.config import TrainConfig
from abp.runs.presets import PRESETS


class ConfigError(ValueError):
    """The config can't be read or has a wrong field; the message names it, and what is allowed."""


@dataclass(frozen=True)
class ConfigSource:
    """The parts of a config, the weakest first."""

    preset: str | None = None
    """A name of ``PRESETS``."""
    file: Path | None = None
    """A JSON object of fields."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Single fields; texts are taken as the numbers that they say."""

    @classmethod
    def of(cls, args: argparse.Namespace) -> Self:
        """The source that the arguments of ``add_config_arguments`` name. Raises ConfigError for a bad ``--set``."""
        named = {name: getattr(args, name, None) for name in ("seed", "total_env_steps", "track")}
        given = {name: value for name, value in named.items() if value is not None}
        return cls(args.preset, args.config, {**_settings(args.set), **given})

    def read(self, *, saved: Path | None = None) -> TrainConfig:
        """The config. With neither a preset nor a file its ground is ``saved``, the config of the run to go on with, or
        the defaults. Raises ConfigError.
        """
        path = saved if self.file is None and self.preset is None else self.file
        file_fields = {} if path is None else _read(path)
        fields = {**(PRESETS[self.preset] if self.preset else {}), **file_fields, **self.fields}
        try:
            return TrainConfig.model_validate(fields)
        except ValidationError as error:
            raise ConfigError("; ".join(_describe(item) for item in error.errors())) from error


def describe_fields() -> str:
    """The fields of ``TrainConfig`` for a terminal: name, default and description."""
    rows = []
    for name, info in TrainConfig.model_fields.items():
        rows.append(f"  {name} = {json.dumps(info.default)}")
        rows.append(textwrap.fill(info.description or "", 100, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return "\n".join(rows)


def _settings(texts: Sequence[str]) -> dict[str, str]:
    settings = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise ConfigError(f"--set {text}: must be FIELD=VALUE, for example gamma=0.998")
        settings[name] = value
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text())
    except OSError as error:
        raise ConfigError(f"config {path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"config {path} is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"config {path} must be a JSON object")
    return fields


def _describe(item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message += f"; allowed: {', '.join(TrainConfig.model_fields)}"
    return f"config field {where}: {message} (got {item['input']!r})" if where else f"config: {message}"
