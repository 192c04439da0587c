"""Bodies about benchmarks."""

import uuid
from typing import Annotated

from pydantic import Field, SkipValidation

from abp.rules import TIME_MAX
from abp.runs.record import Record, Time, unit
from benchmarks.models import BenchmarkStatus
from benchmarks.services import lifecycle

Seed = Annotated[int, Field(ge=0, le=lifecycle.MAX_SEED)]


class BenchmarkIn(Record):
    """What to play: a checkpoint of a run, and every scripted player on the same seeds."""

    run_id: Annotated[uuid.UUID, Field(strict=False)]
    checkpoint: Annotated[str, Field(min_length=1, max_length=100)] = lifecycle.NEWEST
    """Name of the file, `newest` or `best`."""
    episodes: Annotated[int, Field(ge=1, le=lifecycle.MAX_EPISODES)] = lifecycle.EPISODES
    """Episodes of each player."""
    seed_base: Seed = lifecycle.SEED_BASE
    """First seed; each episode has the next one."""
    time_max: Annotated[float, Field(ge=lifecycle.MIN_TIME, le=lifecycle.MAX_TIME), unit("ticks")] = TIME_MAX
    """Time budget of an episode."""
    greedy: bool = False
    """Whether the policy takes its most probable action instead of a random one."""
    sampling_seed: Seed = lifecycle.SAMPLING_SEED
    """Seed of the policy's random numbers."""


class BenchmarkOut(Record):
    """A benchmark and how far it is."""

    id: uuid.UUID
    run_id: uuid.UUID
    status: Annotated[BenchmarkStatus, Field(strict=False)]
    error: str | None
    checkpoint: str
    """Name of the file."""
    sha256: str
    """SHA-256 (hex) of the checkpoint."""
    env_steps_total: Annotated[int, unit("transitions")]
    """What the checkpoint was trained for."""
    seed_base: int
    """First seed."""
    episodes: int
    """Episodes of each player."""
    time_max: Annotated[float, unit("ticks")]
    greedy: bool
    sampling_seed: int
    parts: int
    parts_finished: int
    progress: Annotated[float, Field(ge=0, le=1)]
    """Share of the parts that are finished."""
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class BenchmarkList(Record):
    """A page of benchmarks, the newest first."""

    items: list[BenchmarkOut]
    count: int
    """How many there are in all."""


Interval = tuple[float, float]


class KpiMean(Record):
    """A KPI of a player."""

    mean: float
    ci95: Interval
    """95 % interval of the mean: low, high."""


class KpiDifference(Record):
    """A KPI of the subject less that of another player, a seed at a time."""

    difference_mean: float
    difference_ci95: Interval
    """95 % interval of the mean: low, high."""
    won: float
    """Share of the seeds on which the subject was better."""
    tied: float
    """Share of the seeds on which both were equal."""


class PlayerKpis(Record):
    """By KPI (docs/benchmark.md)."""

    net_profit: KpiMean
    survival: KpiMean
    profit_per_tick: KpiMean
    overheat_ticks: KpiMean
    pirate_encounters: KpiMean


class PlayerDifferences(Record):
    """By KPI (docs/benchmark.md)."""

    net_profit: KpiDifference
    survival: KpiDifference
    profit_per_tick: KpiDifference
    overheat_ticks: KpiDifference
    pirate_encounters: KpiDifference


class PlayerResult(Record):
    """How a player did. What tells more of it is there for the policy alone."""

    kpis: PlayerKpis
    checkpoint: str | None = None
    sha256: str | None = None
    env_steps_total: int | None = None
    greedy: bool | None = None
    sampling_seed: int | None = None


class Seeds(Record):
    """The seeds that all players played."""

    first: int
    count: int
    sha256: str


class IntervalMethod(Record):
    """How the intervals come about."""

    method: str
    level: float
    resamples: int
    seed: int


class Protocol(Record):
    """All that decides the results, beside the players."""

    seeds: Seeds
    time_max: Annotated[float, unit("ticks")]
    rules_version: str
    package_version: str
    interval: IntervalMethod


class Results(Record):
    """What `abp benchmark` writes to results.json, without `per_seed`."""

    format: int
    protocol: Protocol
    subject: str
    """Player that the others are compared with: the policy."""
    players: dict[str, PlayerResult]
    """By name."""
    comparisons: dict[str, PlayerDifferences]
    """By name of the other player."""


class BenchmarkDetail(BenchmarkOut):
    """A benchmark and what it came to."""

    results: SkipValidation[Results | None]
    """Null until the benchmark is finished."""
