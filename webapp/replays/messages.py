"""The replay websocket's query and its messages, both ways."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation, TypeAdapter

from abp.episodes.frame import Frame
from abp.runs.record import Record
from replays.schemas import ReplayOut

INITIAL_CREDIT = 4
MAX_CREDIT = 1000

# The largest frame (all 32 nodes known, 192 edges) is under 48 KiB, so the smallest chunk holds any frame.
LEAST_CHUNK_BYTES = 65536
MOST_CHUNK_BYTES = 4 * 1024 * 1024

FrameIndex = Annotated[int, Field(ge=0, le=2**31)]


class StreamQuery(Record):
    """Parameters of the websocket's address."""

    model_config = ConfigDict(extra="ignore", strict=False)

    offset: FrameIndex = 0
    """Frame to begin with."""
    limit: Annotated[int, Field(ge=1, le=2**31)] = 2**31
    """Frames to send at most."""
    batch_size: Annotated[int, Field(ge=1, le=1000)] = 64
    """Frames of a chunk at most."""
    max_chunk_bytes: Annotated[int, Field(ge=LEAST_CHUNK_BYTES, le=MOST_CHUNK_BYTES)] = 262144
    """Bytes of a chunk at most."""
    yield_every_batches: Annotated[int, Field(ge=1, le=1000)] = 8
    """After so many chunks the server serves its other clients first."""


class CreditCommand(Record):
    """Lets the server send more chunks."""

    type: Literal["credit"]
    n: Annotated[int, Field(ge=1, le=MAX_CREDIT)]
    """How many."""


class SeekCommand(Record):
    """Goes on from another frame."""

    type: Literal["seek"]
    offset: FrameIndex


class StopCommand(Record):
    """Ends the stream and the connection."""

    type: Literal["stop"]


StreamCommand = Annotated[CreditCommand | SeekCommand | StopCommand, Field(discriminator="type")]
STREAM_COMMAND: TypeAdapter[CreditCommand | SeekCommand | StopCommand] = TypeAdapter(StreamCommand)


class InitMessage(Record):
    """The first message of a stream."""

    type: Literal["init"] = "init"
    replay: ReplayOut
    total: int
    """How many frames the replay has."""
    offset: int
    """`frame_index` of the first that is sent."""


class FramesMessage(Record):
    """A chunk of frames. `replays.stream` writes its JSON piece by piece, to count bytes as frames are made."""

    type: Literal["frames"] = "frames"
    offset: int
    """`frame_index` of the first."""
    frames: SkipValidation[list[Frame]]


class CompleteMessage(Record):
    """All frames that were asked for are sent."""

    type: Literal["complete"] = "complete"
    sent: int
    """How many frames."""
