"""What a trainer tells of its run, a class an event: one JSON object a line in ``events.jsonl`` (docs/records.md)."""

import json
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, TypeAdapter, ValidationError

from abp.runs.config import TrainConfig
from abp.runs.record import Record, Time, problems, unit
from abp.runs.replay_summary import ReplaySummary
from abp.runs.window import WindowRow

Steps = Annotated[NonNegativeInt, unit("transitions")]


class RunEvent(Record):
    """What every event has."""

    seq: PositiveInt
    """Number of the event, over the whole life of the run."""
    time: Time
    """When it was written."""
    token: int | None
    """Fencing token of the supervisor that started the trainer; null without a supervisor."""
    type: str
    """What it tells; each class has its own."""


class Versions(Record):
    """What the trainer runs on."""

    abp: str
    rules: str
    torch: str


class Started(RunEvent):
    """A trainer begins, or goes on from a checkpoint."""

    type: Literal["started"] = "started"
    pid: int
    host: str
    config: TrainConfig
    versions: Versions
    resumed_from: str | None
    """Path of the checkpoint in the run's directory; null at the beginning."""
    env_steps_total: Steps


class WindowClosed(RunEvent):
    """A window is complete. A resumed trainer tells the windows after its checkpoint again."""

    type: Literal["window"] = "window"
    window: WindowRow


class SavedFile(RunEvent):
    """A file of the run is complete on the disk."""

    path: str
    """In the run's directory."""
    sha256: str
    """SHA-256 (hex) of the file."""
    bytes: NonNegativeInt


class CheckpointSaved(SavedFile):
    """A checkpoint."""

    type: Literal["checkpoint"] = "checkpoint"
    window_id: NonNegativeInt
    """Last window that was complete; 0 before the first."""
    env_steps_total: Steps
    best: bool
    """Whether its last window earned more credits an episode than that of any checkpoint before."""


class CheckpointRemoved(RunEvent):
    """A checkpoint is about to be removed."""

    type: Literal["checkpoint_removed"] = "checkpoint_removed"
    path: str
    """In the run's directory."""
    reason: Literal["pruned", "damaged"]


class ReplayRecorded(SavedFile):
    """The replay of a window."""

    type: Literal["replay"] = "replay"
    replay: ReplaySummary


class LogMessage(RunEvent):
    """Something that people should know."""

    type: Literal["log"] = "log"
    level: Literal["info", "warning", "error"]
    message: str


class Finished(RunEvent):
    """The trainer came to its end, or was asked to stop and saved a checkpoint."""

    type: Literal["finished"] = "finished"
    reason: Literal["completed", "stopped"]
    env_steps_total: Steps


class Failed(RunEvent):
    """The trainer ends by an error."""

    type: Literal["failed"] = "failed"
    error: str
    detail: str
    """The traceback."""


Event = Started | WindowClosed | CheckpointSaved | CheckpointRemoved | ReplayRecorded | LogMessage | Finished | Failed

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


class BadEventError(ValueError):
    """A line is not an event; the message names the event and the field."""


def read_event(line: bytes) -> Event:
    """The event of a line. Raises BadEventError."""
    try:
        return _EVENT.validate_json(line)
    except ValidationError as error:
        what = "; ".join(f"{field}: {message}" if field else message for field, message in problems(error, union=True))
        raise BadEventError(f"{_named(line)}: {what}") from error


def write_event(event: RunEvent) -> bytes:
    """The line of an event, with its end."""
    return json.dumps(event.model_dump(mode="json"), allow_nan=False).encode() + b"\n"


def _named(line: bytes) -> str:
    try:
        fields = json.loads(line)
    except ValueError:
        return "a line"
    if not isinstance(fields, dict):
        return "a line"
    return f"event {fields.get('type')} (seq {fields.get('seq')})"
