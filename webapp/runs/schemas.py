"""Shapes of what the API answers about runs, for its schema (/api/openapi.json) and its tests."""

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from runs.models import RunStatus


class RunOut(Schema):
    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    status: RunStatus
    created_at: str
    started_at: str | None
    finished_at: str | None
    config: dict[str, Any] = Field(description="abp.runs.config.TrainConfig")
    seed: int
    env_steps_total: int
    total_env_steps: int
    progress: float = Field(ge=0, le=1)
    windows_count: int
    last_window_id: int | None
    latest_replay_id: str | None
    best_return: float | None = Field(description="the best of its evaluation replays")
    best_credits: float | None = Field(description="the most that one of its evaluation replays ended with")
    steps_per_second: float | None
    error: str | None
    parent_id: str | None
    live_seq: int


class RunList(Schema):
    items: list[RunOut]
    count: int


class WindowOut(Schema):
    """The trainer's window row (all of its metrics) and when it was recorded."""

    model_config = ConfigDict(extra="allow")

    window_id: int
    env_steps_total: int
    created_at: str


class WindowList(Schema):
    items: list[WindowOut]
    count: int


class CompletenessRow(Schema):
    model_config = ConfigDict(extra="forbid")

    source: Literal["windows", "checkpoints", "replays"]
    status: Literal["ok", "stale", "missing", "error"]
    count: int
    last_at: str | None
    detail: str


class CompletenessOut(Schema):
    items: list[CompletenessRow]
