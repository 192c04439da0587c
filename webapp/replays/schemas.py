"""Bodies about replays."""

import uuid
from typing import Annotated, Literal

from pydantic import Field, SkipValidation

from abp.episodes.frame import Frame
from abp.runs.record import Record, Time, unit
from abp.runs.replay_summary import ReplaySummary
from runs.messages import LiveEvent


class ReplayOut(ReplaySummary):
    """A replay of a run."""

    id: uuid.UUID
    run_id: uuid.UUID
    return_total: Annotated[float, Field(alias="return"), unit("reward")]
    """Sum of the frozen reward (rules 5)."""
    created_at: Time


class ReplayList(Record):
    """A page of replays, the newest window first."""

    items: list[ReplayOut]
    count: int
    """How many there are in all."""


class FramePage(Record):
    """Frames of a replay, simulated anew and checked against the recorded hash."""

    replay_id: uuid.UUID
    offset: int
    """`frame_index` of the first."""
    total: int
    """How many frames the replay has."""
    frames: SkipValidation[list[Frame]]


class LiveReplay(LiveEvent):
    """A replay, new or in place of the one of its window."""

    kind: Literal["replay"] = "replay"
    data: ReplayOut
