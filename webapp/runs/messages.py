"""Messages of a run's live websocket (docs/records.md)."""

from typing import Any, Literal

from pydantic import SkipValidation

from abp.runs.record import Record
from runs.schemas import CheckpointOut, RunOut, WindowOut


class Snapshot(Record):
    """What a client starts from: the run and its latest windows, ascending."""

    type: Literal["snapshot"] = "snapshot"
    seq: int
    """`seq` of the newest event that it holds."""
    run: RunOut
    windows: SkipValidation[list[WindowOut]]


class LiveEvent(Record):
    """A change of the run. `kind` says of what, `data` is what it is now."""

    type: Literal["event"] = "event"
    seq: int
    """It rises by one from event to event."""
    kind: str
    data: Any


class LiveRun(LiveEvent):
    kind: Literal["run"] = "run"
    data: RunOut


class LiveWindow(LiveEvent):
    """A window, new or in place of the one with its `window_id`."""

    kind: Literal["window"] = "window"
    data: WindowOut


class LiveCheckpoint(LiveEvent):
    kind: Literal["checkpoint"] = "checkpoint"
    data: CheckpointOut


class RemovedCheckpoint(Record):
    """A checkpoint that is gone."""

    path: str
    reason: Literal["pruned", "damaged"]


class LiveCheckpointRemoved(LiveEvent):
    kind: Literal["checkpoint_removed"] = "checkpoint_removed"
    data: RemovedCheckpoint


class LogLine(Record):
    """Something that people should know."""

    level: Literal["info", "warning", "error"]
    message: str


class LiveLog(LiveEvent):
    kind: Literal["log"] = "log"
    data: LogLine
