"""Whole episodes of one player on given seeds, all ships of a batch stepped together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from abp.core import BatchCore
from abp.players.protocol import Player
from abp.rules import TIME_MAX

BATCH = 1024
"""Episodes that are played together, at most."""

FIELDS = (
    "credits",
    "net_profit",
    "profit_per_tick",
    "survival",
    "overheat_ticks",
    "pirate_encounters",
    "value_lost_to_pirates",
    "time_remaining",
    "scan_count",
    "mining_ticks",
)
"""Info fields (rules, section 7) that are kept of the end of an episode."""

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Told now and then how many of how many ticks have been played."""


@dataclass(frozen=True)
class Episodes:
    """How episodes ended: arrays [n], in the order of the seeds."""

    seed: npt.NDArray[np.uint64]
    return_total: Floats
    """Sum of the frozen reward (rules, section 5)."""
    steps: npt.NDArray[np.int64]
    credits: Floats
    net_profit: Floats
    profit_per_tick: Floats
    survival: Floats
    """0 if destroyed or stranded, else 1."""
    overheat_ticks: Floats
    pirate_encounters: Floats
    value_lost_to_pirates: Floats
    time_remaining: Floats
    scan_count: Floats
    mining_ticks: Floats

    def __len__(self) -> int:
        return len(self.seed)


def seed_range(base: int, episodes: int) -> npt.NDArray[np.uint64]:
    """The seeds base, base + 1, ..., ``episodes`` of them. Raises ValueError if there are no such seeds."""
    if episodes < 1:
        raise ValueError(f"episodes is {episodes}; allowed: at least 1")
    if not 0 <= base <= 2**64 - episodes:
        raise ValueError(f"seed base is {base}; allowed: 0..2**64-{episodes}, so that all {episodes} seeds exist")
    return np.uint64(base) + np.arange(episodes, dtype=np.uint64)


def join(parts: Sequence[Episodes]) -> Episodes:
    """The episodes of all parts, in their order."""
    return Episodes(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Episodes)))


def play(
    player: Player,
    seeds: npt.NDArray[np.uint64],
    *,
    time_max: float = TIME_MAX,
    num_threads: int = 1,
    progress: Progress | None = None,
) -> Episodes:
    """Play each of ``seeds`` uint64[n] to its end, at most ``BATCH`` at a time, without autoreset."""
    parts = []
    for begin in range(0, len(seeds), BATCH):
        part = seeds[begin : begin + BATCH]

        def tell(ticks: float, begin: int = begin, size: int = len(part)) -> None:
            if progress is not None:
                progress(round(begin * time_max + size * ticks), round(len(seeds) * time_max))

        parts.append(_play_batch(player, part, time_max, num_threads, tell))
    return join(parts)


def _play_batch(
    player: Player,
    seeds: npt.NDArray[np.uint64],
    time_max: float,
    num_threads: int,
    tell: Callable[[float], None],
) -> Episodes:
    n = len(seeds)
    core = BatchCore(n, time_max=time_max, num_threads=num_threads)
    core.reset(seeds)
    player.start(seeds, time_max)
    return_total, steps = np.zeros(n), np.zeros(n, dtype=np.int64)
    ends = {name: np.zeros(n) for name in FIELDS}
    flying = np.arange(n)
    """Episodes of the core's envs."""
    actions, running = np.zeros(n, dtype=np.uint8), np.ones(n, dtype=np.bool_)
    rows = np.arange(n)
    """Envs that are running."""
    rounds = 0
    while len(rows):
        everyone = len(rows) == core.num_envs
        obs, mask = core.obs, core.action_mask
        actions[rows] = player.act(flying[rows], obs if everyone else obs[rows], mask if everyone else mask[rows])
        core.step(actions, None if everyone else running)
        return_total[flying[rows]] += core.reward[rows]
        steps[flying[rows]] += 1
        np.logical_or(core.terminated, core.truncated, out=running)
        np.logical_not(running, out=running)
        rows = np.flatnonzero(running)
        rounds += 1
        if rounds % 64 == 0 and len(rows):
            tell(time_max - float(core.info["time_remaining"][rows].mean()))
        if 2 * len(rows) <= core.num_envs:
            for name, values in ends.items():
                values[flying] = core.info[name]
            if len(rows):
                core, flying = _only(core, rows), flying[rows]
                rows = np.arange(len(rows))
                actions, running = actions[rows], running[: len(rows)]
                running[:] = True
    return Episodes(seeds, return_total, steps, *ends.values())


def _only(core: BatchCore, rows: npt.NDArray[np.int64]) -> BatchCore:
    """A smaller core in which the envs ``rows`` go on: a few long episodes should not cost as much as all."""
    smaller = BatchCore(len(rows), time_max=core.time_max, num_threads=core.num_threads)
    for env, row in enumerate(rows):
        smaller.set_state(env, core.state(row))
    return smaller
