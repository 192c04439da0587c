"""One episode as a sequence of frames: what replays show and what the play page steps (docs/records.md)."""

from collections.abc import Sequence
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from abp import _core
from abp.core import Backend, BatchCore
from abp.episodes.events import GameEvent, Info
from abp.episodes.frame import Frame, KnownEdge, KnownGraph, KnownNode, PolicyReading
from abp.episodes.state import NONE, EpisodeState, parse
from abp.rules import ACTION_NAMES, NODE_TYPES, NUM_ACTIONS, TIME_MAX

SCHEMA_VERSION: Final = 1
"""Version of the frame. It rises when a field changes its meaning."""

LISTEN = 11
LAST_TRAVEL = 5
NODE_INDEX = 22
"""In the observation: index of the ship's node over 31 (rules, section 6)."""
MAX_NODES = 32


class Episode:
    """A running episode. ``frame`` is the latest Frame; ``step`` makes the next one.

    Frames share their ``known_graph`` while the ship learns nothing new: treat them as read-only.
    """

    def __init__(self, core: BatchCore, *, frame_index: int, visited: list[int]) -> None:
        """Use ``start`` or ``restore``."""
        self._core = core
        self._code = np.zeros(1, dtype=np.uint8)
        self._visited = visited
        self._graph: KnownGraph | None = None
        self._ticks = self._state_ticks()
        self.frame_index = frame_index
        """Number of the latest frame; the reset is frame 0."""
        self.frame = self._shown(action=None, policy=None)

    @classmethod
    def start(cls, seed: int, time_max: float = TIME_MAX, backend: Backend = "native") -> "Episode":
        """Reset into world ``seed`` (0..2**64-1).

        Raises ValueError for a seed, time_max or backend not allowed.
        """
        if not 0 <= seed < 2**64:
            raise ValueError(f"seed must be in 0..2**64-1, got {seed}")
        core = BatchCore(1, time_max=time_max, backend=backend, record_events=True)
        core.reset(np.array([seed], dtype=np.uint64))
        return cls(core, frame_index=0, visited=[0])

    @classmethod
    def restore(
        cls,
        state: bytes,
        *,
        time_max: float = TIME_MAX,
        frame_index: int,
        visited: Sequence[int],
        backend: Backend = "native",
    ) -> "Episode":
        """Continue from ``state()``, with the ``frame_index`` and ``visited`` that belonged to it.

        The first ``frame`` shows the ship as it is, with no action. Raises ValueError for a state or a node
        that is not one.
        """
        core = BatchCore(1, time_max=time_max, backend=backend, record_events=True)
        core.set_state(0, state)
        nodes = len(parse(state).nodes)
        if not visited or not all(0 <= node < nodes for node in visited):
            raise ValueError(f"visited must name nodes in 0..{nodes - 1}, got {list(visited)}")
        return cls(core, frame_index=frame_index, visited=list(visited))

    @property
    def ended(self) -> bool:
        """Whether the episode is terminated or truncated; a step would raise EpisodeEndedError."""
        return bool(self._core.terminated[0] or self._core.truncated[0])

    @property
    def visited(self) -> list[int]:
        """Indices of the nodes that the ship has been at, in the order of the first visit."""
        return list(self._visited)

    def state(self) -> bytes:
        """The whole episode, generator included; see ``restore``."""
        return self._core.state(0)

    def step(self, action: int, policy: PolicyReading | None = None) -> Frame:
        """Take ``action`` (an integer; outside 0..68 is invalid) and return its Frame.

        ``policy``: ``{"value": float, "top": [{"action", "name", "p"}]}`` of the decision, kept in the frame.
        Raises EpisodeEndedError after the end; nothing has changed then.
        """
        code = int(_core.action_codes(np.array([action]), 1)[0])
        self._take(code)
        self._ticks += int(self._core.info["dt"][0])
        self.frame_index += 1
        self.frame = self._shown(action=code, policy=policy)
        return self.frame

    def skip(self, actions: npt.NDArray[np.uint8]) -> None:
        """Take ``actions`` (uint8[k]) without making their frames; ``frame`` is then as after ``restore``."""
        for code in actions.tolist():
            self._take(code)
        self.frame_index += len(actions)
        self._ticks = self._state_ticks()
        self.frame = self._shown(action=None, policy=None)

    def _take(self, code: int) -> None:
        self._code[0] = code
        self._core.step(self._code)
        if code <= LAST_TRAVEL:
            node = self._node()
            if node not in self._visited:
                self._visited.append(node)
            self._graph = None
        elif code == LISTEN:
            self._graph = None

    def _state_ticks(self) -> int:
        return int(parse(self._core.state(0)).ship["ticks"])

    def _node(self) -> int:
        return round(float(self._core.obs[0, NODE_INDEX]) * (MAX_NODES - 1))

    def _shown(self, *, action: int | None, policy: PolicyReading | None) -> Frame:
        core = self._core
        stepped = action is not None
        info = cast(Info, core.info_row(0))
        if self._graph is None:
            self._graph = known_graph(parse(core.state(0)), self._visited)
        frame: Frame = {
            "schema_version": SCHEMA_VERSION,
            "frame_index": self.frame_index,
            "t": self._ticks - info["dt"] if stepped else self._ticks,
            "dt": info["dt"] if stepped else 0,
            "action": action,
            "action_name": action_name(action),
            "reward": float(core.reward[0]) if stepped else 0.0,
            "terminated": bool(core.terminated[0]),
            "truncated": bool(core.truncated[0]),
            "events": cast(list[GameEvent], core.events(0)) if stepped else [],
            "render_state": {
                "observation": core.obs[0].copy(),
                "time_remaining": info["time_remaining"],
                "credits": info["credits"],
                "total_spend": info["total_spend"],
                "net_profit": info["net_profit"],
                "node": self._node(),
                "known_graph": self._graph,
                "action_mask": core.action_mask[0].tolist(),
            },
            "info": info,
        }
        if policy is not None:
            frame["policy"] = policy
        return frame


def action_name(action: int | None) -> str | None:
    """Name of an action code; None for no action, "INVALID" for a code outside 0..68."""
    if action is None:
        return None
    return ACTION_NAMES[action] if action < NUM_ACTIONS else "INVALID"


def known_graph(state: EpisodeState, visited: Sequence[int]) -> KnownGraph:
    """What a ship that has been at ``visited`` knows: these nodes, their edges and the nodes behind them."""
    edges: list[KnownEdge] = []
    for node in visited:
        for slot, (to, time, _, fuel, _, threat_estimate) in enumerate(state.nodes["edges"][node].tolist()):
            if to != NONE:
                edges.append(
                    {
                        "from": node,
                        "to": to,
                        "slot": slot,
                        "time": time,
                        "fuel": fuel,
                        "threat_estimate": threat_estimate,
                    }
                )
    been = set(visited)
    seen = dict.fromkeys([*visited, *(edge["to"] for edge in edges)])
    types, steps = state.nodes["type"].tolist(), state.nodes["steps_to_station"].tolist()
    nodes: list[KnownNode] = [
        {
            "id": node,
            "type": NODE_TYPES[types[node]],
            "visited": node in been,
            "steps_to_station": steps[node],
        }
        for node in seen
    ]
    return {"nodes": nodes, "edges": edges}
