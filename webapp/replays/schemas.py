"""Shapes of what the API answers about replays, for its schema and its tests."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class ReplayOut(Schema):
    model_config = ConfigDict(extra="forbid")

    id: str
    run_id: str
    window_id: int
    env_steps_total: int
    seed: int
    time_max: float
    tags: list[str]
    return_total: float = Field(alias="return")
    credits: float
    net_profit: float
    survival: float
    steps: int
    ticks: int
    end_reason: str
    final_state_hash: str
    rules_version: str
    created_at: str


class ReplayList(Schema):
    items: list[ReplayOut]
    count: int


class FramePage(Schema):
    replay_id: str
    offset: int
    total: int
    frames: list[dict[str, Any]] = Field(description="Frames as in docs: observation, render state, events, policy")
