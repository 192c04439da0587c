"""Bodies about runs."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field, SkipValidation, WithJsonSchema

from abp.runs.config import TrainConfig
from abp.runs.record import Record, Time, unit
from abp.runs.window import WindowRow
from runs.models import RunStatus

Transitions = Annotated[int, unit("transitions")]


class RunIn(Record):
    """A run to be started."""

    name: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    """What people call it; null: the name in `config`."""
    config: Annotated[dict[str, Any], WithJsonSchema(TrainConfig.model_json_schema())] | None = None
    """Fields of the trainer's config. Those that are missing take their defaults; in a clone, its values."""


class RunOut(Record):
    """A run and where it is."""

    id: uuid.UUID
    name: str
    status: Annotated[RunStatus, Field(strict=False)]
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    config: Annotated[dict[str, Any], WithJsonSchema(TrainConfig.model_json_schema(mode="serialization"))]
    """The trainer's config, every field."""
    seed: int
    env_steps_total: Transitions
    """Transitions that it has trained for."""
    total_env_steps: Transitions
    """Transitions that it is to train for."""
    progress: Annotated[float, Field(ge=0, le=1)]
    """Share of them that is done."""
    windows_count: int
    last_window_id: int | None
    latest_replay_id: uuid.UUID | None
    best_return: Annotated[float | None, unit("reward")]
    """Best return of its evaluation replays."""
    best_credits: Annotated[float | None, unit("credits")]
    """Most credits that one of its evaluation replays ended with."""
    steps_per_second: Annotated[float | None, unit("1/s")]
    """Speed of the newest window."""
    error: str | None
    """Why it failed, or what went wrong last."""
    parent_id: uuid.UUID | None
    """Run that it was cloned from."""
    live_seq: int
    """`seq` of the newest live event."""


class RunList(Record):
    """A page of runs, the newest first."""

    items: list[RunOut]
    count: int
    """How many there are in all."""


class WindowOut(WindowRow):
    """The trainer's row of a window, and when it was recorded."""

    created_at: Time


class WindowList(Record):
    """A page of windows."""

    items: SkipValidation[list[WindowOut]]
    count: int
    """How many there are without the limit."""


class CheckpointOut(Record):
    """A checkpoint in the artifact storage."""

    window_id: int
    """Last window that was complete."""
    env_steps_total: Transitions
    path: str
    sha256: str
    """SHA-256 (hex) of the file."""
    bytes: int
    created_at: Time


class CompletenessRow(Record):
    """Whether something that a run should have produced is there."""

    source: Literal["windows", "checkpoints", "replays"]
    status: Literal["ok", "stale", "missing", "error"]
    count: int
    """How much is there."""
    last_at: Time | None
    detail: str
    """The same for people."""


class CompletenessOut(Record):
    """A row a source."""

    items: list[CompletenessRow]
