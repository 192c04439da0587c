"""Shapes of what the API answers about benchmarks, for its schema and its tests."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from benchmarks.models import BenchmarkStatus


class BenchmarkOut(Schema):
    model_config = ConfigDict(extra="forbid")

    id: str
    run_id: str
    status: BenchmarkStatus
    error: str | None
    checkpoint: str
    sha256: str
    env_steps_total: int = Field(description="of the checkpoint")
    seed_base: int
    episodes: int = Field(description="of each player")
    time_max: float
    greedy: bool
    sampling_seed: int
    parts: int
    parts_finished: int
    progress: float = Field(ge=0, le=1)
    created_at: str
    started_at: str | None
    finished_at: str | None


class BenchmarkList(Schema):
    items: list[BenchmarkOut]
    count: int


class Results(Schema):
    """What `abp benchmark` writes to results.json, without `per_seed`."""

    model_config = ConfigDict(extra="forbid")

    format: int
    protocol: dict[str, Any]
    subject: str
    players: dict[str, dict[str, Any]] = Field(description="by player: its kpis, each with mean and ci95")
    comparisons: dict[str, dict[str, Any]] = Field(description="subject less each other player, by KPI")


class BenchmarkDetail(BenchmarkOut):
    results: Results | None = Field(description="null until it is finished")
