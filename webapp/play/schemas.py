"""Bodies and websocket messages of play."""

import uuid
from typing import Annotated, Literal

from pydantic import Field, SkipValidation, TypeAdapter

from abp.episodes.frame import Frame
from abp.rules import NUM_ACTIONS
from abp.runs.record import Record, Time, unit
from play import services
from play.models import PlaySession

Seed = Annotated[int, Field(ge=0, le=services.MAX_SEED)]


class StartIn(Record):
    """How a session begins."""

    seed: Seed | None = None
    """World to play; null: a random one."""
    time_max: Annotated[float | None, Field(gt=0, le=services.MAX_TIME), unit("ticks")] = None
    """Time budget of the episode; null: that of the rules."""


class ResetIn(Record):
    """How an episode begins again."""

    seed: Seed | None = None
    """World to play; null: the same again."""


class StepIn(Record):
    """One action."""

    action: Annotated[int, Field(ge=0, lt=NUM_ACTIONS)]
    """Code of the action (rules 4)."""
    expect: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """`frame_index` of the frame that is acted on. The step is refused if the session is at another one."""


class PlayOpened(Record):
    """A session and the frame that it shows."""

    session_id: uuid.UUID
    expires_at: Time
    seed: int
    """World that is played."""
    frame: SkipValidation[Frame]

    @classmethod
    def of(cls, session: PlaySession, frame: Frame) -> "PlayOpened":
        return cls(session_id=session.pk, expires_at=session.expires_at, seed=session.seed, frame=frame)


class PlayStepped(Record):
    """The frame that a step led to."""

    frame: SkipValidation[Frame]
    expires_at: Time
    """When the session ends unless somebody steps again."""


class StepCommand(StepIn):
    """Takes an action; answered by a `frame`."""

    type: Literal["step"]


class ResetCommand(ResetIn):
    """Begins the episode again; answered by a `frame`."""

    type: Literal["reset"]


PlayCommand = Annotated[StepCommand | ResetCommand, Field(discriminator="type")]
PLAY_COMMAND: TypeAdapter[StepCommand | ResetCommand] = TypeAdapter(PlayCommand)


class FrameMessage(Record):
    """The frame that a command led to."""

    type: Literal["frame"] = "frame"
    frame: SkipValidation[Frame]
