"""A frame: what a replay shows of one step, and what the play page gets for one (docs/records.md).

The shapes are TypedDicts and no pydantic classes: frames are made by the thousand, and a plain dict costs nothing.
Pydantic reads the same shapes for the schema of the API, and in tests.
"""

from typing import Annotated, Literal, NotRequired

import numpy as np
import numpy.typing as npt
from typing_extensions import TypedDict

from abp.episodes.events import GameEvent, Info, NodeType
from abp.episodes.shape import AsList, shape
from abp.rules import NUM_ACTIONS, OBS_SIZE


@shape
class KnownNode(TypedDict):
    """A node that the ship has been at, or that an edge leads to."""

    id: int
    type: NodeType
    visited: bool
    steps_to_station: int
    """Edges on the shortest path to the station."""


_From = TypedDict("_From", {"from": int})


@shape
class KnownEdge(_From):
    """One travel slot of a visited node."""

    to: int
    slot: int
    time: int
    """Ticks that it takes."""
    fuel: float
    """Fuel that it takes, without that for the mass of the cargo."""
    threat_estimate: float
    """Between 0 and 1."""


@shape
class KnownGraph(TypedDict):
    """What the ship has seen of the belt: the nodes it visited, their edges and what lies behind these."""

    nodes: list[KnownNode]
    edges: list[KnownEdge]


@shape
class RenderState(TypedDict):
    """The ship and its surroundings after the step."""

    observation: Annotated[npt.NDArray[np.float32], AsList(float, OBS_SIZE)]
    """What the policy sees (rules 6)."""
    time_remaining: float
    """Ticks."""
    credits: float
    total_spend: float
    """Credits."""
    net_profit: float
    """Credits."""
    node: int
    known_graph: KnownGraph
    action_mask: Annotated[list[int], AsList(int, NUM_ACTIONS)]
    """By action code: 1 if it is valid now, otherwise 0."""


@shape
class PolicyAction(TypedDict):
    """One of the policy's most probable actions."""

    action: int
    name: str
    p: float
    """Probability."""


@shape
class PolicyReading(TypedDict):
    """What the policy made of the frame before: the decision that led to this one."""

    value: float
    """Expected return, in units of the training reward."""
    top: list[PolicyAction]
    """Best first."""


@shape
class Frame(TypedDict):
    """One step of an episode. Frame 0 is the reset: no action, dt 0."""

    schema_version: Literal[1]
    """It rises when a field changes its meaning."""
    frame_index: int
    t: int
    """Ticks before the step."""
    dt: int
    """Ticks of the step."""
    action: int | None
    action_name: str | None
    """`INVALID` for a code that is no action."""
    reward: float
    """The frozen reward (rules 5)."""
    terminated: bool
    truncated: bool
    events: list[GameEvent]
    """What happened in the step, in order."""
    render_state: RenderState
    info: Info
    policy: NotRequired[PolicyReading]
    """Present where a policy chose the action."""
