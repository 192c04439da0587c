"""What a run tells of a replay: all of its recipe but the arrays and the config."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from abp.episodes.replay import ReplayRecipe
from abp.runs.record import Record, unit

EndReason = Literal["cash_out", "destroyed", "stranded", "timeout"]


class ReplaySummary(Record):
    """The evaluation episode of a window."""

    seed: Annotated[int, Field(ge=0, lt=2**64)]
    """World that was played."""
    time_max: Annotated[PositiveFloat, unit("ticks")]
    """Time budget of the episode."""
    return_total: Annotated[float, unit("reward")]
    """Sum of the frozen reward (rules 5)."""
    credits: Annotated[float, unit("credits")]
    """Credits at the end."""
    net_profit: Annotated[float, unit("credits")]
    """Net profit at the end (rules 7)."""
    survival: float
    """1 if the ship ended neither destroyed nor stranded, otherwise 0."""
    steps: NonNegativeInt
    """Number of actions. The replay has one frame more."""
    ticks: Annotated[NonNegativeInt, unit("ticks")]
    """Game time at the end."""
    end_reason: EndReason
    """How the episode ended. A ship that is destroyed and stranded at once counts as destroyed."""
    final_state_hash: str
    """SHA-256 (hex) of the state after the last step."""
    tags: list[str]
    """What is special about it: `every_window`, `best_so_far`, `milestone:…`."""
    window_id: PositiveInt
    """Window after which the episode was played."""
    rules_version: str
    """Version of the rules under which it was recorded."""
    package_version: str
    """Version of the package that recorded it."""
    env_steps_total: Annotated[NonNegativeInt, unit("transitions")]
    """Transitions that the run had trained for."""

    @classmethod
    def of(cls, recipe: ReplayRecipe, *, env_steps_total: int) -> "ReplaySummary":
        """The summary of a finished episode of a run that has trained for ``env_steps_total``."""
        names = cls.model_fields.keys() - {"env_steps_total"}
        return cls(env_steps_total=env_steps_total, **{name: getattr(recipe, name) for name in names})
