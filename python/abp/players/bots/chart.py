"""What a ship remembers of the belt: the nodes where it has been, where their edges lead, and the path home from each.

The observation names the node the ship is at but not those around it, so a chart grows by travelling. Both directions
of an edge have the same time and fuel (rules, section 3): by these the ship knows, on arrival, by which edge it came.
"""

import numpy as np

from abp.players.bots import observation as o
from abp.players.bots.observation import Floats, Ints

NODES = 32
STATION = 0
UNKNOWN = -1
UNREACHED = np.float32(1e6)


class Chart:
    """One map for each of n episodes. ``rows`` int64[k] are episodes, all other arguments are theirs, [k]."""

    def __init__(self, n: int) -> None:
        self.visited = np.zeros((n, NODES), dtype=np.bool_)
        self.edges = np.zeros((n, NODES, o.NEIGHBORS, o.NEIGHBOR_FIELDS), dtype=np.float32)
        """As observed when the ship was last there."""
        self.to = np.full((n, NODES, o.NEIGHBORS), UNKNOWN, dtype=np.int64)
        """Node behind each edge, UNKNOWN until travelled."""
        self.home = np.full((n, NODES), UNKNOWN, dtype=np.int64)
        """The edge (0..5) by which the ship gets to the station fastest, as far as it knows."""
        self.came_by = np.full((n, NODES), UNKNOWN, dtype=np.int64)
        """The edge at the next node on that path that leads here."""
        self.home_ticks = np.full((n, NODES), UNREACHED, dtype=np.float32)
        self.home_fuel = np.full((n, NODES), UNREACHED, dtype=np.float32)
        """Without the weight of cargo."""
        self.home_hops = np.full((n, NODES), 99, dtype=np.int64)
        self.home_ticks[:, STATION] = self.home_fuel[:, STATION] = self.home_hops[:, STATION] = 0

    def note(self, rows: Ints, node: Ints, obs: Floats) -> None:
        """Note the edges out of the node that the ship is at."""
        self.visited[rows, node] = True
        self.edges[rows, node] = o.neighbors(obs)

    def arrive(self, rows: Ints, origin: Ints, edge: Ints, node: Ints) -> None:
        """The ship has come to ``node`` from ``origin`` by its ``edge``. Call ``note`` first."""
        out, back = self.edges[rows, origin, edge], self.edges[rows, node]
        apart = np.abs(back[:, :, o.TRAVEL_TIME : o.THREAT] - out[:, None, o.TRAVEL_TIME : o.THREAT]).sum(2)
        reverse = np.where(back[:, :, o.EXISTS] > 0, apart, np.inf).argmin(1)
        self.to[rows, origin, edge] = node
        self.to[rows, node, reverse] = origin
        self._shorten(rows, node, reverse, origin, edge)
        self._shorten(rows, origin, edge, node, reverse)

    def _shorten(self, rows: Ints, node: Ints, edge: Ints, nearer: Ints, back: Ints) -> None:
        seen = self.edges[rows, node, edge]
        ticks = self.home_ticks[rows, nearer] + seen[:, o.TRAVEL_TIME] * 8
        better = ticks < self.home_ticks[rows, node]
        rows, node, nearer = rows[better], node[better], nearer[better]
        self.home[rows, node] = edge[better]
        self.came_by[rows, node] = back[better]
        self.home_ticks[rows, node] = ticks[better]
        self.home_fuel[rows, node] = self.home_fuel[rows, nearer] + seen[better, o.TRAVEL_FUEL] * 160
        self.home_hops[rows, node] = self.home_hops[rows, nearer] + 1

    def edge_towards(self, rows: Ints, node: Ints, target: Ints) -> Ints:
        """The edge from ``node`` towards ``target`` along the target's path home; UNKNOWN if ``node`` is not on it."""
        found = np.full(len(rows), UNKNOWN, dtype=np.int64)
        at = target.copy()
        for _ in range(NODES):
            climbing = (found == UNKNOWN) & (at != node) & (at != STATION)
            if not climbing.any():
                break
            parent = self.to[rows, at, self.home[rows, at]]
            found = np.where(climbing & (parent == node), self.came_by[rows, at], found)
            at = np.where(climbing, parent, at)
        return found
