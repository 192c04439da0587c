"""What a ship remembers of the belt: the nodes where it has been, where their edges lead, and the path home from each.

The observation names the node the ship is at but not those around it, so a chart grows by travelling. Both directions
of an edge have the same time and fuel (rules, section 3): by these the ship knows, on arrival, by which edge it came.
"""

import numpy as np

from abp import _core, rules
from abp.players.bots import observation as o
from abp.players.bots.observation import Floats, Ints

NODES = 32
STATION = 0
UNKNOWN = -1
UNREACHED = np.float32(1e6)


class Chart:
    """One map for each of n episodes.

    ``rows`` int64[k] are episodes, the other arguments are theirs, [k].
    """

    def __init__(self, n: int) -> None:
        self.visited = np.zeros((n, NODES), dtype=np.bool_)
        self.edges = np.zeros((n, NODES, rules.EDGE_SLOTS, rules.EDGE_SIZE), dtype=np.float32)
        """As observed when the ship was last there."""
        self.to = np.full((n, NODES, rules.EDGE_SLOTS), UNKNOWN, dtype=np.int64)
        """Node behind each edge, UNKNOWN until travelled."""
        self.back = np.full((n, NODES, rules.EDGE_SLOTS), UNKNOWN, dtype=np.int64)
        """The slot of each edge at the node behind it."""
        self.home = np.full((n, NODES), UNKNOWN, dtype=np.int64)
        """The edge (0..5) by which the ship gets to the station fastest, as far as it knows."""
        self.home_ticks = np.full((n, NODES), UNREACHED, dtype=np.float32)
        self.home_fuel = np.full((n, NODES), UNREACHED, dtype=np.float32)
        """Without the weight of cargo."""
        self.home_hops = np.zeros((n, NODES), dtype=np.int64)
        """Edges of that path; 0 at the station and where no path is known."""
        self.home_ticks[:, STATION] = self.home_fuel[:, STATION] = 0

    def note(self, rows: Ints, node: Ints, obs: Floats) -> None:
        """Note the edges out of the node that the ship is at."""
        self.visited[rows, node] = True
        self.edges[rows, node] = o.edges(obs)

    def arrive(self, rows: Ints, origin: Ints, edge: Ints, node: Ints) -> None:
        """The ship has come to ``node`` from ``origin`` by its ``edge``. Call ``note`` first."""
        out, back = self.edges[rows, origin, edge], self.edges[rows, node]
        apart = np.abs(
            back[:, :, rules.EDGE_TIME : rules.EDGE_THREAT] - out[:, None, rules.EDGE_TIME : rules.EDGE_THREAT]
        ).sum(2)
        reverse = np.where(back[:, :, rules.EDGE_EXISTS] > 0, apart, np.inf).argmin(1)
        self.to[rows, origin, edge], self.back[rows, origin, edge] = node, reverse
        self.to[rows, node, reverse], self.back[rows, node, reverse] = origin, edge
        edges = self.edges[rows]
        ticks = edges[..., rules.EDGE_TIME] * rules.DT_MAX
        paths = _core.paths_home(self.to[rows], ticks, edges[..., rules.EDGE_FUEL] * rules.EDGE_FUEL_MAX)
        self.home[rows], self.home_ticks[rows], self.home_fuel[rows], self.home_hops[rows] = paths

    def edge_towards(self, rows: Ints, node: Ints, target: Ints) -> Ints:
        """The edge from ``node`` towards ``target`` along the target's path home; UNKNOWN if ``node`` is not on it."""
        found = np.full(len(rows), UNKNOWN, dtype=np.int64)
        at = target.copy()
        for _ in range(NODES):
            climbing = (found == UNKNOWN) & (at != node) & (at != STATION)
            if not climbing.any():
                break
            home = self.home[rows, at]
            parent = self.to[rows, at, home]
            found = np.where(climbing & (parent == node), self.back[rows, at, home], found)
            at = np.where(climbing, parent, at)
        return found
